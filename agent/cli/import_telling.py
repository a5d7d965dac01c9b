"""Says what an import changes, and what follows from it: promises and plans judged, invoices settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from agent.cli.home import actor
from agent.cli.output import console, print_json, say
from agent.installation import Installation
from store.closing import Closed
from store.engine import looking
from store.keeping import Kept
from store.ledger import Ledger
from store.ledger_differences import Differences, compare
from store.ledger_telling import counted, shown

TABLES = ("customers", "contacts", "invoices", "payments", "credits")


def differences_of(home: Installation, ledger: Ledger) -> Differences:
    """Compare a ledger with what is stored; nothing is written."""
    with looking(home.engine) as session:
        return compare(session, ledger, actor=actor(), now=home.clock())


def show_differences(home: Installation, ledger: Ledger, *, as_json: bool) -> None:
    """Print what an import would change."""
    found = differences_of(home, ledger)
    if as_json:
        print_json({"dry_run": True, **difference_document(found)})
        return
    print_differences(found, dry_run=True)
    say("nothing was imported: this was a dry run")


def print_differences(found: Differences, *, dry_run: bool) -> None:
    """Print what is new, changed and unchanged of each table, and what a person should know."""
    would = "would be " if dry_run else ""
    for name in TABLES:
        one = getattr(found, name)
        if one.count or one.unchanged:
            say(
                f"{name}: {len(one.new):,} {would}new, {len(one.changed):,} {would}changed, {one.unchanged:,} unchanged"
            )
    for line in (*counted(found), *(f"  {line}" for line in shown(found))):
        console().print(Text(line))


def difference_document(found: Differences) -> dict[str, Any]:
    """Give what is different as plain values."""
    changes = {
        name: {
            "new": len(getattr(found, name).new),
            "changed": len(getattr(found, name).changed),
            "unchanged": getattr(found, name).unchanged,
        }
        for name in TABLES
    }
    return {"changes": changes, "told": [*counted(found), *shown(found)]}


def kept_lines(kept: Kept) -> Iterator[str]:
    """Say what follows for promises, plans and pauses, where anything does."""
    if kept.changed or kept.woken or kept.released:
        yield (
            f"promises and plans: {kept.changed} changed their standing, {kept.woken} cases woke, "
            f"{kept.released} pauses are over"
        )
    if kept.failed:
        yield f"promises and plans of {kept.failed} customers could not be judged: see the log; the daemon tries again"


def closed_lines(closed: Closed) -> Iterator[str]:
    """Say what is settled, where anything is."""
    if closed.failed:
        yield f"settled invoices of {closed.failed} customers could not be closed: see the log; the next import tries again"
    if closed != Closed(failed=closed.failed):
        yield (
            f"settled: {closed.written} invoices closed with their cause, {closed.corrected} corrected, "
            f"{closed.reopened} open again; {closed.cases} cases closed (dunwell report causes)"
        )
