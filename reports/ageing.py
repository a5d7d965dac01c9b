"""What is open, by how long it is overdue. Pure: currencies are never added up, and the buckets add up to what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from store.report_books import Bill


class Bucket(StrEnum):
    """Days past due, as ageing lists have them."""

    NOT_DUE = "not due"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over 90"


def bucket_of(days: int) -> Bucket:
    """Give the bucket of an invoice that is so many days past due; 0 and less is not due."""
    if days <= 0:
        return Bucket.NOT_DUE
    steps = ((30, Bucket.TO_30), (60, Bucket.TO_60), (90, Bucket.TO_90))
    return next((bucket for most, bucket in steps if days <= most), Bucket.OVER_90)


@dataclass(slots=True)
class Aged:
    """The open money of one currency, or of one customer in it. `disputed` is a part of it, known for today alone."""

    currency: str
    customer: str = ""
    buckets: dict[Bucket, Decimal] = field(default_factory=lambda: dict.fromkeys(Bucket, Decimal(0)))
    invoices: int = 0
    disputed: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Give all that is open."""
        return sum(self.buckets.values(), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        """Give what is past due."""
        return self.total - self.buckets[Bucket.NOT_DUE]

    @property
    def oldest_share(self) -> Decimal | None:
        """Give the share of the open money that is more than 90 days late; None where nothing is open."""
        return self.buckets[Bucket.OVER_90] / self.total if self.total else None


def ageing(bills: Iterable[Bill], *, on: date, today: date) -> list[Aged]:
    """Age what was open at the end of a day, by currency, the largest sum first."""
    found: dict[str, Aged] = {}
    for bill in bills:
        _add(found.setdefault(bill.currency, Aged(bill.currency)), bill, on=on, today=today)
    return sorted((aged for aged in found.values() if aged.invoices), key=lambda aged: (-aged.total, aged.currency))


def by_customer(bills: Iterable[Bill], *, on: date, today: date) -> list[Aged]:
    """Do the same for each customer and currency; who owes most overdue money comes first."""
    found: dict[tuple[str, str], Aged] = {}
    for bill in bills:
        key = (bill.currency, bill.customer)
        _add(found.setdefault(key, Aged(bill.currency, bill.customer)), bill, on=on, today=today)
    owing = [aged for aged in found.values() if aged.invoices]
    return sorted(owing, key=lambda aged: (aged.currency, -aged.overdue, -aged.total, aged.customer))


def dated_later(bills: Iterable[Bill], *, on: date, today: date) -> dict[str, Decimal]:
    """Give what is in the books already with a date after a day, by currency: it is in no bucket. Known for today alone."""
    found: dict[str, Decimal] = {}
    for bill in bills:
        if on >= today and bill.issued > on and bill.balance > 0:
            found[bill.currency] = found.get(bill.currency, Decimal(0)) + bill.balance
    return dict(sorted(found.items()))


def _add(aged: Aged, bill: Bill, *, on: date, today: date) -> None:
    money = bill.open_on(on, today=today)
    if money <= 0:
        return
    aged.buckets[bucket_of((on - bill.due).days)] += money
    aged.invoices += 1
    aged.disputed += bill.disputed if on >= today else Decimal(0)
