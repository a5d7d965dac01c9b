"""Hours saved, measured: what an answer by hand takes here, less what a decision takes here. Never guessed.

Where too few answers by hand were measured nothing is said but that. Pure.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from store.report_hours import Times

#: Answers by hand below which their usual time is no measure.
ENOUGH = 20
_DRAWS, _SEED = 1000, 20260414


@dataclass(frozen=True, slots=True)
class Hours:
    """Medians in seconds; `saved`, `low`, `high` in hours, the last two holding nine of ten draws. None: not measured yet."""

    decisions: int
    alone: int
    unmeasured: int
    by_hand: int
    usual_with_us: float | None
    usual_by_hand: float | None
    saved: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def why_not(self) -> str:
        """Say what is missing before hours can be named; "" where nothing is."""
        if self.saved is not None:
            return ""
        if self.by_hand < ENOUGH:
            return f"{self.by_hand} answers by hand were measured, {ENOUGH} are needed before hours are named"
        return "no decision on an item's page was measured yet"


def hours(times: Times) -> Hours:
    """Work out what was saved in a period: for each measured approval, and for each answer that nobody had to see."""
    with_us, by_hand = times.with_us, times.by_hand
    known = Hours(
        decisions=len(with_us),
        alone=times.alone,
        unmeasured=times.unmeasured,
        by_hand=len(by_hand),
        usual_with_us=median(with_us) if with_us else None,
        usual_by_hand=median(by_hand) if by_hand else None,
    )
    if len(by_hand) < ENOUGH or not with_us:
        return known
    chance = random.Random(_SEED)  # noqa: S311 (no secret: the same report for the same books)
    drawn = sorted(
        _saved(chance.choices(with_us, k=len(with_us)), chance.choices(by_hand, k=len(by_hand)), times.alone)
        for _ in range(_DRAWS)
    )
    return replace(
        known, saved=_saved(with_us, by_hand, times.alone), low=drawn[_DRAWS // 20], high=drawn[-_DRAWS // 20]
    )


def _saved(with_us: Sequence[int], by_hand: Sequence[int], alone: int) -> float:
    """Give hours; a decision that took longer than an answer by hand counts against it."""
    usual = median(by_hand)
    return (sum(usual - seconds for seconds in with_us) + usual * alone) / 3600
