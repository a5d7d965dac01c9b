"""Contacts: which ones a mail named and a person must verify, and which ones mail does not reach.

Only a person makes a contact a recipient, with a note of how they made sure. That mail comes back, or is complained about,
takes a contact out of use without anybody; a complaint is forgiven by a person alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import FollowupKind
from store.cases import customer_zone
from store.clock import day_in
from store.followups import wake
from store.scoping import whole_house
from store.tables import Contact, Effect, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, Delivery

#: What a mail server wrote is kept so far.
_MAX_NOTE = 300


def to_verify(session: Session) -> list[Contact]:
    """List contacts that wait for a person, oldest first."""
    return list(
        session.exec(select(Contact).where(Contact.status == ContactStatus.TO_VERIFY).order_by(col(Contact.id)))
    )


def verify(session: Session, contact_id: int, *, actor: str, note: str, now: datetime, keep_old: bool = False) -> None:
    """Make a contact a recipient. Raises ValueError without such a contact, or without a note.

    Where a customer's mail named them in place of somebody, that one is not written to any more, and the case wakes: the
    new contact is to get what the old one did not deal with. `keep_old`: the old one is written to as well.
    """
    audit.take_turn(session)
    contact = session.get(Contact, contact_id)
    if contact is None or contact.status != ContactStatus.TO_VERIFY:
        raise ValueError("does not wait for verification")
    if not note.strip():
        raise ValueError("needs a note of how it was verified")
    contact.status, contact.verified_by = ContactStatus.VERIFIED, actor
    contact.verified_at, contact.verified_how = now, note.strip()[:500]
    audit.append(
        session,
        at=now,
        actor=actor,
        event="contact.verified",
        subject=f"contact:{contact_id}",
        payload={"note": contact.verified_how},
    )
    session.flush()
    effect = _named_by(session, contact)
    if effect is None or effect.id is None:
        return
    if not keep_old:
        _replace(session, contact, effect, actor=actor, now=now)
    wake(
        session,
        kind=FollowupKind.CONTACT_VERIFIED,
        subject_id=contact_id,
        effect_id=effect.id,
        due_on=day_in(customer_zone(session, contact.customer_id), now),
        now=now,
    )


def restore(session: Session, contact_id: int, *, actor: str, note: str, now: datetime) -> None:
    """Write again to a contact that another one had replaced. Raises ValueError."""
    audit.take_turn(session)
    contact = session.get(Contact, contact_id)
    if contact is None or contact.status != ContactStatus.INVALID:
        raise ValueError("is not one that was replaced")
    if not note.strip():
        raise ValueError("needs a note of why")
    contact.status, contact.verified_by = ContactStatus.VERIFIED, actor
    contact.verified_at, contact.verified_how = now, note.strip()[:500]
    audit.append(
        session,
        at=now,
        actor=actor,
        event="contact.restored",
        subject=f"contact:{contact_id}",
        payload={"note": contact.verified_how},
    )


def _named_by(session: Session, contact: Contact) -> Effect | None:
    """Find the approved act that took the contact down; None for one that came from elsewhere."""
    kind, _, number = contact.source.partition(":")
    return session.get(Effect, int(number)) if kind == "effect" and number.isdecimal() else None


def replaced_by(session: Session, contact: Contact) -> Contact | None:
    """Give whom the verification of a contact would take out of use; None where it is nobody."""
    effect = _named_by(session, contact)
    return _in_whose_place(session, contact, effect) if effect is not None else None


def _in_whose_place(session: Session, contact: Contact, effect: Effect) -> Contact | None:
    proposal = session.get_one(ProposalRow, effect.proposal_id)
    arguments = proposal.content["actions"][effect.position]["arguments"]
    old = session.get(Contact, arguments.get("replaces_contact_id") or 0)
    if old is None or old.customer_id != contact.customer_id or old.id == contact.id:
        return None
    return old if old.status == ContactStatus.VERIFIED else None


def _replace(session: Session, contact: Contact, effect: Effect, *, actor: str, now: datetime) -> None:
    """Take the one out of use in whose place the contact was named; their mail still counts as the customer's."""
    old = _in_whose_place(session, contact, effect)
    if old is None:
        return
    old.status = ContactStatus.INVALID
    contact.role = old.role
    audit.append(
        session,
        at=now,
        actor=actor,
        event="contact.replaced",
        subject=f"contact:{old.id}",
        payload={"by": contact.id},
    )


def unreachable(session: Session) -> list[Contact]:
    """List contacts that mail does not reach or may not be sent to, newest mark first."""
    marked = select(Contact).where(col(Contact.delivery) != Delivery.OK)
    return list(session.exec(marked.order_by(col(Contact.delivery_since).desc(), col(Contact.id))))


def recipients_of(session: Session, message_id_header: str) -> list[str]:
    """Give the addresses that one of our own mails was sent to; empty when it is none of ours."""
    row = session.exec(select(Outgoing.recipients).where(Outgoing.message_id_header == message_id_header)).first()
    return list(row or ())


def mark(
    session: Session, address: str, delivery: Delivery, *, note: str, actor: str, message_id: int, now: datetime
) -> int:
    """Take an address out of use wherever it is a contact; give how many contacts that newly concerns.

    `message_id` is the report that says so. A complaint outweighs a bounce; the first mark keeps its date and note.
    """
    if delivery is Delivery.OK:
        raise ValueError("a contact is made good by `works_again`")
    audit.take_turn(session)
    count = 0
    for contact in _of_address(session, address):
        if contact.delivery in (delivery, Delivery.COMPLAINED):
            continue
        contact.delivery, contact.delivery_since = delivery, now
        contact.delivery_note = note.strip()[:_MAX_NOTE] or None
        count += 1
        audit.append(
            session,
            at=now,
            actor=actor,
            event=f"contact.{delivery}",
            subject=f"contact:{contact.id}",
            payload={"message": message_id},
        )
    return count


def works_again(session: Session, address: str, *, message_id: int, now: datetime) -> int:
    """Put an address that bounced back into use, as a proven mail came from it; give how many contacts that concerns.

    A complaint stays: that somebody writes to us does not say that they want mail.
    """
    audit.take_turn(session)
    bounced = _of_address(session, address, col(Contact.delivery) == Delivery.BOUNCING)
    for contact in bounced:
        _make_good(session, contact, actor="daemon", now=now, payload={"message": message_id})
    return len(bounced)


def make_reachable(session: Session, contact_id: int, *, actor: str, now: datetime) -> None:
    """Put a contact back into use, as a person decided, whatever the mark. Raises ValueError when it has none."""
    audit.take_turn(session)
    contact = session.get(Contact, contact_id)
    if contact is None or contact.delivery == Delivery.OK:
        raise ValueError("can be written to already")
    _make_good(session, contact, actor=actor, now=now, payload={"was": contact.delivery})


def _make_good(session: Session, contact: Contact, *, actor: str, now: datetime, payload: dict[str, object]) -> None:
    contact.delivery, contact.delivery_since, contact.delivery_note = Delivery.OK, None, None
    audit.append(
        session, at=now, actor=actor, event="contact.reachable", subject=f"contact:{contact.id}", payload=payload
    )


def _of_address(session: Session, address: str, *such: ColumnElement[bool]) -> list[Contact]:
    # Two customers may share an address: that mail does not reach it is so for both.
    whole_house(session)
    wanted = select(Contact).where(func.lower(Contact.email) == address.lower(), *such).order_by(col(Contact.id))
    return list(session.exec(wanted))
