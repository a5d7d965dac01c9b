"""`dunwell report`: where cash leaks, by cause; what people mend in drafts; a person's correction of one cause. Only `cause` writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, fail, print_json, say
from agent.cli.report_figures import add_to, day_of
from store.aftermath import Cause
from store.cause_report import By

if TYPE_CHECKING:
    from store.cause_report import Line

app = typer.Typer(
    no_args_is_help=True, help="What is open and what came of it; why invoices aged; what people mend in drafts."
)
add_to(app)

_HEADING = ("state", "key", "cause", "currency", "invoices", "money", "average_days_late", "money_days")


@app.command()
def causes(
    config: ConfigPath = DEFAULT,
    by: Annotated[By | None, typer.Option("--by", help="Break it down by customer, product or month.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Settled (or, where open, due) on this day or later: 2026-01-31.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Show where cash leaks: settled invoices by cause, what cost most first; open ones apart, as far as it is known."""
    from agent.cli.csv_out import write_csv
    from agent.cli.home import open_home
    from store.cause_report import summed
    from store.closing import open_leaks, settled_leaks
    from store.engine import unit_of_work

    first, home, skipped = day_of(since), open_home(config), list[str]()
    with unit_of_work(home.engine) as session:
        settled = summed(settled_leaks(session, since=first), by=by)
        still_open = summed(open_leaks(session, now=home.clock(), since=first, skipped=skipped), by=by)
    for customer_id in skipped:
        fail(f"customer {customer_id}: the open invoices cannot be read and are not in this report: see the log")
    if csv:
        write_csv(_HEADING, [_cells("settled", n) for n in settled] + [_cells("open", n) for n in still_open])
    elif json:
        print_json({"settled": [_document(n) for n in settled], "open": [_document(n) for n in still_open]})
    else:
        _show(settled, by, title="settled: why it came late", empty="no settled invoice was late or spoken of")
        _show(still_open, by, title="still open, so far", empty="no open invoice is late or was spoken of")


@app.command()
def edits(
    config: ConfigPath = DEFAULT,
    since: Annotated[str | None, typer.Option("--since", help="Decided on this day or later: 2026-01-31.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what people mended in the drafts that they edited: by kind, and by reason, reader and month."""
    from agent.cli.report_edits import show_edits

    show_edits(config, since=day_of(since), as_json=json)


@app.command()
def forecast(
    config: ConfigPath = DEFAULT,
    weeks: Annotated[
        int | None, typer.Option("--weeks", help="How many; default: as configured.", min=1, max=52)
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write it to a CSV file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the cash to come by week: from plans, promises, and how late invoices are likely to be paid."""
    from agent.cli.report_forecast import show_forecast

    show_forecast(config, weeks=weeks, csv=csv, as_json=json)


@app.command("cause")
def cause_(
    invoice: Annotated[str, typer.Argument(help="The invoice's number.")],
    to: Annotated[Cause, typer.Option("--set", help="The cause, as you know it.")],
    name: Annotated[str | None, typer.Option("--as", help="Who says so; default: you.")] = None,
    config: ConfigPath = DEFAULT,
) -> None:
    """Correct the cause of a settled invoice; the log keeps who did it and what stood there."""
    from agent.cli.home import actor, open_home
    from store.closing import set_cause
    from store.engine import unit_of_work

    home = open_home(config)
    try:
        with unit_of_work(home.engine) as session:
            before = set_cause(session, invoice, to, actor=(name or "").strip() or actor(), now=home.clock())
    except ValueError as error:
        raise CommandFailed(f"{invoice}: {error}", code=2) from None
    say(f"{invoice}: {to.value} (before: {before.value})")


def _cells(state: str, line: Line) -> tuple[object, ...]:
    return (state, line.key, line.cause.value, line.currency, line.invoices, line.money, line.days, line.money_days)


def _document(line: Line) -> dict[str, Any]:
    return dict(zip(_HEADING[1:], _cells("", line)[1:], strict=True))


def _show(lines: list[Line], by: By | None, *, title: str, empty: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not lines:
        say(empty)
        return
    table = Table(title=title)
    for name in [by.value] if by else []:
        table.add_column(name)
    table.add_column("cause")
    for name in ("invoices", "money", "days late", "money x days"):
        table.add_column(name, justify="right")
    for place, line in enumerate(lines):
        last = place + 1 == len(lines) or lines[place + 1].currency != line.currency
        cells = [line.key] if by else []
        cells += [
            line.cause.value.replace("_", " "),
            str(line.invoices),
            f"{line.currency} {line.money:,.2f}",
            f"{line.days}",
            f"{line.currency} {line.money_days:,.0f}",
        ]
        table.add_row(*map(escape, cells), end_section=last)
    console().print(table)
