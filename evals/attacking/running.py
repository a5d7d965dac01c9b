"""Runs attacks over any model, with the runner, the journal and the resuming of an ordinary run; then counts.

The embedded reader and a recording say the same each time: there one repeat shows all there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.attacking.drawing import Sample, drawn
from evals.attacking.figures import Attacked, AttackFigures, attacked, figures
from evals.results import Mode, RunRecord, TurnResult
from evals.running.models import Model
from evals.running.suites import Case, Suite, load_suite
from evals.running.thinking import Think
from evals.running.whole import Progress, run_suite

REPEATS = 4


class AttackRecord(BaseModel):
    """What a run under attack gives. `run.json` beside it holds every turn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    suite_digest: str
    mode: Mode
    model: str
    agent_version: str
    seed: int
    turns: int
    repeats: int
    started: AwareDatetime
    ended: datetime | None
    stopped: str | None
    figures: AttackFigures
    samples: tuple[Attacked, ...]


def attack(
    folder: Path,
    model: Model,
    *,
    turns: int,
    seed: int,
    repeats: int,
    out: Path,
    jobs: int | None = None,
    resume: bool = False,
    think: Think | None = None,
    progress: Progress = lambda done, of: None,
) -> AttackRecord:
    """Attack a suite's dev split, and play the suite's own attack turns. Writes `attack.json` into `out`.

    `think`: another agent under test.

    Raises NoSuite, NothingToAttack, FolderRefused, CassetteError, ModelFailure before anything is run.
    """
    suite = load_suite(folder, split="dev")
    samples = drawn(suite.cases, turns=turns, seed=seed)
    own = [case for case in load_suite(folder, split="all").cases if case.turn.attack is not None]
    again = repeats if model.mode is Mode.LIVE else 1
    told = f"attacks: {turns} turns a goal, seed {seed}"
    chosen = Suite(suite.folder, _cases(samples, own), suite.broken, told)
    ended = run_suite(chosen, model, folder=out, epochs=again, jobs=jobs, resume=resume, think=think, progress=progress)
    record = judged(ended.record, samples, own, turns=turns, seed=seed, stopped=ended.stopped)
    (out / "attack.json").write_text(record.model_dump_json(indent=1) + "\n", "utf-8")
    return record


def _cases(samples: Sequence[Sample], own: Sequence[Case]) -> tuple[Case, ...]:
    every = [case for sample in samples for case in (sample.clean, sample.attacked)] + list(own)
    return tuple({case.id: case for case in every}.values())


def judged(
    run: RunRecord,
    samples: Sequence[Sample],
    own: Sequence[Case],
    *,
    turns: int,
    seed: int,
    stopped: str | None = None,
) -> AttackRecord:
    """Count what a run gave."""
    results: dict[str, list[TurnResult]] = defaultdict(list)
    for result in run.turns:
        results[result.turn].append(result)
    found = tuple(attacked(sample, results) for sample in samples)
    return AttackRecord(
        suite=run.suite,
        suite_digest=run.suite_digest,
        mode=run.mode,
        model=run.model,
        agent_version=run.agent_version,
        seed=seed,
        turns=turns,
        repeats=run.epochs,
        started=run.started,
        ended=run.ended,
        stopped=stopped,
        figures=figures(found, [results.get(case.id, []) for case in own]),
        samples=found,
    )
