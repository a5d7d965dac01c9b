"""How well reasons are read. A turn may have several: each reason is judged by itself, and those that only may stand never count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.figures.statistics import macro_f1_bounds
from evals.figures.values import Confusion, Label, ReasonFigures, rate
from evals.results import TurnResult
from store.vocabulary import Reason

#: What is no reason of the trade: written by a machine, or no business of ours. A scope of its own, as in CLINC150.
OUT_OF_SCOPE = frozenset({Reason.AUTO_REPLY.value, Reason.UNRELATED.value})
NONE = "none"
_LABELS = tuple(reason.value for reason in Reason)


def reason_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> ReasonFigures:
    """Give all figures about reasons. `turns`: those that the agent could work on."""
    from sklearn.metrics import precision_recall_fscore_support

    expected = np.array([[label in turn.must for label in _LABELS] for turn in turns], dtype=int)
    found = np.array([[label in _counted(turn) for label in _LABELS] for turn in turns], dtype=int)
    labels: tuple[Label, ...] = ()
    micro: tuple[float | None, ...] = (None, None, None)
    if turns:
        table = zip(*precision_recall_fscore_support(expected, found, average=None, zero_division=0), strict=True)
        seen = [int(many) for many in found.sum(axis=0)]
        labels = tuple(
            _label(name, seen=many, figures=row) for name, many, row in zip(_LABELS, seen, table, strict=True)
        )
        micro = tuple(
            map(float, precision_recall_fscore_support(expected, found, average="micro", zero_division=0)[:3])
        )
    scores = [label.f1 for label in labels if label.support and label.f1 is not None]
    return ReasonFigures(
        labels=tuple(label for label in labels if label.support or label.found),
        macro_f1=sum(scores) / len(scores) if scores else None,
        micro_precision=micro[0],
        micro_recall=micro[1],
        micro_f1=micro[2],
        exact=rate((exact(turn) for turn in turns), epochs=epochs),
        in_scope=rate((exact(turn) for turn in turns if not out_of_scope(turn)), epochs=epochs),
        out_of_scope=rate((_kept_out(turn) for turn in turns if out_of_scope(turn)), epochs=epochs),
        confusion=confusion(turns),
    )


def with_bounds(found: ReasonFigures, turns: Sequence[TurnResult]) -> ReasonFigures:
    """Add the interval of macro F1, which takes whole conversations together."""
    counts: dict[str, list[list[int]]] = {}
    for turn in turns:
        right, wrong, missed = counts.setdefault(turn.conversation, [[0] * len(_LABELS) for _ in range(3)])
        counted = _counted(turn)
        for place, label in enumerate(_LABELS):
            right[place] += label in turn.must and label in counted
            wrong[place] += label not in turn.must and label in counted
            missed[place] += label in turn.must and label not in counted
    bounds = macro_f1_bounds([(one[0], one[1], one[2]) for _, one in sorted(counts.items())])
    low, high = bounds or (None, None)
    return found.model_copy(update={"macro_f1_low": low, "macro_f1_high": high})


def exact(turn: TurnResult) -> bool:
    """Say whether all reasons that must be found are, and none that may not."""
    found = {one.reason for one in turn.found}
    return set(turn.must) <= found and found <= {*turn.must, *turn.may}


def out_of_scope(turn: TurnResult) -> bool:
    """Say whether nothing of the trade must be found."""
    return set(turn.must) <= OUT_OF_SCOPE


def _kept_out(turn: TurnResult) -> bool:
    """Say whether a turn that is out of scope was read so: nothing of the trade found but what may stand there."""
    found = {one.reason for one in turn.found}
    return bool(found & OUT_OF_SCOPE) and found <= OUT_OF_SCOPE | set(turn.may)


def _counted(turn: TurnResult) -> set[str]:
    return {one.reason for one in turn.found} - (set(turn.may) - set(turn.must))


def _label(name: str, *, seen: int, figures: tuple[float, ...]) -> Label:
    precision, recall, f1, support = figures
    return Label(
        reason=name,
        support=int(support),
        found=seen,
        precision=float(precision) if seen else None,
        recall=float(recall) if support else None,
        f1=float(f1) if seen or support else None,
    )


def confusion(turns: Sequence[TurnResult]) -> Confusion:
    """Count what was found instead of what; see `Confusion` for what a turn of several reasons counts."""
    labels = (*_LABELS, NONE)
    place = {name: number for number, name in enumerate(labels)}
    counts = [[0.0] * len(labels) for _ in labels]
    for turn in turns:
        found, must = _counted(turn), set(turn.must)
        wrong, missed = sorted(found - must), must - found
        for name in found & must:
            counts[place[name]][place[name]] += 1
        for name in missed:
            for instead in wrong or [NONE]:
                counts[place[name]][place[instead]] += 1 / (len(wrong) or 1)
        for name in () if missed else wrong:
            counts[place[NONE]][place[name]] += 1
    used = [n for n, _ in enumerate(labels) if any(counts[n]) or any(row[n] for row in counts)]
    return Confusion(
        labels=tuple(labels[n] for n in used),
        counts=tuple(tuple(round(counts[row][column], 4) for column in used) for row in used),
    )
