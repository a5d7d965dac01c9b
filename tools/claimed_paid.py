"""What a customer means who says they paid: which invoices, which payment; what the search for it comes to. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from store.aftermath import CheckOutcome
from store.facts import CaseFacts, InvoiceFacts
from tools.base import Ask, listed
from tools.cash_matches import Said, charges_within, field_of
from tools.cash_search import Result, applied_already, receipt_words, search

#: The cash is with us.
HERE = frozenset({CheckOutcome.APPLIED, CheckOutcome.FOUND})


def meant(ask: Ask) -> tuple[tuple[InvoiceFacts, ...], tuple[InvoiceFacts, ...]]:
    """Give the open and the settled invoices that the customer speaks of."""
    named = {number for claim in ask.claims for number in claim.invoices} or set(ask.facts.mentioned) - ask.taken
    settled = tuple(i for i in ask.facts.invoices if i.number in named and i.balance <= 0)
    unknown = any(ask.facts.invoice(number) is None for claim in ask.claims for number in claim.invoices)
    if not unknown and settled and not any(i.number in named for i in ask.facts.open_invoices):
        return (), settled
    return ask.invoices, ()


def result_of(ask: Ask) -> Result:
    """Search for the payment that the customer speaks of. Needs invoices that are meant, open ones in one currency."""
    open_, settled = meant(ask)
    payments = ask.facts.payments
    if not open_:
        on_it = tuple(p for p in payments if p.invoice_number in {i.number for i in settled})
        words = f"; {'; '.join(map(receipt_words, on_it[:5]))}" if on_it else ""
        why = f"nothing is open on {listed([i.number for i in settled])}{words}"
        return Result(CheckOutcome.APPLIED, settled, on_it, why=why)
    slots = ask.first.slots
    said = Said(amount=slots.amount, currency=slots.currency, day=slots.date, reference=slots.reference)
    field = field_of(
        open_,
        invoices=ask.facts.invoices,
        payments=payments,
        said=said,
        limits=ask.policy.cash,
        spoken_for=_spoken_for(ask.facts, open_),
        shared=bool(ask.taken),
    )
    named = any(claim.invoices for claim in ask.claims)
    result = search(field, all_meant=named or slots.amount is None)
    booked = applied_already(field, payments) if result.outcome is not CheckOutcome.FOUND else ()
    if booked:
        why = f"{receipt_words(booked[0])}, is booked on {open_[0].number}"
        result = Result(CheckOutcome.APPLIED, open_, booked, why=why)
    paid = [i.number for i in ask.facts.invoices if i.balance <= 0 and any(i.number in c.invoices for c in ask.claims)]
    return replace(result, why=f"{result.why}; {listed(paid)}: nothing is open") if paid else result


def _spoken_for(facts: CaseFacts, invoices: Sequence[InvoiceFacts]) -> frozenset[str]:
    """List receipts that an open search has proposed for other invoices than these."""
    own = {i.number for i in invoices}
    taken = [c for c in facts.checks if c.status == "open" and c.outcome == CheckOutcome.FOUND]
    return frozenset(p for check in taken if own.isdisjoint(check.invoices) for p in check.payments)


def looked_before(ask: Ask, invoices: Sequence[InvoiceFacts]) -> bool:
    """Say whether the payment advice was asked for, or what was found still waits to be applied."""
    own = {i.number for i in invoices}
    return any((c.outcome not in HERE or c.status == "open") and own & set(c.invoices) for c in ask.facts.checks)


def pause_until(ask: Ask, result: Result) -> dt.date | None:
    """Give the end of the pause, counted from the first word about this payment: saying it again makes it no longer."""
    if all(i.balance <= 0 for i in result.invoices):
        return None
    latest = ask.facts.today + dt.timedelta(days=ask.policy.cash.claimed_paid_pause_days)
    own = {i.number for i in result.invoices}
    earlier = [c.pause_until for c in ask.facts.checks if own & set(c.invoices) and c.pause_until is not None]
    ends = [day for day in earlier if day > ask.facts.today]
    return min([latest, *ends])


def rest_of(result: Result, ask: Ask) -> Decimal:
    """Give what stays open beside the payment and is not contested; what a bank may have kept is no matter for a letter."""
    booked = dict.fromkeys((i.number for i in result.invoices), Decimal(0))
    for booking in result.bookings:
        booked[booking.invoice] += booking.amount
    rest = sum((max(Decimal(0), i.balance - i.disputed - booked[i.number]) for i in result.invoices), Decimal(0))
    owed = sum((i.balance for i in result.invoices), Decimal(0))
    charges = result.outcome is CheckOutcome.FOUND and rest <= charges_within(owed, ask.policy.cash)
    return Decimal(0) if charges else rest
