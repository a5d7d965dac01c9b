"""Months, as reports count them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; printed as 2026-03."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Give the month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Month:
        """Read "2026-03". Raises ValueError with what is wrong."""
        year, _, number = text.partition("-")
        if not (year.isdecimal() and len(year) == 4 and number.isdecimal() and 1 <= int(number) <= 12):
            raise ValueError(f"{text!r} is no month: write it like 2026-03")
        return cls(int(year), int(number))

    @property
    def first(self) -> date:
        """Give its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Give its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def before(self) -> Month:
        """Give the month before."""
        return Month.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.year:04}-{self.number:02}"


def months_until(day: date, *, count: int) -> list[Month]:
    """Give so many months up to that of a day, oldest first."""
    found = [Month.of(day)]
    while len(found) < count:
        found.append(found[-1].before)
    return found[::-1]
