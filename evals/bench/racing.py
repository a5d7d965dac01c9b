"""Runs contenders in turns and compares each with the first, the floor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of doing the work. `work` does all of it once and gives how many pieces that were."""

    name: str
    work: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Contenders, the floor first. `clock` is what counts: wall time, the processor time of this process, what a server said.

    `notes`: what else is to be said after the race, a line each.
    """

    name: str
    about: str
    unit: str
    contenders: Sequence[Contender]
    clock: Callable[[], float] = time.perf_counter
    close: Callable[[], None] = lambda: None
    notes: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Figure:
    """What one contender did: milliseconds a piece and pieces a second (medians), and how many times the floor's time it takes."""

    name: str
    ms_each: float
    a_second: float
    times_the_floor: float
    spread: float

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


def race(benchmark: Benchmark, *, rounds: int) -> list[Figure]:
    """Run every contender once to warm it, then in turns; the ratio is the median of the ratios within each round."""
    taken: list[list[float]] = [[] for _ in benchmark.contenders]
    for each in benchmark.contenders:
        each.work()
    for _ in range(rounds):
        for number, each in enumerate(benchmark.contenders):
            started = benchmark.clock()
            pieces = each.work()
            taken[number].append((benchmark.clock() - started) / max(1, pieces))
    return [_figure(each.name, times, taken[0]) for each, times in zip(benchmark.contenders, taken, strict=True)]


def _figure(name: str, times: list[float], floor: list[float]) -> Figure:
    middle = max(statistics.median(times), 1e-9)
    ratios = [time / max(least, 1e-9) for time, least in zip(times, floor, strict=True)]
    return Figure(
        name=name,
        ms_each=round(1000 * middle, 4),
        a_second=round(1 / middle, 1),
        times_the_floor=round(statistics.median(ratios), 2),
        spread=round((max(times) - min(times)) / middle, 2),
    )
