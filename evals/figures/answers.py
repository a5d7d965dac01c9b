"""The draft: written where one is wanted, grounded, in the right language and register, and within the outbound rules. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evals.figures.checks import area_rate
from evals.figures.values import AnswerFigures, rate
from evals.figures.zero import Zero
from evals.results import TurnResult


def answer_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> AnswerFigures:
    """Give all figures about drafts."""
    figured = Zero.UNGROUNDED_FIGURE.value
    written = [turn for turn in turns if turn.draft is not None]
    return AnswerFigures(
        wanted=area_rate(turns, "answer", epochs=epochs),
        grounded=rate((figured not in turn.hits for turn in turns if figured in turn.opportunities), epochs=epochs),
        language=area_rate(turns, "language", epochs=epochs),
        register_=area_rate(turns, "tone", epochs=epochs),
        mentions=area_rate(turns, "mentions", epochs=epochs),
        never_mentions=area_rate(turns, "never mentions", epochs=epochs),
        rules=rate((not turn.blocked for turn in written), epochs=epochs),
        broken_rules=dict(sorted(Counter(rule for turn in turns for rule in set(turn.blocked)).items())),
    )
