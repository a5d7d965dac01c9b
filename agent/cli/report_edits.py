"""`dunwell report edits`: what people mended in drafts before they approved them. Reads only; no mail text is printed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.cli.home import open_home
from agent.cli.output import console, print_json, say

if TYPE_CHECKING:
    from review.edit_numbers import EditNumbers, Edits


def show_edits(config: Path, *, since: date | None, as_json: bool) -> None:
    """Print what was mended since a day (by UTC), or since the first decision."""
    from review.edit_numbers import edit_numbers
    from store.engine import looking

    home = open_home(config)
    first = datetime.combine(since or date(1970, 1, 1), time(), tzinfo=UTC)
    with looking(home.engine) as session:
        found = edit_numbers(session, since=first, until=home.clock())
    if as_json:
        print_json(_document(found))
    elif not found.whole.edited:
        say("no draft was edited and approved in this time")
    else:
        _show(found)


def _document(found: EditNumbers) -> dict[str, Any]:
    tables = {"by_reason": found.reasons, "by_reader": found.readers, "by_month": found.months}
    told: dict[str, Any] = {"whole": _edits(found.whole), "left_out": found.left_out}
    return told | {name: {key: _edits(some) for key, some in table.items()} for name, table in tables.items()}


def _edits(some: Edits) -> dict[str, Any]:
    return {"edited": some.edited, "kinds": {kind.value: count for kind, count in some.common()}}


def _show(found: EditNumbers) -> None:
    from rich.markup import escape
    from rich.table import Table

    from review.edit_numbers import TOLD

    table = Table(title=f"{found.whole.edited} edited drafts: what was mended (one edit may mend several things)")
    for name in ("by", "which", "edits"):
        table.add_column(name, justify="right" if name == "edits" else "left")
    table.add_column("what, and in how many of them")
    parts = (("all", {"": found.whole}), ("reason", found.reasons), ("reader", found.readers), ("month", found.months))
    for by, some in parts:
        for place, (name, edits) in enumerate(some.items()):
            told = ", ".join(f"{TOLD[kind]} {edits.share(kind):.0%}" for kind, _ in edits.common())
            table.add_row(by, escape(name), str(edits.edited), told, end_section=place + 1 == len(some))
    console().print(table)
    if found.left_out:
        say(f"{found.left_out} older edits were not looked at")
