"""Whether confidence means what it says, and which share of mails could be handled at a given error. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from evals.figures.statistics import RiskPoint, bins, brier, calibration_error, handled_at, risk_coverage
from evals.figures.values import BinFigure, ConfidenceFigures, RiskFigure
from evals.results import TurnResult

#: The share of wrong ones that an office accepts of mail that nobody reads before it leaves.
ALLOWED_ERROR = 0.01
#: A turn is handled rightly where all of these are right: what was read, what is done, and who is asked.
DECISIONS = frozenset({"reasons", "tools", "forbidden", "escalation", "answer"})


def confidence_figures(turns: Sequence[TurnResult]) -> ConfidenceFigures:
    """Give calibration over every reason found, and risk over coverage by turns."""
    found = [one for turn in turns for one in turn.found]
    confidences, right = [one.confidence for one in found], [one.right for one in found]
    parts = bins(confidences, right)
    curve = _curve(turns)
    return ConfidenceFigures(
        ece=calibration_error(parts),
        brier=brier(confidences, right),
        bins=tuple(BinFigure(**asdict(part)) for part in parts),
        curve=tuple(RiskFigure(**asdict(point)) for point in curve),
        allowed=ALLOWED_ERROR,
        handled=handled_at(curve, error=ALLOWED_ERROR) if turns else None,
    )


def _curve(turns: Sequence[TurnResult]) -> list[RiskPoint]:
    """Give the curve over turns that no person is asked for; its coverage is of all turns.

    A turn is as sure as the least sure reason of its reading. What goes to a person is not handled, so it is never wrong here.
    """
    alone = [turn for turn in turns if not turn.escalated]
    share = len(alone) / len(turns) if turns else 0.0
    sure = [min((one.confidence for one in turn.found), default=0.0) for turn in alone]
    curve = risk_coverage(sure, [rightly(turn) for turn in alone])
    return [RiskPoint(point.confidence, point.coverage * share, point.risk) for point in curve]


def rightly(turn: TurnResult) -> bool:
    """Say whether what was decided about a turn is right, whatever the words of the draft."""
    return not turn.hits and all(check.ok for check in turn.checks if check.area in DECISIONS)
