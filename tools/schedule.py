"""The arithmetic of payment plans: amounts to the smallest coin, due dates by the calendar, the nearest legal schedule.

Pure. It must never give a schedule that breaks a limit of its bounds, and never one whose amounts do not add up exactly.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from store.aftermath import PlanRhythm
from tools.plan_bounds import SHORTEST_GAP, Bounds, Payment

#: More payments than this are never looked at, whoever asks for them.
MOST_ASKED = 60

_DAYS: dict[PlanRhythm, int] = {PlanRhythm.WEEKLY: 7, PlanRhythm.FORTNIGHTLY: 14}
_MONTHS: dict[PlanRhythm, int] = {PlanRhythm.MONTHLY: 1, PlanRhythm.QUARTERLY: 3}
#: The longest gap in days that a squeezed rhythm may have.
_LONGEST_GAP: dict[PlanRhythm, int] = {**_DAYS, PlanRhythm.MONTHLY: 30, PlanRhythm.QUARTERLY: 91}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer asks of a plan; None where they leave it to us.

    `count` includes a down payment. `amount` is what they would pay each time at most, `pay_day` a day of the month
    (31: its end), `down` what they would pay first.
    """

    count: int | None = None
    amount: Decimal | None = None
    first: dt.date | None = None
    rhythm: PlanRhythm | None = None
    pay_day: int | None = None
    down: Decimal | None = None

    @property
    def named(self) -> bool:
        """Say whether they ask for anything in particular."""
        return self != Wish()


def split(total: Decimal, *, count: int, unit: Decimal, down: Decimal = Decimal(0)) -> tuple[Decimal, ...]:
    """Split a total into `count` amounts, equal within one coin; where `down` is more than that share, it comes first."""
    if count == 1:
        return (total,)
    share = _equal(total, count, unit)
    if share[0] >= down:
        return share
    return down, *_equal(total - down, count - 1, unit)


def _equal(total: Decimal, count: int, unit: Decimal) -> tuple[Decimal, ...]:
    base = (total / count).quantize(unit, rounding=ROUND_FLOOR)
    extra = int((total - base * count) / unit)
    return tuple(base + (unit if n < extra else 0) for n in range(count))


def due_dates(first: dt.date, *, count: int, rhythm: PlanRhythm, pay_day: int | None = None) -> tuple[dt.date, ...]:
    """Give `count` days from `first` on: so many days apart, or on the same day of each month (`pay_day` from the second on)."""
    if rhythm in _DAYS:
        return tuple(first + dt.timedelta(days=_DAYS[rhythm] * n) for n in range(count))
    step, number = _MONTHS[rhythm], pay_day or first.day
    late = (_month_day(first, step, number) - first).days < SHORTEST_GAP
    return first, *(_month_day(first, step * n + late, number) for n in range(1, count))


def _month_day(start: dt.date, months: int, number: int) -> dt.date:
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(number, calendar.monthrange(year, month)[1]))


def most_payments(bounds: Bounds, *, down: Decimal = Decimal(0)) -> int:
    """Count how many payments the bounds allow with a down payment; below 2 there is no legal plan."""
    weeks = ((bounds.last_by - bounds.today).days - 1) // SHORTEST_GAP
    counts = range(2, min(bounds.most, weeks + 1) + 1)
    first = max(down, bounds.down)
    fits = [n for n in counts if min(split(bounds.total, count=n, unit=bounds.unit, down=first)) >= bounds.smallest]
    return max(fits, default=0)


def nearest(wish: Wish, bounds: Bounds) -> tuple[Payment, ...]:
    """Give the legal schedule that is nearest to a wish; () where none is legal.

    Nearest, one after the other, each with what was found before it held fast:

    1. a down payment is never lowered, but raised to the policy's (and kept so small that one payment is left);
    2. the count is the asked one, else the legal one closest to it; without a wish the largest legal one;
    3. the first day is the asked one, else the legal one closest to it; without a wish the last legal one;
    4. the rhythm is the asked one (monthly without a wish); where there must be fewer payments than asked, so that each
       is larger, the slowest that ends no later than asked; where the last day is too late, the payments are spread
       evenly, as far apart as it allows, never further than in that rhythm.
    """
    down = _down(wish, bounds)
    most = most_payments(bounds, down=down)
    if most < 2:
        return ()
    wanted = wanted_count(wish, bounds)
    count = most if wanted is None else min(max(wanted, 2), most)
    last_first = min(bounds.first_by, bounds.last_by - dt.timedelta(days=SHORTEST_GAP * (count - 1)))
    asked = asked_first(wish, bounds)
    first = last_first if asked is None else min(asked, last_first)
    rhythm = _slowed(wish, wanted, count=count, first=first, last_by=bounds.last_by)
    days = due_dates(first, count=count, rhythm=rhythm, pay_day=wish.pay_day)
    if days[-1] > bounds.last_by:
        gap = min(_LONGEST_GAP[rhythm], (bounds.last_by - first).days // (count - 1))
        days = tuple(first + dt.timedelta(days=gap * n) for n in range(count))
    return _paired(days, split(bounds.total, count=count, unit=bounds.unit, down=max(down, bounds.down)))


def _slowed(wish: Wish, wanted: int | None, *, count: int, first: dt.date, last_by: dt.date) -> PlanRhythm:
    rhythm = wish.rhythm or PlanRhythm.MONTHLY
    if wanted is None or count >= wanted or rhythm not in _DAYS:
        return rhythm
    ends = min(due_dates(first, count=wanted, rhythm=rhythm)[-1], last_by)
    slower = [
        r
        for r in (PlanRhythm.MONTHLY, PlanRhythm.FORTNIGHTLY)
        if due_dates(first, count=count, rhythm=r, pay_day=wish.pay_day)[-1] <= ends
    ]
    return slower[0] if slower else rhythm


def as_asked(wish: Wish, schedule: Sequence[Payment], bounds: Bounds) -> bool:
    """Say whether a schedule is what the wish asked for, in all that it names."""
    count = wanted_count(wish, bounds) or len(schedule)
    if count < 2:
        return False
    first = asked_first(wish, bounds) or schedule[0].due
    days = due_dates(first, count=count, rhythm=wish.rhythm or PlanRhythm.MONTHLY, pay_day=wish.pay_day)
    # Who names a down payment above the total, or too small a sum for the count, cannot have quite that.
    amounts = split(bounds.total, count=count, unit=bounds.unit, down=min(wish.down or Decimal(0), bounds.total))
    fits = wish.amount is None or max(amounts[1:]) <= wish.amount * Decimal("1.01")
    # Where equal payments are larger than what they would pay first, more is asked of them at once than they offered.
    fits = fits and (wish.down is None or amounts[0] - wish.down <= bounds.unit)
    return fits and tuple(schedule) == _paired(days, amounts)


def wanted_count(wish: Wish, bounds: Bounds) -> int | None:
    """Count the payments that a wish comes to: those that it names, else as many as its amount needs; None for neither."""
    if wish.count is not None:
        return min(wish.count, MOST_ASKED)
    if wish.amount is None:
        return None
    down = wish.down or Decimal(0)
    rest = max(bounds.total - down, Decimal(0))
    return min(int((rest / wish.amount).to_integral_value(rounding=ROUND_CEILING)) + (down > 0), MOST_ASKED)


def asked_first(wish: Wish, bounds: Bounds) -> dt.date | None:
    """Give the first day that a wish names, tomorrow at the earliest; the next such day where it names a day of the month."""
    tomorrow = bounds.today + dt.timedelta(days=1)
    if wish.first is not None:
        return max(wish.first, tomorrow)
    if wish.pay_day is None:
        return None
    return next(d for n in range(3) if (d := _month_day(bounds.today, n, wish.pay_day)) >= tomorrow)


def rhythm_of(days: Sequence[dt.date]) -> PlanRhythm:
    """Name the rhythm that a schedule's days are closest to."""
    gap = (days[1] - days[0]).days if len(days) > 1 else 30
    return PlanRhythm.WEEKLY if gap < 11 else PlanRhythm.FORTNIGHTLY if gap < 22 else PlanRhythm.MONTHLY


def _down(wish: Wish, bounds: Bounds) -> Decimal:
    """Give the down payment: what they would pay first, so that one legal payment is left; none where it is no more than a share."""
    asked = (wish.down or Decimal(0)).quantize(bounds.unit, rounding=ROUND_CEILING)
    return max(min(asked, bounds.total - bounds.smallest), Decimal(0))


def _paired(days: Sequence[dt.date], amounts: Sequence[Decimal]) -> tuple[Payment, ...]:
    return tuple(Payment(day, amount) for day, amount in zip(days, amounts, strict=True))
