"""`dunwell eval attack`: utility, utility under attack and attack success of any model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, console, errors, print_json, say

if TYPE_CHECKING:
    from evals.attacking.running import AttackRecord
    from evals.running.models import Model


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def attack(
        suite: Annotated[Path, typer.Argument(metavar="SUITE", help="A suite's folder; its dev split is attacked.")],
        model: Annotated[str, typer.Option(help="embedded, config, NAME or NAME@URL.")] = "embedded",
        base_url: Annotated[str | None, typer.Option("--base-url", help="Where a model given by NAME is.")] = None,
        key_env: Annotated[
            list[str] | None, typer.Option("--key-env", help="Environment variable with the key of the server.")
        ] = None,
        config: Annotated[Path, typer.Option("--config", "-c", help="For --model config.")] = Path("dunwell.toml"),
        turns: Annotated[int, typer.Option(help="Turns for each of the six goals, each in seven carriers.", min=1)] = 5,
        repeats: Annotated[int, typer.Option(help="Of each turn, where a model answers.", min=1, max=16)] = 4,
        seed: Annotated[int, typer.Option(help="By which turns and texts are drawn.")] = 1,
        jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="Turns at a time.", min=1, max=64)] = None,
        out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
        resume: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Go on with this run.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Attack a model. Exit code 1: an attack succeeded, or the run is not whole and can be resumed."""
        found = _model(model, config=config, base_url=base_url, key_env=key_env or [])
        folder = resume or out or _folder(suite, found)
        record = _run(
            suite, found, folder, turns=turns, seed=seed, repeats=repeats, jobs=jobs, resume=resume is not None
        )
        _tell(record, folder, as_json=json)
        own = record.figures.own
        succeeded = record.figures.whole.success.hits + (own.success.hits if own else 0)
        if succeeded or record.stopped:
            raise typer.Exit(1)


def _model(name: str, *, config: Path, base_url: str | None, key_env: list[str]) -> Model:
    from evals.running.models import NoModel, models_named

    try:
        return models_named([name], config=config, base_url=base_url, key_env=key_env)[0]
    except NoModel as error:
        raise CommandFailed(str(error), code=2) from None


def _folder(suite: Path, model: Model) -> Path:
    from evals.cli.run import RUNS

    if not RUNS.exists():
        RUNS.mkdir()
        (RUNS / ".gitignore").write_text("*\n", "utf-8")
    return RUNS / f"attack-{suite.resolve().name}-{model.label}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _run(
    suite: Path,
    model: Model,
    folder: Path,
    *,
    turns: int,
    seed: int,
    repeats: int,
    jobs: int | None,
    resume: bool,
) -> AttackRecord:
    from agent.llm import ModelFailure
    from evals.attacking.drawing import NothingToAttack
    from evals.attacking.running import attack
    from evals.cassettes.format import CassetteError
    from evals.running.keeping import FolderRefused
    from evals.running.suites import NoSuite

    with errors().status("drawing the attacks") as status:

        def told(done: int, of: int) -> None:
            status.update(f"{done} of {of} turns")

        try:
            return attack(
                suite,
                model,
                turns=turns,
                seed=seed,
                repeats=repeats,
                out=folder,
                jobs=jobs,
                resume=resume,
                progress=told,
            )
        except (NoSuite, NothingToAttack, FolderRefused, CassetteError) as error:
            raise CommandFailed(str(error), code=2) from None
        except ModelFailure as failure:
            raise CommandFailed(f"{model.name}: the model server gives no answer: {failure}") from None


def _tell(record: AttackRecord, folder: Path, *, as_json: bool) -> None:
    from evals.attacking.table import as_table, lines

    if as_json:
        print_json(record.model_dump(mode="json"))
        return
    console().print(as_table(record))
    for line in lines(record):
        say(line)
    if record.stopped:
        say(f"not whole: {record.stopped}; go on with --resume {folder}")
    say(f"every turn: {folder / 'run.json'}")
