"""How many days late an invoice may be, as points with weights: around the forecast, as far as earlier forecasts were off.

An invoice that is open on a day is at least as late as that day; what its points say of earlier days is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.past import Floats

#: How many points stand for a distribution, each the middle of an equal share.
POINTS = 41
LEVELS: Floats = (np.arange(POINTS) + 0.5) / POINTS
#: What is left of an invoice that is later than all that was seen: so many days more, as a share of how late it is.
_BEYOND = 0.5
#: So few points say nothing of what lies beyond them.
_ENOUGH = 8
_LEAST = 30.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of one invoice: the probability that it is paid late, the middle of days late, and points with weights."""

    late: float
    expected: float
    days: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of how far off forecasts of days late are.

    `edges`: the forecasts between which each row of `offs` holds; a row has POINTS differences, rising. `lates`: days late of
    invoices that were late, POINTS of them, for one that is later than its own points.
    """

    edges: Floats
    offs: Floats
    lates: Floats

    def around(self, middle: float) -> Floats:
        """Give the points of a forecast before anything is known of how long it was waited."""
        offs: Floats = self.offs[int(np.searchsorted(self.edges, middle, side="right"))]
        return middle + offs

    def outlook(self, *, middle: float, late: float, waited: float) -> Outlook:
        """Say what is to be expected of an invoice. `late`: the probability of paying late; `waited`: days past due, or negative.

        On the day of `waited` it was open still: every point lies after it.
        """
        days = self.around(middle)
        weights = _weighed(days, late)
        in_time = days <= 0
        still = float((days[in_time] > waited).mean()) if in_time.any() else 1.0
        sure = 1.0 if waited >= 0 else late / (late + (1 - late) * still)
        after = days > waited
        if after.all():
            return Outlook(sure, middle, days, weights)
        for points in (days, self.lates):
            after = points > waited
            if after.sum() >= _ENOUGH and (mass := float(weights[after].sum())) > 1e-6:
                points, weights = points[after], weights[after] / mass
                return Outlook(sure, median_of(points, weights), points, weights)
            weights = np.full(POINTS, 1 / POINTS)
        points = waited - max(_LEAST, _BEYOND * waited) * np.log1p(-LEVELS)
        return Outlook(sure, median_of(points, weights), points, weights)


def median_of(days: Floats, weights: Floats) -> float:
    """Give the middle of weighed points."""
    order = np.argsort(days, kind="stable")
    reached = np.cumsum(weights[order])
    return float(days[order][int(np.searchsorted(reached, 0.5 * reached[-1]))])


def _weighed(days: Floats, late: float) -> Floats:
    """Weigh points so that those past due hold the probability of paying late; as they are where all lie on one side."""
    past: NDArray[np.bool_] = days > 0
    share = float(past.mean())
    if share in (0.0, 1.0):
        return np.full(len(days), 1 / len(days))
    return np.where(past, late / share, (1 - late) / (1 - share)) / len(days)


def learned(*, middles: Floats, days: Floats, groups: int = 4) -> Spread:
    """Learn from forecasts and what became of them; a group of like forecasts has a row of its own where it has 50 of them."""
    groups = max(1, min(groups, len(days) // 50))
    edges = np.unique(np.quantile(middles, np.arange(1, groups) / groups)) if groups > 1 else np.zeros(0)
    group = np.searchsorted(edges, middles, side="right")
    off = days - middles
    rows = [np.quantile(off[group == g] if (group == g).any() else off, LEVELS) for g in range(len(edges) + 1)]
    late = days[days > 0]
    return Spread(edges, np.array(rows), np.quantile(late, LEVELS) if late.size else 14.0 * -np.log1p(-LEVELS))
