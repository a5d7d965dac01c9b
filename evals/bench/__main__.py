"""Runs the benchmarks: `python -m evals.bench [NAME ...] [--rounds N] [--size N] [--json FILE] [--markdown FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.bench.racing import Progress, race
from evals.bench.rows import Count, Row, markdown, rows_of, table
from evals.bench.suite import MODULES, benchmark


@dataclass
class _Found:
    """What was measured so far."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Run what is asked for, print one table of it all, and write it as JSON and Markdown where that is asked for."""
    chosen = _asked()
    console, errors = Console(width=200), Console(stderr=True)
    about, found = _machine(), _Found()
    for name in chosen.names or MODULES:
        with errors.status(f"{name}: preparing") as status:
            _measure(name, chosen, found, status.update)
        errors.print(f"[dim]{name}: done[/dim]")
    ended = f"{about}; load at the end {os.getloadavg()[0]:.1f}"
    console.print(table(found.rows, title=ended))
    console.print(*found.notes, sep="\n")
    if chosen.json is not None:
        document = {"machine": ended, **found.document, "rows": [row.document() for row in found.rows]}
        chosen.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    if chosen.markdown is not None:
        chosen.markdown.write_text(markdown(found.rows, notes=found.notes, about=ended), encoding="utf-8")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description="Benchmarks as ratios to a floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(MODULES)}; all without a name")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs (default 5)")
    parser.add_argument("--size", type=int, default=None, help="how many mails, where a benchmark knows sizes")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--markdown", type=Path, default=None, metavar="FILE", help="write the table there as Markdown")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.names if name not in MODULES]:
        parser.error(f"{', '.join(unknown)}: there is no such benchmark; there are {', '.join(MODULES)}")
    return chosen


def _machine() -> str:
    day = datetime.now(UTC).date().isoformat()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{day}, {machine}; load at the start {os.getloadavg()[0]:.1f}"


def _measure(name: str, chosen: argparse.Namespace, found: _Found, progress: Progress) -> None:
    contest = benchmark(name, size=chosen.size)
    try:
        if isinstance(contest, Count):
            rows = list(contest.measure(progress))
            found.document[name] = [row.document() for row in rows]
        else:
            figures = race(contest, rounds=max(1, chosen.rounds), progress=progress)
            rows = list(rows_of(contest, figures))
            found.document[name] = [figure.document() for figure in figures]
        notes = [f"{name}: {contest.about}", *contest.notes()]
    finally:
        contest.close()
    found.rows += rows
    found.notes += notes
    found.document[f"{name} notes"] = notes


if __name__ == "__main__":
    main()
