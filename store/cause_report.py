"""Where cash leaks: money and days by cause, by customer, product or month. Pure; currencies are never added up.

Every invoice counts once, with its whole amount; what stands in the report adds up to exactly what went in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from store.aftermath import Cause


class By(StrEnum):
    """What a report is broken down by."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Leak:
    """One invoice: settled with its whole amount, or open with what is open. `month`: as in 2026-03."""

    cause: Cause
    currency: str
    money: Decimal
    days: int
    customer: str
    product: str
    month: str

    @property
    def money_days(self) -> Decimal:
        """Money times the days that it came late: what the delay cost, before any interest rate."""
        return self.money * self.days


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report. `key`: the customer, product or month; "" where it is not broken down."""

    key: str
    cause: Cause
    currency: str
    invoices: int
    money: Decimal
    money_days: Decimal

    @property
    def days(self) -> Decimal:
        """Days late, each invoice weighing as much as its money; one decimal."""
        if not self.money:
            return Decimal("0.0")
        return (self.money_days / self.money).quantize(Decimal("0.1"))


def summed(leaks: Iterable[Leak], *, by: By | None = None) -> list[Line]:
    """Add leaks up by currency, key and cause; in each currency what cost most comes first."""
    groups: dict[tuple[str, str, Cause], list[Leak]] = {}
    for leak in leaks:
        groups.setdefault((leak.currency, key_of(leak, by), leak.cause), []).append(leak)
    lines = [
        Line(
            key=key,
            cause=cause,
            currency=currency,
            invoices=len(members),
            money=sum((leak.money for leak in members), Decimal(0)),
            money_days=sum((leak.money_days for leak in members), Decimal(0)),
        )
        for (currency, key, cause), members in groups.items()
    ]
    return sorted(lines, key=lambda n: (n.currency, -n.money_days, -n.money, n.key, n.cause))


def key_of(leak: Leak, by: By | None) -> str:
    """Give what a leak is filed under."""
    match by:
        case By.CUSTOMER:
            return leak.customer
        case By.PRODUCT:
            return leak.product or "(no product)"
        case By.MONTH:
            return leak.month
        case None:
            return ""
