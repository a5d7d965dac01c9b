"""`dunwell report ageing|customers|trend|promises|answers|hours|month`: figures from the books, and the paper of a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say

if TYPE_CHECKING:
    from agent.installation import Installation
    from reports.gathering import Gathered
    from reports.tables import Table

_Since = Annotated[str | None, typer.Option("--since", help="From this day on: 2026-01-31. Default: 90 days.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Csv = Annotated[bool, typer.Option("--csv", help="Print CSV, safe in spreadsheets.")]
_PERIOD = 90


def add_to(app: typer.Typer) -> None:
    """Add the commands to those of `dunwell report`."""
    app.command("ageing")(_command("ageing", "Show what is open, by days past due, a currency each."))
    app.command("customers")(_command("customers", "Show who owes what, by days past due."))
    app.command("trend")(_command("trend", "Show DSO, its best and its delinquent part, and effectiveness, by month."))
    app.command("promises")(_command("promises", "Show how many promises were kept, and how much needed no person."))
    app.command("answers")(
        _command("answers", "Show how often and how soon customers answer, by reason, tone and segment.")
    )
    app.command("hours")(_command("hours", "Show the hours saved, as far as they were measured."))
    app.command("month")(month)


def _command(name: str, told: str) -> Callable[..., None]:
    def command(config: ConfigPath = DEFAULT, since: _Since = None, json: _Json = False, csv: _Csv = False) -> None:
        from agent.cli.home import open_home
        from reports.tables import TABLES

        home = open_home(config)
        _print(TABLES[name](_gathered(home, since=day_of(since))), as_json=json, as_csv=csv)

    command.__doc__ = told
    return command


def month(
    which: Annotated[
        str | None, typer.Argument(metavar="[MONTH]", help="As 2026-03; default: the last whole one.")
    ] = None,
    config: ConfigPath = DEFAULT,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write it as a PDF there.")] = None,
    json: _Json = False,
) -> None:
    """Report a month: every table, or one PDF with plots."""
    from agent.cli.home import open_home
    from reports.periods import Month
    from reports.tables import TABLES

    home = open_home(config)
    with input_refused(ValueError):
        meant = Month.read(which) if which else Month.of(home.clock().date()).before
    if meant.first > home.clock().date():
        raise CommandFailed(f"{meant} has not begun", code=2)
    found = _gathered(home, since=meant.first, until=meant.last)
    if pdf is not None:
        _write(home, found, pdf)
        say(f"{meant} written to {pdf}")
    elif json:
        print_json({name: make(found).documents() for name, make in TABLES.items()})
    else:
        for make in TABLES.values():
            _print(make(found))


def _gathered(home: Installation, *, since: date | None, until: date | None = None) -> Gathered:
    from datetime import timedelta

    from reports.gathering import gather
    from store.engine import looking

    now = home.clock()
    last = until or now.date()
    with looking(home.engine) as session:
        return gather(session, since=since or last - timedelta(days=_PERIOD), until=last, now=now)


def _write(home: Installation, found: Gathered, path: Path) -> None:
    from reports.paper import monthly_pdf
    from store.engine import looking
    from store.report_books import names

    with looking(home.engine) as session:
        content = monthly_pdf(found, company=home.settings.company, names=names(session))
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandFailed(f"{path}: cannot be written: {error.strerror}", code=2) from None


def day_of(text: str | None) -> date | None:
    """Read the day of `--since`. Raises CommandFailed for what is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandFailed(f"--since {text!r} is no day: write it like 2026-01-31", code=2) from None


def _print(table: Table, *, as_json: bool = False, as_csv: bool = False) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table as Drawn

    from agent.cli.csv_out import write_csv

    if as_csv:
        write_csv(table.heading, table.rows)
        return
    if as_json:
        print_json(table.documents())
        return
    if not table.rows:
        say(f"{table.title}: nothing yet")
        return
    drawn = Drawn(title=table.title, box=SIMPLE_HEAD, pad_edge=False, title_justify="left")
    for place, name in enumerate(table.heading):
        # A figure is never broken in two; a heading may be.
        widest = max(len(_told(row[place])) for row in table.rows) if len(table.heading) > 2 else None
        figures = any(isinstance(row[place], int | float | Decimal) for row in table.rows)
        drawn.add_column(
            name.replace("_", " "), justify="right" if figures else "left", overflow="fold", min_width=widest
        )
    for row in table.rows:
        drawn.add_row(*(escape(_told(cell)) for cell in row))
    console().print(drawn)


def _told(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        # Days and per cents have one decimal; of money nobody reads the cents in a terminal (CSV and JSON have them).
        return f"{cell:,}" if cell.as_tuple().exponent == -1 else f"{cell:,.0f}"
    if isinstance(cell, float):
        return f"{cell:.0%}" if 0 <= cell <= 1 else f"{cell:,.1f}"
    return str(cell)
