"""`dunwell export reissues`: the invoices that the ERP must re-issue with another order number, each told once.

A file is written whole or not at all, and never over another one. The ledger is not changed.
"""

from __future__ import annotations

import io
import json as jsonlib
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

if TYPE_CHECKING:
    from store.reissues import Reissue

COLUMNS = (
    "request",
    "requested_at",
    "approved_by",
    "customer_id",
    "customer",
    "invoice_number",
    "issue_date",
    "due_date",
    "currency",
    "amount",
    "po_before",
    "po_number",
)


def reissues(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write: .csv or .json. It must not be there yet.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Write a file of its own name into this folder, for the ERP.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was exported before and is still open; request numbers stay.")
    ] = False,
    config: ConfigPath = DEFAULT,
    json: Annotated[
        bool, typer.Option("--json", help="Write JSON; without FILE and --folder to the terminal.")
    ] = False,
) -> None:
    """Tell the ERP which invoices to re-issue, each once. With nothing to tell no file is written."""
    from agent.cli.home import actor, open_home
    from store import audit
    from store.engine import unit_of_work
    from store.reissues import mark_exported, waiting
    from tools.resubmit_invoice import answer_due

    if (file is None) == (folder is None) and not (json and file is None):
        raise CommandFailed("name a file, or a folder with --folder, but not both", code=2)
    home = open_home(config)
    now = home.clock()
    as_json = json or (file is not None and file.suffix.lower() == ".json")
    path = file if folder is None else folder / f"reissues-{now:%Y%m%dT%H%M%S%fZ}{'.json' if as_json else '.csv'}"
    with unit_of_work(home.engine) as session:
        audit.take_turn(session)
        found = waiting(session, again=again)
        if found:
            due = answer_due(now.date(), home.settings.policy.resubmission_answer_days)
            mark_exported(session, found, answer_due=due, actor=actor(), now=now)
        written = as_csv(found) if not as_json else jsonlib.dumps(documents(found), ensure_ascii=False, indent=2) + "\n"
        if path is not None and found:
            # Before the commit: what was marked was written. A crash between the two writes the same requests again.
            write_whole(path, written)
    if path is None:
        print_json(documents(found))
    elif json:
        print_json({"written": str(path) if found else None, "requests": [r.request for r in found]})
    else:
        say(f"{path}: {len(found)} re-issues" if found else "nothing waits for a re-issue: no file was written")


def as_csv(found: Sequence[Reissue]) -> str:
    """Write the requests as RFC 4180 has it, with no cell that a spreadsheet would run (threat T-62)."""
    from agent.cli.csv_out import write_csv

    out = io.StringIO(newline="")
    write_csv(COLUMNS, [[document[name] for name in COLUMNS] for document in documents(found)], to=out)
    return out.getvalue()


def documents(found: Sequence[Reissue]) -> list[dict[str, Any]]:
    """Give the requests as JSON has them: amounts and days as text, exactly."""
    return [{name: _plain(asdict(reissue)[name]) for name in COLUMNS} for reissue in found]


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def write_whole(path: Path, text: str) -> None:
    """Put a file into place in one step, so that nobody picks up a part of it; refuse to replace one."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            raise CommandFailed(f"{path} exists already: name another file", code=2)
        with part.open("wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}", code=2) from None
