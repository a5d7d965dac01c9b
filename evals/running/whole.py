"""Runs a whole suite with one model: every turn in every epoch once, results kept as they come, an end when the server is away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from evals.conversations.locking import folder_digest
from evals.results import RunRecord, TurnResult
from evals.running.digests import prompts_digest
from evals.running.keeping import RunFolder
from evals.running.models import Model
from evals.running.suites import Suite
from evals.running.thinking import Think
from evals.running.turns import ENDPOINT, BrokenCase
from evals.running.workers import Workers, jobs_for, open_workers

#: So many turns in a row without an answer of the server end a run; more where more are under way at a time.
AWAY_AFTER = 3

#: Is told how many turns are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `stopped`: why it is not whole; None where it is."""

    record: RunRecord
    folder: Path
    stopped: str | None


class Stopped(RuntimeError):
    """The run does not go on: the reason in words."""


def run_suite(
    suite: Suite,
    model: Model,
    *,
    folder: Path,
    epochs: int = 1,
    jobs: int | None = None,
    resume: bool = False,
    command: str = "",
    think: Think | None = None,
    progress: Progress = lambda done, of: None,
) -> Ended:
    """Run and keep. `resume`: go on in `folder`. Raises FolderRefused, CassetteError, ModelFailure before anything is run."""
    head = RunRecord(
        suite=suite.name,
        suite_digest=folder_digest(suite.folder),
        prompts_digest=prompts_digest(),
        mode=model.mode,
        model=model.name,
        agent_version=version("dunwell"),
        started=datetime.now(UTC),
        epochs=epochs,
        command=command,
        selected=suite.selected,
        broken=suite.broken,
    )
    kept = RunFolder.go_on(folder, head) if resume else RunFolder.begin(folder, head)
    run = _Run(suite, kept, epochs=epochs, told=progress)
    if suite.cases:
        jobs = jobs_for(model, jobs, len(run.order))
        with open_workers(model, jobs=jobs, think=think) as workers:
            run.logged(workers, jobs=jobs)
    stopped = run.stopped()
    ended = None if stopped else kept.head.model_copy(update={"ended": datetime.now(UTC)})
    return Ended(kept.close(run.order, ended=ended), folder, stopped)


class _Run:
    """One run under way. Turns end in other threads."""

    def __init__(self, suite: Suite, kept: RunFolder, *, epochs: int, told: Progress) -> None:
        self.suite, self.kept, self.epochs, self.told = suite, kept, epochs, told
        self.order = [(case.id, epoch) for case in suite.cases for epoch in range(1, epochs + 1)]
        self.cases = {case.id: case for case in suite.cases}
        self._reason: str | None = None
        self._over = 0
        self._away = 0
        self._broken: set[str] = set()
        self._lock = threading.Lock()

    def logged(self, workers: Workers, *, jobs: int) -> None:
        """Work on every turn, with inspect's log."""
        from evals.running.adapter import run_logged

        head = self.kept.head
        status = run_logged(
            self.suite.cases,
            partial(self._result, workers, max(AWAY_AFTER, jobs + 1)),
            name=head.suite,
            model=head.model,
            mode=head.mode.value,
            epochs=self.epochs,
            jobs=jobs,
            logs=self.kept.logs,
        )
        if status != "success" and self._reason is None:
            self._reason = "it was stopped" if status == "cancelled" else "it failed; its log says why"

    async def _result(self, workers: Workers, patience: int, turn: str, epoch: int) -> TurnResult | None:
        """Give the result of a turn, old or new; None where the case is broken. Raises Stopped."""
        result = self.kept.done(turn, epoch)
        if result is None and turn not in self._broken:
            if self._reason is not None:
                raise Stopped(self._reason)
            future = workers.submit(self.cases[turn], epoch)
            # Kept by whoever worked on it, even where nobody waits for it any more.
            future.add_done_callback(partial(self._keep, patience))
            try:
                result = await asyncio.wrap_future(future)
            except BrokenCase as error:
                self._broken.add(turn)
                self.kept.broken(str(error))
            except BrokenExecutor:
                self._reason = "a process that worked on turns ended suddenly (not enough memory?); try --jobs 1"
            if self._reason is not None:
                raise Stopped(self._reason)
        with self._lock:
            self._over += 1
        self.told(self._over, len(self.order))
        return result

    def _keep(self, patience: int, future: Future[TurnResult]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        result = future.result()
        try:
            self.kept.add(result)
        except (OSError, ValueError) as error:
            self._reason = f"a result cannot be kept: {error}"
        with self._lock:
            away = (result.error or "").startswith(ENDPOINT)
            self._away = self._away + 1 if away else 0
            if self._away >= patience:
                self._reason = f"{self._away} turns in a row got no answer: {result.error}"

    def stopped(self) -> str | None:
        """Say why the run is not whole; None where it is."""
        results = {key: self.kept.done(*key) for key in self.order if key[0] not in self._broken}
        open_ = [result for result in results.values() if result is None or (result.error or "").startswith(ENDPOINT)]
        if not open_:
            return None
        why = self._reason or next((result.error for result in open_ if result is not None), "it was stopped")
        return f"{len(open_)} of {len(results)} turns have no result: {why}"
