"""Keeps which digests began to leave: one for an address and day, committed before the mail's first byte."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store.clients import DigestSent
from store.people import Person
from store.roles import DECIDERS


def was_sent(session: Session, address: str, day: date) -> bool:
    """Say whether the digest of a day began to leave, or was not needed."""
    return session.get(DigestSent, (address, day)) is not None


def note(session: Session, address: str, day: date, *, message_id_header: str, items: int, now: datetime) -> bool:
    """Note that a digest leaves now; False where another process was first."""
    row = DigestSent(address=address, day=day, message_id_header=message_id_header, items=items, sent_at=now)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def deciders_addresses(session: Session) -> list[str]:
    """List the addresses of everybody who decides and may sign in."""
    query = select(Person.email).where(
        col(Person.disabled_at).is_(None), col(Person.joined_at).is_not(None), col(Person.role).in_(sorted(DECIDERS))
    )
    return sorted({email for email in session.exec(query) if email})
