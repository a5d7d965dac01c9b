"""Judges whether a customer's payment is here: applied, found, possible, or not found. Pure; proposes, never books.

FOUND needs one way that is clear beyond doubt. Two ways that are equally good, a sum that fits by chance or a payment that
contradicts what the customer says are POSSIBLE: a person picks. Bank charges are never taken silently: they are said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from store.aftermath import CheckOutcome
from store.facts import InvoiceFacts, PaymentFacts
from tools.cash_matches import (
    MOST_COMBINED,
    Field,
    Fit,
    Match,
    by_one_receipt,
    by_several_receipts,
    for_others,
    quotes,
)

#: So many candidates are shown to a person.
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Booking:
    """A part of a receipt that a person, or the ERP, is asked to apply to an invoice."""

    payment: str
    invoice: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """What the search came to. `receipts`: those found, or the candidates; `bookings` only where FOUND."""

    outcome: CheckOutcome
    invoices: tuple[InvoiceFacts, ...]
    receipts: tuple[PaymentFacts, ...] = ()
    bookings: tuple[Booking, ...] = ()
    why: str = ""


def search(field: Field, *, all_meant: bool) -> Result:
    """Look for the cash. `all_meant`: the customer says that every one of the wanted invoices is paid."""
    single = by_one_receipt(field)
    clear = _clearest([m for m in single if _is_clear(m, field, all_meant=all_meant)])
    several = [] if len(clear) == 1 else by_several_receipts(field)
    together = [m for m in several if _is_clear(m, field, all_meant=all_meant)]
    # Two payments that are each a part of it, and together exactly all of it, are one answer.
    clear = together if not clear or (len(together) == 1 and all(m.fit is Fit.PART for m in clear)) else clear
    if len(clear) == 1:
        match = clear[0]
        return Result(
            CheckOutcome.FOUND, match.invoices, match.receipts, bookings=_bookings(match), why=_found_words(match)
        )
    if single or several:
        shown = sorted((*clear, *(m for m in (*single, *several) if m not in clear)), key=_likeliest)[:MOST_SHOWN]
        receipts = tuple({r.id: r for match in shown for r in match.receipts}.values())
        listed = "; ".join(_found_words(match) for match in shown)
        return Result(CheckOutcome.POSSIBLE, field.wanted, receipts, why=f"candidates, none of them certain: {listed}")
    return Result(CheckOutcome.NOT_FOUND, field.wanted, why=_nothing_words(field))


def applied_already(field: Field, payments: Sequence[PaymentFacts]) -> tuple[PaymentFacts, ...]:
    """List payments that stand on the one wanted invoice in the ledger and are those that the customer speaks of."""
    if len(field.wanted) != 1:
        return ()
    said, invoice = field.said, field.wanted[0]
    own_currency = said.currency in (None, invoice.currency)
    fitting = [
        p
        for p in payments
        if p.invoice_number == invoice.number
        and (
            quotes(p.reference, said.reference)
            or (
                own_currency
                and said.amount == p.amount
                and (said.day is None or abs((p.received_on - said.day).days) <= field.limits.window_days)
            )
        )
    ]
    return tuple(fitting) if len(fitting) == 1 else ()


def _is_clear(match: Match, field: Field, *, all_meant: bool) -> bool:
    if all_meant and not set(field.wanted) <= set(match.invoices):
        return False
    if any(r.is_credit for r in match.receipts):
        # It may settle the invoice, but nobody paid it: a person says so, and no letter thanks for it.
        return False
    if len(match.receipts) > 1 and not (match.referred or _one_each(match, field)):
        return False
    if match.fit is Fit.OVER or (field.shared and not _of_this_claim(match, field)):
        return False
    if match.fit is Fit.PART:
        known = match.referred or (match.stated is True and match.dated is True)
        alone = len(match.invoices) == 1 and (match.named or not field.shared)
        return alone and known and not _is_early(match)
    if _has_rival(match, field):
        return False
    if match.referred:
        return True
    if match.stated is False or match.dated is False or _is_early(match):
        return False
    if match.fit is Fit.SHORT:
        return match.stated is True and match.dated is True
    return set(match.invoices) <= set(field.wanted) or match.stated is True


def _of_this_claim(match: Match, field: Field) -> bool:
    """Say whether no other claim of the same mail could find the same money for other invoices: it is spent once.

    Either the receipts name every invoice, or one receipt that names none pays exactly what is meant, and nothing else.
    """
    numbers = {i.number for i in match.invoices}
    told = {number for receipt in match.receipts for number in field.named[receipt.id]}
    if numbers <= told:
        return True
    own = len(match.receipts) == 1 and match.fit is Fit.EXACT and set(match.invoices) <= set(field.wanted)
    others = [i for i in field.others if i not in match.invoices][:MOST_COMBINED]
    return own and not told and not _comes_to(match.paid, others)


def _comes_to(amount: Decimal, invoices: Sequence[InvoiceFacts]) -> bool:
    """Say whether some of these invoices, at most `MOST_COMBINED`, come to exactly an amount above zero."""
    sums = {Decimal(0)}
    for invoice in invoices:
        sums |= {s + invoice.balance for s in sums}
    return amount in sums


def _clearest(matches: list[Match]) -> list[Match]:
    """Prefer what the payment itself says over sums; where both say, what comes out exactly."""
    for better in ([m for m in matches if m.referred and m.fit is Fit.EXACT], [m for m in matches if m.referred]):
        if better:
            return better
    return matches


def _one_each(match: Match, field: Field) -> bool:
    """Say whether every receipt is the balance of an invoice of its own, and no other receipt would do as well.

    Sums are tried over the newest receipts alone: an older one of the same amount is seen only here.
    """
    amounts = {r.amount for r in match.receipts}
    spare = (r for r in field.receipts if r not in match.receipts and not for_others(r, field))
    return sorted(r.amount for r in match.receipts) == sorted(i.balance for i in match.invoices) and not any(
        r.amount in amounts for r in spare
    )


def _is_early(match: Match) -> bool:
    """Say whether money came before an invoice was written: then only its reference can tie it to that invoice."""
    first = min(r.received_on for r in match.receipts)
    return not match.referred and any(first < i.issue_date for i in match.invoices)


def _has_rival(match: Match, field: Field) -> bool:
    """Say whether the money would pay another open invoice just as well, and does not say which it pays."""
    return not match.named and any(
        i.balance == r.amount for i in field.others if i not in match.invoices for r in match.receipts
    )


def _likeliest(match: Match) -> tuple[bool, bool, bool, bool, bool]:
    return (
        not match.referred,
        match.fit is not Fit.EXACT,
        match.stated is not True,
        match.dated is not True,
        len(match.receipts) > 1,
    )


def _bookings(match: Match) -> tuple[Booking, ...]:
    """Spread the receipts over the invoices: first where one is exactly the other, then the oldest invoice first."""
    left = {i.number: i.balance for i in sorted(match.invoices, key=lambda i: (i.due_date, i.number))}
    booked: list[Booking] = []
    exact: set[str] = set()
    for receipt in match.receipts if len(match.receipts) > 1 else ():
        number = next((n for n, open_ in left.items() if open_ == receipt.amount), None)
        if number is not None:
            booked.append(Booking(receipt.id, number, receipt.amount))
            left[number] = Decimal(0)
            exact.add(receipt.id)
    for receipt in match.receipts:
        money = Decimal(0) if receipt.id in exact else receipt.amount
        for number, open_ in left.items():
            part = min(money, open_)
            if part > 0:
                booked.append(Booking(receipt.id, number, part))
                left[number], money = open_ - part, money - part
    return tuple(booked)


# --- words for the person who looks at it ---------------------------------------------------------------------------


def receipt_words(receipt: PaymentFacts) -> str:
    """Name a receipt for a person in the office."""
    came = "a credit note of" if receipt.is_credit else "received"
    return f"{receipt.id} of {receipt.currency} {receipt.amount:,.2f}, {came} {receipt.received_on}"


def _numbers(match: Match) -> str:
    return ", ".join(i.number for i in match.invoices)


def _signs(match: Match) -> str:
    signs = [
        ("its reference names the invoice", match.named),
        ("it carries the reference that the customer gives", match.quoted),
        ("the amount is the one they state", match.stated is True),
        ("they state another amount", match.stated is False),
        ("the day fits", match.dated is True),
        ("they name another day", match.dated is False),
    ]
    told = [words for words, holds in signs if holds]
    return f" ({'; '.join(told)})" if told else ""


def _fit_words(match: Match) -> str:
    currency, missing = match.invoices[0].currency, match.owed - match.paid
    return {
        Fit.EXACT: f"exactly {_numbers(match)}",
        Fit.SHORT: f"{_numbers(match)} less {currency} {missing:,.2f}, which may be bank charges and stays open",
        Fit.PART: f"a part of {_numbers(match)}; {currency} {missing:,.2f} stays open",
        Fit.OVER: f"{currency} {-missing:,.2f} more than {_numbers(match)}",
    }[match.fit]


def _found_words(match: Match) -> str:
    return f"{' and '.join(map(receipt_words, match.receipts))}: {_fit_words(match)}{_signs(match)}"


def _nothing_words(field: Field) -> str:
    words = "no unapplied receipt of this customer fits"
    if field.receipts:
        words += f" (unapplied: {'; '.join(map(receipt_words, field.receipts[:MOST_SHOWN]))})"
    if len(field.wanted) > MOST_COMBINED:
        words += f"; sums were tried over the {MOST_COMBINED} oldest invoices and over all together"
    return words
