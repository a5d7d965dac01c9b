"""Runs the year: `python -m evals.year [--customers 2000] [--seed 1] [--workers 2] [--json FILE]`. Ends with 1 where a rule was broken."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from evals.year.days import FIRST, LAST
from evals.year.figures import Figures
from evals.year.shards import Asked, run

#: So many broken rules are printed; all of them stand in the JSON.
_SHOWN = 40


def main() -> int:
    """Run what is asked for, print the figures, and say whether every rule held."""
    asked, target = _asked()
    errors, began = Console(stderr=True), monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task("days", total=None)
        found = run(
            asked,
            lambda done, whole, mails: bar.update(
                task, completed=done, total=whole, description=f"{mails} mails, days"
            ),
        )
    seconds = monotonic() - began
    console = Console(width=160)
    console.print(_table(found, seconds=seconds, asked=asked))
    for violation in found.violations[:_SHOWN]:
        console.print(str(violation), style="red", markup=False, highlight=False)
    if target is not None:
        document = found.document() | {"wall_seconds": round(seconds, 1), "seed": asked.seed, "workers": asked.workers}
        target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 1 if found.violations else 0


def _asked() -> tuple[Asked, Path | None]:
    parser = argparse.ArgumentParser(
        prog="python -m evals.year", description="A year with a moved clock, and its checker."
    )
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes, each with customers of its own (default 2)")
    parser.add_argument(
        "--real", type=float, default=0.05, help="share of replies that are read from their bytes (0.05)"
    )
    parser.add_argument("--until", type=date.fromisoformat, default=LAST, help=f"last day (default {LAST})")
    parser.add_argument("--folder", type=Path, default=None, help="where the databases are made meanwhile")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures there as JSON")
    chosen = parser.parse_args()
    if chosen.customers < chosen.workers or chosen.workers < 1:
        parser.error("--customers: needs at least one for each worker")
    if not FIRST < chosen.until <= LAST:
        parser.error(f"--until: must lie after {FIRST} and not after {LAST}")
    given = {name: value for name, value in vars(chosen).items() if name != "json"}
    return Asked(**given), chosen.json


def _table(found: Figures, *, seconds: float, asked: Asked) -> Table:
    table = Table(title=f"{FIRST} to {asked.until}, seed {asked.seed}, {asked.workers} processes", show_header=False)
    first_three = sorted(found.seconds.items(), key=lambda one: -one[1])
    rows = {
        "customers, invoices": f"{found.customers}, {found.invoices}",
        "mails (of them we wrote first)": f"{found.mails} ({found.first})",
        "by what they say": _listed(found.steps),
        "decisions, replies": _listed(found.counts),
        "approvals that a rule forbade": _listed(found.blocked) or "none",
        "reasons for silence, customer-days": _listed(found.reasons),
        "days from invoice to money, by amount": f"{found.asked.days:.1f}, without outreach {found.unasked.days:.1f} "
        "(what mails do to customers is an assumption of the simulation, no measured effect)",
        "wall clock": f"{seconds:.0f} s",
        "processor time": f"{sum(found.seconds.values()):.0f} s: "
        + ", ".join(f"{step} {spent:.0f}" for step, spent in first_three),
        "rules broken": str(len(found.violations)),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: -one[1])[:14])


if __name__ == "__main__":
    sys.exit(main())
