"""The outbox rows: queued -> claimed -> transmitting -> sent -> filed, or uncertain, failed, void.

Every change is conditional on the state before, which fences out zombies and double workers. TRANSMITTING is committed
before the body leaves: a crash before it is retried, a crash after it is UNCERTAIN and is never sent again by code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from store import audit, loops, pausing
from store.cases import customer_facts
from store.conditional import changed
from store.protecting import resting
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import SendState


def due(session: Session, *, now: datetime, mailbox: str | None = None, limit: int = 20) -> list[int]:
    """List rows that may be claimed now (of one mailbox, where one is named), oldest first; none while the outbox is paused."""
    rows = session.exec(
        select(Outgoing.id)
        .where(_claimable(session, now), col(Outgoing.next_attempt_at) <= now, *_of(mailbox))
        .order_by(col(Outgoing.next_attempt_at), col(Outgoing.id))
        .limit(limit)
    )
    return [i for i in rows if i is not None]


def mailboxes_due(session: Session, *, now: datetime, unended: bool) -> list[str]:
    """Name the mailboxes with a row that may be claimed now; with `unended` also those with one that left and is not settled."""
    ready = _claimable(session, now) & (col(Outgoing.next_attempt_at) <= now)
    if unended:
        ready |= col(Outgoing.state).in_([SendState.SENT, SendState.UNCERTAIN, SendState.TRANSMITTING])
    return sorted(session.exec(select(Outgoing.mailbox).where(ready).distinct()))


def _of(mailbox: str | None) -> list[ColumnElement[bool]]:
    return [] if mailbox is None else [col(Outgoing.mailbox) == mailbox]


def _claimable(session: Session, now: datetime) -> ColumnElement[bool]:
    free = or_(
        col(Outgoing.state) == SendState.QUEUED,
        (col(Outgoing.state) == SendState.CLAIMED) & (col(Outgoing.claimed_until) < now),
    )
    can_be_taken_back = (
        select(ProposalRow.id)
        .where(col(ProposalRow.id) == col(Outgoing.proposal_id), col(ProposalRow.settles_at).is_not(None))
        .exists()
    )
    to_nobody_resting = col(Outgoing.customer_id).not_in(sorted(resting(session)))
    return free & ~can_be_taken_back & to_nobody_resting & ~pausing.is_open()


def claim(session: Session, outgoing_id: int, *, worker: str, now: datetime, lease: timedelta) -> Outgoing | None:
    """Take a row for sending; None when another worker has it."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id, _claimable(session, now))
        .values(state=SendState.CLAIMED, claimed_by=worker, claimed_until=now + lease, attempts=Outgoing.attempts + 1),
    )
    return session.get_one(Outgoing, outgoing_id, populate_existing=True) if count == 1 else None


def overtaken(session: Session, row: Outgoing, *, now: datetime) -> str | None:
    """Say why an approval no longer holds: a newer mail, a changed ledger, a machine at the other end. None when it holds."""
    newer = session.exec(
        select(Message.id).where(
            col(Message.case_id) == row.case_id,
            col(Message.from_customer).is_(True),
            col(Message.id) > row.newest_message,
        )
    ).first()
    if newer is not None:
        return "the customer wrote again"
    if customer_facts(session, row.customer_id, now=now).ledger_digest() != row.ledger_digest:
        return "the ledger changed"
    return loops.refused(session, row, now=now)


def rests(session: Session, row: Outgoing) -> datetime | None:
    """Say until when nothing leaves to a mail's customer, as a stop or a pause was approved meanwhile; None where it may.

    Whoever approves one waits for its turn as this does: it comes before the point of no return, or after it.
    """
    audit.take_turn(session)
    return resting(session, customer_id=row.customer_id).get(row.customer_id)


def move(
    session: Session,
    outgoing_id: int,
    *,
    worker: str | None,
    before: Sequence[SendState],
    after: SendState,
    now: datetime,
    error: str | None = None,
) -> bool:
    """Move a row from one of the states `before` to `after`; False when it is in none of them, or not this worker's."""
    audit.take_turn(session)
    query = update(Outgoing).where(col(Outgoing.id) == outgoing_id, col(Outgoing.state).in_(list(before)))
    if worker is not None:
        query = query.where(col(Outgoing.claimed_by) == worker)
    values: dict[str, object] = {"state": after, "last_error": error[:500] if error else None}
    if after is SendState.SENT:
        values["sent_at"] = now
    moved = changed(session, query.values(**values)) == 1
    if moved:
        audit.append(
            session, at=now, actor=worker or "daemon", event=f"outgoing.{after}", subject=f"outgoing:{outgoing_id}"
        )
    return moved


def retry_later(session: Session, outgoing_id: int, *, worker: str, error: str, at: datetime) -> bool:
    """Put a claimed row back for a later attempt: only before the body left."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id, col(Outgoing.claimed_by) == worker)
        .where(col(Outgoing.state).in_([SendState.CLAIMED, SendState.TRANSMITTING]))
        .values(
            state=SendState.QUEUED, next_attempt_at=at, last_error=error[:500], claimed_by=None, claimed_until=None
        ),
    )
    return count == 1


def hold_back(session: Session, outgoing_id: int, *, worker: str, why: str, until: datetime) -> bool:
    """Let a claimed row wait for its time: no attempt was made, and none is counted."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(
            col(Outgoing.id) == outgoing_id,
            col(Outgoing.claimed_by) == worker,
            col(Outgoing.state) == SendState.CLAIMED,
        )
        .values(
            state=SendState.QUEUED,
            next_attempt_at=until,
            last_error=why[:500],
            attempts=Outgoing.attempts - 1,
            claimed_by=None,
            claimed_until=None,
        ),
    )
    return count == 1


def postpone(session: Session, outgoing_id: int, *, why: str, until: datetime) -> bool:
    """Let a row wait that nobody has in hand, as working on it fails: those behind it come first."""
    audit.take_turn(session)
    mine = (col(Outgoing.id) == outgoing_id, col(Outgoing.state) == SendState.QUEUED)
    return changed(session, update(Outgoing).where(*mine).values(next_attempt_at=until, last_error=why[:500])) == 1


def left_transmitting(session: Session, *, worker: str | None, now: datetime) -> list[int]:
    """List rows whose sender died in the body phase: those of this worker at its start, or any whose lease ran out."""
    mine = (col(Outgoing.claimed_by) == worker) if worker is not None else (col(Outgoing.claimed_until) < now)
    rows = session.exec(select(Outgoing.id).where(col(Outgoing.state) == SendState.TRANSMITTING, mine))
    return [i for i in rows if i is not None]


def release_claims(session: Session, *, worker: str) -> int:
    """Give back rows that a worker of this name had claimed, but not begun to transmit, when it died."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.state) == SendState.CLAIMED, col(Outgoing.claimed_by) == worker)
        .values(state=SendState.QUEUED, claimed_by=None, claimed_until=None),
    )
    return count


def release_filing(session: Session, *, worker: str) -> None:
    """Let anybody file what a worker of this name sent and did not file."""
    audit.take_turn(session)
    sent = (col(Outgoing.state) == SendState.SENT, col(Outgoing.claimed_by) == worker)
    changed(session, update(Outgoing).where(*sent).values(claimed_by=None, claimed_until=None))


def in_state(session: Session, state: SendState, *, mailbox: str | None = None) -> list[Outgoing]:
    """List rows in one state (of one mailbox, where one is named), oldest first."""
    return list(session.exec(select(Outgoing).where(Outgoing.state == state, *_of(mailbox)).order_by(col(Outgoing.id))))
