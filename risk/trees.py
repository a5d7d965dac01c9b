"""Boosted trees as arrays: adds up leaves, and says how much each column moved the sum. Numpy alone; learns nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.past import Floats

_PARTS = {
    "column": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
    "unknown_left": np.bool_,
    "roots": np.int32,
    "start": np.float64,
}


class Damaged(ValueError):
    """What was stored as a model is none. The text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Many small trees in one set of arrays; a node whose `left` is itself is a leaf.

    `value`: at a leaf what it adds, at any other node the mean of what its leaves add, weighted by the rows of training.
    `roots`: the first node of each tree. `start`: what is added to them all, an array of one.
    """

    column: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    unknown_left: NDArray[np.bool_]
    roots: NDArray[np.int32]
    start: Floats

    def sums(self, rows: Floats) -> Floats:
        """Give the sum of the leaves that each row falls into."""
        total = np.full(len(rows), float(self.start[0]))
        for root in self.roots:
            total += self.value[self._leaves(rows, int(root))]
        return total

    def moves(self, rows: Floats) -> Floats:
        """Give how much each column moved each row's sum: with the mean of all trees they add up to it, but for rounding."""
        moved = np.zeros(rows.shape)
        each = np.arange(len(rows))
        for root in self.roots:
            node = np.full(len(rows), int(root), dtype=np.int32)
            while (inner := self.left[node] != node).any():
                after = self._next(rows, node)
                np.add.at(moved, (each[inner], self.column[node][inner]), (self.value[after] - self.value[node])[inner])
                node = after
        return moved

    @property
    def mean(self) -> float:
        """Give the sum of a row of which nothing is known."""
        return float(self.start[0]) + float(self.value[self.roots].sum())

    def _leaves(self, rows: Floats, root: int) -> NDArray[np.int32]:
        node = np.full(len(rows), root, dtype=np.int32)
        while (self.left[node] != node).any():
            node = self._next(rows, node)
        return node

    def _next(self, rows: Floats, node: NDArray[np.int32]) -> NDArray[np.int32]:
        value = rows[np.arange(len(rows)), self.column[node]]
        left = np.where(np.isnan(value), self.unknown_left[node], value <= self.threshold[node])
        return np.where(left, self.left[node], self.right[node]).astype(np.int32)

    def arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Give the arrays for storing, each under a name of its own."""
        return {f"{prefix}.{name}": getattr(self, name) for name in _PARTS}


def trees_from(arrays: Mapping[str, NDArray[np.generic]], prefix: str, *, columns: int) -> Trees:
    """Take trees out of stored arrays. Raises Damaged: a tree that leads nowhere or in a circle would never end."""
    try:
        parts: dict[str, Any] = {
            name: np.asarray(arrays[f"{prefix}.{name}"], dtype=kind) for name, kind in _PARTS.items()
        }
    except (KeyError, ValueError, TypeError) as error:
        raise Damaged(f"the trees {prefix!r} are not whole: {error}") from None
    trees = Trees(**parts)
    count, own = len(trees.value), np.arange(len(trees.value))
    same = {len(part) for name, part in parts.items() if name not in ("roots", "start")}
    leaf = trees.left == own
    sound = (
        same == {count}
        and count > 0
        and trees.start.shape == (1,)
        and len(trees.roots) > 0
        and bool((leaf == (trees.right == own)).all())
        # Children come after their parent: every way down ends.
        and bool(((trees.left > own) | leaf).all() and ((trees.right > own) | leaf).all())
        and bool((trees.left < count).all() and (trees.right < count).all())
        and bool(((trees.roots >= 0) & (trees.roots < count)).all())
        and bool(((trees.column >= 0) & (trees.column < columns)).all())
        and bool(np.isfinite(trees.value).all() and np.isfinite(trees.start).all())
        and not bool(np.isnan(trees.threshold).any())
    )
    if not sound:
        raise Damaged(f"the trees {prefix!r} do not hang together")
    return trees
