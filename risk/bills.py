"""An invoice as risk sees it: whose, how much, when due, when paid. Plain values, and nothing that anybody wrote.

What came later than a moment is hidden by `risk.features`, not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

#: The day of something that has not happened.
NEVER = date.max


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice. `amount` in `currency`: a float, as it is only ever compared with other amounts.

    `settled`: the day on which the applied money reached the amount; NEVER while it is open. `unknown`: it is settled, but the
    ledger does not say by which money and when; it then says nothing of how they pay. `segment`: any word for a group of
    customers (the tier, in a ledger).
    """

    number: str
    customer: str
    segment: str
    currency: str
    amount: float
    issued: date
    due: date
    settled: date = NEVER
    unknown: bool = False

    @property
    def days_late(self) -> int | None:
        """Give the days from due to settled, negative where it was early; None while open or unknown."""
        return None if self.unknown or self.settled == NEVER else (self.settled - self.due).days

    @property
    def late(self) -> bool:
        """Say whether it was not settled by its day; of one that is not due yet this means nothing."""
        return self.settled > self.due

    def open_before(self, day: date) -> bool:
        """Say whether it was there and not settled when a day began."""
        return not self.unknown and self.issued < day <= self.settled


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong with a customer, and the day on which it became known: a broken promise, a dispute."""

    customer: str
    known_on: date


@dataclass(frozen=True, slots=True)
class Book:
    """All that is known of a company's invoices. `since`: invoices issued earlier may be there only because nobody paid them."""

    bills: Sequence[Bill]
    broken: Sequence[Trouble] = field(default=())
    disputes: Sequence[Trouble] = field(default=())
    since: date = date.min
