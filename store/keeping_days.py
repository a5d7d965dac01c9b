"""How long money and answers are waited for, and what banks may keep of a payment. The figures are the policy's.

This module only counts with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from store.aftermath import PaymentMethod
from store.cash_seen import charges_within

#: Banking days from the customer's order to the money on our account, where a policy says nothing else.
PROCESSING: Mapping[PaymentMethod, int] = {
    PaymentMethod.TRANSFER: 2,
    PaymentMethod.CHEQUE: 5,
    PaymentMethod.CARD: 2,
    PaymentMethod.DIRECT_DEBIT: 3,
}


@dataclass(frozen=True, slots=True)
class KeepingDays:
    """The days by which the calendar judges. `processing` counts banking days, all others are calendar days.

    `grace`: after the processing days. `unapplied_wait`: how much longer, where money came in that nobody has applied
    yet. `remind`: before an instalment. `resubmission_answer`, `answer`: for a customer's answer. `charges` and
    `charges_share` are no days: what banks may have kept of a payment, the smaller of a sum and a share.
    """

    grace: int = 3
    unapplied_wait: int = 7
    remind: int = 3
    resubmission_answer: int = 7
    answer: int = 7
    processing: Mapping[PaymentMethod, int] = field(default_factory=lambda: dict(PROCESSING))
    charges: Decimal = Decimal("15.00")
    charges_share: Decimal = Decimal("0.005")

    def charges_of(self, amount: Decimal) -> Decimal:
        """Give the most that banks may have kept of an amount."""
        return charges_within(amount, most=self.charges, share=self.charges_share)

    def last_day(self, due: date, method: PaymentMethod = PaymentMethod.TRANSFER) -> date:
        """Give the last day on which money that was announced for `due` may still arrive in time."""
        return later(banking_days_after(due, self.processing[method]), self.grace)


def later(day: date, days: int) -> date:
    """Give a later day; the last one that a calendar has where there is none."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def banking_days_after(day: date, count: int) -> date:
    """Count banking days, Monday to Friday; what is ordered at a weekend is booked on the Monday."""
    if count <= 0:
        return day
    while day.weekday() >= 5:
        day = later(day, 1)
        if day == date.max:
            return day
    weeks, rest = divmod(count, 5)
    day = later(day, weeks * 7)
    over_weekend = 2 if day.weekday() + rest >= 5 else 0
    return later(day, rest + over_weekend)


def working_day(day: date) -> date:
    """Move a day at a weekend to the Monday, as letters do with the day by which they ask for an answer."""
    return later(day, (7 - day.weekday()) % 7 if day.weekday() >= 5 else 0)
