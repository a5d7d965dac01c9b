"""Public holidays as a profile lists them: single days, days of every year, days counted from Easter, and the n-th weekday of a month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EASTER = re.compile(r"easter([+-]\d{1,3})?")
_NTH = re.compile(rf"(1|2|3|4|last) ({'|'.join(_WEEKDAYS)}) (0[1-9]|1[0-2])")


def is_holiday(day: date, holidays: Sequence[str]) -> bool:
    """Say whether a day is one of those listed."""
    return day in _of_year(tuple(holidays), day.year)


def is_known_holiday(text: str) -> bool:
    """Say whether a text names a day: 2026-12-25, 12-25, easter-2, easter+1, 4 thu 11, last mon 05."""
    try:
        # A leap year: 29 February may be listed for every year.
        return _day(text, 2024) is not None or date.fromisoformat(text).isoformat() == text
    except (ValueError, OverflowError):
        return False


@lru_cache(maxsize=256)
def _of_year(holidays: tuple[str, ...], year: int) -> frozenset[date]:
    return frozenset(day for text in holidays if (day := _day(text, year)) is not None)


def _day(text: str, year: int) -> date | None:
    """Give the day that a text names in a year; None for one of another year, and for no day at all."""
    if counted := _EASTER.fullmatch(text):
        sunday: date = easter(year)
        return sunday + timedelta(days=int(counted[1] or 0))
    if nth := _NTH.fullmatch(text):
        return _nth(nth[1], _WEEKDAYS.index(nth[2]), month=int(nth[3]), year=year)
    try:
        said = date.fromisoformat(f"{year:04d}-{text}" if len(text) == 5 else text)
    except ValueError:
        return None
    return said if said.year == year and text in (f"{said:%m-%d}", f"{said:%Y-%m-%d}") else None


def _nth(which: str, weekday: int, *, month: int, year: int) -> date:
    if which == "last":
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (int(which) - 1))
