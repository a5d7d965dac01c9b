"""A trained model as data: boosted trees, a calibration and how far off it was. Stored as arrays, never as code; scored with numpy.

It is made by `risk.training` alone. One that is damaged, or made for other columns, is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from risk.features import COLUMNS
from risk.past import Floats
from risk.spread import POINTS, Spread
from risk.trees import Damaged, Trees, trees_from

#: Raised when what is stored means something else than before.
FORMAT = 1
#: Nothing is ever certain: between these the probabilities lie.
SUREST = 0.005
#: What a forecast day late adds to the sum of the trees that tell late from in time: by how much is known of more invoices.
DAY_WEIGHS = 0.15


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the sum of the trees into a probability. With steps: by them (isotonic); without: by a slope and a shift (sigmoid)."""

    slope: float = 1.0
    shift: float = 0.0
    sums: Floats | None = None
    shares: Floats | None = None

    def __call__(self, sums: Floats) -> Floats:
        """Give probabilities between SUREST and 1 - SUREST."""
        if self.sums is not None and self.shares is not None:
            found = np.interp(sums, self.sums, self.shares)
        else:
            found = 1 / (1 + np.exp(-np.clip(self.slope * sums + self.shift, -700, 700)))
        return np.clip(found, SUREST, 1 - SUREST)


@dataclass(frozen=True, slots=True)
class Model:
    """Says how likely an invoice is paid late, and how many days."""

    late: Trees
    calibration: Calibration
    days: Trees
    spread: Spread
    trained_on: date

    def probabilities(self, rows: Floats) -> Floats:
        """Give the probability of each row that it is paid late."""
        return self.calibration(self.late.sums(rows) + DAY_WEIGHS * self.days.sums(rows))

    def moves(self, rows: Floats) -> Floats:
        """Give how much each column moved what the probability is made of, in its own measure (log odds, about)."""
        return self.late.moves(rows) + DAY_WEIGHS * self.days.moves(rows)

    def middles(self, rows: Floats) -> Floats:
        """Give the expected days late of each row (the median; negative: early)."""
        return self.days.sums(rows)

    def to_bytes(self) -> bytes:
        """Write it. The same model gives the same bytes."""
        calibration = self.calibration
        meta = {
            "format": FORMAT,
            "columns": list(COLUMNS),
            "trained_on": self.trained_on.isoformat(),
            "slope": calibration.slope,
            "shift": calibration.shift,
        }
        arrays: dict[str, NDArray[np.generic]] = {
            "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8),
            "edges": self.spread.edges,
            "offs": self.spread.offs,
            "lates": self.spread.lates,
            **self.late.arrays("late"),
            **self.days.arrays("days"),
        }
        if calibration.sums is not None and calibration.shares is not None:
            arrays |= {"sums": calibration.sums, "shares": calibration.shares}
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its keywords are arrays, whatever the stub says of one
        return file.getvalue()


def digest_of(content: bytes) -> str:
    """Name a stored model by what it holds."""
    return hashlib.sha256(content).hexdigest()


def model_from(content: bytes) -> Model:
    """Read a stored model. Raises Damaged."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta: dict[str, Any] = json.loads(arrays["meta"].tobytes())
        if meta["format"] != FORMAT or tuple(meta["columns"]) != COLUMNS:
            raise Damaged("it was made by another version of dunwell: train it anew (dunwell risk train)")
        return Model(
            late=trees_from(arrays, "late", columns=len(COLUMNS)),
            calibration=_calibration(meta, arrays),
            days=trees_from(arrays, "days", columns=len(COLUMNS)),
            spread=_spread(arrays),
            trained_on=date.fromisoformat(meta["trained_on"]),
        )
    except Damaged:
        raise
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError) as error:
        raise Damaged(f"it cannot be read: {type(error).__name__}") from None


def _calibration(meta: Mapping[str, Any], arrays: Mapping[str, Any]) -> Calibration:
    slope, shift = float(meta["slope"]), float(meta["shift"])
    if "sums" not in arrays:
        return Calibration(slope, shift)
    sums, shares = _floats(arrays["sums"]), _floats(arrays["shares"])
    if sums.shape != shares.shape or sums.ndim != 1 or not sums.size or (np.diff(sums) < 0).any():
        raise Damaged("its calibration does not hang together")
    return Calibration(slope, shift, sums, shares)


def _spread(arrays: Mapping[str, Any]) -> Spread:
    edges, offs, lates = (_floats(arrays[name]) for name in ("edges", "offs", "lates"))
    if edges.ndim != 1 or offs.shape != (len(edges) + 1, POINTS) or lates.shape != (POINTS,):
        raise Damaged("its spread does not hang together")
    return Spread(edges, offs, lates)


def _floats(array: Any) -> Floats:
    found = np.asarray(array, dtype=np.float64)
    if not np.isfinite(found).all():
        raise Damaged("it holds what is no number")
    return found
