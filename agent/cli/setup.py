"""Setting up: write a configuration, load a ledger, verify the audit log."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from agent.cli.home import actor, open_home
from agent.cli.import_telling import closed_lines, kept_lines, show_differences
from agent.cli.output import CommandFailed, print_json, say
from agent.importing import take_ledger
from store.audit import verify
from store.engine import looking, unit_of_work
from store.ledger import LedgerFaults, read_ledger
from store.ledger_known import known_to

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


def import_folder(
    folder: Path, *, config: Path, as_json: bool, dry_run: bool = False, keep_same_money: bool = False
) -> None:
    """Load a ledger folder, or only show what would change."""
    if not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder", code=2)
    home = open_home(config)
    try:
        with looking(home.engine) as session:
            known = known_to(session)
        ledger = read_ledger(folder, known=known)
        ledger.keep_same_money = keep_same_money
        if dry_run:
            show_differences(home, ledger, as_json=as_json)
            return
        done = take_ledger(home, ledger, actor=actor())
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}\nnothing was imported: {len(faults.faults)} faults", code=2) from None
    if as_json:
        print_json({"read": ledger.summary(), **asdict(done)})
        return
    for name, count in ledger.summary().items():
        say(f"{name}: {count} read, {done.changed[name]} new or changed")
    for text in (*done.told, *kept_lines(done.kept), *closed_lines(done.closed)):
        say(text)


def verify_audit(config: Path) -> None:
    """Walk the audit chain."""
    home = open_home(config)
    with unit_of_work(home.engine) as session:
        count, fault = verify(session)
    if fault is not None:
        raise CommandFailed(f"the audit log is broken: {fault} ({count} entries before it hold)")
    say(f"the audit log holds: {count} entries")
