"""`dunwell eval run`: a suite, one or several models, a folder each; then a report of each."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.output import CommandFailed, errors, fail, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evals.running.models import Model
    from evals.running.suites import Suite
    from evals.running.whole import Ended, Progress

#: Where runs go unless told.
RUNS = Path("eval-runs")


class SplitChoice(StrEnum):
    """Which conversations of a suite."""

    DEV = "dev"
    HOLDOUT = "holdout"
    ALL = "all"


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def run(
        suite: Annotated[Path, typer.Argument(metavar="SUITE", help="A suite's folder, or one conversation.")],
        model: Annotated[
            list[str] | None,
            typer.Option("--model", help="embedded, config, NAME or NAME@URL. May be repeated: models side by side."),
        ] = None,
        base_url: Annotated[str | None, typer.Option("--base-url", help="Where a model given by NAME is.")] = None,
        key_env: Annotated[
            list[str] | None,
            typer.Option("--key-env", help="Environment variable with the key: VARIABLE, or VARIABLE@URL."),
        ] = None,
        config: Annotated[Path, typer.Option("--config", "-c", help="For --model config.")] = Path("dunwell.toml"),
        cassette: Annotated[
            list[Path] | None,
            typer.Option("--cassette", help="Replay the model recorded in this folder; nobody is asked. Repeatable."),
        ] = None,
        record: Annotated[Path | None, typer.Option("--record", help="Record the model's answers here.")] = None,
        epochs: Annotated[int, typer.Option(help="How often each turn is worked on.", min=1, max=64)] = 1,
        split: Annotated[SplitChoice, typer.Option(help="Which part of the suite.")] = SplitChoice.ALL,
        only: Annotated[str | None, typer.Option(metavar="GLOB", help="Conversations (or turns) of this name.")] = None,
        jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Turns at a time.", min=1, max=64)] = None,
        out: Annotated[Path | None, typer.Option(help="Folder of the run (of several models: one in it each).")] = None,
        resume: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Go on with this run.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Run a suite. Exit code 2: cases are broken; 1: the run is not whole, and can be resumed."""
        names = [("--cassette", str(one)) for one in cassette or ()] or [
            ("--model", one) for one in model or ["embedded"]
        ]
        models = _models(
            model or [], cassette or [], config=config, base_url=base_url, keys=key_env or [], record=record
        )
        if resume is not None and (len(models) > 1 or out is not None):
            raise CommandFailed("--resume: one model at a time, and no --out", code=2)
        if record is not None and epochs > 1:
            raise CommandFailed("--record: one epoch is recorded; leave --epochs out", code=2)
        if cassette and epochs > 1:
            raise CommandFailed("--cassette: a recording says the same each time; leave --epochs out", code=2)
        chosen = _suite(suite, split=split, only=only)
        for fault in chosen.broken:
            fail(fault)
        ended = []
        for named, each in zip(names, models, strict=True):
            folder, told = resume or _folder(chosen, each, out, alone=len(models) == 1), _command(named)
            ended.append(
                _one(chosen, each, folder=folder, resume=resume is not None, epochs=epochs, jobs=jobs, command=told)
            )
        _tell(list(zip(names, ended, strict=True)), as_json=json, already=chosen.broken)


def _models(
    names: Sequence[str],
    cassettes: Sequence[Path],
    *,
    config: Path,
    base_url: str | None,
    keys: Sequence[str],
    record: Path | None,
) -> list[Model]:
    from evals.running.models import EMBEDDED, NoModel, models_named, models_recorded

    try:
        if not cassettes:
            return models_named(names or [EMBEDDED], config=config, base_url=base_url, key_env=keys, record=record)
        if names or base_url or keys or record:
            raise NoModel("--cassette: says itself which model; leave --model, --base-url, --key-env and --record out")
        return models_recorded(cassettes)
    except NoModel as error:
        raise CommandFailed(str(error), code=2) from None


def _suite(folder: Path, *, split: SplitChoice, only: str | None) -> Suite:
    from evals.running.suites import NoSuite, load_suite

    try:
        return load_suite(folder, split=split.value, only=only)
    except NoSuite as error:
        raise CommandFailed(str(error), code=2) from None


def _folder(suite: Suite, model: Model, out: Path | None, *, alone: bool) -> Path:
    if out is not None:
        return out if alone else out / model.label
    if not RUNS.exists():
        RUNS.mkdir()
        # Runs hold what customers wrote.
        (RUNS / ".gitignore").write_text("*\n", "utf-8")
    return RUNS / f"{suite.name}-{model.label}-{model.mode.value}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _one(
    suite: Suite, model: Model, *, folder: Path, resume: bool, epochs: int, jobs: int | None, command: str
) -> Ended:
    from agent.llm import ModelFailure
    from evals.cassettes.format import CassetteError
    from evals.running.keeping import FolderRefused
    from evals.running.whole import run_suite

    try:
        with _progress(f"{suite.name}, {model.name}") as progress:
            return run_suite(
                suite,
                model,
                folder=folder,
                epochs=epochs,
                jobs=jobs,
                resume=resume,
                command=command,
                progress=progress,
            )
    except (FolderRefused, CassetteError) as error:
        raise CommandFailed(str(error), code=2) from None
    except ModelFailure as failure:
        raise CommandFailed(f"{model.name}: the model server gives no answer: {failure}") from None


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=errors()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _tell(runs: Sequence[tuple[tuple[str, str], Ended]], *, as_json: bool, already: Sequence[str]) -> None:
    """Report each run; say what is broken and how to go on. The worst decides the exit code."""
    ended = [one for _, one in runs]
    faults = {fault: None for one in ended for fault in one.record.broken}
    for fault in faults:
        if fault not in already:
            fail(fault)
    if as_json:
        print_json([_document(one) for one in ended])
    else:
        for one in ended:
            _report(one)
    stopped = [f"{one.stopped}; go on with: {_again(named, one.folder)}" for named, one in runs if one.stopped]
    if stopped:
        raise CommandFailed("\n".join(stopped))
    missed = [turn.error for one in ended for turn in one.record.turns if (turn.error or "").startswith("cassette: ")]
    if missed:
        raise CommandFailed(f"{len(missed)} turns are not in the recording as they are asked now: {missed[0]}")
    if faults:
        raise CommandFailed(
            f"{len(faults)} faults in the suite, named above: the run went on without these cases", code=2
        )


def _report(one: Ended) -> None:
    from evals.reporting.terminal import show

    if one.record.turns:
        show(one.record)
    errors().print(f"kept in {one.folder}", markup=False)


def _document(one: Ended) -> dict[str, Any]:
    record, turns = one.record, one.record.turns
    return {
        "folder": str(one.folder),
        "suite": record.suite,
        "mode": record.mode.value,
        "model": record.model,
        "epochs": record.epochs,
        "turns": len(turns),
        "right": sum(turn.ok for turn in turns),
        "errors": sum(turn.error is not None for turn in turns),
        "hits": sorted({hit for turn in turns for hit in turn.hits}),
        "broken": list(record.broken),
        "stopped": one.stopped,
    }


def _again(named: tuple[str, str], folder: Path) -> str:
    """Give the command that goes on with one run."""
    return shlex.join([*shlex.split(_command(named)), "--resume", str(folder)])


def _command(named: tuple[str, str]) -> str:
    """Give the command as it was given, for one model alone, and without the folder."""
    replaced = ("--out", "--resume", "--model", "--cassette")
    arguments, skip = [], False
    for argument in sys.argv[1:]:
        if not skip and argument.partition("=")[0] not in replaced:
            arguments.append(argument)
        skip = not skip and argument in replaced
    return shlex.join(["dunwell", *arguments, *named])
