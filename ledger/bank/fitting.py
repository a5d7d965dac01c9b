"""Compares money with what is open on given invoices: exact, less a discount, charges or credit notes, short, or more. Pure.

Every way gives the whole of the money: to invoices, or unapplied. No invoice gets more than is open on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.bank.books import CENT, NOTHING, CreditNote, Kind, Limits, OpenItem, Piece, total
from ledger.bank.sums import Sums
from store.bank_words import Deduction

_RATES = tuple(Decimal(rate) for rate in ("0.01", "0.015", "0.02", "0.025", "0.03", "0.04", "0.05"))


@dataclass(frozen=True, slots=True)
class Fit:
    """How money fits invoices. `several`: it fits in more ways than this one."""

    kind: Kind
    pieces: tuple[Piece, ...]
    unapplied: Decimal
    words: str
    several: bool = False


def fit(
    amount: Decimal,
    items: Sequence[OpenItem],
    *,
    left: Mapping[str, Decimal],
    credits: Sequence[CreditNote],
    day: date,
    charges: Decimal,
    limits: Limits,
) -> Fit:
    """Say how money fits these invoices, of which `left` is open. `charges`: what the bank says that it kept."""
    items = sorted((i for i in items if left[i.number] > 0), key=lambda i: (i.due_date, i.number))
    owed = total(left[i.number] for i in items)
    missing = owed - amount
    if missing == 0:
        return Fit(Kind.EXACT, _whole(items, left), NOTHING, "exactly what is open")
    if missing < 0:
        return Fit(Kind.OVER, _whole(items, left), -missing, f"{-missing:,.2f} more than is open: unapplied")
    if (found := _less_credits(missing, items, left, credits)) is not None:
        return found
    if (found := _less_discount(missing, items, left, day, limits)) is not None:
        return found
    if missing == charges or missing <= limits.charges(owed):
        words = f"{missing:,.2f} lacks, " + (
            "as the bank states charges" if missing == charges else "as bank charges may be"
        )
        return Fit(Kind.CHARGES, _deducting(items, left, missing, Deduction.CHARGES), NOTHING, words)
    if len(items) > 1:
        return _some_of(amount, items, left)
    return Fit(Kind.SHORT, _spread(amount, items, left), NOTHING, f"{missing:,.2f} stays open")


def _whole(items: Sequence[OpenItem], left: Mapping[str, Decimal]) -> tuple[Piece, ...]:
    return tuple(Piece(i.number, i.customer_id, left[i.number]) for i in items)


def _spread(amount: Decimal, items: Sequence[OpenItem], left: Mapping[str, Decimal]) -> tuple[Piece, ...]:
    """Lay money over invoices, the oldest first."""
    pieces = []
    for item in items:
        part = min(amount, left[item.number])
        if part > 0:
            pieces.append(Piece(item.number, item.customer_id, part))
            amount -= part
    return tuple(pieces)


def _deducting(
    items: Sequence[OpenItem], left: Mapping[str, Decimal], missing: Decimal, why: Deduction, *, number: str = ""
) -> tuple[Piece, ...]:
    """Take what lacks off the largest invoices, so that each of the others is paid in full."""
    pieces: dict[str, Piece] = {}
    for item in sorted(items, key=lambda i: (-left[i.number], i.number)):
        kept = min(missing, left[item.number])
        missing -= kept
        given = (kept, why, number) if kept else (NOTHING, None, "")
        pieces[item.number] = Piece(item.number, item.customer_id, left[item.number] - kept, *given)
    return tuple(pieces[i.number] for i in items)


def _less_credits(
    missing: Decimal, items: Sequence[OpenItem], left: Mapping[str, Decimal], credits: Sequence[CreditNote]
) -> Fit | None:
    own = [c for c in credits if c.customer_id in {i.customer_id for i in items}]
    ways = Sums([c.amount for c in own]).come_to(missing) if own else []
    if not ways:
        return None
    used = [own[place] for place in ways[0]]
    numbers = ", ".join(c.number for c in used)
    pieces = _deducting(items, left, missing, Deduction.CREDIT, number=numbers)
    return Fit(Kind.CREDITS, pieces, NOTHING, f"less credit note {numbers}", several=len(ways) > 1)


def _less_discount(
    missing: Decimal, items: Sequence[OpenItem], left: Mapping[str, Decimal], day: date, limits: Limits
) -> Fit | None:
    """See whether a usual rate, taken off each invoice or off their sum, gives what lacks to the cent."""
    if not all(limits.in_time(i, day) for i in items):
        return None
    owed = total(left[i.number] for i in items)
    for rate in (r for r in _RATES if r <= limits.discount_share):
        each = [limits.discounted(left[i.number], rate) for i in items]
        off = total(each) - missing
        if off == 0 or (limits.discounted(owed, rate) == missing and abs(off) <= CENT * len(items) and each[0] >= off):
            each[0] -= off
            pieces = tuple(
                Piece(i.number, i.customer_id, left[i.number] - kept, kept, Deduction.DISCOUNT if kept else None)
                for i, kept in zip(items, each, strict=True)
            )
            percent = f"{(rate * 100).normalize():f}"
            return Fit(Kind.DISCOUNT, pieces, NOTHING, f"less {percent} % for early payment")
    return None


def _some_of(amount: Decimal, items: Sequence[OpenItem], left: Mapping[str, Decimal]) -> Fit:
    """Find which of several named invoices the money pays; where that is none in particular, the oldest first."""
    ways = Sums([left[i.number] for i in items]).come_to(amount)
    if len(ways) == 1:
        paid = [items[place] for place in ways[0]]
        numbers = ", ".join(i.number for i in items if i not in paid)
        return Fit(Kind.SUM, _whole(paid, left), NOTHING, f"exactly some of those that are named; {numbers} stays open")
    owed = total(left[i.number] for i in items)
    words = f"{owed - amount:,.2f} less than those that are named: the oldest first"
    return Fit(Kind.SHORT, _spread(amount, items, left), NOTHING, words, several=True)
