"""Which cadence fits a customer: by tier, by what is open, by how they have paid so far. Pure; it reads a snapshot and no more."""

from __future__ import annotations

from decimal import Decimal

from outreach.cadence import Cadence, Cadences, History
from store.aftermath import PromiseStatus
from store.facts import CaseFacts

#: From so many paid invoices on, a customer has a history.
ENOUGH = 3
#: Whoever pays later than this on average, in days past due, is not one who pays by themselves.
LATE_DAYS = 10


def cadence_for(cadences: Cadences, facts: CaseFacts) -> Cadence:
    """Give the first cadence that fits; the last fits everybody."""
    amount, history = open_amount(facts), history_of(facts)
    tier = facts.customer.tier if facts.customer is not None else ""
    for one in cadences.cadence:
        if one.tiers and tier not in one.tiers:
            continue
        if one.history and history not in one.history:
            continue
        if amount < one.amount_from or (one.amount_below is not None and amount >= one.amount_below):
            continue
        return one
    return cadences.cadence[-1]


def open_amount(facts: CaseFacts) -> Decimal:
    """Give what is open in the customer's own currency."""
    own = facts.customer.currency if facts.customer is not None else ""
    return sum((i.balance for i in facts.open_invoices if i.currency == own), Decimal(0))


def history_of(facts: CaseFacts) -> History:
    """Say how a customer has paid: LATE after a broken promise, or when paid invoices came long after their day on average."""
    if any(promise.status == PromiseStatus.BROKEN for promise in facts.promises):
        return History.LATE
    late = [days for invoice in facts.invoices if (days := _days_late(facts, invoice.number)) is not None]
    if len(late) < ENOUGH:
        return History.NEW
    return History.LATE if sum(late) > LATE_DAYS * len(late) else History.RELIABLE


def _days_late(facts: CaseFacts, number: str) -> int | None:
    """Give how long after its day a paid invoice was paid in full, in days, at least 0; None for one that nobody paid."""
    invoice = facts.invoice(number)
    if invoice is None or invoice.balance > 0:
        return None
    days = [p.received_on for p in facts.payments if p.invoice_number == number and not p.is_credit]
    return max(0, (max(days) - invoice.due_date).days) if days else None
