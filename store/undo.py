"""The short time in which an approval can be taken back: until it is over nothing of it leaves and nothing of it is carried out.

`ProposalRow.settles_at` is set while that time runs. Ending it and taking back are both conditional on it, so exactly one of
them comes about, whoever is faster. Nothing is carried out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from store import audit
from store.conditional import changed
from store.proposals import Stale
from store.queue_filling import fill
from store.tables import Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState

_LATE = "it is too late: what was approved has begun to be carried out"


def due(session: Session, *, now: datetime) -> list[int]:
    """List the approvals whose time is over and that nobody took back, the oldest first."""
    over = select(ProposalRow.id).where(
        col(ProposalRow.settles_at) <= now, ProposalRow.status == ProposalStatus.APPROVED
    )
    return [i for i in session.exec(over.order_by(col(ProposalRow.settles_at), col(ProposalRow.id))) if i is not None]


def settle(session: Session, proposal_id: int, *, now: datetime) -> bool:
    """End the time of one approval; from here on it cannot be taken back. False where it was, or is settled already.

    What has no mail is DONE with this: the caller carries it out in the same transaction.
    """
    audit.take_turn(session)
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.settles_at) <= now)
        .where(col(ProposalRow.status) == ProposalStatus.APPROVED)
        .values(settles_at=None),
    )
    if count != 1:
        return False
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    if outgoing_of(session, proposal_id) is None:
        row.status = ProposalStatus.DONE
        session.add(row)
        session.flush()
    subject = f"proposal:{proposal_id}"
    audit.append(session, at=now, actor="daemon", event="approval.settled", subject=subject)
    return True


def take_back(session: Session, proposal_id: int, *, version: int, actor: str, now: datetime) -> int:
    """Hold an approved proposal again, with the same words and a new version, which is given; its mail is void.

    Raises Stale where the time is over, the mail is in a sender's hands, or somebody else was faster.
    """
    audit.take_turn(session)
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.APPROVED, col(ProposalRow.settles_at).is_not(None))
        .values(status=ProposalStatus.HELD, version=version + 1, settles_at=None, decided_at=None, decided_by=None),
    )
    if count != 1:
        raise Stale(_LATE)
    mail = outgoing_of(session, proposal_id)
    if mail is not None:
        stopped = changed(
            session,
            update(Outgoing)
            .where(col(Outgoing.id) == mail.id, col(Outgoing.state) == SendState.QUEUED)
            .values(state=SendState.VOID),
        )
        if stopped != 1:
            raise Stale(_LATE)
    # The account may have moved while it waited; an import marks only what is held.
    fill(session, [session.get_one(ProposalRow, proposal_id, populate_existing=True)])
    payload = {"outgoing": mail.id} if mail is not None else {}
    subject = f"proposal:{proposal_id}"
    audit.append(session, at=now, actor=actor, event="approval.taken_back", subject=subject, payload=payload)
    return version + 1


def outgoing_of(session: Session, proposal_id: int) -> Outgoing | None:
    """Give the mail of an approval that was not voided."""
    live = select(Outgoing).where(Outgoing.proposal_id == proposal_id, col(Outgoing.state) != SendState.VOID)
    return session.exec(live).first()


def in_its_place(session: Session, outgoing: Outgoing) -> Outgoing:
    """Give the row that a newly composed mail goes into: that of a mail that was taken back, where there is one.

    A proposal has one row in the outbox for ever, so that it can never have two mails under way. The log keeps the hash of
    every mail that was approved.
    """
    audit.take_turn(session)
    before = session.exec(
        select(Outgoing).where(Outgoing.proposal_id == outgoing.proposal_id, Outgoing.state == SendState.VOID)
    ).first()
    if before is None:
        return outgoing
    for name in Outgoing.model_fields.keys() - {"id"}:
        setattr(before, name, getattr(outgoing, name))
    return before


def waiting_of(session: Session, actors: Sequence[str], *, limit: int = 3) -> list[ProposalRow]:
    """List what some approved last and can still be taken back, the newest first."""
    mine = select(ProposalRow).where(
        col(ProposalRow.settles_at).is_not(None),
        ProposalRow.status == ProposalStatus.APPROVED,
        col(ProposalRow.decided_by).in_(list(actors)),
    )
    return list(session.exec(mine.order_by(col(ProposalRow.settles_at).desc()).limit(limit)))
