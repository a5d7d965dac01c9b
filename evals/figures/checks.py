"""Rates over the checks that every turn carries, by their area. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evals.figures.values import Named, Rate, rate
from evals.results import CheckResult, TurnResult


def checks_of(turns: Sequence[TurnResult], area: str) -> list[CheckResult]:
    """List the checks of one area."""
    return [check for turn in turns for check in turn.checks if check.area == area]


def area_rate(turns: Sequence[TurnResult], area: str, *, epochs: int = 1) -> Rate:
    """Give the share of checks of one area that are right."""
    return rate((check.ok for check in checks_of(turns, area)), epochs=epochs)


def area_rates(turns: Sequence[TurnResult], *, epochs: int = 1) -> tuple[Named, ...]:
    """Give the share for every area, in the order in which they are judged."""
    areas = dict.fromkeys(check.area for turn in turns for check in turn.checks)
    return tuple(Named(name=area, rate=area_rate(turns, area, epochs=epochs)) for area in areas)


def named_rates(told: Sequence[tuple[str, bool]], *, epochs: int = 1) -> tuple[Named, ...]:
    """Group answers by name, sorted by it."""
    names = sorted({name for name, _ in told})
    return tuple(Named(name=name, rate=rate((ok for one, ok in told if one == name), epochs=epochs)) for name in names)
