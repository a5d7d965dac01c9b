"""What a run took: calls, tokens, money, seconds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from evals.figures.values import CostFigures
from evals.results import TurnResult


def cost_figures(turns: Sequence[TurnResult]) -> CostFigures:
    """Add up what turns cost; percentiles of the wall time of a turn."""
    costs = [turn.cost for turn in turns]
    money = [cost.money for cost in costs if cost.money is not None]
    seconds = [cost.seconds for cost in costs]
    total = sum(money, Decimal(0)) if money else None
    return CostFigures(
        turns=len(costs),
        calls=sum(cost.calls for cost in costs),
        prompt_tokens=sum(cost.prompt_tokens for cost in costs),
        completion_tokens=sum(cost.completion_tokens for cost in costs),
        money=total,
        money_a_turn=total / len(money) if total is not None else None,
        priced=len(money),
        p50_seconds=float(np.percentile(seconds, 50)) if seconds else None,
        p95_seconds=float(np.percentile(seconds, 95)) if seconds else None,
    )
