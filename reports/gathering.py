"""Gathers all figures of a report in one reading of the books. Reads only; the whole house, for people who may see all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlmodel import Session

from reports.ageing import Aged, ageing, by_customer, dated_later
from reports.collecting import MonthFigures, begun, currencies, monthly
from reports.hours import Hours, hours
from reports.kept import Answered, PromisesKept, Share, promises_kept, responses, without_a_person
from reports.periods import Month, months_until
from store.cause_report import Line, summed
from store.closing import settled_leaks
from store.report_answers import written_in
from store.report_books import bills, ended, promises
from store.report_hours import times

TREND = 12


@dataclass(frozen=True, slots=True)
class Gathered:
    """The figures up to the end of a day. `since`: the first day of what is counted over a period; `trend`: a year, by currency.

    `later`: what is dated after that day, by currency, and in none of the figures.
    """

    since: date
    until: date
    today: date
    aged: list[Aged]
    customers: list[Aged]
    trend: dict[str, list[MonthFigures]]
    kept: PromisesKept
    resolved: Share
    answers: dict[str, list[Answered]]
    hours: Hours
    causes: list[Line]
    later: dict[str, Decimal]


def gather(session: Session, *, since: date, until: date, now: datetime) -> Gathered:
    """Gather the figures of a period of days, both ends within. Ageing is that of its last day, or of today."""
    today = now.date()
    until = min(until, today)
    books = bills(session, today=today)
    begin, end = _begin(since), min(_begin(until + timedelta(days=1)), now)
    months = months_until(until, count=TREND)
    leaks = (leak for leak in settled_leaks(session, since=since) if leak.month <= str(Month.of(until)))
    return Gathered(
        since=since,
        until=until,
        today=today,
        aged=ageing(books, on=until, today=today),
        customers=by_customer(books, on=until, today=today),
        trend={name: begun(monthly(books, currency=name, months=months, today=today)) for name in currencies(books)},
        kept=promises_kept(promises(session, since=since, until=until)),
        resolved=without_a_person(ended(session, since=since, until=until)),
        answers=responses(written_in(session, since=begin, until=end)),
        hours=hours(times(session, since=begin, until=end)),
        causes=summed(leaks),
        later=dated_later(books, on=until, today=today),
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
