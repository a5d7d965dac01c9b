"""`dunwell eval judge`: how the drafts of a run sound, as another model says, beside how well that model agrees with labels."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.output import CommandFailed, console, errors, fail, print_json, say

if TYPE_CHECKING:
    from agent.llm_settings import ModelSettings
    from evals.figures.tone import ToneFigures
    from evals.judging.labels import ToneLabels
    from evals.judging.whole import Judged
    from evals.results import RunRecord


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def judge(
        run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or its run.json.")],
        judge: Annotated[str, typer.Option(help="Who judges: NAME@URL, or config. Never the agent's own model.")],
        key_env: Annotated[
            str | None, typer.Option("--key-env", help="Environment variable with the judge's key.")
        ] = None,
        config: Annotated[Path, typer.Option("--config", "-c", help="For --judge config.")] = Path("dunwell.toml"),
        labels: Annotated[
            Path | None, typer.Option(help="Drafts judged by hand; by default those that come along.")
        ] = None,
        jobs: Annotated[int, typer.Option("--jobs", "-j", help="Drafts at a time.", min=1, max=32)] = 4,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Ask a judge about the tone of a run's drafts. Drafts go to that model. Exit code 1: some have no answer."""
        record, known = _record(run), _labels(labels)
        settings, folder = _settings(judge, config=config, key_env=key_env), run if run.is_dir() else run.parent
        judged = _judged(record, known, settings, folder=folder, jobs=jobs)
        _write(folder / "tone.json", judged)
        if json:
            print_json({**judged.figures.model_dump(mode="json"), "failures": judged.failures})
        else:
            _show(judged.figures)
            say(f"written to {folder / 'tone.json'}")
        if judged.failures:
            first = judged.failures[0]
            raise CommandFailed(f"{len(judged.failures)} drafts have no answer (run it again for those): {first}")


def _record(run: Path) -> RunRecord:
    from evals.results import read_record

    try:
        return read_record(run / "run.json" if run.is_dir() else run)
    except ValueError as error:
        raise CommandFailed(str(error), code=2) from None


def _labels(path: Path | None) -> ToneLabels:
    from evals.conversations.loading import Broken
    from evals.judging.labels import LABELS, read_labels

    try:
        return read_labels(path or LABELS)
    except Broken as broken:
        raise CommandFailed("\n".join(map(str, broken.faults)), code=2) from None


def _settings(name: str, *, config: Path, key_env: str | None) -> ModelSettings:
    from evals.running.models import NoModel, models_named

    try:
        settings = models_named([name], config=config, key_env=[key_env] if key_env else [])[0].settings
    except NoModel as error:
        raise CommandFailed(str(error).replace("--model", "--judge"), code=2) from None
    if settings is None:
        raise CommandFailed("--judge embedded: the embedded reader judges no tone; give NAME@URL, or config", code=2)
    return settings


def _judged(record: RunRecord, labels: ToneLabels, settings: ModelSettings, *, folder: Path, jobs: int) -> Judged:
    from rich.progress import Progress

    from agent.llm import ModelClient
    from evals.judging.asking import SameModel
    from evals.judging.keeping import Kept
    from evals.judging.whole import NoAnswer, how_many, judge_run

    try:
        with Progress(console=errors(), transient=True) as bar, closing(ModelClient(settings)) as client:
            task = bar.add_task("judging", total=how_many(record, labels))
            kept = Kept(folder / "tone-answers.jsonl")
            return judge_run(record, labels, client, kept=kept, jobs=jobs, told=lambda: bar.advance(task))
    except SameModel as error:
        raise CommandFailed(f"--judge {error}", code=2) from None
    except NoAnswer as error:
        raise CommandFailed(f"{settings.model}: {error}") from None


def _write(path: Path, judged: Judged) -> None:
    import json

    document: dict[str, Any] = {**judged.figures.model_dump(mode="json"), "remarks": judged.remarks}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)


def _show(figures: ToneFigures) -> None:
    from rich.table import Table

    say(
        f"{figures.drafts} drafts of {figures.agent} over {figures.suite} (mode: {figures.mode.value}), judged by {figures.judge}"
    )
    if figures.unanswered:
        fail(f"{figures.unanswered} drafts or labels have no answer")
    table = Table(box=None, pad_edge=False)
    for title in ("", "met", "95 %", "kappa", "agreed", "may be gated"):
        table.add_column(title, justify="left" if not title else "right")
    for one in figures.criteria:
        share, rate = one.met.share, one.met
        between = f"{rate.low:.0%} to {rate.high:.0%}" if rate.low is not None and rate.high is not None else "–"
        table.add_row(
            one.criterion.value.replace("_", " "),
            "–" if share is None else f"{share:.1%}",
            between,
            "–" if one.kappa is None else f"{one.kappa:.2f}",
            f"{one.agreed} of {one.labels}",
            "yes" if one.may_gate else "no",
        )
    console().print(table)
    say(
        f"kappa: the judge against {figures.criteria[0].labels} labels made by hand by {figures.labelled_by}; below 0.6 nothing may depend on a share"
    )
