"""A forecast as a table and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from risk.forecast import Forecast, Ground, Week

HEADING: tuple[str, ...] = ("begins", "ends", "currency", "low", "middle", "high", *(f"from_{g.value}" for g in Ground))


def cells(week: Week) -> Sequence[object]:
    """Give a row of the table."""
    parts = (week.by_ground.get(ground, 0) for ground in Ground)
    return (week.begins, week.ends, week.currency, week.low, week.middle, week.high, *parts)


def document(found: Forecast) -> dict[str, Any]:
    """Give a forecast as JSON takes it; money as text."""
    return {
        "today": found.today.isoformat(),
        "weeks": [
            {
                "begins": week.begins.isoformat(),
                "ends": week.ends.isoformat(),
                "currency": week.currency,
                "low": str(week.low),
                "middle": str(week.middle),
                "high": str(week.high),
                "by_ground": {ground.value: str(amount) for ground, amount in week.by_ground.items()},
            }
            for week in found.weeks
        ],
        "later_or_never": {currency: str(amount) for currency, amount in found.later.items()},
        "disputed": {currency: str(amount) for currency, amount in found.disputed.items()},
        "open": {currency: str(amount) for currency, amount in found.open.items()},
    }
