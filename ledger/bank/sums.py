"""Finds which of a customer's open invoices come to a sum. Exact, bounded: two halves of ten invoices each, and no more.

Where more are open, the oldest are combined; besides them all together and each single one are tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

#: Two halves of so many: 1,024 sums each.
HALF = 10
#: So many ways are told apart; two are doubt enough.
MOST_WAYS = 3
_MOST_ALIKE = 4


class Sums:
    """The sums of amounts of one customer in one currency; negative amounts are credit notes."""

    def __init__(self, amounts: Sequence[Decimal]) -> None:
        self._cents = [int(amount.scaleb(2)) for amount in amounts]
        self.combined = min(len(amounts), 2 * HALF)
        middle = self.combined // 2
        self._left = _masks(self._cents[:middle])
        self._right = _masks(self._cents[middle : self.combined])
        self._middle = middle

    def come_to(self, amount: Decimal) -> list[tuple[int, ...]]:
        """Give the places of amounts that come to a sum: at most `MOST_WAYS` ways, those of few amounts first."""
        wanted = int(amount.scaleb(2))
        found: set[tuple[int, ...]] = set()
        small, large, small_is_left = (
            (self._left, self._right, True) if len(self._left) <= len(self._right) else (self._right, self._left, False)
        )
        for part, masks in small.items():
            others = large.get(wanted - part)
            if others is None:
                continue
            for one in masks:
                for other in others:
                    left, right = (one, other) if small_is_left else (other, one)
                    places = _places(left, 0) + _places(right, self._middle)
                    if places:
                        found.add(places)
            if len(found) > 8 * MOST_WAYS:
                break
        beyond = range(self.combined, len(self._cents))
        found |= {(place,) for place in beyond if self._cents[place] == wanted}
        if len(self._cents) > self.combined and sum(self._cents) == wanted:
            found.add(tuple(range(len(self._cents))))
        return sorted(found, key=lambda places: (len(places), places))[:MOST_WAYS]


def _masks(cents: Sequence[int]) -> dict[int, list[int]]:
    """Give every sum of a half with the subsets that come to it, as masks; of equal ones a few."""
    sums: list[tuple[int, int]] = [(0, 0)]
    for place, amount in enumerate(cents):
        sums += [(total + amount, mask | 1 << place) for total, mask in sums]
    found: dict[int, list[int]] = defaultdict(list)
    for total, mask in sums:
        alike = found[total]
        if len(alike) < _MOST_ALIKE:
            alike.append(mask)
    return dict(found)


def _places(mask: int, offset: int) -> tuple[int, ...]:
    return tuple(offset + place for place in range(mask.bit_length()) if mask >> place & 1)
