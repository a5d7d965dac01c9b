"""How well the claims of a mail are told apart by the invoices that they are about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evals.figures.checks import area_rate
from evals.figures.values import ClaimFigures, rate
from evals.results import TurnResult


def claim_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> ClaimFigures:
    """Give the share of claims that are right in all, and precision and recall of the pairs of reason and invoice."""
    told = [claim for turn in turns for claim in turn.claims if claim.wanted]
    return ClaimFigures(
        right=area_rate(turns, "claims", epochs=epochs),
        precision=rate((n in one.wanted for one in told for n in dict.fromkeys(one.found or ())), epochs=epochs),
        recall=rate((n in (one.found or ()) for one in told for n in dict.fromkeys(one.wanted)), epochs=epochs),
    )
