"""Runs contenders in turns and compares each with the floor: the first, or the slowest of the first few."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

#: Is told what is being done, in a few words.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of doing the work. `work` does all of it once and gives how many pieces that were."""

    name: str
    work: Callable[[], int]


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


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be, in words, and whether it is."""

    text: str
    met: Callable[[Figure], bool]


def at_most_times(most: float, *, note: str = "") -> Aim:
    """Aim at so many times the floor's time."""
    return Aim(f"at most {most:g} times{note}", lambda figure: figure.times_the_floor <= most)


def at_most_ms(most: float, *, what: str = "ms") -> Aim:
    """Aim at so many milliseconds a piece."""
    return Aim(f"at most {most:g} {what}", lambda figure: figure.ms_each <= most)


def at_least_a_second(least: float) -> Aim:
    """Aim at so many pieces a second."""
    return Aim(f"at least {least:g} a second", lambda figure: figure.a_second >= least)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Contenders, the floors first. `clock` is what counts: wall time, the processor time of this process, what a server said.

    `floors`: how many of the contenders are floors; the slowest of them in a round is the floor of that round. `aims`: by the
    contender's name. `most_rounds`: where a round takes long. `notes`: what else is to be said after the race, a line each.
    """

    name: str
    about: str
    unit: str
    contenders: Sequence[Contender]
    clock: Callable[[], float] = time.perf_counter
    close: Callable[[], None] = lambda: None
    notes: Callable[[], Sequence[str]] = tuple
    floors: int = 1
    aims: Mapping[str, Aim] = field(default_factory=dict)
    most_rounds: int = 99
    warm: bool = True


def race(benchmark: Benchmark, *, rounds: int, progress: Progress = lambda _: None) -> list[Figure]:
    """Run every contender once to warm it, then in turns; the ratio is the median of the ratios within each round."""
    taken: list[list[float]] = [[] for _ in benchmark.contenders]
    rounds = min(rounds, benchmark.most_rounds)
    for each in benchmark.contenders if benchmark.warm else ():
        progress(f"{benchmark.name}: warming {each.name}")
        each.work()
    for turn in range(rounds):
        for number, each in enumerate(benchmark.contenders):
            progress(f"{benchmark.name}: round {turn + 1} of {rounds}, {each.name}")
            started = benchmark.clock()
            pieces = each.work()
            taken[number].append((benchmark.clock() - started) / max(1, pieces))
    floor = [max(times) for times in zip(*taken[: benchmark.floors], strict=True)]
    return [_figure(each.name, times, floor) for each, times in zip(benchmark.contenders, taken, strict=True)]


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
