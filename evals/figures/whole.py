"""Every figure of a run, and what two runs differ in. A run has one mode: figures of two modes never meet here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evals.figures.acts import state_figures, tool_figures
from evals.figures.answers import answer_figures
from evals.figures.calibration import confidence_figures
from evals.figures.checks import area_rates
from evals.figures.claims import claim_figures
from evals.figures.conversation import by_language, by_length, by_tag, pass_figures, zero_figures
from evals.figures.cost import cost_figures
from evals.figures.escalation import escalation_figures
from evals.figures.reasons import reason_figures, with_bounds
from evals.figures.slots import slot_figures
from evals.figures.statistics import Difference, paired
from evals.figures.values import Figures, PartFigures, rate
from evals.results import RunRecord, TurnResult

#: Gives what one try is worth (0 to 1); None where there is nothing to judge.
Worth = Callable[[TurnResult], float | None]


def figures(record: RunRecord) -> Figures:
    """Give every figure of a run: of all turns, and of dev and holdout apart."""
    parts = {
        split: part_figures([turn for turn in record.turns if turn.split == split], record)
        for split in ("dev", "holdout")
    }
    return Figures(
        suite=record.suite,
        suite_digest=record.suite_digest,
        prompts_digest=record.prompts_digest,
        mode=record.mode,
        model=record.model,
        epochs=record.epochs,
        finished=record.ended is not None,
        all=part_figures(record.turns, record),
        dev=parts["dev"] if parts["dev"].tries else None,
        holdout=parts["holdout"] if parts["holdout"].tries else None,
    )


def part_figures(turns: Sequence[TurnResult], record: RunRecord) -> PartFigures:
    """Give the figures of some turns of a run. Tries where the agent could not work count in `right` alone."""
    worked, epochs = [turn for turn in turns if turn.error is None], record.epochs
    return PartFigures(
        conversations=len({turn.conversation for turn in turns}),
        turns=len({turn.turn for turn in turns}),
        tries=len(turns),
        errors=len(turns) - len(worked),
        right=rate((turn.ok for turn in turns), epochs=epochs),
        zero=zero_figures(turns),
        checks=area_rates(worked, epochs=epochs),
        reasons=with_bounds(reason_figures(worked, epochs=epochs), worked),
        claims=claim_figures(worked, epochs=epochs),
        slots=slot_figures(worked, epochs=epochs),
        tools=tool_figures(worked, epochs=epochs),
        state=state_figures(worked, epochs=epochs),
        escalation=escalation_figures(worked, epochs=epochs),
        answer=answer_figures(worked, epochs=epochs),
        confidence=confidence_figures(worked),
        cost=cost_figures(worked),
        passes=pass_figures(turns, epochs=epochs),
        by_language=by_language(turns, epochs=epochs),
        by_tag=by_tag(turns, epochs=epochs),
        by_length=by_length(turns, whole=record.turns, epochs=epochs),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of two runs over the turns that both have: mean worth (0 to 1) in each, and the paired difference."""

    name: str
    a: float
    b: float
    difference: Difference


def compare(a: RunRecord, b: RunRecord) -> list[Compared]:
    """Compare two runs turn by turn. Raises ValueError where they may not be compared."""
    if a.mode is not b.mode:
        raise ValueError(
            f"one run is {a.mode.value}, the other {b.mode.value}: figures of different modes are never compared"
        )
    if a.suite_digest != b.suite_digest:
        raise ValueError(
            f"the runs are over different suites ({a.suite} {a.suite_digest[:12]}, {b.suite} {b.suite_digest[:12]}): run one again"
        )
    areas = dict.fromkeys(check.area for record in (a, b) for turn in record.turns for check in turn.checks)
    worths: dict[str, Worth] = {"right in everything": lambda turn: float(turn.ok)}
    worths |= {area: _area(area) for area in areas}
    return [one for name, worth in worths.items() if (one := _compared(name, a, b, worth)) is not None]


def _area(area: str) -> Worth:
    def worth(turn: TurnResult) -> float | None:
        checks = [check.ok for check in turn.checks if check.area == area]
        return sum(checks) / len(checks) if checks else None

    return worth


def _compared(name: str, a: RunRecord, b: RunRecord, worth: Worth) -> Compared | None:
    pairs = list(_pairs(a, b, worth))
    difference = paired(pairs)
    if difference is None:
        return None
    return Compared(
        name, sum(one for _, one, _ in pairs) / len(pairs), sum(two for *_, two in pairs) / len(pairs), difference
    )


def _pairs(a: RunRecord, b: RunRecord, worth: Worth) -> Iterator[tuple[str, float, float]]:
    ours, theirs = _worths(a, worth), _worths(b, worth)
    conversations = {turn.turn: turn.conversation for turn in a.turns}
    for turn in sorted(ours.keys() & theirs.keys()):
        yield conversations[turn], ours[turn], theirs[turn]


def _worths(record: RunRecord, worth: Worth) -> dict[str, float]:
    """Give the mean worth of every turn over its tries."""
    found: dict[str, list[float]] = {}
    for turn in record.turns:
        if (value := worth(turn)) is not None:
            found.setdefault(turn.turn, []).append(value)
    return {turn: sum(values) / len(values) for turn, values in found.items()}
