"""How drafts sound, as a judge says, and how far that judge agrees with labels made by hand. Pure.

A share of a criterion is worth what the judge's kappa on it is: below 0.6 nothing may ever depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import ConfigDict, Field

from evals.figures.statistics import kappa
from evals.figures.values import Rate, Value, rate
from evals.judging.criteria import Criterion
from evals.results import Mode

#: Agreement beyond chance from which a criterion may be gated (Landis and Koch 1977: substantial).
LEAST_KAPPA = 0.6
Answers = Mapping[Criterion, bool]


class CriterionFigure(Value):
    """One criterion: the share of drafts that meet it, and how the judge agrees with the labels.

    `kappa` None: neither judge nor labels ever vary, so agreement cannot be told from chance.
    """

    criterion: Criterion
    met: Rate
    kappa: float | None
    labels: int
    labelled_met: int
    agreed: int

    @property
    def may_gate(self) -> bool:
        """Say whether anything may depend on this share."""
        return self.kappa is not None and self.kappa >= LEAST_KAPPA


class ToneFigures(Value):
    """How the drafts of one run sound. `mode` and `agent` are of the run, `judge` is who answered now.

    `unanswered` counts drafts and labels without an answer, `without_draft` turns where nothing was written.
    """

    schema_: Literal[1] = Field(default=1, alias="schema", serialization_alias="schema")
    suite: str
    mode: Mode
    agent: str
    judge: str
    labelled_by: str
    drafts: int
    without_draft: int
    unanswered: int
    criteria: tuple[CriterionFigure, ...]
    failing: dict[str, tuple[Criterion, ...]] = Field(description="by draft: the criteria that it does not meet")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    @property
    def may_gate(self) -> tuple[Criterion, ...]:
        """List the criteria on which the judge agrees well enough that a gate may look at them."""
        return tuple(one.criterion for one in self.criteria if one.may_gate)


def criterion_figures(
    drafts: Sequence[Answers], labelled: Sequence[tuple[Answers, Answers]], *, epochs: int = 1
) -> tuple[CriterionFigure, ...]:
    """Give each criterion. `labelled`: pairs of the hand's and the judge's answers to one draft."""
    return tuple(
        CriterionFigure(
            criterion=criterion,
            met=rate((answers[criterion] for answers in drafts), epochs=epochs),
            kappa=kappa([hand[criterion] for hand, _ in labelled], [judge[criterion] for _, judge in labelled]),
            labels=len(labelled),
            labelled_met=sum(hand[criterion] for hand, _ in labelled),
            agreed=sum(hand[criterion] == judge[criterion] for hand, judge in labelled),
        )
        for criterion in Criterion
    )
