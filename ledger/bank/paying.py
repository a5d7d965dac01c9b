"""Lists the ways of a line that names no invoice: by its payer and the amount, or by the amount alone. Pure.

A sum that fits by chance is no match: what fits in several ways is said to, and a person picks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from ledger.bank.books import NOTHING, Kind, OpenItem, Piece, Way, total
from ledger.bank.fitting import Fit, fit
from ledger.bank.sums import Sums

if TYPE_CHECKING:
    from ledger.bank.ways import Ground

_ONE, _ALL, _SOME, _LESS = 0.92, 0.93, 0.87, 0.87
_AMBIGUOUS, _ALONE, _ONE_OF_MANY, _PAYER_ALONE = 0.5, 0.5, 0.1, 0.2
_BY_NAME_LESS = 0.03
_MOST_SHOWN = 5


def by_payer(ground: Ground) -> Iterator[Way]:
    """List the ways by who paid. Several customers of one payer: a person is asked, whatever fits."""
    whose = sorted(ground.payers)
    for customer in whose[:_MOST_SHOWN]:
        for way in _of_customer(ground, customer):
            confidence = way.confidence - (0 if ground.accounts else _BY_NAME_LESS)
            reasons = way.reasons
            if len(whose) > 1:
                confidence, reasons = (
                    min(confidence, _AMBIGUOUS),
                    (*reasons, f"{len(whose)} customers could be the payer"),
                )
            yield Way(way.kind, customer, way.pieces, way.unapplied, round(confidence, 3), reasons)


def _of_customer(ground: Ground, customer: str) -> Iterator[Way]:
    amount = ground.line.amount
    who = "the payer's account is known as theirs" if ground.accounts else "the payer has their name"
    items = [
        i
        for i in ground.whole.open_of.get(customer, ())
        if i.currency == ground.line.currency and ground.left[i.number] > 0
    ]
    found = sums_of(ground, items).come_to(amount)
    ways = [[items[place] for place in places] for places in found]
    for chosen in ways:
        confidence = (
            (_ONE if len(chosen) == 1 else _ALL if len(chosen) == len(items) else _SOME)
            if len(ways) == 1
            else _AMBIGUOUS
        )
        words = ["exactly what is open on " + _listed(chosen, all_of=len(chosen) == len(items) > 1)]
        if len(ways) > 1:
            words.append("this is ambiguous: other invoices come to the same amount")
        kind = Kind.PAYER_AMOUNT if len(chosen) == 1 else Kind.PAYER_SUM
        yield Way(kind, customer, _pieces(ground, chosen), NOTHING, confidence, (who, *words))
    if not ways:
        yield from _nearly(ground, customer, items, who)


def _nearly(ground: Ground, customer: str, items: Sequence[OpenItem], who: str) -> Iterator[Way]:
    """List invoices, or all together, that the money pays less a discount, charges or credit notes; else it stays unapplied."""
    targets: list[tuple[OpenItem, ...]] = [(i,) for i in items]
    if len(items) > 1:
        targets.append(tuple(items))
    fits = [(target, f) for target in targets if (f := _fit(ground, customer, target)) is not None]
    for target, found in fits:
        confidence = _LESS if len(fits) == 1 and not found.several else _AMBIGUOUS
        words = (
            f"{_listed(target)}: {found.words}",
            *(() if len(fits) == 1 else ("this is ambiguous: others fit as well",)),
        )
        yield Way(found.kind, customer, found.pieces, found.unapplied, confidence, (who, *words))
    if not fits:
        told = (
            "no open invoice, and no sum of them, is this amount: it stays unapplied"
            if items
            else "other lines pay all that is open with them: it stays unapplied"
            if any(i.currency == ground.line.currency for i in ground.whole.open_of.get(customer, ()))
            else "nothing is open with them: it stays unapplied"
        )
        yield Way(Kind.PAYER_ONLY, customer, (), ground.line.amount, _PAYER_ALONE, (who, told))


def _fit(ground: Ground, customer: str, target: Sequence[OpenItem]) -> Fit | None:
    line = ground.line
    if line.amount >= total(ground.left[i.number] for i in target):
        return None
    found = fit(
        line.amount,
        target,
        left=ground.left,
        credits=ground.credits([customer]),
        day=line.booked_on,
        charges=line.charges,
        limits=ground.books.limits,
    )
    return found if found.kind in (Kind.DISCOUNT, Kind.CHARGES, Kind.CREDITS) else None


def by_amount_alone(ground: Ground) -> Iterator[Way]:
    """List the open invoices of the house that are exactly this amount: candidates for a person, never more."""
    line = ground.line
    there = (i for i in ground.whole.of_amount.get(line.amount, ()) if i.currency == line.currency)
    items = list(islice((i for i in there if ground.left[i.number] == line.amount), _MOST_SHOWN + 1))
    for item in items[:_MOST_SHOWN]:
        told = f"nothing says whose it is; {item.number} is exactly this amount"
        more = () if len(items) == 1 else ("and so are others",)
        confidence = _ALONE if len(items) == 1 else _ONE_OF_MANY
        yield Way(Kind.AMOUNT_ONLY, item.customer_id, _pieces(ground, [item]), NOTHING, confidence, (told, *more))


def sums_of(ground: Ground, items: Sequence[OpenItem]) -> Sums:
    """Give the sums of what is left of invoices; of the same ones they are made once."""
    return _sums(tuple(ground.left[i.number] for i in items))


@lru_cache(maxsize=4096)
def _sums(amounts: tuple[Decimal, ...]) -> Sums:
    return Sums(amounts)


def _pieces(ground: Ground, items: Sequence[OpenItem]) -> tuple[Piece, ...]:
    return tuple(Piece(i.number, i.customer_id, ground.left[i.number]) for i in items)


def _listed(items: Sequence[OpenItem], *, all_of: bool = False) -> str:
    numbers = ", ".join(i.number for i in items[:10])
    return f"all {len(items)} of theirs together ({numbers})" if all_of else numbers
