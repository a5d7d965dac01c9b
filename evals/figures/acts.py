"""Which acts are proposed, with which arguments, and what the account looks like after approval. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evals.figures.checks import area_rate, checks_of, named_rates
from evals.figures.values import StateFigures, ToolFigures, rate
from evals.results import ActResult, TurnResult

#: Acts of which one will do.
SEVERAL = "one of several"


def tool_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> ToolFigures:
    """Give the shares of expected acts that are proposed, of their arguments, and of forbidden ones that are not."""
    acts = [act for turn in turns for act in turn.acts]
    arguments = [(act, argument) for act in acts for argument in act.arguments]
    return ToolFigures(
        right=area_rate(turns, "tools", epochs=epochs),
        chosen=rate((act.chosen for act in acts), epochs=epochs),
        forbidden_kept=area_rate(turns, "forbidden", epochs=epochs),
        arguments=rate((argument.ok for _, argument in arguments), epochs=epochs),
        by_tool=named_rates([(_named(act), act.chosen) for act in acts], epochs=epochs),
        by_argument=named_rates([(argument.name, argument.ok) for _, argument in arguments], epochs=epochs),
    )


def _named(act: ActResult) -> str:
    """Name an expected act; those of which one will do are too many kinds to be told apart."""
    return act.tools[0] if len(act.tools) == 1 else SEVERAL


def state_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> StateFigures:
    """Give the shares of rows that exist after approval, and of turns where every one does."""
    judged = [checks_of([turn], "state") for turn in turns]
    rows = [check for checks in judged for check in checks]
    return StateFigures(
        rows=rate((check.ok for check in rows), epochs=epochs),
        turns=rate((all(check.ok for check in checks) for checks in judged if checks), epochs=epochs),
        by_kind=named_rates([(check.about.partition(" ")[0], check.ok) for check in rows], epochs=epochs),
    )
