"""Receipts that were found and wait to be applied to invoices, for a person or the ERP. Reads only: nothing is booked here.

Only what still holds today is listed as ready: the receipt is unapplied, the invoice open, no receipt spent twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import CheckOutcome
from store.holds import release
from store.matters import PaymentCheck
from store.tables import Customer, Hold, Invoice, Payment


@dataclass(frozen=True, slots=True)
class Row:
    """One application that is proposed. `fault`: why it can no longer be made as proposed; "" where it can."""

    check_id: int
    customer_id: str
    customer: str
    payment: str
    received_on: date | None
    reference: str
    invoice: str
    amount: Decimal
    currency: str
    why: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A search that left candidates to a person, or found nothing."""

    check_id: int
    customer_id: str
    outcome: str
    invoices: tuple[str, ...]
    payments: tuple[str, ...]
    pause_until: date | None
    why: str


def proposed(session: Session) -> list[Row]:
    """List the applications that open searches propose, oldest first."""
    rows: list[Row] = []
    spent: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    seen: set[tuple[str, str]] = set()
    for check in _open(session, CheckOutcome.FOUND):
        customer = session.get_one(Customer, check.customer_id)
        for part in check.applications:
            payment = session.get(Payment, part["payment"])
            invoice = session.get(Invoice, part["invoice"])
            amount = Decimal(part["amount"])
            pair = (part["payment"], part["invoice"])
            fault = _fault(payment, invoice, amount, check, spent=spent[pair[0]], paid=paid[pair[1]])
            if pair in seen:
                continue
            seen.add(pair)
            if not fault:
                spent[pair[0]] += amount
                paid[pair[1]] += amount
            rows.append(
                Row(
                    check_id=check.id or 0,
                    customer_id=check.customer_id,
                    customer=customer.name,
                    payment=pair[0],
                    received_on=payment.received_on if payment else None,
                    reference=payment.reference if payment else "",
                    invoice=pair[1],
                    amount=amount,
                    currency=payment.currency if payment else "",
                    why=check.explanation,
                    fault=fault,
                )
            )
    return rows


def doubtful(session: Session) -> list[Doubtful]:
    """List open searches without a clear result: candidates to choose from, or nothing found yet."""
    return [
        Doubtful(
            check_id=check.id or 0,
            customer_id=check.customer_id,
            outcome=check.outcome,
            invoices=tuple(check.invoices),
            payments=tuple(check.payments),
            pause_until=check.pause_until,
            why=check.explanation,
        )
        for check in _open(session, CheckOutcome.POSSIBLE, CheckOutcome.NOT_FOUND)
    ]


def dismiss(session: Session, check_id: int, *, actor: str, note: str, now: datetime) -> None:
    """End a search that a person found to be wrong, and its pause. Raises ValueError where there is no such open one."""
    audit.take_turn(session)
    check = session.get(PaymentCheck, check_id)
    if check is None or check.status != "open":
        raise ValueError("there is no open payment search of this number")
    if not note.strip():
        raise ValueError("say why, in your own words")
    check.status = "dismissed"
    release(session, Hold.effect_id == check.effect_id, now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event="payment_check.dismissed",
        subject=f"payment_check:{check_id}",
        payload={"note": note.strip()[:300]},
    )


def _open(session: Session, *outcomes: CheckOutcome) -> list[PaymentCheck]:
    query = select(PaymentCheck).where(
        PaymentCheck.status == "open", col(PaymentCheck.outcome).in_([o.value for o in outcomes])
    )
    return list(session.exec(query.order_by(col(PaymentCheck.id))))


def _fault(
    payment: Payment | None,
    invoice: Invoice | None,
    amount: Decimal,
    check: PaymentCheck,
    *,
    spent: Decimal,
    paid: Decimal,
) -> str:
    if payment is None or invoice is None:
        return "the receipt or the invoice is gone"
    if check.customer_id not in {payment.customer_id} & {invoice.customer_id} or payment.currency != invoice.currency:
        return "the receipt and the invoice are not of one customer and currency"
    if payment.invoice_number is not None:
        return f"the receipt is applied to {payment.invoice_number} meanwhile"
    if spent + amount > payment.amount:
        return "the receipt is proposed for more than it holds"
    if paid + amount > invoice.balance:
        return "less is open on the invoice meanwhile"
    return ""
