"""Back up and restore: plain lines about what was written, and every fault in one of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from agent.archive import Manifest, NotABackup
from agent.backing_up import back_up, check
from agent.cli.faults import data_folder_used, database_opened
from agent.cli.home import actor, open_home, settings_from
from agent.cli.output import input_refused, print_json, say
from store import audit
from store.engine import unit_of_work
from store.snapshot import SnapshotFailed

#: The event that a backup leaves in the log.
BACKED_UP = "backup.made"


def write_backup(file: Path, *, config: Path, as_json: bool) -> None:
    """Write a backup of a working installation."""
    home = open_home(config)
    with data_folder_used(home.settings.data_dir):
        _ = home.key
    with _told():
        manifest = back_up(home, file)
    # So that `dunwell doctor --deep` knows how old the last one is. The backup itself does not know of it.
    with unit_of_work(home.engine) as session:
        audit.append(session, at=home.clock(), actor=actor(), event=BACKED_UP, subject="database")
    _report(f"{file} is written", manifest, as_json=as_json)


def check_backup(file: Path, *, as_json: bool) -> None:
    """Check a backup without touching any installation."""
    with _told(), tempfile.TemporaryDirectory(prefix="dunwell-") as folder:
        manifest = check(file, folder=Path(folder))
    _report(f"{file} is whole", manifest, as_json=as_json)


def restore_backup(file: Path, *, config: Path, as_json: bool) -> None:
    """Put a backup into an empty place; the outbox is paused afterwards."""
    from agent.installation import Installation
    from agent.only_one import AlreadyRunning, DataFolderUnusable
    from agent.restoring import NotRestored, restore

    settings = settings_from(config)
    with input_refused(NotRestored, AlreadyRunning, DataFolderUnusable), _told(), database_opened():
        done = restore(file, settings, clock=Installation(settings).clock, actor=actor())
    if as_json:
        print_json({"manifest": asdict(done.manifest), "waiting": done.waiting, "uncertain": done.uncertain})
        return
    say(f"the backup of {done.manifest.made_at} is in place; everybody signs in anew")
    say(
        f"the outbox is paused: {done.waiting} approved mails wait, {done.uncertain} are of unknown fate (see the queue)"
    )
    say("look at them with `dunwell outbox show`, then let them leave with `dunwell outbox resume`")


@contextmanager
def _told() -> Iterator[None]:
    with input_refused(NotABackup, SnapshotFailed):
        yield


def _report(what: str, manifest: Manifest, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(manifest))
        return
    say(
        f"{what}: {manifest.database}, tables {manifest.revision}, {sum(manifest.counts.values())} rows, {manifest.made_at}"
    )
    say("it holds everything that customers wrote, and the installation's key: keep it where nobody else can read it")
