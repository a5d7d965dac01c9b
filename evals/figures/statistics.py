"""Bounds, differences and agreement: how sure a figure is, and whether two runs really differ. Pure functions.

scipy and scikit-learn do the sums; both belong to the `[evals]` extra and are imported where they are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

#: Of every interval and bound.
CONFIDENCE = 0.95
_ROUNDS = 10_000
_SEED = 20261122
#: Below this a difference is rounding.
_NOTHING = 1e-9
_LEAST_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A share (0 to 1) and the bounds between which it lies with 95 % confidence."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much `b` is better than `a` (shares, -1 to 1), with bounds, and the exact sign test over what changed.

    `better` and `worse` count conversations; `p_value` is two-sided. `pairs` are turns, `clusters` conversations.
    """

    mean: float
    low: float
    high: float
    better: int
    worse: int
    p_value: float
    pairs: int
    clusters: int

    @property
    def real(self) -> bool:
        """Say whether the difference is more than chance would give: the bounds leave 0 out, and the signs agree.

        The bounds alone are too narrow where few conversations changed.
        """
        return (self.low > 0 or self.high < 0) and self.p_value < 1 - CONFIDENCE


def wilson(hits: int, total: int) -> Interval | None:
    """Give a share with its Wilson interval (Wilson 1927); None of nothing. Raises ValueError for impossible counts."""
    from scipy.stats import binomtest

    _possible(hits, total)
    if total == 0:
        return None
    bounds = binomtest(hits, total).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(hits / total, float(bounds.low), float(bounds.high))


def at_most(hits: int, total: int) -> float | None:
    """Give the exact one-sided upper bound of a share (Clopper and Pearson 1934); for 0 hits about 3 in `total`.

    None of nothing: no case tells anything.
    """
    from scipy.stats import beta

    _possible(hits, total)
    if total == 0:
        return None
    return 1.0 if hits == total else float(beta.ppf(CONFIDENCE, hits + 1, total - hits))


def _possible(hits: int, total: int) -> None:
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is impossible")


def pass_hat(right: int, tries: int, k: int) -> float | None:
    """Estimate how often `k` tries in a row are all right: C(right, k) / C(tries, k) (tau-bench). None of fewer tries."""
    _possible(right, tries)
    if k < 1:
        raise ValueError("k: at least 1")
    return comb(right, k) / comb(tries, k) if tries >= k else None


def paired(pairs: Sequence[tuple[str, float, float]], *, rounds: int = _ROUNDS, seed: int = _SEED) -> Difference | None:
    """Compare two runs over the same turns, given as (conversation, a, b); None of nothing.

    Turns of one conversation hang together, so whole conversations are drawn again (cluster bootstrap, percentiles), and the
    sign test counts conversations. The same input always gives the same figures; one conversation alone proves nothing.
    """
    from scipy.stats import binomtest, bootstrap

    if not pairs:
        return None
    sums: dict[str, list[float]] = {}
    for name, a, b in pairs:
        sums.setdefault(name, []).append(b - a)
    # In the order of the names, so that the order of the turns changes nothing.
    totals, sizes = np.array([[sum(sums[name]), len(sums[name])] for name in sorted(sums)]).T
    low, high = -1.0, 1.0
    if len(totals) >= _LEAST_CLUSTERS:
        drawn = bootstrap(
            (totals, sizes),
            lambda total, size, axis=-1: total.sum(axis=axis) / size.sum(axis=axis),
            paired=True,
            vectorized=True,
            n_resamples=rounds,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=np.random.default_rng(seed),
        ).confidence_interval
        low, high = float(drawn.low), float(drawn.high)
    better, worse = int((totals > _NOTHING).sum()), int((totals < -_NOTHING).sum())
    p_value = float(binomtest(better, better + worse).pvalue) if better + worse else 1.0
    return Difference(float(totals.sum() / sizes.sum()), low, high, better, worse, p_value, len(pairs), len(totals))


def macro_f1_bounds(counts: Sequence[tuple[Sequence[int], Sequence[int], Sequence[int]]]) -> tuple[float, float] | None:
    """Give the 95 % interval of macro F1 by drawing conversations again; None of fewer than two.

    `counts` holds for each conversation, by label: right, wrong and missed. A label that a draw lost is left out of it.
    """
    from scipy.stats import bootstrap

    if len(counts) < _LEAST_CLUSTERS:
        return None
    table = np.array(counts)

    def macro(places: Any, axis: int = -1) -> Any:
        right, wrong, missed = np.moveaxis(table[np.moveaxis(places, axis, 0).astype(int)].sum(axis=0), -2, 0)
        support = right + missed > 0
        scores = 2 * right / np.maximum(2 * right + wrong + missed, 1)
        return (scores * support).sum(axis=-1) / np.maximum(support.sum(axis=-1), 1)

    drawn = bootstrap(
        (np.arange(len(counts)),),
        macro,
        vectorized=True,
        n_resamples=2000,
        batch=100,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(drawn.low), float(drawn.high)


def kappa(one: Sequence[Any], other: Sequence[Any]) -> float | None:
    """Give Cohen's kappa of two labellers over the same things; None where neither ever varies: it is not defined."""
    from sklearn.metrics import cohen_kappa_score

    if len(one) != len(other):
        raise ValueError(f"{len(one)} labels beside {len(other)}")
    if not one or len(set(one) | set(other)) < 2:
        return None
    return float(cohen_kappa_score(list(one), list(other)))


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Give the mean squared distance of confidence and truth (Brier 1950): 0 is best; None of nothing."""
    from sklearn.metrics import brier_score_loss

    return float(brier_score_loss(list(right), list(confidences), labels=[False, True])) if right else None


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence: between what bounds, how many, mean confidence, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def bins(confidences: Sequence[float], right: Sequence[bool], *, number: int = 10) -> list[Bin]:
    """Sort answers into bins of equal width by confidence (0 to 1); empty bins are left out."""
    if len(confidences) != len(right):
        raise ValueError(f"{len(confidences)} confidences beside {len(right)} answers")
    places = [min(int(c * number), number - 1) for c in confidences]
    found = []
    for place in sorted(set(places)):
        inside = [(c, r) for p, c, r in zip(places, confidences, right, strict=True) if p == place]
        mean, share = sum(c for c, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside)
        found.append(Bin(place / number, (place + 1) / number, len(inside), mean, share))
    return found


def calibration_error(parts: Sequence[Bin]) -> float | None:
    """Give the expected calibration error: by how much confidence and truth differ, weighted by the bins' sizes."""
    total = sum(part.count for part in parts)
    return sum(part.count * abs(part.confidence - part.right) for part in parts) / total if total else None


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Handling all answers from a confidence on: which share that is, and the share of wrong ones among them."""

    confidence: float
    coverage: float
    risk: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[RiskPoint]:
    """Give the curve of risk over coverage, surest first. Answers of equal confidence are taken or left together."""
    order = sorted(zip(confidences, right, strict=True), key=lambda one: -one[0])
    found: list[RiskPoint] = []
    wrong = 0
    for place, (confidence, ok) in enumerate(order, 1):
        wrong += not ok
        if place == len(order) or order[place][0] != confidence:
            found.append(RiskPoint(confidence, place / len(order), wrong / place))
    return found


def handled_at(curve: Sequence[RiskPoint], *, error: float = 0.01) -> float:
    """Give the largest share that can be handled with at most this share of errors; 0 where none can."""
    return max((point.coverage for point in curve if point.risk <= error), default=0.0)
