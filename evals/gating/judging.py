"""Decides whether a run passes: zero tolerance first, then exactness in a replay, else what paired statistics call a real drop.

A drop is real where the bounds of the paired difference (conversations drawn again) lie below zero and an exact test agrees:
if nothing had changed, each conversation's difference could as well have the other sign (Fisher's randomisation test; where
all changed by the same it is the sign test). It is one-sided, as only a drop is asked for, and corrected for looking at
several figures (Holm 1979). Figures that so few conversations changed that no test could call it a drop do not count among
these (Tarone 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evals.figures.statistics import CONFIDENCE, Difference, paired
from evals.gating.baseline import Baseline, Outcome, outcomes_of
from evals.gating.comparing import ChangedTurn, changed_turns
from evals.results import Mode, RunRecord

_TURNINGS = 9999
_SEED = 20261122

Turns = Mapping[str, Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A zero-tolerance hit of one turn: what was seen, and why it is known (None: it is not)."""

    turn: str
    name: str
    seen: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure before and now (shares, 0 to 1), their paired difference, and the corrected p-value of a drop."""

    name: str
    old: float
    new: float
    difference: Difference
    p_value: float

    @property
    def dropped(self) -> bool:
        """Say whether this is a real drop."""
        return self.difference.high < 0 and self.p_value < 1 - CONFIDENCE


@dataclass(frozen=True, slots=True)
class Judged:
    """The gate's whole finding."""

    mode: Mode
    hits: tuple[Hit, ...]
    gone: tuple[tuple[str, str], ...]
    raised: tuple[str, ...]
    changed: tuple[ChangedTurn, ...]
    compared: tuple[Compared, ...]

    @property
    def new_hits(self) -> tuple[Hit, ...]:
        """Hits that nobody acknowledged."""
        return tuple(hit for hit in self.hits if hit.why is None)

    @property
    def known_hits(self) -> tuple[Hit, ...]:
        """Hits that the baseline acknowledges."""
        return tuple(hit for hit in self.hits if hit.why is not None)

    @property
    def drops(self) -> tuple[Compared, ...]:
        """Figures that really dropped. A replay is judged turn by turn instead."""
        return () if self.mode is Mode.REPLAY else tuple(one for one in self.compared if one.dropped)

    @property
    def passed(self) -> bool:
        """Say whether the gate opens."""
        inexact = self.mode is Mode.REPLAY and bool(self.changed)
        return not (self.new_hits or self.raised or self.drops or inexact)


def judge(baseline: Baseline, record: RunRecord) -> Judged:
    """Judge a run that may be compared (`refusals` gave nothing)."""
    new = outcomes_of(record.turns)
    raised_before = {turn for turn, made in baseline.turns.items() if any(one.error for one in made)}
    hit_now = {(result.turn, hit) for result in record.turns for hit in result.hits}
    return Judged(
        mode=record.mode,
        hits=tuple(_hits(baseline, record)),
        gone=tuple((one.turn, one.hit) for one in baseline.known if (one.turn, one.hit) not in hit_now),
        raised=tuple(sorted({r.turn for r in record.turns if r.error is not None} - raised_before)),
        changed=tuple(changed_turns(baseline, record)),
        compared=tuple(compared(baseline.turns, new)),
    )


def _hits(baseline: Baseline, record: RunRecord) -> Iterator[Hit]:
    found: dict[tuple[str, str, str], Hit] = {}
    for result in record.turns:
        for name in result.hits:
            seen = "; ".join(one.removeprefix(f"{name}: ") for one in result.seen if one.startswith(f"{name}: "))
            key = (result.turn, name, "" if record.mode is Mode.LIVE else seen)
            found.setdefault(key, Hit(result.turn, name, seen, baseline.why(result, name)))
    yield from (hit for _, hit in sorted(found.items()))


def compared(old: Turns, new: Turns) -> list[Compared]:
    """Compare the share of turns that are right in all, of all checks, and of the checks of each area."""
    areas = dict.fromkeys(name.partition(":")[0] for made in old.values() for one in made for name in one.checks)
    figures: dict[str, Callable[[Outcome], float | None]] = {
        "turns right in everything": lambda one: float(one.whole),
        "all checks": lambda one: one.right,
    }
    figures |= {area: _area(area) for area in areas}
    found = []
    for name, figure in figures.items():
        pairs = list(_pairs(old, new, figure))
        difference = paired(pairs) if any(old != new for _, old, new in pairs) else _same(pairs)
        if difference is not None:
            before, now = (sum(values) / len(pairs) for values in list(zip(*pairs, strict=True))[1:])
            found.append(Compared(name, before, now, difference, chance_of_drop(pairs)))
    return _corrected(found)


def _same(pairs: Sequence[tuple[str, float, float]]) -> Difference | None:
    """Give the difference of what is the same: nothing need be drawn."""
    conversations = {name for name, _, _ in pairs}
    return Difference(0.0, 0.0, 0.0, 0, 0, 1.0, len(pairs), len(conversations)) if pairs else None


def _area(area: str) -> Callable[[Outcome], float | None]:
    return lambda one: one.of_area(area)


def _pairs(old: Turns, new: Turns, figure: Callable[[Outcome], float | None]) -> Iterator[tuple[str, float, float]]:
    for turn, made in old.items():
        before = [value for one in made if (value := figure(one)) is not None]
        now = [value for one in new.get(turn, ()) if (value := figure(one)) is not None]
        if before and now:
            yield turn.partition("/")[0], sum(before) / len(before), sum(now) / len(now)


def _corrected(found: Sequence[Compared]) -> list[Compared]:
    """Correct the p-values by Holm's step-down, among the figures that could be called a drop at all."""
    testable = [place for place, one in enumerate(found) if _least(one.difference) < 1 - CONFIDENCE]
    order = sorted(testable, key=lambda place: found[place].p_value)
    least, corrected = 0.0, {}
    for rank, place in enumerate(order):
        least = max(least, min(1.0, found[place].p_value * (len(order) - rank)))
        corrected[place] = least
    return [replace(one, p_value=corrected.get(place, 1.0)) for place, one in enumerate(found)]


def _least(difference: Difference) -> float:
    """Give the smallest p-value that so many changed conversations could give."""
    return float(0.5 ** (difference.better + difference.worse))


def chance_of_drop(pairs: Sequence[tuple[str, float, float]]) -> float:
    """Give the chance that so large a drop comes of nothing, by turning signs of conversations; 1 where none changed.

    All ways of turning are counted where they are few (up to 13 changed conversations), else 9,999 are drawn, always the same.
    """
    from scipy.stats import permutation_test

    sums: dict[str, float] = {}
    for name, old, new in sorted(pairs):
        sums[name] = sums.get(name, 0.0) + new - old
    # Multiples of a tiny step, so that equal sums are equal in whatever order they were added.
    changed = np.array([round(value, 9) for value in sums.values() if abs(value) > 1e-9])
    if len(changed) < 2:
        return 0.5 if changed.sum() < 0 else 1.0
    tested = permutation_test(
        (changed,),
        lambda values, axis=-1: np.round(values.sum(axis=axis), 6),
        permutation_type="samples",
        alternative="less",
        n_resamples=_TURNINGS,
        vectorized=True,
        rng=np.random.default_rng(_SEED),
    )
    return float(tested.pvalue)
