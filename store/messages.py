"""Step 3 and what follows from it: mails are recorded once, claimed by one worker, and end in a state that a person can see.

Nothing is ever deleted here, and no mail is understood here.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from store import audit, message_rows
from store.conditional import changed
from store.inbound import InboundEmail, StoredMessage
from store.scoping import whole_house
from store.tables import Cursor, Message, MessageRaw
from store.vocabulary import MessageState

#: A message that failed this often is set aside for a person (Mailman's rule).
MAX_ATTEMPTS = 3
#: A message that was taken up this often without an end, because the program died, is set aside as well. It is more than
#: above, as a stop of the program strikes whatever message is in hand.
MAX_CLAIMS = 20


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did: `message_id` is the row, `new` False when the mail was known already."""

    message_id: int
    new: bool


def record(
    session: Session,
    *,
    mailbox: str,
    folder: str,
    uidvalidity: int,
    uid: int,
    raw: bytes,
    email: InboundEmail,
    received_at: datetime,
) -> Recorded:
    """Record a mail under its place, its bytes and its content; each of them known before means it is the same mail."""
    whole_house(session)
    audit.take_turn(session)
    place: message_rows.Where = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "uid": uid}
    seen = message_rows.seen_at(session, place)
    if seen is not None:
        return Recorded(seen, new=False)
    sha256 = hashlib.sha256(raw).hexdigest()
    message_id, new = message_rows.insert(session, mailbox=mailbox, sha256=sha256, email=email, received_at=received_at)
    if new:
        message_rows.keep_bytes(session, message_id, raw)
    message_rows.note_place(session, place, message_id)
    if new:
        audit.append(
            session,
            at=received_at,
            actor="daemon",
            event="message.stored",
            subject=f"message:{message_id}",
            payload={"sha256": sha256},
        )
    return Recorded(message_id, new=new)


def cursor(session: Session, *, mailbox: str, folder: str, uidvalidity: int) -> int:
    """Give the last UID read from a folder; 0 when its UIDVALIDITY is new: then all is read again and known mail absorbed."""
    row = session.get(Cursor, (mailbox, folder))
    return row.last_uid if row and row.uidvalidity == uidvalidity else 0


def advance(session: Session, *, mailbox: str, folder: str, uidvalidity: int, last_uid: int) -> None:
    """Move the cursor, in the same transaction that recorded the mails."""
    row = session.get(Cursor, (mailbox, folder))
    if row is None:
        session.add(Cursor(mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, last_uid=last_uid))
    else:
        row.last_uid = max(row.last_uid, last_uid) if row.uidvalidity == uidvalidity else last_uid
        row.uidvalidity = uidvalidity


def due(session: Session, *, now: datetime, limit: int = 50) -> list[int]:
    """List messages that wait for a proposal, oldest first, at most one a case, so that a conversation keeps its order.

    One that was taken up MAX_ATTEMPTS times without an end may be what the program dies of: it comes when nothing else waits,
    and alone, so that no other mail is in hand with it.
    """
    claimable = _claimable(now)
    busy = select(Message.case_id).where(
        col(Message.state) == MessageState.PROPOSING, ~claimable, col(Message.case_id).is_not(None)
    )
    rows = session.exec(
        select(Message.id, Message.case_id, Message.attempts)
        .where(claimable, or_(col(Message.case_id).is_(None), col(Message.case_id).not_in(busy)))
        .order_by(col(Message.received_at), col(Message.id))
        .limit(limit * 4)
    ).all()
    seen: set[int] = set()
    ids: list[int] = []
    suspects: list[int] = []
    given_up: list[int] = []  # nobody thinks about these any more: to claim one sets it aside
    for message_id, case_id, attempts in rows:
        if message_id is not None and (case_id is None or case_id not in seen):
            kind = given_up if attempts >= MAX_CLAIMS else suspects if attempts >= MAX_ATTEMPTS else ids
            kind.append(message_id)
        if case_id is not None:
            seen.add(case_id)
    return [*given_up, *(ids or suspects[:1])][:limit]


def _claimable(now: datetime) -> ColumnElement[bool]:
    # Unmatched mail is read once too, so that the person who assigns it sees what it says.
    return or_(
        col(Message.state) == MessageState.STORED,
        (col(Message.state) == MessageState.UNMATCHED) & (col(Message.attempts) == 0),
        (col(Message.state) == MessageState.PROPOSING) & (col(Message.claimed_until) < now),
    )


def claim(session: Session, message_id: int, *, worker: str, now: datetime, lease: timedelta) -> bool:
    """Take a message for work by a conditional update; False when another worker has it.

    One that was taken MAX_CLAIMS times and never came to an end is set aside for a person instead.
    """
    audit.take_turn(session)
    mine = (col(Message.id) == message_id, _claimable(now))
    count = changed(
        session,
        update(Message)
        .where(*mine, col(Message.attempts) < MAX_CLAIMS)
        .values(
            state=MessageState.PROPOSING, claimed_by=worker, claimed_until=now + lease, attempts=Message.attempts + 1
        ),
    )
    if count == 1:
        return True
    error = f"the program stopped or failed {MAX_CLAIMS} times while it worked on this mail"
    given_up = changed(
        session,
        update(Message)
        .where(*mine, col(Message.attempts) >= MAX_CLAIMS)
        .values(state=MessageState.QUARANTINED, last_error=error, claimed_by=None, claimed_until=None),
    )
    if given_up:
        _log_quarantine(session, message_id, now=now)
    return False


def in_hand(session: Session, message_id: int, *, worker: str) -> bool:
    """Say whether a worker still has a message: a person may have assigned it meanwhile, or a new mail overtaken it."""
    audit.take_turn(session)
    row = session.get_one(Message, message_id, populate_existing=True)
    return row.state == MessageState.PROPOSING and row.claimed_by == worker


def release_claims(session: Session, *, worker: str, only: Collection[int] | None = None) -> int:
    """Give back what a worker of this name held when it died. Called at start, when no other of that name can run.

    `only`: of these alone, which it had in hand when the database went away. The attempt counts: a mail that ends the program
    each time must not be tried for ever.
    """
    audit.take_turn(session)
    mine = [col(Message.state) == MessageState.PROPOSING, col(Message.claimed_by) == worker]
    mine += [col(Message.id).in_(only)] if only is not None else []
    freed = {"state": MessageState.STORED, "claimed_by": None, "claimed_until": None}
    return changed(session, update(Message).where(*mine).values(**freed))


def finish(session: Session, message_id: int, *, state: MessageState) -> None:
    """Leave a message in the state in which its way ended."""
    audit.take_turn(session)
    session.execute(
        update(Message).where(col(Message.id) == message_id).values(state=state, claimed_by=None, claimed_until=None)
    )


def fail(session: Session, message_id: int, *, error: str, now: datetime) -> MessageState:
    """Note a failed attempt: back to the queue, or set aside for a person after MAX_ATTEMPTS."""
    audit.take_turn(session)
    row = session.get_one(Message, message_id)
    row.state = MessageState.QUARANTINED if row.attempts >= MAX_ATTEMPTS else MessageState.STORED
    row.last_error, row.claimed_by, row.claimed_until = error[:500], None, None
    if row.state == MessageState.QUARANTINED:
        _log_quarantine(session, message_id, now=now)
    return MessageState(row.state)


def _log_quarantine(session: Session, message_id: int, *, now: datetime) -> None:
    audit.append(session, at=now, actor="daemon", event="message.quarantined", subject=f"message:{message_id}")


def load(session: Session, message_id: int) -> StoredMessage:
    """Read a message as the agent sees it."""
    row = session.get_one(Message, message_id)
    assert row.id is not None
    return StoredMessage(
        id=row.id, mailbox=row.mailbox, received_at=row.received_at, email=InboundEmail.model_validate(row.parsed)
    )


def raw(session: Session, message_id: int) -> bytes:
    """Give back the bytes as they came."""
    return gzip.decompress(session.get_one(MessageRaw, message_id).content)


def in_state(session: Session, states: Sequence[MessageState]) -> list[Message]:
    """List messages in any of these states, newest first."""
    rows = select(Message).where(col(Message.state).in_(states)).order_by(col(Message.received_at).desc())
    return list(session.exec(rows))
