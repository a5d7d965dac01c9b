"""How well money comes in: days sales outstanding, its best and its delinquent part, and collection effectiveness, by month.

Definitions as credit managers use them (CRF, NACM):
DSO = open at the end of the month / billed in the 90 days up to it x 90; best possible DSO = the same with what was not yet due;
delinquent days = DSO - best possible DSO; effectiveness (CEI) = (open at the begin + billed - open at the end) /
(open at the begin + billed - not yet due at the end). Pure; a currency each; None where there is nothing to divide by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile

from reports.periods import Month
from store.report_books import Bill

#: Days of sales that the open money is held against: long enough that one quiet month does not move it.
WINDOW = 90
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of one currency. Money as it was at the end of the month; days with one decimal; `cei` in per cent."""

    month: Month
    currency: str
    billed: Decimal
    came: Decimal
    open_end: Decimal
    overdue_end: Decimal
    dso: Decimal | None
    best_dso: Decimal | None
    cei: Decimal | None

    @property
    def delinquent_days(self) -> Decimal | None:
        """Give the days by which the DSO is above what the terms alone would make."""
        return None if self.dso is None or self.best_dso is None else self.dso - self.best_dso


def currencies(bills: Sequence[Bill]) -> list[str]:
    """Name the currencies, that of most money first."""
    money: dict[str, Decimal] = {}
    for bill in bills:
        money[bill.currency] = money.get(bill.currency, Decimal(0)) + bill.amount
    return sorted(money, key=lambda name: (-money[name], name))


def monthly(bills: Sequence[Bill], *, currency: str, months: Sequence[Month], today: date) -> list[MonthFigures]:
    """Work out the months of one currency, in the order given. The month that runs is counted up to today."""
    own = [bill for bill in bills if bill.currency == currency]
    return [_month(own, month, currency=currency, today=today) for month in months]


def begun(figures: Sequence[MonthFigures]) -> list[MonthFigures]:
    """Leave out the months before the books began."""
    return list(dropwhile(lambda m: not (m.billed or m.open_end or m.came), figures))


def _month(bills: Sequence[Bill], month: Month, *, currency: str, today: date) -> MonthFigures:
    end, before = min(month.last, today), month.first - timedelta(days=1)
    at_end = [(bill, bill.open_on(end, today=today)) for bill in bills]
    opened = sum((money for _, money in at_end), Decimal(0))
    not_due = sum((money for bill, money in at_end if bill.due >= end), Decimal(0))
    at_begin = sum((bill.open_on(before, today=today) for bill in bills), Decimal(0))
    billed = sum((bill.amount for bill in bills if month.first <= bill.issued <= end), Decimal(0))
    window = sum((bill.amount for bill in bills if end - timedelta(days=WINDOW) < bill.issued <= end), Decimal(0))
    due_to_come = at_begin + billed - not_due
    return MonthFigures(
        month=month,
        currency=currency,
        billed=billed,
        came=at_begin + billed - opened,
        open_end=opened,
        overdue_end=opened - not_due,
        dso=_days(opened, window),
        best_dso=_days(not_due, window),
        cei=((at_begin + billed - opened) / due_to_come * 100).quantize(_TENTH) if due_to_come else None,
    )


def _days(money: Decimal, sales: Decimal) -> Decimal | None:
    return (money / sales * WINDOW).quantize(_TENTH) if sales else None
