"""Settles what the cells of one date column leave open, by the other date columns of the file. It takes no side without a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from ledger.mapping_dates import Dates, Shape, day_of, seen, take


def settle_together(issue: Dates, due: Dates, pairs: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Settle what is open in two columns by the rule that nothing is due before it is issued, where that leaves one way.

    A way is given up when at least two rows break the rule in it; it is taken when no row does and all others are given up.
    """
    if not issue.open and not due.open:
        return
    if len(issue.open) > 1 or len(due.open) > 1:
        return
    ways = [(a, b) for a in _ways(issue) for b in _ways(due)]
    shared = set(issue.open) & set(due.open)
    if shared:
        # One column written in two ways that look alike is one thing; two columns of one file that differ are not seen.
        ways = [(a, b) for a, b in ways if a == b]
    broken = dict.fromkeys(ways, 0)
    for first, second in pairs():
        a, b = seen(first), seen(second)
        if a is None or b is None:
            continue
        for way in ways:
            issued, owed = _day(issue, a, way[0]), _day(due, b, way[1])
            if issued and owed and owed < issued:
                broken[way] += 1
    kept = [way for way, count in broken.items() if count == 0]
    if len(kept) == 1 and all(count >= 2 for way, count in broken.items() if way != kept[0]):
        for dates, order in zip((issue, due), kept[0], strict=True):
            for shape in list(dates.open):
                take(dates, shape, order, why="the only way in which nothing is due before it is issued")


def _ways(dates: Dates) -> list[str]:
    return [*next(iter(dates.open.values()))[0]] if dates.open else [""]


def _day(dates: Dates, found: tuple[Shape, tuple[int, ...]], way: str) -> date | None:
    shape, numbers = found
    order = dates.orders.get(shape) or (way if shape in dates.open else "")
    return day_of(shape, numbers, order) if order else None


def take_over(columns: Iterable[tuple[str, Dates]]) -> None:
    """Read what is open in one column as the same shape is read for certain in another column of the file."""
    named = list(columns)
    for heading, other in named:
        for dates in (d for _, d in named if d is not other):
            for shape in [s for s in dates.open if s in other.orders and other.orders[s] in dates.open[s][0]]:
                take(dates, shape, other.orders[shape], why=f"as in the column {heading}")


def doubt_where_mixed(columns: Iterable[tuple[str, Dates]]) -> None:
    """Believe no column that it is written one way, where another column of the file is written so in two: cells alone speak then."""
    named = list(columns)
    for shape in {shape for _, dates in named for shape in dates.mixed}:
        for _, dates in named:
            if dates.why.get(shape) != "you said so" and dates.orders.pop(shape, None) is not None:
                dates.mixed.add(shape)
