"""How good probabilities and forecasts of days were, against what came. Numpy alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from risk.past import Floats


def auc(late: Floats, probability: Floats) -> float | None:
    """Give the chance that a late invoice was given a higher probability than one in time; ties count half. None for one kind.

    The Mann-Whitney statistic, by mean ranks.
    """
    positive = int(late.sum())
    negative = len(late) - positive
    if not positive or not negative:
        return None
    values, inverse, counts = np.unique(probability, return_inverse=True, return_counts=True)
    del values
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[late > 0].sum() - positive * (positive + 1) / 2) / (positive * negative))


def brier(late: Floats, probability: Floats) -> float:
    """Give the mean squared distance of probability and outcome: 0 is perfect."""
    return float(((probability - late) ** 2).mean())


def log_loss(late: Floats, probability: Floats) -> float:
    """Give the mean surprise in nats: 0 is perfect."""
    held = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-(late * np.log(held) + (1 - late) * np.log1p(-held)).mean())


def calibration_table(late: Floats, probability: Floats, *, bins: int = 10) -> list[dict[str, Any]]:
    """Give what was said and what came, for tenths of the probabilities."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "from": b / bins,
            "to": (b + 1) / bins,
            "invoices": int((place == b).sum()),
            "said": round(float(probability[place == b].mean()), 4),
            "came": round(float(late[place == b].mean()), 4),
        }
        for b in range(bins)
        if (place == b).any()
    ]


def calibration_error(late: Floats, probability: Floats) -> float:
    """Give the mean distance of said and came over the tenths, weighed by their invoices."""
    table = calibration_table(late, probability)
    return float(sum(row["invoices"] * abs(row["said"] - row["came"]) for row in table) / len(late))


def mean_absolute(days: Floats, forecast: Floats) -> float:
    """Give the mean of how many days a forecast was off."""
    return float(np.abs(days - forecast).mean())
