"""Runs the benchmarks: `python -m evals.bench [NAME ...] [--rounds N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.bench.racing import Benchmark, Figure, race
from evals.bench.suite import MODULES, benchmark


def main() -> None:
    """Run what is asked for, print a table each, and write all figures as one JSON document where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description="Benchmarks as ratios to a floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(MODULES)}; all without a name")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs (default 5)")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures there as JSON")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.names if name not in MODULES]:
        parser.error(f"{', '.join(unknown)}: there is no such benchmark; there are {', '.join(MODULES)}")
    console = Console()
    found: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    }
    for name in chosen.names or MODULES:
        contest = benchmark(name)
        try:
            figures = race(contest, rounds=max(1, chosen.rounds))
            notes = list(contest.notes())
        finally:
            contest.close()
        console.print(_table(contest, figures))
        console.print(*notes, sep="\n")
        if notes:
            found[f"{name} notes"] = notes
        found[name] = [figure.document() for figure in figures]
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _table(contest: Benchmark, figures: list[Figure]) -> Table:
    table = Table(title=f"{contest.name}: {contest.about}", title_justify="left")
    table.add_column("")
    for heading in (f"ms a {contest.unit}", "a second", "times the floor", "spread"):
        table.add_column(heading, justify="right")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.ms_each:.3f}",
            f"{figure.a_second:,.0f}",
            f"{figure.times_the_floor:.2f}",
            f"{100 * figure.spread:.0f} %",
        )
    return table


if __name__ == "__main__":
    main()
