"""What is said while there is no model: the customer's own few invoices, drawn to their segment, the house, and an assumption.

The drawing is done where the columns are made (`risk.levels`, `risk.features`); here they are only read.
"""

from __future__ import annotations

import numpy as np

from risk.features import COLUMNS
from risk.model import SUREST
from risk.past import Floats
from risk.spread import POINTS, Spread

#: How a forecast of the prior is off, in days, as POINTS quantiles: an assumption, wide on the late side.
_OFFS = np.concatenate((np.linspace(-14, -1, POINTS // 2), [0.0], np.geomspace(1, 75, POINTS // 2)))
_LATES = np.geomspace(1, 150, POINTS)
_SHARE, _SHARE_LATELY, _MEDIAN, _MEAN, _COUNT = (
    COLUMNS.index(name) for name in ("share_late", "share_late_lately", "median_late", "mean_late", "settled")
)


class Prior:
    """Stands in for a model; its name in the store is NAME."""

    NAME = "prior"

    #: A property as of a model.
    spread = Spread(np.zeros(0), _OFFS.reshape(1, POINTS), _LATES)

    def probabilities(self, rows: Floats) -> Floats:
        """Give the customer's share of late invoices, the last ones for a third."""
        return np.clip((2 * rows[:, _SHARE] + rows[:, _SHARE_LATELY]) / 3, SUREST, 1 - SUREST)

    def middles(self, rows: Floats) -> Floats:
        """Give the customer's median of days late; with few invoices drawn to the mean, which the level above holds."""
        count = np.expm1(rows[:, _COUNT])
        own = count / (count + 4)
        middles: Floats = own * rows[:, _MEDIAN] + (1 - own) * rows[:, _MEAN]
        return middles
