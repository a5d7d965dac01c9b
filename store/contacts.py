"""Contacts that mails named. Only a person makes one of them a recipient, with a note of how they made sure."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store import audit
from store.tables import Contact
from store.vocabulary import ContactStatus


def to_verify(session: Session) -> list[Contact]:
    """List contacts that wait for a person, oldest first."""
    return list(
        session.exec(select(Contact).where(Contact.status == ContactStatus.TO_VERIFY).order_by(col(Contact.id)))
    )


def verify(session: Session, contact_id: int, *, actor: str, note: str, now: datetime) -> None:
    """Make a contact a recipient. Raises ValueError without such a contact, or without a note."""
    audit.take_turn(session)
    contact = session.get(Contact, contact_id)
    if contact is None or contact.status != ContactStatus.TO_VERIFY:
        raise ValueError("does not wait for verification")
    if not note.strip():
        raise ValueError("needs a note of how it was verified")
    contact.status, contact.verified_by = ContactStatus.VERIFIED, actor
    audit.append(
        session,
        at=now,
        actor=actor,
        event="contact.verified",
        subject=f"contact:{contact_id}",
        payload={"note": note.strip()[:500]},
    )
