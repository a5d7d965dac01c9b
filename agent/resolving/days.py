"""Arithmetic on calendar days. Business days are Monday to Friday: public holidays are not known here.

Functions that can leave the calendar (year 1 to 9999, 31 April) give None and never raise.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def day(year: int, month: int, number: int) -> date | None:
    """Make a date, or None where there is no such day."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def shift(start: date, days: int) -> date | None:
    """Go `days` days on, or back where negative; None outside the calendar."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def shift_months(start: date, months: int) -> date | None:
    """Go whole months on, to the same day or the last one that the month has."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return day(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def shift_business_days(start: date, count: int) -> date | None:
    """Go `count` business days on, or back where negative; at most 1000."""
    current: date | None = start
    step = 1 if count > 0 else -1
    left = min(abs(count), 1000)
    while left and current is not None:
        current = shift(current, step)
        if current is not None and current.weekday() < 5:
            left -= 1
    return current


def month_bounds(year: int, month: int) -> tuple[date, date] | None:
    """Give the first and the last calendar day of a month."""
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def week_bounds(of: date) -> tuple[date, date] | None:
    """Give Monday and Sunday of the week that `of` lies in."""
    first = shift(of, -of.weekday())
    last = shift(of, 6 - of.weekday())
    return (first, last) if first and last else None


def iso_week(year: int, week: int) -> date | None:
    """Give Monday of an ISO 8601 week."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def last_business_day(first: date, last: date) -> date:
    """Give the last business day of a window, or its last day where it has none."""
    current: date | None = last
    while current is not None and current >= first:
        if current.weekday() < 5:
            return current
        current = shift(current, -1)
    return last


def weekday_from(start: date, weekday: int, *, past: bool, today_counts: bool = False) -> date | None:
    """Find the nearest `weekday` (Monday 0) after `start`, or before it when `past`."""
    distance = (start.weekday() - weekday) % 7 if past else (weekday - start.weekday()) % 7
    if distance == 0 and not today_counts:
        distance = 7
    return shift(start, -distance if past else distance)


def day_of_month_from(start: date, number: int, *, past: bool, weekday: int | None = None) -> date | None:
    """Find the nearest month with day `number`, at or after `start` (at or before when `past`).

    With `weekday`, a near month where the two agree is taken; where none agrees the number counts.
    """
    fits: list[date] = []
    for step in range(4):
        month = shift_months(start.replace(day=1), -step if past else step)
        found = day(month.year, month.month, number) if month else None
        if found and (found <= start if past else found >= start):
            fits.append(found)
    agreeing = [found for found in fits[:3] if found.weekday() == weekday]
    return next(iter(agreeing or fits), None)


def day_of_year_from(start: date, month: int, number: int, *, past: bool, weekday: int | None = None) -> date | None:
    """Find the nearest year with that day, at or after `start` (at or before when `past`).

    A weekday that fits only the neighbouring year decides for that year: people rarely write both by accident.
    """
    fits: list[date] = []
    for step in range(9):  # 29 February may be eight years away
        found = day(start.year + (-step if past else step), month, number)
        if found and (found <= start if past else found >= start):
            fits.append(found)
    other = day(start.year, month, number)
    if weekday is not None and other and other.weekday() == weekday and fits and fits[0].weekday() != weekday:
        return other
    return next(iter(fits), None)


def easter(year: int) -> date | None:
    """Compute Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, number = divmod(h + m - 7 * n + 114, 31)
    return day(year, month, number + 1)
