"""What each kind of date expression means: a window of days, seen from the day the mail came.

A named day is a point. A window ("in January", "week 14") stands for its last business day, "end of month" for the
last calendar day. A day without month or year is the next one that fits, or the last one when the words are about
the past. Kinds without a meaning here give None: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from agent.resolving import days, windows
from agent.resolving.date_grammar import Parts
from agent.resolving.windows import View, Window


def _numeric(parts: Parts, view: View) -> Window | None:
    number, month = parts.first, parts.second
    if (view.month_first and parts.separator != "." and number <= 12) or month > 12:
        number, month = month, number
    if parts.year is not None:
        return windows.point(days.day(parts.year, month, number))
    if not (1 <= month <= 12 and 1 <= number <= 31):
        return None
    return windows.point(days.day_of_year_from(view.today, month, number, past=view.past, weekday=parts.weekday))


def _iso(parts: Parts, view: View) -> Window | None:
    return windows.point(days.day(parts.year or 0, parts.first, parts.second))


def _day(parts: Parts, view: View) -> Window | None:
    number = parts.number
    if number is None:
        return None
    if parts.month is not None:
        if parts.year is not None:
            return windows.point(days.day(parts.year, parts.month, number))
        return windows.point(
            days.day_of_year_from(view.today, parts.month, number, past=view.past, weekday=parts.weekday)
        )
    if parts.qualifier in ("next", "prev"):
        month = days.shift_months(view.today.replace(day=1), 1 if parts.qualifier == "next" else -1)
        return windows.point(days.day(month.year, month.month, number)) if month else None
    return windows.point(days.day_of_month_from(view.today, number, past=view.past, weekday=parts.weekday))


def _week_of(parts: Parts, view: View) -> Window | None:
    window = _day(parts, view)
    return windows.span(days.week_bounds(window.last)) if window else None


def _weekday(parts: Parts, view: View) -> Window | None:
    if parts.weekday is None:
        return None
    return windows.point(days.weekday_from(view.today, parts.weekday, past=view.past))


def _this_weekday(parts: Parts, view: View) -> Window | None:
    if parts.weekday is None:
        return None
    return windows.point(days.weekday_from(view.today, parts.weekday, past=view.past, today_counts=True))


def _last_weekday(parts: Parts, view: View) -> Window | None:
    return windows.point(days.weekday_from(view.today, parts.weekday, past=True)) if parts.weekday is not None else None


def _later_weekday(parts: Parts, view: View) -> Window | None:
    if parts.weekday is None:
        return None
    coming = days.weekday_from(view.today, parts.weekday, past=False)
    return windows.point(days.shift(coming, 7)) if coming else None


def _weekday_of_week(weeks: int) -> Callable[[Parts, View], Window | None]:
    def rule(parts: Parts, view: View) -> Window | None:
        bounds = days.week_bounds(view.today)
        if bounds is None or parts.weekday is None:
            return None
        return windows.point(days.shift(bounds[0], 7 * weeks + parts.weekday))

    return rule


def _week(parts: Parts, view: View, weeks: int) -> Window | None:
    monday = days.shift(view.today, 7 * weeks - view.today.weekday())
    return windows.span(days.week_bounds(monday)) if monday else None


def _week_end(weeks: int) -> Callable[[Parts, View], Window | None]:
    return lambda parts, view: _week(parts, view, weeks)


def _week_no(parts: Parts, view: View) -> Window | None:
    week = parts.count
    if week is None or not 1 <= week <= 53:
        return None
    here = view.today.isocalendar().year
    for year in (here, here + view.step):
        monday = days.iso_week(year, week)
        window = windows.span(days.week_bounds(monday)) if monday else None
        if windows.fits(window, view):
            return window
    return None


def _week_day(parts: Parts, view: View) -> Window | None:
    window = _week_no(parts, view)
    return windows.point(days.shift(window.first, parts.weekday)) if window and parts.weekday is not None else None


def _weekend(parts: Parts, view: View) -> Window | None:
    sunday = days.weekday_from(view.today, 6, past=view.past, today_counts=not view.past)
    saturday = days.shift(sunday, -1) if sunday else None
    return Window(saturday, sunday) if saturday and sunday else None


def _offset(parts: Parts, view: View, sign: int) -> Window | None:
    if parts.count is None or parts.unit == "":
        return None
    count = parts.count * sign
    if parts.unit == "b":
        return windows.point(days.shift_business_days(view.today, count))
    if parts.unit == "m":
        return windows.point(days.shift_months(view.today, count))
    return windows.point(days.shift(view.today, count * {"d": 1, "w": 7, "f": 14}[parts.unit]))


def _quarter_bounds(year: int, quarter: int) -> tuple[date, date] | None:
    first, last = days.month_bounds(year, 3 * quarter - 2), days.month_bounds(year, 3 * quarter)
    return (first[0], last[1]) if first and last else None


def _quarter(parts: Parts, view: View) -> Window | None:
    if parts.count is None or not 1 <= parts.count <= 4:
        return None
    if parts.year is not None:
        return windows.span(_quarter_bounds(parts.year, parts.count))
    years = (view.today.year, view.today.year + view.step)
    candidates = [windows.span(_quarter_bounds(year, parts.count)) for year in years]
    return next((window for window in candidates if windows.fits(window, view)), None)


def _quarter_end(parts: Parts, view: View) -> Window | None:
    bounds = _quarter_bounds(view.today.year, (view.today.month + 2) // 3)
    return windows.point(bounds[1]) if bounds else None


def _from_month(parts: Parts, view: View) -> Window | None:
    """Read "from March": its first day, or the month itself once that day has passed."""
    month = windows.named_month(parts.month, parts.year, view, windows.whole)
    if month is None or month.first < view.today:
        return month
    return windows.point(month.first)


def _feast(when: Callable[[int], date | None]) -> Callable[[Parts, View], Window | None]:
    def rule(parts: Parts, view: View) -> Window | None:
        candidates = (windows.point(when(view.today.year)), windows.point(when(view.today.year + view.step)))
        return next((window for window in candidates if windows.fits(window, view)), None)

    return rule


def _direct(year_step: int) -> Callable[[Parts, View], Window | None]:
    """Read "next March" and "last March": the first one after, or before, the current month."""

    def rule(parts: Parts, view: View) -> Window | None:
        if parts.month is None:
            return None
        year = view.today.year
        if (parts.month - view.today.month) * year_step <= 0:
            year += year_step
        return windows.whole(year, parts.month)

    return rule


_RULES: dict[str, Callable[[Parts, View], Window | None]] = {
    "iso": _iso,
    "numeric": _numeric,
    "dotted": _numeric,
    "bare": _numeric,
    "day": _day,
    "range": _day,
    "week_of": _week_of,
    "weekday": _weekday,
    "this_weekday": _this_weekday,
    "last_weekday": _last_weekday,
    "later_weekday": _later_weekday,
    "next_weekday": _weekday_of_week(1),
    "next_week_day": _weekday_of_week(1),
    "last_week_day": _weekday_of_week(-1),
    "week_day": _week_day,
    "week_no": _week_no,
    "week_end": _week_end(0),
    "next_week_end": _week_end(1),
    "weekend": _weekend,
    "ahead": lambda parts, view: _offset(parts, view, 1),
    "ago": lambda parts, view: _offset(parts, view, -1),
    "month": lambda parts, view: windows.named_month(parts.month, parts.year, view, windows.whole),
    "next_month_of": _direct(1),
    "last_month_of": _direct(-1),
    "from_month": lambda parts, view: _from_month(parts, view),
    "month_end": lambda parts, view: windows.named_month(parts.month, parts.year, view, windows.end),
    "month_mid": lambda parts, view: windows.named_month(parts.month, parts.year, view, windows.middle),
    "month_start": lambda parts, view: windows.named_month(parts.month, parts.year, view, windows.start),
    "business_end": lambda parts, view: windows.named_month(parts.month, parts.year, view, windows.business_end),
    "month_week": lambda parts, view: windows.named_month(
        parts.month, parts.year, view, windows.week_in_month(parts.rank)
    ),
    "nth_weekday": lambda parts, view: windows.named_month(
        parts.month, parts.year, view, windows.weekday_in_month(parts.rank, parts.weekday or 0)
    ),
    "nth_weekday_next": lambda parts, view: windows.month_after(
        view, windows.weekday_in_month(parts.rank, parts.weekday or 0)
    ),
    "next_month_end": lambda parts, view: windows.month_after(view, windows.end),
    "next_month_mid": lambda parts, view: windows.month_after(view, windows.middle),
    "next_month_start": lambda parts, view: windows.month_after(view, windows.start),
    "next_month_week": lambda parts, view: windows.month_after(view, windows.week_in_month(parts.rank)),
    "year_end": lambda parts, view: windows.point(days.day(view.today.year, 12, 31)),
    "quarter": _quarter,
    "quarter_end": _quarter_end,
    "christmas": _feast(lambda year: days.day(year, 12, 25)),
    "easter": _feast(days.easter),
}


def window_of(kind: str, parts: Parts, view: View) -> Window | None:
    """Resolve one expression; None where it names no day."""
    name, _, argument = kind.partition(" ")
    if not argument:
        rule = _RULES.get(name)
        return rule(parts, view) if rule else None
    count = int(argument)
    if name == "days":
        return windows.point(days.shift(view.today, count))
    if name == "week":
        return _week(parts, view, count)
    month = days.shift_months(view.today.replace(day=1), count)
    return windows.whole(month.year, month.month) if month else None
