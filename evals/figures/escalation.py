"""Whether a person is asked where one must be: recall first, then how often one is asked for nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evals.figures.values import EscalationFigures, rate
from evals.results import TurnResult


def escalation_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> EscalationFigures:
    """Give recall, precision and the share sent to people."""
    asked = [turn for turn in turns if turn.escalated and turn.escalate != "may"]
    must = [turn for turn in turns if turn.escalate == "must"]
    return EscalationFigures(
        recall=rate((turn.escalated for turn in must), epochs=epochs),
        precision=rate((turn.escalate == "must" for turn in asked), epochs=epochs),
        needless=rate((turn.escalated for turn in turns if turn.escalate == "never"), epochs=epochs),
        sent=rate((turn.escalated for turn in turns), epochs=epochs),
        missed=tuple(sorted({turn.turn for turn in must if not turn.escalated})),
    )
