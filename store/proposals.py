"""Step 10 and the decisions after it: a proposal is held, then approved, rejected or voided.

Every change is conditional on the state that the decider saw, and is written with its audit entry in the caller's
transaction. Nothing is sent here: approving only writes a row into the outbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store import audit, revisions
from store.aftermath import FollowupState
from store.engine import changed
from store.matters import Followup
from store.proposed import ModelCall, Proposal
from store.queue_keys import keys_of
from store.reviewing import Change
from store.tables import Message, ModelCallRow, Outgoing, ProposalRow
from store.turns import turn_of
from store.vocabulary import MessageState, ProposalStatus, SendState

_MEANWHILE = "this proposal was changed or decided meanwhile: look at it again"


class Stale(Exception):
    """Somebody, or something, was faster: the proposal is no longer what the decider looked at."""


def hold(session: Session, proposal: Proposal, *, newest_message: int, now: datetime) -> int | None:
    """Hold a proposal for review; None when the message, or the waking, has a live one already, which then stands.

    `newest_message` is the last mail of the case that the proposal takes into account.
    """
    audit.take_turn(session)
    message = session.get_one(Message, proposal.message_id)
    row = ProposalRow(
        message_id=proposal.message_id,
        followup_id=proposal.followup_id,
        case_id=message.case_id,
        customer_id=message.customer_id,
        newest_message=newest_message,
        content=proposal.model_dump(mode="json", exclude={"calls"}),
        created_at=now,
        assigned_to=turn_of(session, message_id=proposal.message_id, followup_id=proposal.followup_id),
        **keys_of(session, proposal, now=now),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    note_calls(session, proposal.message_id, proposal.calls, now=now)
    session.flush()
    assert row.id is not None
    _event(session, row.id, at=now, actor="daemon", event="proposal.held", payload={"content": digest(proposal)})
    return row.id


def note_calls(session: Session, message_id: int, calls: Iterable[ModelCall], *, now: datetime) -> None:
    """Keep what was asked of a model about a mail."""
    for call in calls:
        session.add(ModelCallRow(message_id=message_id, created_at=now, **call.model_dump()))


def digest(proposal: Proposal) -> str:
    """Hash what a person is shown."""
    return hashlib.sha256(proposal.model_dump_json(exclude={"calls"}).encode()).hexdigest()


def content(row: ProposalRow) -> Proposal:
    """Read the proposal that a row holds."""
    return Proposal.model_validate(row.content)


def held(session: Session) -> list[ProposalRow]:
    """List what waits for a person, oldest first."""
    query = select(ProposalRow).where(ProposalRow.status == ProposalStatus.HELD)
    return list(session.exec(query.order_by(col(ProposalRow.created_at), col(ProposalRow.id))))


def decided(session: Session, *, limit: int = 50) -> list[ProposalRow]:
    """List what was decided last, newest first; void ones are left out."""
    query = select(ProposalRow).where(col(ProposalRow.status).not_in([ProposalStatus.HELD, ProposalStatus.VOID]))
    return list(session.exec(query.order_by(col(ProposalRow.decided_at).desc()).limit(limit)))


def in_status(session: Session, status: ProposalStatus, *, limit: int = 50) -> list[ProposalRow]:
    """List the proposals of one status, newest first."""
    query = select(ProposalRow).where(ProposalRow.status == status)
    return list(session.exec(query.order_by(col(ProposalRow.id).desc()).limit(limit)))


def replace(
    session: Session,
    proposal_id: int,
    proposal: Proposal,
    *,
    version: int,
    actor: str,
    now: datetime,
    worded: bool = True,
    change: Change = Change.EDITED,
) -> int:
    """Put an edited proposal in place of the one with this version; give the new version. Raises Stale.

    `worded`: the actor chose words or acts, and is not the one who approves them where that matters; else code filled it anew.
    It counts as edited while words, acts or the reading are others than those proposed at first; every state is kept (`store.revisions`).
    """
    audit.take_turn(session)
    values: dict[str, Any] = {"content": proposal.model_dump(mode="json", exclude={"calls"})}
    if worded:
        values["edited_by"] = actor
    _still_held(session, proposal_id, version=version)
    values |= keys_of(session, proposal, now=session.get_one(ProposalRow, proposal_id).created_at)
    first = revisions.keep(session, proposal_id, proposal, version=version, change=change, actor=actor, now=now)
    _conditionally(session, proposal_id, version=version, edited=revisions.reworded(first, proposal), **values)
    row = session.get_one(ProposalRow, proposal_id)
    note_calls(session, row.message_id, proposal.calls, now=now)
    payload = {"content": digest(proposal), "change": change.value}
    _event(session, proposal_id, at=now, actor=actor, event="proposal.edited", payload=payload)
    return version + 1


def _still_held(session: Session, proposal_id: int, *, version: int) -> None:
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    if row.status != ProposalStatus.HELD or row.version != version:
        raise Stale(_MEANWHILE)


def approve_first(
    session: Session, proposal_id: int, *, version: int, actor: str, now: datetime, acknowledged: Mapping[str, str]
) -> None:
    """Note the first of two approvals; the proposal stays held for the second person. Raises Stale."""
    audit.take_turn(session)
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.HELD)
        .values(approved_first_by=actor, approved_first_version=version),
    )
    if count != 1:
        raise Stale(_MEANWHILE)
    payload = {"acknowledged": dict(acknowledged)} if acknowledged else {}
    _event(session, proposal_id, at=now, actor=actor, event="proposal.approved_first", payload=payload)


def approve(
    session: Session,
    proposal_id: int,
    *,
    version: int,
    actor: str,
    now: datetime,
    outgoing: Outgoing | None,
    acknowledged: Mapping[str, str] | None = None,
    settles_at: datetime | None = None,
    second_person: bool = False,
    not_by_editor: bool = False,
) -> None:
    """Approve: the outbox row in the same transaction, or DONE at once where nothing is to be sent. Raises Stale.

    `acknowledged`: why each serious flag does not stand in the way, for the log. `settles_at`: until then it can be taken back
    (`store.undo`), and nothing of it is done. `second_person`: this must be the second of two persons; `not_by_editor`: it
    must not be who edited it. The database itself holds both: IntegrityError where it is not so.
    """
    audit.take_turn(session)
    waits = outgoing is not None or settles_at is not None
    status = ProposalStatus.APPROVED if waits else ProposalStatus.DONE
    decided: dict[str, Any] = {"decided_at": now, "decided_by": actor, "settles_at": settles_at}
    decided |= {"second_person": second_person, "not_by_editor": not_by_editor}
    _conditionally(session, proposal_id, version=version, status=status, **decided)
    payload: dict[str, Any] = {}
    if outgoing is not None:
        session.add(outgoing)
        session.flush()
        payload = {"outgoing": outgoing.id, "mime": outgoing.mime_sha256, "ledger": outgoing.ledger_digest}
    if acknowledged:
        payload["acknowledged"] = dict(acknowledged)
    _event(session, proposal_id, at=now, actor=actor, event="proposal.approved", payload=payload)


def reject(session: Session, proposal_id: int, *, version: int, actor: str, reason: str, now: datetime) -> None:
    """Reject with a reason: nothing is sent and nothing carried out. Raises Stale."""
    audit.take_turn(session)
    status = ProposalStatus.REJECTED
    _conditionally(
        session, proposal_id, version=version, status=status, decided_at=now, decided_by=actor, decision=reason
    )
    _event(session, proposal_id, at=now, actor=actor, event="proposal.rejected", payload={"reason": reason})


def void(session: Session, proposal_id: int, *, reason: str, now: datetime) -> bool:
    """Set aside a proposal that the world overtook and let its message, or its waking, be proposed anew; False when it is too late.

    An approved one is voided together with its outbox row, as long as that row has not begun to leave; one that could
    not be sent (FAILED) as well.
    """
    audit.take_turn(session)
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    decided = row.status in (ProposalStatus.APPROVED, ProposalStatus.FAILED)
    # What waits without a mail, so that it can be taken back, has nothing that could have left.
    if decided and not _void_outgoing(session, proposal_id) and row.settles_at is None:
        return False
    count = changed(
        session,
        update(ProposalRow)
        .where(
            col(ProposalRow.id) == proposal_id,
            col(ProposalRow.status).in_([ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.FAILED]),
        )
        .values(status=ProposalStatus.VOID, void_reason=reason, version=ProposalRow.version + 1, settles_at=None),
    )
    if count != 1:
        return False
    _propose_anew(session, row)
    _event(session, proposal_id, at=now, actor="daemon", event="proposal.void", payload={"reason": reason})
    return True


def _propose_anew(session: Session, row: ProposalRow) -> None:
    """Let what was set aside be thought about again. A waking never opens its old mail again, which has its answer."""
    freed = {"claimed_by": None, "claimed_until": None, "attempts": 0}
    if row.followup_id is None:
        session.execute(
            update(Message).where(col(Message.id) == row.message_id).values(state=MessageState.STORED, **freed)
        )
    else:
        session.execute(
            update(Followup).where(col(Followup.id) == row.followup_id).values(state=FollowupState.WAITING, **freed)
        )


def void_overtaken(session: Session, *, case_id: int, message_id: int, now: datetime) -> int:
    """Void what was proposed in a case before this mail was known; give how many. Called when a mail is recorded."""
    rows = session.exec(
        select(ProposalRow.id)
        .where(ProposalRow.case_id == case_id, col(ProposalRow.newest_message) < message_id)
        .where(col(ProposalRow.status).in_([ProposalStatus.HELD, ProposalStatus.APPROVED]))
    ).all()
    return sum(void(session, i, reason="the customer wrote again", now=now) for i in rows if i is not None)


def close(session: Session, proposal_id: int, *, status: ProposalStatus, actor: str, now: datetime) -> None:
    """Set the end of an approved proposal, as the outbox learned it."""
    audit.take_turn(session)
    session.execute(update(ProposalRow).where(col(ProposalRow.id) == proposal_id).values(status=status))
    _event(session, proposal_id, at=now, actor=actor, event=f"proposal.{status}", payload={})


def retry_failed(session: Session, outgoing_id: int, *, actor: str, now: datetime) -> None:
    """Put a mail that was refused for good back into the outbox, as a person asked. Raises Stale."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id, col(Outgoing.state) == SendState.FAILED)
        .values(
            state=SendState.QUEUED, attempts=0, created_at=now, next_attempt_at=now, claimed_by=None, claimed_until=None
        ),
    )
    if count != 1:
        raise Stale("this mail is not one that failed")
    row = session.get_one(Outgoing, outgoing_id, populate_existing=True)
    close(session, row.proposal_id, status=ProposalStatus.APPROVED, actor=actor, now=now)


def _void_outgoing(session: Session, proposal_id: int) -> bool:
    count = changed(
        session,
        update(Outgoing)
        .where(
            col(Outgoing.proposal_id) == proposal_id,
            col(Outgoing.state).in_([SendState.QUEUED, SendState.CLAIMED, SendState.FAILED]),
        )
        .values(state=SendState.VOID),
    )
    return count == 1


def _conditionally(session: Session, proposal_id: int, *, version: int, **values: Any) -> None:
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.HELD)
        .values(version=version + 1, **values),
    )
    if count != 1:
        raise Stale(_MEANWHILE)


def _event(
    session: Session, proposal_id: int, *, at: datetime, actor: str, event: str, payload: dict[str, Any]
) -> None:
    audit.append(session, at=at, actor=actor, event=event, subject=f"proposal:{proposal_id}", payload=payload)
