"""The cash to come by week: from plans, from promises, and from how late invoices are likely to be paid. Each invoice counts once.

Only what is billed already is forecast; what is contested is left out until it is settled. The middle is exact, low and high come
from draws with a fixed seed: the same ledger on the same day gives the same forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from risk.past import Floats
from risk.settings import RiskSettings

#: Between which shares of the draws a forecast lies.
LOW, HIGH = 0.1, 0.9
_CHUNK = 500
_CENT = Decimal("0.01")


class Ground(StrEnum):
    """What a piece of a forecast rests on."""

    PLAN = "plan"
    PROMISE = "promise"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Piece:
    """Money that may come: on one of `days` (equally likely), if it comes at all.

    `comes`: the probability that it does. Pieces of one customer come early or late together.
    """

    customer: str
    currency: str
    amount: Decimal
    days: tuple[date, ...]
    comes: float
    ground: Ground


@dataclass(frozen=True, slots=True)
class Week:
    """One week of one currency. `middle` is the mean, and adds up over weeks; eight of ten draws lie from `low` to `high`."""

    begins: date
    ends: date
    currency: str
    low: Decimal
    middle: Decimal
    high: Decimal
    by_ground: Mapping[Ground, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The weeks, and what they leave out: `later` comes after them or never, `disputed` is contested, each by currency."""

    today: date
    weeks: tuple[Week, ...]
    later: Mapping[str, Decimal]
    disputed: Mapping[str, Decimal]
    open: Mapping[str, Decimal]


def cash_by_week(session: Session, *, now: datetime, settings: RiskSettings, weeks: int | None = None) -> Forecast:
    """Forecast the cash of the calendar weeks from this one on (Monday to Sunday), each currency by itself."""
    from risk.forecast_loading import money_of

    money = money_of(session, now=now, settings=settings)
    first = money.today - timedelta(days=money.today.weekday())
    count = weeks or settings.forecast_weeks
    found = weeks_of(money.pieces, first=first, today=money.today, count=count, settings=settings)
    later = dict(money.open)
    for currency, amount in money.disputed.items():
        later[currency] = later.get(currency, Decimal(0)) - amount
    for week in found:
        later[week.currency] = later.get(week.currency, Decimal(0)) - week.middle
    return Forecast(money.today, tuple(found), later, money.disputed, money.open)


def weeks_of(pieces: Sequence[Piece], *, first: date, today: date, count: int, settings: RiskSettings) -> list[Week]:
    """Add pieces up by week, the first of which begins on `first`; what was to come before `today` comes today."""
    found = []
    for currency in sorted({p.currency for p in pieces}):
        own = [p for p in pieces if p.currency == currency]
        places = [_places(p, first=first, today=today, count=count) for p in own]
        means = {ground: _mean(own, places, count, ground) for ground in Ground}
        low, high = _bands(own, places, count, settings, seed=today.toordinal())
        for week in range(count):
            begins = first + timedelta(days=7 * week)
            parts = {ground: _money(means[ground][week]) for ground in Ground}
            middle = sum(parts.values(), Decimal(0))
            found.append(
                Week(
                    begins=begins,
                    ends=begins + timedelta(days=6),
                    currency=currency,
                    low=min(_money(low[week]), middle),
                    middle=middle,
                    high=max(_money(high[week]), middle),
                    by_ground={ground: amount for ground, amount in parts.items() if amount},
                )
            )
    return sorted(found, key=lambda w: (w.begins, w.currency))


def _places(piece: Piece, *, first: date, today: date, count: int) -> NDArray[np.int64]:
    """Give the week of each day; `count` for one after them all."""
    start = first.toordinal()
    days = np.array([max(day, today).toordinal() - start for day in piece.days], dtype=np.int64)
    return np.minimum(days // 7, count)


def _mean(pieces: Sequence[Piece], places: Sequence[NDArray[np.int64]], count: int, ground: Ground) -> Floats:
    total = np.zeros(count + 1)
    for piece, weeks in zip(pieces, places, strict=True):
        if piece.ground is ground:
            share = float(piece.amount) * piece.comes / len(weeks)
            total += np.bincount(weeks, minlength=count + 1) * share
    return total[:count]


def _bands(
    pieces: Sequence[Piece], places: Sequence[NDArray[np.int64]], count: int, settings: RiskSettings, *, seed: int
) -> tuple[Floats, Floats]:
    """Draw the weeks many times; a customer's pieces share their luck as often as `together` says."""
    draws, random = settings.forecast_draws, np.random.default_rng(seed)
    customers = {name: n for n, name in enumerate(sorted({p.customer for p in pieces}))}
    shared = random.random((2, len(customers), draws), dtype=np.float32)
    total = np.zeros((draws, count + 1))
    each = np.arange(draws) * (count + 1)
    for start in range(0, len(pieces), _CHUNK):
        chunk = pieces[start : start + _CHUNK]
        own = random.random((2, len(chunk), draws), dtype=np.float32)
        same = random.random((len(chunk), draws), dtype=np.float32) < settings.together
        for n, piece in enumerate(chunk):
            when, whether = (np.where(same[n], shared[k, customers[piece.customer]], own[k, n]) for k in (0, 1))
            weeks = places[start + n]
            week = weeks[np.minimum((when * len(weeks)).astype(np.int64), len(weeks) - 1)]
            total.ravel()[each + week] += np.where(whether < piece.comes, float(piece.amount), 0.0)
    # Besides each invoice's luck whole weeks are off; their mean stays.
    off = settings.weeks_off
    total *= np.exp(random.normal(-off * off / 2, off, total.shape))
    low, high = np.quantile(total[:, :count], (LOW, HIGH), axis=0)
    return low, high


def _money(amount: float) -> Decimal:
    return Decimal(repr(float(amount))).quantize(_CENT)
