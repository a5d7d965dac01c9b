"""`dunwell eval requests` and `dunwell eval answers`: a recording made by hand or by another program, file by file."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import CommandFailed, errors, fail, print_json, say

Cassette = Annotated[Path, typer.Option("--cassette", help="The folder of the recording; made where it is not there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(requests)
    app.command()(answers)


def requests(
    suite: Annotated[Path, typer.Argument(help="The suite.")],
    cassette: Cassette,
    out: Annotated[Path, typer.Option("--out", help="Where to write the requests, as JSON lines.")],
    only: Annotated[str | None, typer.Option("--only", help="A pattern for conversations, as in 'plan-*'.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the requests to a model whose answers are not recorded yet. Repeat until nothing is missing."""
    from rich.progress import Progress

    from evals.cassettes.asking import write_sheet
    from evals.cassettes.collecting import Collector, collect
    from evals.cassettes.format import CassetteError
    from evals.cassettes.replaying import Replay
    from evals.running.suites import NoSuite, load_suite

    try:
        found = load_suite(suite, only=only)
        replay = Replay(cassette) if any(cassette.glob("*.jsonl")) else None
    except (NoSuite, CassetteError) as error:
        raise CommandFailed(str(error), code=2) from None
    collector = Collector(replay, replay.model if replay is not None else "unnamed")
    with Progress(console=errors(), transient=True) as bar:
        task = bar.add_task("playing")
        sheet = collect(found, collector, progress=lambda done, of: bar.update(task, completed=done, total=of))
    write_sheet(out, sheet)
    counted = Counter(request.purpose for request in sheet.requests)
    if as_json:
        print_json({"missing": len(sheet.requests), "by_purpose": counted, "broken": found.broken, "out": str(out)})
    else:
        named = ", ".join(f"{count} {purpose}" for purpose, count in sorted(counted.items()))
        say(f"{out}: {len(sheet.requests)} requests without an answer{f' ({named})' if named else ''}")
    if found.broken:
        raise CommandFailed("\n".join(found.broken), code=2)


def answers(
    files: Annotated[list[Path], typer.Argument(help="Answers, and the file of requests that they are for.")],
    cassette: Cassette,
    model: Annotated[str | None, typer.Option("--model", help="Who answered; needed for a new recording.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take answers into a recording. Those that do not fit are named and left out; exit 2 then."""
    from evals.cassettes.asking import read_lines, taken
    from evals.cassettes.format import CassetteError
    from evals.cassettes.keeping import keep

    try:
        sheet, given, faults = read_lines(files)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{error}", code=2) from None
    lines, wrong = taken(sheet, given)
    try:
        new = keep(cassette, lines, model=model, now=datetime.now(UTC), dunwell=version("dunwell"))
    except CassetteError as error:
        raise CommandFailed(str(error), code=2) from None
    faults += wrong
    if as_json:
        print_json({"taken": len(lines), "new": new, "left_out": faults})
    else:
        say(f"{cassette}: {len(lines)} answers taken, {new} of them new")
        fail("\n".join(faults))
    if faults:
        raise CommandFailed(f"{len(faults)} answers were left out", code=2)
