"""`dunwell eval agreement`: how well the second labelling of a suite agrees with the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, console, print_json, say

if TYPE_CHECKING:
    from evals.figures.agreement import Agreement
    from evals.figures.values import Rate


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(agreement)


def agreement(
    suite: Annotated[Path, typer.Argument(help="The suite; its second labels stand in second-labels.yaml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare the second labels of a suite with the first: shares and Cohen's kappa."""
    from evals.conversations.loading import Broken
    from evals.figures.agreement import agreement as compared
    from evals.figures.agreement import read_second_labels

    try:
        second, first, mails = read_second_labels(suite)
    except Broken as broken:
        raise CommandFailed("\n".join(map(str, broken.faults)), code=2) from None
    found = compared(suite.resolve().name, second.labels, first, mails=mails)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    say(f"{found.suite}: {found.mails} mails labelled twice, {found.share_of_suite:.0%} of the suite")
    _show(found)


def _show(found: Agreement) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("", "same", "kappa"):
        table.add_column(name, justify="left" if not name else "right")
    for name, same, kappa in (
        ("the same reasons", found.reasons_same, found.reasons_kappa),
        ("reasons that the first labels accept", found.reasons_fit, None),
        ("a person must take over, or not", found.escalation_same, found.escalation_kappa),
        ("must, may or never", found.escalation_of_three_same, found.escalation_of_three_kappa),
        ("acts that the first labels accept", found.tools_fit, None),
    ):
        table.add_row(name, _of(same), f"{kappa:.2f}" if kappa is not None else "–")
    console().print(table)
    for turn in found.differing:
        say(f"differs: {turn}")


def _of(rate: Rate) -> str:
    return f"{rate.right} of {rate.of}"
