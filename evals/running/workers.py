"""Who works on turns: threads where a server is waited for, processes where this machine thinks itself.

A process that works ends when the one that began it is gone, however that ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from evals.results import Mode, TurnResult
from evals.running.models import Model
from evals.running.suites import Case
from evals.running.thinking import Think, Thinking
from evals.running.turns import work_on

T = TypeVar("T")
R = TypeVar("R")

#: With fewer turns, starting processes takes longer than it saves.
FEW = 16
#: How many turns wait for a server at a time, unless told.
WAITING = 4


@dataclass(frozen=True, slots=True)
class Workers:
    """Hands turns to whoever works on them."""

    executor: Executor
    thinking: Thinking | None

    def submit(self, case: Case, epoch: int) -> Future[TurnResult]:
        """Begin a turn. Its future gives a result, or raises BrokenCase."""
        if self.thinking is None:
            return self.executor.submit(_in_process, case, epoch)
        return self.executor.submit(work_on, case, epoch=epoch, thinking=self.thinking)


def jobs_for(model: Model, asked: int | None, turns: int) -> int:
    """Say how many turns are worked on at a time."""
    usual = WAITING if model.mode is Mode.LIVE else (1 if turns < FEW else _cores())
    return max(1, min(asked or usual, turns))


@contextmanager
def open_workers(model: Model, *, jobs: int, think: Think | None = None) -> Iterator[Workers]:
    """Open the workers of one run. `think`: another agent under test, which then works in threads.

    Raises CassetteError, ModelFailure where the model cannot be begun with.
    """
    thinking = Thinking(model) if think is None else Thinking(model, think)
    try:
        thinking.begin()
        apart = jobs > 1 and model.mode is not Mode.LIVE and think is None
        executor = _processes(model, jobs) if apart else ThreadPoolExecutor(jobs)
        try:
            yield Workers(executor, None if apart else thinking)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
    finally:
        thinking.close()


def side_by_side(work: Callable[[T], R], things: Sequence[T], *, apart: bool) -> Iterator[R]:
    """Do the same to many things, in their order; `apart` in processes of their own, where there are enough things."""
    if not apart or len(things) < FEW or _cores() == 1:
        yield from map(work, things)
        return
    with ProcessPoolExecutor(_cores(), mp_context=multiprocessing.get_context("spawn"), initializer=_alone) as pool:
        yield from pool.map(work, things, chunksize=4)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processes(model: Model, jobs: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork of a process with threads may hang.
    spawn = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_begin, initargs=(model,))
    for _ in range(jobs):
        # They load the reader while the caller loads what it needs.
        executor.submit(_ready)
    return executor


_here: Thinking | None = None


def _begin(model: Model) -> None:
    global _here
    _alone()
    _here = Thinking(model)


def _alone() -> None:
    # Stopping is the matter of the process that began this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ready() -> None:
    assert _here is not None
    _ = _here.reader


def _in_process(case: Case, epoch: int) -> TurnResult:
    assert _here is not None
    return work_on(case, epoch=epoch, thinking=_here)
