"""Sessions of signed-in browsers: begun, looked up, ended. Only hashes of tokens come in here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from store import audit
from store.conditional import changed
from store.people import Person, PersonSession

#: Without a request for so long, a session is over.
IDLE = timedelta(minutes=30)
#: So long after signing in, it is over whatever happens.
ABSOLUTE = timedelta(hours=12)
#: The moment of the last request is noted no more often than this.
NOTED_EVERY = timedelta(seconds=60)


def begin(
    session: Session, person: Person, *, token_hash: str, browser: str, now: datetime, proven_at: datetime | None
) -> PersonSession:
    """Begin a session. `proven_at`: when the person last proved who they are; None where nobody knows."""
    assert person.id is not None
    row = PersonSession(
        person_id=person.id,
        token_hash=token_hash,
        browser=browser[:120],
        created_at=now,
        seen_at=now,
        proven_at=proven_at,
    )
    session.add(row)
    session.execute(update(Person).where(col(Person.id) == person.id).values(seen_at=now))
    session.flush()
    return row


def find(session: Session, token_hash: str, now: datetime) -> tuple[PersonSession, Person] | None:
    """Give a session that is still good, with its person."""
    query = (
        select(PersonSession, Person)
        .where(PersonSession.token_hash == token_hash, Person.id == PersonSession.person_id)
        .where(col(PersonSession.ended_at).is_(None), col(Person.disabled_at).is_(None))
    )
    found = session.exec(query).first()
    if found is None:
        return None
    row, person = found
    return (row, person) if is_live(row, now) else None


def is_live(row: PersonSession, now: datetime) -> bool:
    """Say whether a session has not run out."""
    return row.ended_at is None and now - row.seen_at < IDLE and now - row.created_at < ABSOLUTE


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Note that a session is in use; an ended one stays ended."""
    session.execute(
        update(PersonSession)
        .where(col(PersonSession.id) == session_id, col(PersonSession.ended_at).is_(None))
        .where(col(PersonSession.seen_at) < now)
        .values(seen_at=now)
    )


def end(session: Session, session_id: int, *, person_id: int, why: str, now: datetime) -> bool:
    """End one session of a person; False where it is none of theirs, or over."""
    audit.take_turn(session)
    ended = changed(
        session,
        update(PersonSession)
        .where(col(PersonSession.id) == session_id, col(PersonSession.person_id) == person_id)
        .where(col(PersonSession.ended_at).is_(None))
        .values(ended_at=now, ended_why=why),
    )
    return ended == 1


def end_all(session: Session, person_id: int, *, why: str, now: datetime) -> int:
    """End every session of a person; give how many."""
    return changed(
        session,
        update(PersonSession)
        .where(col(PersonSession.person_id) == person_id, col(PersonSession.ended_at).is_(None))
        .values(ended_at=now, ended_why=why),
    )


def of_person(session: Session, person_id: int, now: datetime) -> list[PersonSession]:
    """List the live sessions of a person, the newest first."""
    query = select(PersonSession).where(PersonSession.person_id == person_id, col(PersonSession.ended_at).is_(None))
    rows = session.exec(query.order_by(col(PersonSession.id).desc()))
    return [row for row in rows if is_live(row, now)]
