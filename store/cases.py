"""Loads the snapshot of one case. Reads one customer at a time, never across (whose a mail is: `store.whose`).

On PostgreSQL the database sees to that as well (`store.scoping`). Everything that a snapshot is made of belongs to the customer
itself, so that nothing is missing for it: an address that two customers share stands in a row of each, what was written before
counts a customer or a case at a time, and papers of ours for everybody are everybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import by_hand, loops
from store.account_rows import AccountRows, Kept, columns_of
from store.case_history import history
from store.clock import day_in
from store.facts import (
    CaseFacts,
    ContactFacts,
    CustomerFacts,
    InvoiceFacts,
    PaymentFacts,
)
from store.matter_loading import disputes_of, matters
from store.outreach_words import Channel
from store.scoping import narrowed
from store.tables import Case, Customer, Invoice, Message
from store.vocabulary import ContactStatus, Delivery, IdentityLevel


def invoice_numbers(session: Session, customer_id: str) -> list[str]:
    """List all invoice numbers of one customer."""
    return list(session.exec(select(Invoice.number).where(Invoice.customer_id == customer_id)))


def open_case(session: Session, customer_id: str, *, now: datetime) -> int:
    """Give the customer's open case, or open one."""
    known = session.exec(
        select(Case.id).where(Case.customer_id == customer_id, Case.status == "open").order_by(col(Case.id).desc())
    ).first()
    if known is not None:
        return known
    case = Case(customer_id=customer_id, opened_at=now)
    session.add(case)
    session.flush()
    assert case.id is not None
    return case.id


def take_up(session: Session, case_id: int) -> bool:
    """Open a closed case again, because a mail came in it; False where it is open."""
    case = session.get_one(Case, case_id)
    if case.status == "open":
        return False
    case.status, case.closed_at = "open", None
    session.add(case)
    return True


def facts_for(session: Session, message_id: int, *, now: datetime) -> CaseFacts:
    """Load the snapshot for one stored, matched message."""
    row = session.get_one(Message, message_id)
    if row.customer_id:
        with narrowed(session, row.customer_id):
            return _matched(session, row, row.customer_id, now=now)
    return CaseFacts(
        case_id=None,
        customer=None,
        as_of=now,
        today=day_in("UTC", now),
        received_on=day_in("UTC", row.received_at),
        identity=IdentityLevel(row.identity),
        mentioned=tuple(row.invoices),
        flags=tuple(row.match_flags),
    )


def _matched(session: Session, row: Message, customer_id: str, *, now: datetime) -> CaseFacts:
    sender = (row.parsed.get("from_address") or "").lower()
    snapshot = customer_facts(session, customer_id, now=now, received_at=row.received_at)
    contact = next((c.id for c in snapshot.contacts if c.email.lower() == sender), None)
    newer = _newer(session, row)
    return snapshot.model_copy(
        update={
            "case_id": row.case_id,
            "identity": IdentityLevel(row.identity),
            "newest_message": max((row.id or 0, *(later.id or 0 for later in newer))),
            "overtaken_by": _overtaking(row, newer),
            "sender_contact": contact,
            "machine": loops.standing(session, row, now=now),
            "answered_by_hand": by_hand.answered_at(session, row),
            "mentioned": tuple(row.invoices),
            "flags": tuple(row.match_flags),
            "history": history(session, row.case_id, before=row) if row.case_id else (),
        }
    )


def account_behind(session: Session, message: Message, *, now: datetime) -> CaseFacts:
    """Load the account that a message belongs to, for whoever tells by themselves what was said: of the message only whose it is.

    Raises ValueError for a message that belongs to no customer.
    """
    if message.customer_id is None:
        raise ValueError(f"message {message.id} belongs to no customer")
    snapshot = customer_facts(session, message.customer_id, now=now, received_at=message.received_at)
    known = {
        "case_id": message.case_id,
        "identity": IdentityLevel(message.identity),
        "flags": tuple(message.match_flags),
    }
    return snapshot.model_copy(update=known)


def customer_zone(session: Session, customer_id: str) -> str:
    """Give the customer's IANA time zone."""
    return session.get_one(Customer, customer_id).timezone


def newest_message(session: Session, message: Message) -> int:
    """Give the key of the customer's last mail that is known in this message's case."""
    if message.case_id is None:
        return message.id or 0
    spoken = col(Message.from_customer).is_(True) | (col(Message.id) == message.id)
    return session.exec(select(func.max(Message.id)).where(Message.case_id == message.case_id, spoken)).one() or 0


def _newer(session: Session, message: Message) -> Sequence[Message]:
    """Load the customer's mails in this case that were recorded after this one."""
    if message.case_id is None:
        return ()
    return session.exec(
        select(Message).where(
            col(Message.case_id) == message.case_id,
            col(Message.from_customer).is_(True),
            col(Message.id) > message.id,
        )
    ).all()


def _overtaking(message: Message, newer: Sequence[Message]) -> tuple[int, ...]:
    """List those newer mails that answer this one or speak of the same invoices."""
    own = message.message_id_header
    return tuple(
        row.id or 0
        for row in newer
        if set(row.invoices) & set(message.invoices)
        or not (row.invoices or message.invoices)
        or (own is not None and own in (row.parsed.get("references") or ()))
    )


def customer_facts(
    session: Session, customer_id: str, *, now: datetime, received_at: datetime | None = None
) -> CaseFacts:
    """Load one customer's account as it stands."""
    with narrowed(session, customer_id):
        return _account(session, customer_id, now=now, received_at=received_at)


def _account(session: Session, customer_id: str, *, now: datetime, received_at: datetime | None) -> CaseFacts:
    rows = AccountRows(session, customer_id)
    customer, zone = columns_of(rows.customer, but=frozenset({"stopped_reason"})), rows.customer.timezone
    stopped = rows.customer.stopped_reason or ""
    disputes = disputes_of(rows)
    return CaseFacts(
        case_id=None,
        customer=CustomerFacts(stopped=bool(stopped), stopped_reason=stopped, **customer),
        as_of=now,
        today=day_in(zone, now),
        received_on=day_in(zone, received_at or now),
        identity=IdentityLevel.C,
        contacts=_contacts(rows),
        invoices=_invoices(rows, disputes),
        payments=tuple(PaymentFacts(**columns_of(payment)) for payment in rows.of(Kept.PAYMENTS)),
        **matters(rows, disputes=disputes),
    )


def facts_of_numbers(session: Session, numbers: Sequence[str], *, now: datetime) -> CaseFacts:
    """Give a snapshot that knows nothing but which invoice numbers exist, for a mail that belongs to no customer."""
    rows = session.exec(select(Invoice).where(col(Invoice.number).in_(list(numbers))).order_by(Invoice.number))
    day = day_in("UTC", now)
    return CaseFacts(
        case_id=None,
        customer=None,
        as_of=now,
        today=day,
        received_on=day,
        identity=IdentityLevel.C,
        invoices=tuple(InvoiceFacts(**i.model_dump(exclude={"customer_id"})) for i in rows),
        mentioned=tuple(numbers),
    )


def _contacts(rows: AccountRows) -> tuple[ContactFacts, ...]:
    stopped = {(stop.contact_id, stop.channel, stop.phone) for stop in rows.of(Kept.STOPS)}
    return tuple(
        ContactFacts(
            id=c.id,
            name=c.name,
            email=c.email,
            role=c.role,
            status=ContactStatus(c.status),
            delivery=Delivery(c.delivery),
            delivery_since=c.delivery_since,
            delivery_note=c.delivery_note,
            verified_at=c.verified_at,
            source=c.source,
            phone=c.phone,
            takes_calls=(c.id, Channel.CALL, c.phone) not in stopped,
            takes_texts=(c.id, Channel.SMS, c.phone) not in stopped,
        )
        for c in rows.of(Kept.CONTACTS)
    )


def _invoices(rows: AccountRows, disputes: Sequence[Any]) -> tuple[InvoiceFacts, ...]:
    disputed: dict[str, Decimal] = {}
    invoices = rows.of(Kept.INVOICES)
    balances = {i.number: i.balance for i in invoices}
    for dispute in (d for d in disputes if d.status == "open"):
        part = dispute.amount if dispute.amount is not None else balances.get(dispute.invoice_number, Decimal(0))
        disputed[dispute.invoice_number] = disputed.get(dispute.invoice_number, Decimal(0)) + part
    holds = _holds(rows)
    return tuple(
        InvoiceFacts(
            **columns_of(i),
            disputed=disputed.get(i.number, Decimal(0)),
            held_until=max((d for d in (holds.get(i.number), holds.get(None)) if d), default=None),
        )
        for i in invoices
    )


def _holds(rows: AccountRows) -> dict[str | None, date]:
    until: dict[str | None, date] = {}
    for hold in rows.of(Kept.HOLDS):
        day = hold.until or date.max
        until[hold.invoice_number] = max(day, until.get(hold.invoice_number, day))
    resting = (number for step in rows.of(Kept.RESTING) for number in step.invoices)
    return until | dict.fromkeys(resting, date.max)
