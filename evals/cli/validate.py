"""`dunwell eval validate`, `lock` and `schemas`: whether a suite is sound, and what keeps it so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, errors, fail, print_json, say

if TYPE_CHECKING:
    from collections import Counter

    from evals.conversations.checking import Checked

Suites = Annotated[list[Path], typer.Argument(metavar="SUITE...", help="Suites, or single conversations.")]


def add(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command()
    def validate(
        suites: Suites,
        quick: Annotated[bool, typer.Option("--quick", help="Do not live the conversations through.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Check suites; name file and line of what is wrong. Exit code 2 where something is."""
        from evals.conversations.checking import check_whole, holdings

        checked: list[Checked] = []
        faults: list[str] = []
        for suite in suites:
            here = _checked(suite, live=not quick)
            faults += [fault for one in here for fault in one.faults] + check_whole(suite, here)
            checked += here
        if json:
            print_json({"faults": faults, "holds": dict(sorted(holdings(checked).items()))})
        else:
            for fault in faults:
                fail(fault)
            _show(holdings(checked))
        if faults:
            raise CommandFailed(f"{len(faults)} faults", code=2)

    @app.command()
    def lock(suite: Annotated[Path, typer.Argument(metavar="SUITE", help="A suite's folder.")]) -> None:
        """Lock which conversations are holdout, and what is in them. A later change of them is a fault."""
        from evals.conversations.locking import LOCK, locked_now, write_lock

        checked = _checked(suite, live=False)
        if any(one.faults for one in checked):
            raise CommandFailed("\n".join(fault for one in checked for fault in one.faults), code=2)
        found = [(one.folder, one.conversation) for one in checked if one.conversation is not None]
        for difference in write_lock(suite, locked_now(found)):
            say(difference)
        say(f"locked {len(found)} conversations in {suite / LOCK}")

    @app.command()
    def schemas(
        out: Annotated[Path | None, typer.Option(help="Where to; the source tree unless given.")] = None,
    ) -> None:
        """Write the JSON schemas of case.yaml, ledger.json and expected.yaml, for editors."""
        from evals.conversations.schemas import HERE, write_schemas

        for path in write_schemas(out or HERE):
            say(str(path))


def _checked(suite: Path, *, live: bool) -> list[Checked]:
    from functools import partial

    from evals.conversations.checking import check
    from evals.conversations.loading import folders
    from evals.running.workers import side_by_side

    found = folders(suite)
    if not found:
        raise CommandFailed(f"{suite}: holds no conversation (no case.yaml)", code=2)
    with errors().status(f"{len(found)} conversations"):
        return list(side_by_side(partial(check, live=live), found, apart=live))


def _show(held: Counter[str]) -> None:
    for name, count in sorted(held.items(), key=lambda item: (-item[1], item[0])):
        say(f"{count:>5}  {name}")
