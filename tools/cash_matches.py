"""Lists every way in which unapplied receipts could be the money that a customer says they paid. Pure, exact, bounded.

Receipts of one customer, in the currency of the invoices; never one receipt twice in a match, never a rounded sum. Which
of the ways is clear enough, `tools.cash_search` says.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations, islice

from store import cash_seen
from store.digits import tokens_of
from store.facts import InvoiceFacts, PaymentFacts
from store.numbers import find_invoices
from tools.limits import CashLimits

#: Sums are tried over so many invoices, and over so many receipts: 4,095 subsets of each, and no more.
MOST_COMBINED = 12
MOST_RECEIPTS = 200  # the newest first
_MOST_EQUAL = 3  # of the subsets that come to one sum: two are doubt enough
_SHORTEST_REFERENCE = 4
#: In so many pieces a bank may print a reference.
_MOST_PIECES = 10


class Fit(StrEnum):
    """How the money compares with what is open. SHORT: less by no more than a bank may have kept."""

    EXACT = "exact"
    SHORT = "short"
    PART = "part"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer says of their payment; None where they say nothing."""

    amount: Decimal | None = None
    currency: str | None = None
    day: date | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Receipts that could have paid invoices. `stated`, `dated`: as the customer says; None where they say nothing.

    `named`: every receipt's reference names one of the invoices. `quoted`: every one carries the customer's reference.
    """

    receipts: tuple[PaymentFacts, ...]
    invoices: tuple[InvoiceFacts, ...]
    fit: Fit
    named: bool
    quoted: bool
    stated: bool | None
    dated: bool | None

    @property
    def paid(self) -> Decimal:
        """The receipts together."""
        return sum((r.amount for r in self.receipts), Decimal(0))

    @property
    def owed(self) -> Decimal:
        """What is open on the invoices together."""
        return sum((i.balance for i in self.invoices), Decimal(0))

    @property
    def referred(self) -> bool:
        """Say whether the payment itself says what it is for."""
        return self.named or self.quoted


@dataclass(frozen=True, slots=True)
class Field:
    """What is searched: the invoices that are meant, the customer's other open ones, their unapplied receipts.

    All in one currency. `shared`: the same mail speaks of other invoices too, which the same receipt could have paid. `named` gives the numbers, of all of this customer's invoices, that a receipt's reference names.
    """

    wanted: tuple[InvoiceFacts, ...]
    others: tuple[InvoiceFacts, ...]
    receipts: tuple[PaymentFacts, ...]
    named: Mapping[str, frozenset[str]]
    said: Said
    limits: CashLimits
    shared: bool = False


def field_of(
    wanted: Sequence[InvoiceFacts],
    *,
    invoices: Sequence[InvoiceFacts],
    payments: Sequence[PaymentFacts],
    said: Said,
    limits: CashLimits,
    spoken_for: frozenset[str] = frozenset(),
    shared: bool = False,
) -> Field:
    """Choose what may be searched. `spoken_for`: receipts that another search has proposed for other invoices."""
    currency = wanted[0].currency
    free = [p for p in payments if p.invoice_number is None and p.currency == currency and p.amount > 0]
    free = sorted((p for p in free if p.id not in spoken_for), key=lambda p: (p.received_on, p.id), reverse=True)
    numbers = tuple(i.number for i in invoices)
    meant = {i.number for i in wanted}
    return Field(
        wanted=tuple(sorted(wanted, key=lambda i: (i.due_date, i.number))),
        others=tuple(
            i
            for i in sorted(invoices, key=lambda i: (i.due_date, i.number))
            if i.balance > 0 and i.currency == currency and i.number not in meant
        ),
        receipts=tuple(free[:MOST_RECEIPTS]),
        named={p.id: frozenset(find_invoices(p.reference, numbers)) for p in free[:MOST_RECEIPTS]},
        said=said,
        limits=limits,
        shared=shared,
    )


def by_one_receipt(field: Field) -> list[Match]:
    """List the matches of single receipts: to an invoice, a sum of several, or by what the payment says it is for."""
    sums = _sums(field)
    return [match for receipt in field.receipts for match in _of_receipt(receipt, field, sums)]


def by_several_receipts(field: Field) -> list[Match]:
    """List sets of receipts that come to exactly what is open on the invoices that are meant."""
    owed = sum((i.balance for i in field.wanted), Decimal(0))
    usable = [r for r in field.receipts if r.amount < owed and not for_others(r, field)][:MOST_COMBINED]
    sets = (some for size in range(2, len(usable) + 1) for some in combinations(usable, size))
    exact = (some for some in sets if sum((r.amount for r in some), Decimal(0)) == owed)
    return [_match(some, field.wanted, Fit.EXACT, field) for some in islice(exact, _MOST_EQUAL)]


def charges_within(owed: Decimal, limits: CashLimits) -> Decimal:
    """Give the most that banks may have kept of an amount: the smaller of the policy's sum and share, in whole cents."""
    return cash_seen.charges_within(owed, most=limits.tolerance, share=limits.tolerance_share)


def quotes(reference: str, said: str | None) -> bool:
    """Say whether a receipt carries the customer's reference, however it is spaced and punctuated; only as whole words."""
    key = "".join(_words(said or ""))
    if len(key) < _SHORTEST_REFERENCE or not any(c.isdigit() for c in key):
        return False
    words = _words(reference)
    return any(
        "".join(words[start : start + length]) == key
        for start in range(len(words))
        for length in range(1, _MOST_PIECES + 1)
    )


def _words(text: str) -> list[str]:
    return [token.text for token in tokens_of(unicodedata.normalize("NFKC", text[:200]).upper())]


def _sums(field: Field) -> dict[Decimal, list[tuple[InvoiceFacts, ...]]]:
    """Give the invoices that come to a sum, for every subset that holds one that is meant."""
    pool = (*field.wanted, *field.others)[:MOST_COMBINED]
    meant = set(field.wanted)
    found: dict[Decimal, list[tuple[InvoiceFacts, ...]]] = defaultdict(list)
    for size in range(1, len(pool) + 1):
        for some in combinations(pool, size):
            if meant.isdisjoint(some):
                continue
            equal = found[sum((i.balance for i in some), Decimal(0))]
            if len(equal) < _MOST_EQUAL:
                equal.append(some)
    # More are meant than are combined: all of them together is still one sum to look for, and each by itself.
    for some in (*((i,) for i in field.wanted[MOST_COMBINED:]), field.wanted):
        equal = found[sum((i.balance for i in some), Decimal(0))]
        if some not in equal:
            equal.append(some)
    return found


def _of_receipt(
    receipt: PaymentFacts, field: Field, sums: Mapping[Decimal, list[tuple[InvoiceFacts, ...]]]
) -> Iterator[Match]:
    if for_others(receipt, field):
        return
    named = [i for i in (*field.wanted, *field.others) if i.number in field.named[receipt.id]]
    exact = [some for some in sums.get(receipt.amount, ()) if set(named) <= set(some)]
    if exact:
        yield from (_match((receipt,), some, Fit.EXACT, field) for some in exact)
    elif named:
        yield _compared(receipt, tuple(named), field)
    else:
        yield from _by_hints(receipt, field)


def _by_hints(receipt: PaymentFacts, field: Field) -> Iterator[Match]:
    """Match a receipt that names no invoice and equals none: nearly the amount, or known by what the customer says."""
    near = [
        _compared(receipt, target, field)
        for target in dict.fromkeys((*((i,) for i in field.wanted), field.wanted))
        if _fit(receipt.amount, sum((i.balance for i in target), Decimal(0)), field.limits) is Fit.SHORT
    ]
    yield from near
    known = _compared(receipt, field.wanted, field)
    if not near and (known.quoted or (known.stated and known.dated is not False)):
        yield known


def _compared(receipt: PaymentFacts, target: tuple[InvoiceFacts, ...], field: Field) -> Match:
    owed = sum((i.balance for i in target), Decimal(0))
    return _match((receipt,), target, _fit(receipt.amount, owed, field.limits), field)


def _fit(paid: Decimal, owed: Decimal, limits: CashLimits) -> Fit:
    if paid == owed:
        return Fit.EXACT
    if paid > owed:
        return Fit.OVER
    return Fit.SHORT if owed - paid <= charges_within(owed, limits) else Fit.PART


def for_others(receipt: PaymentFacts, field: Field) -> bool:
    """Say whether a receipt says that it pays something else than what is meant."""
    named = field.named[receipt.id]
    other = bool(named) and named.isdisjoint(i.number for i in field.wanted)
    return other and not quotes(receipt.reference, field.said.reference)


def _match(receipts: tuple[PaymentFacts, ...], invoices: tuple[InvoiceFacts, ...], fit: Fit, field: Field) -> Match:
    said, numbers = field.said, {i.number for i in invoices}
    paid = sum((r.amount for r in receipts), Decimal(0))
    owed = sum((i.balance for i in invoices), Decimal(0))
    told = said.amount is not None and said.currency in (None, invoices[0].currency)
    return Match(
        receipts=receipts,
        invoices=invoices,
        fit=fit,
        named=all(field.named[r.id] & numbers for r in receipts),
        quoted=all(quotes(r.reference, said.reference) for r in receipts),
        stated=(said.amount == paid or (fit is Fit.SHORT and said.amount == owed)) if told else None,
        dated=None
        if said.day is None
        else all(abs((r.received_on - said.day).days) <= field.limits.window_days for r in receipts),
    )
