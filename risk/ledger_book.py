"""Makes a book of a ledger: for each invoice the day on which money came to all of it, or that nobody can say. Reads only.

A credit note pays nothing: it lessens what is to be paid, and an invoice that credit alone settled says nothing of a payer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from risk.bills import NEVER, Bill, Book, Trouble
from store.aftermath import DisputeStatus, PromiseStatus
from store.clock import day_in
from store.facts import CREDIT_NOTE
from store.scoping import whole_house
from store.tables import Customer, Dispute, Effect, Invoice, Payment, Promise

Money = Sequence[tuple[date, Decimal]]
#: What is settled though less money is listed: banks keep charges, and people round.
_NEARLY = Decimal("0.97")
#: From the day on which this share of the settled invoices was settled, the ledger is taken as whole.
_FIRST = 0.01
#: With fewer settled invoices none is left out: what is usual weighs more than they do.
_FEW = 50


def book_of(session: Session, *, now: datetime) -> Book:
    """Load a company's book as it stands."""
    whole_house(session)
    today = day_in("UTC", now)
    cash, credits = _money(session)
    bills = [
        _bill(row, tier, cash.get(row.number, []), credits.get(row.number, []), today=today)
        for row, tier in session.exec(
            select(Invoice, Customer.tier).join(Customer, col(Customer.id) == col(Invoice.customer_id))
        )
        if row.amount > 0
    ]
    since = first_day(bills)
    # What was issued before the first day and is settled is there by chance: only what is open still counts of that time.
    kept = [b for b in bills if b.issued >= since or b.settled == NEVER]
    return Book(bills=kept, broken=_broken(session), disputes=_disputes(session), since=since)


def settling_day(amount: Decimal, cash: Money, credits: Money) -> date | None:
    """Give the day on which money, beside what was credited, came to the whole amount; None where no money did, or it does not.

    Credit of a later day than the last money was needed for nothing that they owed any more: the money's day counts.
    """
    if not cash:
        return None
    credited = sum((value for _, value in credits), Decimal(0))
    came = Decimal(0)
    for day, value in sorted(cash):
        came += value
        if came + credited >= amount:
            return day
    return max(day for day, _ in cash) if came + credited >= amount * _NEARLY else None


def first_day(bills: Iterable[Bill]) -> date:
    """Give the day from which on the ledger is whole: what was issued earlier may be listed only because it was open still.

    A first import often brings open invoices alone, or the payments of the last months; what had been paid before is missing.
    """
    days = sorted(b.settled.toordinal() for b in bills if b.days_late is not None)
    return date.fromordinal(int(np.quantile(days, _FIRST, method="lower"))) if len(days) >= _FEW else date.min


def _bill(row: Invoice, tier: str, cash: Money, credits: Money, *, today: date) -> Bill:
    settled, unknown = NEVER, False
    if row.balance <= 0:
        day = settling_day(row.amount, cash, credits)
        # Money of a day that has not come is here all the same.
        settled, unknown = (min(day, today), False) if day is not None else (NEVER, True)
    return Bill(
        number=row.number,
        customer=row.customer_id,
        segment=tier,
        currency=row.currency,
        amount=float(row.amount),
        issued=row.issue_date,
        due=row.due_date,
        settled=settled,
        unknown=unknown,
    )


def _money(session: Session) -> tuple[dict[str, list[tuple[date, Decimal]]], dict[str, list[tuple[date, Decimal]]]]:
    """Give what was paid and what was credited on each invoice, in its own currency."""
    cash: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    credits: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = session.execute(
        columns(Payment.invoice_number, Payment.received_on, Payment.amount, Payment.reference)  # type: ignore[call-overload]
        .join(Invoice, col(Invoice.number) == col(Payment.invoice_number))
        .where(col(Payment.currency) == col(Invoice.currency))
    )
    for number, day, amount, reference in rows:
        is_credit = reference.casefold().startswith(CREDIT_NOTE.casefold())
        (credits if is_credit else cash)[number or ""].append((day, amount))
    disputes = session.exec(select(Dispute).where(Dispute.status == DisputeStatus.CREDITED))
    for number, ended_on, credit in ((d.invoice_number, d.ended_on, d.credit) for d in disputes):
        if ended_on is not None and credit is not None:
            credits[number].append((ended_on, credit))
    return cash, credits


def _broken(session: Session) -> list[Trouble]:
    """List broken promises, each known from the day after the last one on which the money was in time."""
    broken = session.exec(select(Promise).where(Promise.status == PromiseStatus.BROKEN))
    return [Trouble(promise.customer_id, promise.wait_until or promise.due) for promise in broken]


def _disputes(session: Session) -> list[Trouble]:
    query = select(Dispute.customer_id, Effect.applied_at).join(Effect, col(Effect.id) == col(Dispute.effect_id))
    return [Trouble(customer, day_in("UTC", at)) for customer, at in session.exec(query)]
