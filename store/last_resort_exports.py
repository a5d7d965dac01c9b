"""What other systems are told of last steps: accounts on hold, write-offs to book, payments that an agency must know of. Changes no ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from store import audit
from store.clock import day_in
from store.last_resort_deciding import claim_now
from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED, Standing
from store.outreach_words import LastResort
from store.tables import Customer, Payment

HOLDS = (
    "hold",
    "customer_id",
    "customer",
    "since",
    "approved_by",
    "reason",
    "invoices",
    "open",
    "currency",
    "lift_proposed",
)
WRITE_OFFS = (
    "write_off",
    "customer_id",
    "customer",
    "approved_at",
    "approved_by",
    "approved_first_by",
    "cause",
    "invoices",
    "amount",
    "currency",
    "exported_at",
)
HANDED_PAYMENTS = (
    "hand_off",
    "customer_id",
    "customer",
    "receiver",
    "handed_over",
    "packet_sha256",
    "payment_id",
    "invoice_number",
    "received_on",
    "amount",
    "currency",
    "reported",
)


def standing(session: Session, kind: LastResort) -> list[tuple[LastResortRow, Customer]]:
    """List what stands of a kind, approved or carried out, oldest first, with whose it is."""
    query = (
        select(LastResortRow, Customer)
        .join(Customer, col(Customer.id) == col(LastResortRow.customer_id))
        .where(LastResortRow.kind == kind.value, col(LastResortRow.status).in_(sorted(DECIDED)))
        .order_by(col(LastResortRow.id))
    )
    return list(session.exec(query))


def hold_rows(session: Session, *, now: datetime) -> list[Sequence[object]]:
    """Give every account hold that stands, as the ERP takes it: whoever is not in the list may be delivered on credit."""
    return [
        (
            row.id,
            customer.id,
            customer.name,
            row.approved_at.date() if row.approved_at else None,
            row.approved_by,
            row.reason,
            " ".join(row.invoices),
            claim_now(session, row, now=now),
            row.currency,
            row.end_reason if row.end_proposed_at else "",
        )
        for row, customer in standing(session, LastResort.HOLD)
    ]


@dataclass(frozen=True, slots=True)
class ToBook:
    """A write-off for the ERP. `fault`: why it can no longer be booked as approved; "" where it can."""

    row: LastResortRow
    customer: Customer
    fault: str = ""

    @property
    def cells(self) -> tuple[object, ...]:
        """Give it as a line of the export."""
        row = self.row
        approved = row.approved_at.date() if row.approved_at else None
        exported = row.exported_at.isoformat() if row.exported_at else None
        named = (row.id, self.customer.id, self.customer.name, approved, row.approved_by, row.approved_first_by)
        return (*named, row.cause, " ".join(row.invoices), row.amount, row.currency, exported)


def write_offs(session: Session, *, now: datetime, again: bool = False) -> list[ToBook]:
    """List the write-offs that the ERP was not told of yet; with `again` all that it has not booked."""
    found = []
    for row, customer in standing(session, LastResort.WRITE_OFF):
        if row.status == Standing.CARRIED_OUT and not again:
            continue
        claim = claim_now(session, row, now=now)
        less = row.amount is not None and row.amount > claim
        fault = (
            f"{row.currency} {claim:,.2f} is open and uncontested by now: end it and propose it anew" if less else ""
        )
        found.append(ToBook(row, customer, fault))
    return found


@dataclass(frozen=True, slots=True)
class HandedPayment:
    """Money that came on a claim after it was handed over: whoever collects it must know."""

    row: LastResortRow
    customer: Customer
    payment: Payment
    handed_on: date

    @property
    def cells(self) -> tuple[object, ...]:
        """Give it as a line of the export."""
        row, paid = self.row, self.payment
        handed = (row.id, self.customer.id, self.customer.name, row.receiver, self.handed_on, row.packet_sha256)
        told = "yes" if paid.id in row.reported else ""
        return (*handed, paid.id, paid.invoice_number, paid.received_on, paid.amount, paid.currency, told)


def handed_payments(session: Session, *, again: bool = False) -> list[HandedPayment]:
    """List receipts on handed-over invoices that the receiver was not told of yet; with `again` all of them."""
    found = []
    for row, customer in standing(session, LastResort.HAND_OFF):
        if row.carried_out_at is None:
            continue
        day = day_in(customer.timezone, row.carried_out_at)
        theirs = select(Payment).where(Payment.customer_id == customer.id, Payment.received_on >= day)
        for payment in session.exec(theirs.order_by(col(Payment.received_on), col(Payment.id))):
            # Money without an invoice may be theirs as well: whoever reads the list is told, with no invoice beside it.
            about = payment.amount > 0 and payment.invoice_number in (None, *row.invoices)
            if about and (again or payment.id not in row.reported):
                found.append(HandedPayment(row, customer, payment, day))
    return found


def mark_reported(session: Session, payments: Sequence[HandedPayment], *, actor: str, now: datetime) -> None:
    """Note that the receiver was told. First in its transaction: `audit.take_turn`."""
    audit.take_turn(session)
    for number in sorted({one.row.id or 0 for one in payments}):
        row = session.get_one(LastResortRow, number, populate_existing=True)
        told = [one.payment.id for one in payments if one.row.id == number]
        reported = sorted({*row.reported, *told})
        session.execute(update(LastResortRow).where(col(LastResortRow.id) == number).values(reported=reported))
        payload = {"payments": told}
        subject = f"last_resort:{number}"
        audit.append(
            session, at=now, actor=actor, event="last_resort.payments_reported", subject=subject, payload=payload
        )


LAST_STEPS = (
    *("number", "customer_id", "customer", "kind", "status", "invoices", "claim", "amount", "currency", "pay_by"),
    *("cause", "why", "note", "proposed_by", "proposed_at", "approved_first_by", "approved_by", "approved_at"),
    *(
        "carried_out_at",
        "receiver",
        "packet_sha256",
        "end_proposed_at",
        "end_reason",
        "ended_by",
        "ended_at",
        "end_note",
    ),
)


def last_resort_table(session: Session, what: str, *, now: datetime) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Give one of the tables with its heading; nothing is marked as told. Raises KeyError for a name that is none."""
    match what:
        case "account-holds":
            return HOLDS, hold_rows(session, now=now)
        case "write-offs":
            return WRITE_OFFS, [one.cells for one in write_offs(session, now=now, again=True) if not one.fault]
        case "handed-payments":
            return HANDED_PAYMENTS, [one.cells for one in handed_payments(session, again=True)]
        case "last-resort":
            return LAST_STEPS, _last_steps(session)
    raise KeyError(what)


def _last_steps(session: Session) -> list[Sequence[object]]:
    query = select(LastResortRow, Customer.name).join(Customer, col(Customer.id) == col(LastResortRow.customer_id))
    return [
        (
            *(row.id, row.customer_id, name, row.kind, row.status, " ".join(row.invoices), row.claim, row.amount),
            *(row.currency, row.pay_by, row.cause, row.reason, row.note, row.proposed_by, row.proposed_at.isoformat()),
            *(row.approved_first_by, row.approved_by, row.approved_at and row.approved_at.isoformat()),
            *(row.carried_out_at and row.carried_out_at.isoformat(), row.receiver, row.packet_sha256),
            *(row.end_proposed_at and row.end_proposed_at.isoformat(), row.end_reason, row.ended_by),
            *(row.ended_at and row.ended_at.isoformat(), row.end_note),
        )
        for row, name in session.exec(query.order_by(col(LastResortRow.id)))
    ]
