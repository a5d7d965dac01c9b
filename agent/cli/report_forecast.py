"""Prints the forecast of cash by week. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from agent.cli.csv_out import write_csv
from agent.cli.home import open_home
from agent.cli.output import console, print_json, say
from risk.forecast import Ground, cash_by_week
from risk.forecast_words import HEADING, cells, document
from store.engine import looking
from tools.base import money

if TYPE_CHECKING:
    from risk.forecast import Forecast


def show_forecast(config: Path, *, weeks: int | None, csv: Path | None, as_json: bool) -> None:
    """Print the cash of the coming weeks: as a table, JSON, or into a CSV file."""
    home = open_home(config)
    with looking(home.engine) as session:
        found = cash_by_week(session, now=home.clock(), settings=home.settings.risk, weeks=weeks)
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as file:
            write_csv(HEADING, (cells(week) for week in found.weeks), to=file)
        say(f"{len(found.weeks)} rows were written to {csv}")
    elif as_json:
        print_json(document(found))
    else:
        _show(found)


def _show(found: Forecast) -> None:
    if not found.weeks:
        say("no cash is to come: nothing is open, or all that is open is contested or here already")
        return
    table = Table(title=f"cash to come, as of {found.today}")
    table.add_column("week from", no_wrap=True)
    for name in ("low", "middle", "high", "from plans", "from promises", "otherwise"):
        table.add_column(name, justify="right")
    for week in found.weeks:
        parts = (money(week.by_ground[g], week.currency) if g in week.by_ground else "" for g in Ground)
        sums = (money(amount, week.currency) for amount in (week.low, week.middle, week.high))
        table.add_row(*(Text(cell) for cell in (str(week.begins), *sums, *parts)))
    console().print(table)
    for currency, amount in found.later.items():
        say(f"later, or never: {money(amount, currency)}")
    for currency, amount in found.disputed.items():
        say(f"contested, and in no week: {money(amount, currency)}")
    say("eight of ten times a week lies between low and high; only what is billed already is counted")
