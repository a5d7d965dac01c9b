"""Forecasts the cash of the next weeks as it would have been forecast on earlier days, and compares it with what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from evals.risk.company import known_on
from risk.bills import Book
from risk.forecast import Ground, Piece, weeks_of
from risk.model import Model
from risk.prior import Prior
from risk.scoring import score
from risk.settings import RiskSettings

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Error:
    """How far off the forecasts of one week were: the sum of misses as a share of what came, theirs and that of the due dates.

    `within`: the share of the weeks that lay from low to high.
    """

    week: int
    came: float
    error: float
    by_due_date: float
    within: float


def backtest(book: Book, model: Model | Prior, *, days: Sequence[date], settings: RiskSettings) -> list[Error]:
    """Compare over several days, each with the book as it was known then: of the invoices that were open, what came by week."""
    rows: list[tuple[int, float, float, float, bool]] = []
    settled = {b.number: b.settled for b in book.bills}
    for day in days:
        # What all pay in the end is known here: what never comes is no part of this test.
        scores = score(known_on(book, day), model, today=day, min_settled=1)
        pieces = [
            Piece(
                one.bill.customer,
                one.bill.currency,
                Decimal(str(one.bill.amount)),
                tuple(one.bill.due + timedelta(days=late) for late in one.days),
                1.0,
                Ground.RISK,
            )
            for one in scores
        ]
        for week, found in enumerate(weeks_of(pieces, first=day, today=day, count=WEEKS, settings=settings)):
            came = sum(s.bill.amount for s in scores if found.begins <= settled[s.bill.number] <= found.ends)
            naive = sum(s.bill.amount for s in scores if found.begins <= max(day, s.bill.due) <= found.ends)
            within = float(found.low) <= came <= float(found.high)
            rows.append((week, came, abs(float(found.middle) - came), abs(naive - came), within))
    return [_error(week, [row for row in rows if row[0] == week]) for week in range(WEEKS)]


def _error(week: int, rows: list[tuple[int, float, float, float, bool]]) -> Error:
    came = sum(row[1] for row in rows)
    return Error(
        week=week + 1,
        came=came,
        error=sum(row[2] for row in rows) / came if came else 0.0,
        by_due_date=sum(row[3] for row in rows) / came if came else 0.0,
        within=sum(row[4] for row in rows) / len(rows) if rows else 0.0,
    )
