"""Windows of days, and how a named month, week or weekday makes one.

A point stands for its last day; any other window for its last business day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agent.resolving import days


@dataclass(frozen=True)
class Window:
    """Days `first` to `last`. `point` says that `last` itself is meant and not the last business day."""

    first: date
    last: date
    point: bool = True


@dataclass(frozen=True)
class View:
    """From where a date is seen: the day the mail came, and which way the words look."""

    today: date
    past: bool = False
    month_first: bool = False

    @property
    def step(self) -> int:
        """One year, month or week in the direction of the words."""
        return -1 if self.past else 1


def point(found: date | None) -> Window | None:
    """Make a window of one named day."""
    return Window(found, found) if found else None


def span(bounds: tuple[date, date] | None, *, point: bool = False) -> Window | None:
    """Make a window of a first and a last day."""
    return Window(bounds[0], bounds[1], point) if bounds else None


def fits(window: Window | None, view: View) -> bool:
    """Say whether a window lies the way that the words look, today included."""
    return window is not None and (window.first <= view.today if view.past else window.last >= view.today)


def named_month(
    month: int | None, year: int | None, view: View, make: Callable[[int, int], Window | None]
) -> Window | None:
    """Make a window in the named month's fitting year, or in the current month where none is named."""
    if month is None:
        here = make(view.today.year, view.today.month)
        if view.past or fits(here, view):
            return here
        following = days.shift_months(view.today.replace(day=1), 1)
        return make(following.year, following.month) if following else None
    if year is not None:
        return make(year, month)
    candidates = [make(view.today.year, month), make(view.today.year + view.step, month)]
    return next((window for window in candidates if fits(window, view)), None)


def month_after(view: View, make: Callable[[int, int], Window | None]) -> Window | None:
    """Make a window in the month after the current one."""
    following = days.shift_months(view.today.replace(day=1), 1)
    return make(following.year, following.month) if following else None


def whole(year: int, month: int) -> Window | None:
    """Give the whole month."""
    return span(days.month_bounds(year, month))


def end(year: int, month: int) -> Window | None:
    """Give the last calendar day of a month."""
    bounds = days.month_bounds(year, month)
    return point(bounds[1]) if bounds else None


def business_end(year: int, month: int) -> Window | None:
    """Give the last business day of a month."""
    bounds = days.month_bounds(year, month)
    return point(days.last_business_day(*bounds)) if bounds else None


def middle(year: int, month: int) -> Window | None:
    """Give the 15th, the "medio" of a month."""
    return point(days.day(year, month, 15))


def start(year: int, month: int) -> Window | None:
    """Give the first week of a month."""
    return days_of(year, month, 1, 7)


def first_day(year: int, month: int) -> Window | None:
    """Give the first day of a month."""
    return point(days.day(year, month, 1))


def days_of(year: int, month: int, first: int, last: int) -> Window | None:
    """Give the days `first` to `last` of a month."""
    begin, end = days.day(year, month, first), days.day(year, month, last)
    return Window(begin, end, point=False) if begin and end else None


def week_in_month(rank: int) -> Callable[[int, int], Window | None]:
    """Give the maker of the `rank`-th seven days of a month, -1 the last."""

    def make(year: int, month: int) -> Window | None:
        bounds = days.month_bounds(year, month)
        if not bounds or not rank:
            return None
        first = bounds[1].day - 6 if rank < 0 else 7 * rank - 6
        return days_of(year, month, first, first + 6)

    return make


def weekday_in_month(rank: int, weekday: int) -> Callable[[int, int], Window | None]:
    """Give the maker of the `rank`-th such weekday of a month."""

    def make(year: int, month: int) -> Window | None:
        window = week_in_month(rank)(year, month)
        return point(days.weekday_from(window.first, weekday, past=False, today_counts=True)) if window else None

    return make


def due_day(window: Window, view: View) -> date:
    """Give the one day that a window stands for; never before the mail's own day while that lies in the window."""
    if window.point:
        return window.last
    business = days.last_business_day(window.first, window.last)
    return window.last if business < view.today <= window.last else business


def day_before(window: Window, view: View) -> date | None:
    """Give the last business day before a window ("before the 15th")."""
    eve = days.shift(window.first, -1)
    if eve is None:
        return None
    business = days.last_business_day(days.shift(eve, -6) or eve, eve)
    return eve if not view.past and business < view.today <= eve else business
