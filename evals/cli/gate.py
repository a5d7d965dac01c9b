"""`dunwell eval baseline` and `dunwell eval gate`: what a run is held against, and whether a change may land."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, console, errors, fail, print_json, say

if TYPE_CHECKING:
    from evals.results import RunRecord

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Epochs = Annotated[int, typer.Option(help="With a suite: how often each turn is worked on.", min=1, max=64)]


def add(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(baseline)
    app.command()(gate)


def baseline(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    out: Annotated[Path, typer.Option("--out", help="The baseline, as in evals/baselines/core-embedded.json.")],
    as_json: AsJson = False,
) -> None:
    """Make a baseline of a run. Reasons for known hits that stand in the file already are kept."""
    from evals.gating.baseline import BaselineError, baseline_of, read_baseline, write_baseline

    record = _record(run)
    try:
        before = read_baseline(out) if out.exists() else None
        made = baseline_of(record, before=before)
    except BaselineError as error:
        raise CommandFailed(str(error), code=2) from None
    write_baseline(out, made)
    open_hits = [one for one in made.known if not one.why]
    if as_json:
        print_json({"turns": len(made.turns), "known": len(made.known), "without_reason": len(open_hits)})
    else:
        say(f"{out}: {len(made.turns)} turns, mode {made.mode}, {len(made.known)} zero-tolerance hits")
    if open_hits:
        fail("\n".join(f"{one.turn}: {one.hit}" for one in open_hits))
        fail(f"the gate will fail until each of these has its reason as `why` in {out}")


def gate(
    what: Annotated[Path, typer.Argument(metavar="RUN|SUITE", help="The folder of a run, or a suite to run now.")],
    baseline: Annotated[Path, typer.Option("--baseline", help="What it is held against.")],
    model: Annotated[str | None, typer.Option("--model", help="With a suite: embedded, config or NAME@URL.")] = None,
    key_env: Annotated[
        str | None, typer.Option("--key-env", help="Environment variable with the server's key.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", "-c", help="For --model config.")] = Path("dunwell.toml"),
    cassette: Annotated[Path | None, typer.Option("--cassette", help="With a suite: the recording to replay.")] = None,
    epochs: Epochs = 1,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write the finding for a pull request.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether the agent got worse. Exit code 1: it did; 2: run and baseline cannot be compared."""
    from evals.gating import telling
    from evals.gating.baseline import BaselineError, read_baseline
    from evals.gating.comparing import refusals
    from evals.gating.judging import judge

    try:
        against = read_baseline(baseline)
    except BaselineError as error:
        raise CommandFailed(str(error), code=2) from None
    if (what / "run.json").exists() or what.is_file():
        record = _record(what)
    else:
        record = _run(what, model=model, key_env=key_env, config=config, cassette=cassette, epochs=epochs)
    faults = refusals(against, record)
    if faults:
        raise CommandFailed("\n".join(f"{baseline}: {fault}" for fault in faults), code=2)
    judged = judge(against, record)
    if markdown is not None:
        try:
            markdown.parent.mkdir(parents=True, exist_ok=True)
            markdown.write_text(telling.markdown(judged, suite=record.suite, model=record.model), "utf-8")
        except OSError as error:
            # Not 1, which would say that the agent got worse.
            raise CommandFailed(f"{markdown}: cannot be written: {error.strerror}", code=2) from None
    if as_json:
        print_json(telling.document(judged))
    else:
        for line in telling.lines(judged):
            console().print(line, markup=False, soft_wrap=True)
    if not judged.passed:
        raise CommandFailed(telling.verdict(judged))


def _record(run: Path) -> RunRecord:
    from evals.results import read_record

    try:
        return read_record(run if run.is_file() else run / "run.json")
    except ValueError as error:
        raise CommandFailed(str(error), code=2) from None


def _run(
    folder: Path, *, model: str | None, key_env: str | None, config: Path, cassette: Path | None, epochs: int
) -> RunRecord:
    """Run a suite now; its results are held against the baseline and then thrown away."""
    from agent.llm import ModelFailure
    from evals.cassettes.format import CassetteError
    from evals.running.models import EMBEDDED, NoModel, models_named, models_recorded
    from evals.running.suites import NoSuite, load_suite
    from evals.running.whole import run_suite

    if cassette is not None and (model is not None or key_env is not None or epochs > 1):
        raise CommandFailed("--cassette: says itself which model, and plays once: leave the other options out", code=2)
    try:
        suite = load_suite(folder)
        if cassette is not None:
            (chosen,) = models_recorded([cassette])
        else:
            keys = [key_env] if key_env is not None else []
            (chosen,) = models_named([model or EMBEDDED], config=config, key_env=keys)
        with TemporaryDirectory(prefix="dunwell-gate-") as scratch, errors().status("running"):
            ended = run_suite(suite, chosen, folder=Path(scratch) / "run", epochs=epochs)
    except (NoSuite, NoModel, CassetteError) as error:
        raise CommandFailed(str(error), code=2) from None
    except ModelFailure as failure:
        raise CommandFailed(f"the model server gives no answer: {failure}", code=2) from None
    if ended.stopped:
        raise CommandFailed(ended.stopped, code=2)
    return ended.record
