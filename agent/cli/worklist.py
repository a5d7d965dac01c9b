"""`dunwell worklist`: whom to see to first, with the reasons in words. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import console, print_json, say

app = typer.Typer()


@app.command()
def worklist(
    config: ConfigPath = DEFAULT,
    owner: Annotated[str, typer.Option("--owner", help="Only the accounts of this person.")] = "",
    top: Annotated[int, typer.Option("--top", help="So many accounts at most.", min=1)] = 50,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to a CSV file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank the accounts by what acting now is likely to bring in."""
    from agent.cli.csv_out import write_csv
    from agent.cli.home import open_home
    from outreach.waiting import waiting_now
    from risk.priority import in_words
    from risk.worklist import HEADING, cells, document, worklist_of
    from store.engine import looking
    from tools.base import money

    home = open_home(config)
    with looking(home.engine) as session:
        settings, now = home.settings, home.clock()
        waiting = waiting_now(session, now=now, settings=settings.outreach, policy=settings.policy)
        rows = worklist_of(session, now=now, settings=settings.risk, owner=owner, waiting=waiting)
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as file:
            write_csv(HEADING, (cells(row, rank=n) for n, row in enumerate(rows, start=1)), to=file)
        say(f"{len(rows)} accounts were written to {csv}")
        return
    if json:
        print_json([document(row) for row in rows[:top]])
        return
    if not rows:
        say("nothing is to be done: whatever is open is contested, paused, promised, or comes by itself")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(title="whom to see to first")
    for name in ("customer", "next", "gain", "asked", "overdue", "why"):
        table.add_column(name)
    for row in rows[:top]:
        table.add_row(
            Text(f"{row.name} ({row.customer})"),
            Text(in_words(row.act)),
            Text(money(row.gain, row.currency)),
            Text(money(row.asked, row.currency)),
            Text(f"{row.overdue_days} days"),
            Text("; ".join(row.reasons)),
        )
    console().print(table)
    if len(rows) > top:
        say(f"{len(rows) - top} more: --top shows more of them, --csv writes all")
