"""Setting up: write a configuration, load a ledger, verify the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from agent.cli.home import actor, open_home
from agent.cli.output import CommandFailed, print_json, say
from agent.importing import take_ledger
from store.audit import verify
from store.closing import Closed
from store.engine import unit_of_work
from store.keeping import Kept
from store.ledger import LedgerFaults, read_ledger

_TEMPLATE = Path(__file__).parent / "dunwell.toml.example"


def write_config(path: Path, *, force: bool) -> None:
    """Write the commented configuration."""
    if path.exists() and not force:
        raise CommandFailed(f"{path} exists already: use --force to overwrite it, or name another file", code=2)
    try:
        path.write_text(_TEMPLATE.read_text("utf-8"), "utf-8")
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}") from None
    say(f"{path} is written. Fill in company, mailbox and model, then run `dunwell doctor`.")


def import_folder(folder: Path, *, config: Path, as_json: bool) -> None:
    """Load a ledger folder."""
    if not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder", code=2)
    home = open_home(config)
    try:
        ledger = read_ledger(folder)
        done = take_ledger(home, ledger, actor=actor())
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}\nnothing was imported: {len(faults.faults)} faults", code=2) from None
    if as_json:
        print_json({"read": ledger.summary(), **asdict(done)})
        return
    for name, count in ledger.summary().items():
        say(f"{name}: {count} read, {done.changed[name]} new or changed")
    for text in (*_told(done.kept), *_closed(done.closed)):
        say(text)


def _told(kept: Kept) -> Iterator[str]:
    """Say what follows for promises, plans and pauses, where anything does."""
    if kept.changed or kept.woken or kept.released:
        yield (
            f"promises and plans: {kept.changed} changed their standing, {kept.woken} cases woke, "
            f"{kept.released} pauses are over"
        )
    if kept.failed:
        yield f"promises and plans of {kept.failed} customers could not be judged: see the log; the daemon tries again"


def _closed(closed: Closed) -> Iterator[str]:
    """Say what is settled, where anything is."""
    if closed.failed:
        yield f"settled invoices of {closed.failed} customers could not be closed: see the log; the next import tries again"
    if closed != Closed(failed=closed.failed):
        yield (
            f"settled: {closed.written} invoices closed with their cause, {closed.corrected} corrected, "
            f"{closed.reopened} open again; {closed.cases} cases closed (dunwell report causes)"
        )


def verify_audit(config: Path) -> None:
    """Walk the audit chain."""
    home = open_home(config)
    with unit_of_work(home.engine) as session:
        count, fault = verify(session)
    if fault is not None:
        raise CommandFailed(f"the audit log is broken: {fault} ({count} entries before it hold)")
    say(f"the audit log holds: {count} entries")
