"""Decides whether a newly trained model takes the place of the one in use: never a worse one, unless a person insists. Trains nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from risk import metrics
from risk.bills import Bill
from risk.model import Model
from risk.past import Floats
from risk.prior import Prior

#: By so much a model may be worse before it counts: with few invoices the same model differs by this much from itself.
LOSS, DAYS = 0.01, 0.1
#: So many invoices that neither has learned from are needed to compare.
ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared: `against` the model in use or the shipped assumptions, and why the new one is worse, if it is."""

    against: str
    invoices: int
    worse: tuple[str, ...]


def compare(
    bills: Sequence[Bill], columns: Floats, *, candidate: Model, in_use: Model | None, today: date
) -> Comparison:
    """Compare on invoices that the candidate was tested on; of the model in use only those issued after it was trained.

    Where there are too few of those, the shipped assumptions are what the candidate must not fall behind.
    """
    fresh = np.array([in_use is not None and b.issued >= in_use.trained_on for b in bills], dtype=bool)
    if in_use is not None and fresh.sum() >= ENOUGH:
        return _compared("the model in use", in_use, candidate, bills, columns, fresh, today)
    everything = np.ones(len(bills), dtype=bool)
    return _compared("the shipped assumptions", Prior(), candidate, bills, columns, everything, today)


def _compared(
    name: str,
    other: Model | Prior,
    candidate: Model,
    bills: Sequence[Bill],
    columns: Floats,
    chosen: np.ndarray[tuple[int], np.dtype[np.bool_]],
    today: date,
) -> Comparison:
    rows = columns[chosen]
    own = [bill for bill, kept in zip(bills, chosen, strict=True) if kept]
    late = np.array([float(b.late) for b in own])
    ended = np.array([b.settled < today for b in own], dtype=bool)
    days = np.array([float(b.days_late or 0) for b in own])[ended]
    worse = []
    losses = [metrics.log_loss(late, model.probabilities(rows)) for model in (candidate, other)]
    if losses[0] > losses[1] + LOSS:
        worse.append(f"log loss {losses[0]:.4f} against {losses[1]:.4f}")
    if ended.any():
        off = [metrics.mean_absolute(days, model.middles(rows)[ended]) for model in (candidate, other)]
        if off[0] > off[1] + DAYS:
            worse.append(f"{off[0]:.2f} days off against {off[1]:.2f}")
    return Comparison(name, len(own), tuple(worse))
