"""`dunwell export holds`, `write-offs`, `agency-payments`: what the ERP and an agency are told. The ledger is not changed.

A file is written whole or not at all, and never over another one; what it tells is marked in the same transaction.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import print_json, say

File = Annotated[
    Path | None, typer.Argument(help="The CSV file to write; it must not be there yet. Left out: the terminal.")
]
Again = Annotated[bool, typer.Option("--again", help="Also what was told before and still stands.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of CSV; nothing is marked as told.")]


def holds(file: File = None, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Tell the ERP which accounts get no goods on credit: all that stand, each time. Whoever is not in it is free."""
    from agent.cli.home import actor, open_home
    from store import audit
    from store.engine import unit_of_work
    from store.last_resort_deciding import mark_exported
    from store.last_resort_exports import HOLDS, hold_rows

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        audit.take_turn(session)
        rows = hold_rows(session, now=home.clock())
        if not json:
            mark_exported(session, [_number(row) for row in rows], actor=actor(), now=home.clock())
        _tell(HOLDS, rows, file, as_json=json, nothing="no account is on hold")


def write_offs(file: File = None, again: Again = False, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Tell the ERP which losses to book, each once. What is open on an invoice changes by import alone."""
    from agent.cli.home import actor, open_home
    from store import audit
    from store.engine import unit_of_work
    from store.last_resort_deciding import mark_exported
    from store.last_resort_exports import WRITE_OFFS
    from store.last_resort_exports import write_offs as found

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        audit.take_turn(session)
        told = found(session, now=home.clock(), again=again)
        fit = [one for one in told if not one.fault]
        rows = [one.cells for one in fit]
        if not json:
            mark_exported(session, [one.row.id or 0 for one in fit], actor=actor(), now=home.clock())
        _tell(WRITE_OFFS, rows, file, as_json=json, nothing="no write-off waits to be booked")
    if not json:
        for one in told:
            if one.fault:
                typer.echo(f"write-off {one.row.id} is left out: {one.fault}", err=True)


def agency_payments(
    file: File = None, again: Again = False, config: ConfigPath = DEFAULT, json: AsJson = False
) -> None:
    """Tell whoever collects a claim which money came on it since, each receipt once."""
    from agent.cli.home import actor, open_home
    from store import audit
    from store.engine import unit_of_work
    from store.last_resort_exports import HANDED_PAYMENTS, handed_payments, mark_reported

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        audit.take_turn(session)
        found = handed_payments(session, again=again)
        if not json:
            mark_reported(session, found, actor=actor(), now=home.clock())
        rows = [one.cells for one in found]
        _tell(HANDED_PAYMENTS, rows, file, as_json=json, nothing="no money came on a claim that was handed over")


def _number(row: Sequence[object]) -> int:
    number = row[0]
    assert isinstance(number, int), "the first cell is the step's number"
    return number


def _tell(
    heading: Sequence[str], rows: Sequence[Sequence[object]], file: Path | None, *, as_json: bool, nothing: str
) -> None:
    """Write before the commit: what is marked as told was written. A crash between the two tells the same again."""
    from agent.cli.csv_out import write_csv
    from agent.cli.export_reissues import write_whole

    if as_json:
        print_json([dict(zip(heading, map(_plain, row), strict=True)) for row in rows])
        return
    if file is None:
        write_csv(heading, rows)
        return
    # An empty list of holds is news as well: everybody is free again.
    out = io.StringIO(newline="")
    write_csv(heading, rows, to=out)
    write_whole(file, out.getvalue())
    say(f"{file}: {len(rows)} lines" if rows else f"{file}: {nothing}")


def _plain(cell: object) -> object:
    return cell if cell is None or isinstance(cell, (int, str)) else str(cell)
