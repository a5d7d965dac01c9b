"""Runs the year in several processes, each with customers and a database of its own, and tells how far they are."""

from __future__ import annotations

import multiprocessing
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from multiprocessing.queues import Queue
from operator import add
from pathlib import Path
from queue import Empty
from time import process_time
from typing import Any

from evals.year.checker import check
from evals.year.days import FIRST, LAST
from evals.year.debtors import debtors
from evals.year.figures import Figures, figures_of, without_outreach
from evals.year.year import Year


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be simulated."""

    customers: int = 2000
    seed: int = 1
    workers: int = 2
    real: float = 0.05
    until: date = LAST
    folder: Path | None = None


#: Called with the days done, of how many, in all shards together, and the mails so far.
Progress = Callable[[int, int, int], None]


class ShardFailed(Exception):
    """A process of the simulation ended with an error; its text says which."""


def run(asked: Asked, progress: Progress = lambda _done, _all, _mails: None) -> Figures:
    """Let the year pass for all customers, check it, and give the figures. Raises ShardFailed."""
    if asked.workers == 1:
        return one_shard(asked, 0, lambda done, whole, mails: progress(done, whole, mails))
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, str, Any]] = context.Queue()
    processes = [
        context.Process(target=_work, args=(asked, place, told), daemon=True) for place in range(asked.workers)
    ]
    for process in processes:
        process.start()
    try:
        return _gathered(processes, told, progress)
    finally:
        for process in processes:
            process.terminate()
            process.join(10)


def _gathered(processes: list[Any], told: Queue[tuple[int, str, Any]], progress: Progress) -> Figures:
    days: dict[int, tuple[int, int, int]] = {}
    done: dict[int, Figures] = {}
    while len(done) < len(processes):
        try:
            place, what, value = told.get(timeout=5)
        except Empty:
            dead = [n for n, process in enumerate(processes) if n not in done and not process.is_alive()]
            if dead:
                raise ShardFailed(f"shard {dead[0]} ended with code {processes[dead[0]].exitcode}") from None
            continue
        match what:
            case "day":
                days[place] = value
                progress(*(sum(numbers) for numbers in zip(*days.values(), strict=True)))
            case "failed":
                raise ShardFailed(f"shard {place}: {value}")
            case _:
                done[place] = value
    return reduce(add, done.values())


def _work(asked: Asked, place: int, told: Queue[tuple[int, str, Any]]) -> None:
    try:
        found = one_shard(asked, place, lambda *day: told.put((place, "day", day)))
        told.put((place, "done", found))
    except Exception:
        told.put((place, "failed", traceback.format_exc()))


def one_shard(asked: Asked, place: int, progress: Progress) -> Figures:
    """Run, check and count one shard in this process."""
    first, last = (asked.customers * number // asked.workers for number in (place, place + 1))
    with tempfile.TemporaryDirectory(prefix="dunwell-year-", dir=asked.folder) as folder:
        year = Year(
            debtors(asked.customers, seed=asked.seed, first=first, last=last),
            Path(folder),
            seed=asked.seed,
            real=asked.real,
            first=FIRST,
            last=asked.until,
        )
        shard = year.run(progress)
        began = process_time()
        violations = check(shard, until=asked.until)
        shard.seconds["checking"] += process_time() - began
    without = without_outreach(asked.customers, seed=asked.seed, first=first, last=last, until=asked.until)
    return figures_of(shard, violations, without=without, until=asked.until)
