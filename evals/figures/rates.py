"""Shares with their intervals: the smallest figures, of which all others are made. Shares are 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from evals.figures.statistics import wilson


class Value(BaseModel):
    """A figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(Value):
    """So many of so many, with the 95 % Wilson interval of the share (None: nothing to measure)."""

    right: int
    of: int
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        """Give the share; None where there is nothing to measure."""
        return self.right / self.of if self.of else None


def rate(oks: Iterable[bool], *, epochs: int = 1) -> Rate:
    """Count what is right. With several epochs the interval is that of the turns: tries of one turn are not independent."""
    found = list(oks)
    right, turns = sum(found), round(len(found) / epochs)
    interval = wilson(min(turns, round(right / epochs)), turns)
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Rate(right=right, of=len(found), low=low, high=high)


class Named(Value):
    """A rate with a name: a language, a tag, a fact, an argument, an area of checks."""

    name: str
    rate: Rate
