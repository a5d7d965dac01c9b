"""What is to be noted in a CRM: queued -> claimed -> written, or failed. A row holds codes alone; its text is made when it is written.

A row that was claimed once may have been written by somebody who died: whoever claims it again is told so, and looks before writing.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import Column, Index, UniqueConstraint, or_, update
from sqlmodel import Field, Session, SQLModel, col, func, select

from store import audit
from store.columns import Moment
from store.conditional import changed

#: After so many attempts a person must look.
MOST_ATTEMPTS = 12


class NoteState(StrEnum):
    """Where a note stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    WRITTEN = "written"
    FAILED = "failed"


class CrmNote(SQLModel, table=True):
    """Something that happened, to be noted beside the customer in a CRM. `key` stands in what is written, and is looked for there."""

    __tablename__ = "crm_note"
    __table_args__ = (
        UniqueConstraint("connection", "key"),
        Index("ix_crm_note_due", "state", "next_attempt_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    connection: str
    customer_id: str = Field(foreign_key="customer.id", index=True)
    key: str
    kind: str
    subject_id: int
    state: str = NoteState.QUEUED
    attempts: int = 0
    next_attempt_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    claimed_by: str | None = None
    claimed_until: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    remote_id: str | None = None
    last_error: str | None = None
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    written_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))


def queue(
    session: Session, connection: str, *, customer_id: str, key: str, kind: str, subject_id: int, now: dt.datetime
) -> bool:
    """Have something noted; False where it is queued or written already."""
    audit.take_turn(session)
    there = select(CrmNote.id).where(CrmNote.connection == connection, CrmNote.key == key)
    if session.exec(there).first() is not None:
        return False
    session.add(
        CrmNote(
            connection=connection,
            customer_id=customer_id,
            key=key,
            kind=kind,
            subject_id=subject_id,
            next_attempt_at=now,
            created_at=now,
        )
    )
    session.flush()
    return True


def due(session: Session, connection: str, *, now: dt.datetime, limit: int = 50) -> list[int]:
    """List notes that may be claimed now, oldest first."""
    free = or_(
        col(CrmNote.state) == NoteState.QUEUED,
        (col(CrmNote.state) == NoteState.CLAIMED) & (col(CrmNote.claimed_until) <= now),
    )
    wanted = select(CrmNote.id).where(CrmNote.connection == connection, free, col(CrmNote.next_attempt_at) <= now)
    return [n for n in session.exec(wanted.order_by(col(CrmNote.id)).limit(limit)) if n is not None]


def claim(session: Session, note_id: int, *, worker: str, now: dt.datetime, lease: dt.timedelta) -> CrmNote | None:
    """Take a note for writing; None when somebody else has it. After the first time it may be written already: `attempts` > 1."""
    audit.take_turn(session)
    free = or_(
        col(CrmNote.state) == NoteState.QUEUED,
        (col(CrmNote.state) == NoteState.CLAIMED) & (col(CrmNote.claimed_until) <= now),
    )
    mine = update(CrmNote).where(col(CrmNote.id) == note_id, free)
    values = {
        "state": NoteState.CLAIMED,
        "claimed_by": worker,
        "claimed_until": now + lease,
        "attempts": CrmNote.attempts + 1,
    }
    if changed(session, mine.values(**values)) != 1:
        return None
    return session.get_one(CrmNote, note_id, populate_existing=True)


def written(session: Session, note_id: int, *, worker: str, remote_id: str, now: dt.datetime) -> bool:
    """Mark a note as written; False where it is not this worker's any more."""
    audit.take_turn(session)
    done = _of(note_id, worker).values(
        state=NoteState.WRITTEN,
        remote_id=remote_id,
        written_at=now,
        last_error=None,
        claimed_by=None,
        claimed_until=None,
    )
    if changed(session, done) != 1:
        return False
    audit.append(session, at=now, actor="daemon", event="crm_note.written", subject=f"crm_note:{note_id}")
    return True


def put_back(
    session: Session, note_id: int, *, worker: str, error: str, at: dt.datetime, for_good: bool, now: dt.datetime
) -> None:
    """Let a note wait for a later attempt, or with `for_good` for a person."""
    audit.take_turn(session)
    row = session.get_one(CrmNote, note_id, populate_existing=True)
    over = for_good or row.attempts >= MOST_ATTEMPTS
    back = _of(note_id, worker).values(
        state=NoteState.FAILED if over else NoteState.QUEUED,
        last_error=error[:500],
        next_attempt_at=at,
        claimed_by=None,
        claimed_until=None,
    )
    if changed(session, back) == 1 and over:
        audit.append(session, at=now, actor="daemon", event="crm_note.failed", subject=f"crm_note:{note_id}")


def try_again(session: Session, connection: str, *, now: dt.datetime) -> int:
    """Queue what failed once more, as a person decided; give how many."""
    audit.take_turn(session)
    failed = update(CrmNote).where(col(CrmNote.connection) == connection, col(CrmNote.state) == NoteState.FAILED)
    return changed(session, failed.values(state=NoteState.QUEUED, next_attempt_at=now))


def by_state(session: Session, connection: str) -> dict[str, int]:
    """Count a connection's notes by state."""
    counted = select(CrmNote.state, func.count()).where(CrmNote.connection == connection).group_by(CrmNote.state)
    return {state: int(number) for state, number in session.exec(counted)}


def _of(note_id: int, worker: str):  # type: ignore[no-untyped-def]  # the statement's own type is not exported
    return update(CrmNote).where(
        col(CrmNote.id) == note_id, col(CrmNote.state) == NoteState.CLAIMED, col(CrmNote.claimed_by) == worker
    )
