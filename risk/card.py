"""The card of a model: what it learned from, how good it was on what came later, and how good the simplest guesses were there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from risk import metrics
from risk.bills import Bill, Book
from risk.features import COLUMNS
from risk.model import Model
from risk.past import Floats
from risk.prior import Prior

_OF = {name: place for place, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Learned:
    """What a model was made of. `split`: what was issued from this day on was only tested."""

    book: Book
    today: date
    split: date
    past: Sequence[Bill]


@dataclass(frozen=True, slots=True)
class Tested:
    """What it was tested on, with the columns as of the day of issue."""

    bills: Sequence[Bill]
    columns: Floats


def card_of(learned: Learned, tested: Tested, model: Model) -> dict[str, Any]:
    """Write the card."""
    late = np.array([float(b.late) for b in tested.bills])
    ended = np.array([b.settled < learned.today for b in tested.bills])
    days = np.array([float(b.days_late or 0) for b in tested.bills])[ended]
    probability = model.probabilities(tested.columns)
    prior = Prior()
    share = float(np.mean([b.late for b in learned.past]))
    own = tested.columns[:, _OF["share_late"]]
    middle = float(
        np.median([b.days_late for b in learned.past if b.days_late is not None and b.settled < learned.split])
    )
    assumed = prior.probabilities(tested.columns)
    return {
        "today": learned.today.isoformat(),
        "learned": {"invoices": len(learned.past), "issued_before": learned.split.isoformat(), "late": round(share, 4)},
        "tested": {
            "invoices": len(tested.bills),
            "from": learned.split.isoformat(),
            "to": max(b.issued for b in tested.bills).isoformat(),
            "late": round(float(late.mean()), 4),
            "still_open": int((~ended).sum()),
        },
        "left_out": {
            "of_unknown_end": sum(b.unknown for b in learned.book.bills),
            "before_the_books_first_day": sum(b.issued < learned.book.since for b in learned.book.bills),
        },
        "late": {
            "model": _judged(late, probability),
            "always the mean": _judged(late, np.full(len(late), share)),
            "the customer's share": _judged(late, own),
            "the shipped assumption": _judged(late, assumed),
        },
        "days": {
            "model": _off(days, model.middles(tested.columns)[ended]),
            "always the median": _off(days, np.full(len(days), middle)),
            "the customer's mean": _off(days, tested.columns[ended, _OF["mean_late"]]),
            "the customer's median": _off(days, tested.columns[ended, _OF["median_late"]]),
        },
        "calibration": metrics.calibration_table(late, probability),
        "calibration_error": round(metrics.calibration_error(late, probability), 4),
    }


def _judged(late: Floats, probability: Floats) -> dict[str, float | None]:
    found = metrics.auc(late, probability)
    return {
        "auc": round(found, 4) if found is not None else None,
        "brier": round(metrics.brier(late, probability), 4),
        "log_loss": round(metrics.log_loss(late, probability), 4),
    }


def _off(days: Floats, forecast: Floats) -> dict[str, float | None]:
    return {"mae": round(metrics.mean_absolute(days, forecast), 3) if len(days) else None}
