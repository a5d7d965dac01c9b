"""Puts a backup into an empty place. It overwrites nothing, and lets no mail leave: the outbox is paused before anything can run.

What the backup holds as approved may have left since it was made, so a person looks first (`agent.resuming`).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, update
from sqlalchemy.engine import make_url
from sqlmodel import Session, col

from agent import archive, backing_up
from agent.archive import Manifest
from agent.config import Settings
from agent.only_one import only_one
from store import audit, outbox, pausing, proposals, snapshot
from store.clock import Clock
from store.engine import migrate, open_engine, unit_of_work
from store.lasting import sync_names
from store.people import Invitation, PersonSession
from store.tables import Outgoing
from store.vocabulary import ProposalStatus, SendState

_PAUSE = f"INSERT INTO outbox_pause (since, why) VALUES (now(), '{pausing.RESTORED}')"  # noqa: S608 (words of ours)
_UNKNOWN = "a backup was restored: it was about to leave when the backup was made"


class NotRestored(RuntimeError):
    """A backup cannot be put here. The text is for a person; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place: from which backup, and how many mails wait for a person's word, or are of unknown fate."""

    manifest: Manifest
    waiting: int
    uncertain: int


def restore(backup: Path, settings: Settings, *, clock: Clock, actor: str) -> Restored:
    """Check a backup and put it in place. Raises NotRestored, NotABackup, SnapshotFailed, AlreadyRunning, OSError."""
    url = settings.store.url
    target = make_url(url)
    sqlite = target.get_backend_name() == "sqlite"
    beside = Path(target.database or ".").resolve().parent if sqlite else settings.data_dir
    with only_one(settings.data_dir), archive.staging(beside) as folder:
        manifest = backing_up.check(backup, folder=folder)
        _refuse_misfit(manifest, target.get_backend_name())
        _refuse_rows(url)
        # The key comes first: there must be no moment at which the database is there without it.
        _put_key(folder / archive.KEY, settings.data_dir)
        if sqlite:
            engine = open_engine(f"sqlite:///{folder / archive.DATABASE}")
            waiting, uncertain = _settle(engine, manifest, clock=clock, actor=actor)
            engine.dispose()
            _put_file(folder / archive.DATABASE, Path(target.database or ""))
        else:
            snapshot.put_postgresql(folder / archive.DATABASE, url, afterwards=["RESET search_path", _PAUSE])
            engine = open_engine(url)
            waiting, uncertain = _settle(engine, manifest, clock=clock, actor=actor)
            engine.dispose()
    return Restored(manifest, waiting, uncertain)


def _refuse_misfit(manifest: Manifest, backend: str) -> None:
    if manifest.database != backend:
        raise NotRestored(
            f"the backup is of {manifest.database}, and store.url names {backend}: name a database of its kind"
        )
    unknown = set(manifest.revision.split(",")) - snapshot.known_revisions()
    if unknown or not manifest.revision:
        raise NotRestored(
            f"the backup was written by a newer dunwell ({manifest.dunwell}, tables {manifest.revision}): install that first"
        )


def _refuse_rows(url: str) -> None:
    """Refuse a place that is in use. There is no option to overwrite: whoever wants that moves the old database away."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite" and not Path(target.database or "").exists():
        return
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            _, counts = snapshot.contents(connection)
    finally:
        engine.dispose()
    if rows := sum(counts.values()):
        raise NotRestored(
            f"store.url: the database holds {rows} rows, and nothing is overwritten: move it away, or name an empty one"
        )


def _put_key(key: Path, data_dir: Path) -> None:
    there = data_dir / "installation.key"
    if not there.exists():
        archive.put(key, there)
    elif there.read_bytes() != key.read_bytes():
        raise NotRestored(f"{there} is another installation's key: move it away, or name another data_dir")


def _settle(engine: Engine, manifest: Manifest, *, clock: Clock, actor: str) -> tuple[int, int]:
    """Bring the tables up to date, pause the outbox, and mark what nobody can know; give how many wait and are uncertain."""
    migrate(engine)
    now = clock()
    with unit_of_work(engine) as session:
        pause = pausing.pause(session, why=pausing.RESTORED, actor=actor, now=now)
        # A clock that was ahead must not make a mail look as if it had been approved after this.
        pause.since = max([pause.since, *(row.created_at for row in pausing.waiting(session))])
        session.add(pause)
        doubtful = [*outbox.in_state(session, SendState.CLAIMED), *outbox.in_state(session, SendState.TRANSMITTING)]
        for row in doubtful:
            _doubt(session, row, actor=actor, now=now)
        # A session or a link that was ended since must not come back to life.
        ended = {"ended_at": now, "ended_why": pausing.RESTORED}
        session.execute(update(PersonSession).where(col(PersonSession.ended_at).is_(None)).values(**ended))
        session.execute(update(Invitation).where(col(Invitation.used_at).is_(None)).values(expires_at=now))
        payload = {"made_at": manifest.made_at, "database": manifest.parts[archive.DATABASE]}
        audit.append(session, at=now, actor=actor, event="backup.restored", subject="installation", payload=payload)
        waiting = len(pausing.waiting(session))
    return waiting, len(doubtful)


def _doubt(session: Session, row: Outgoing, *, actor: str, now: datetime) -> None:
    before = [SendState.CLAIMED, SendState.TRANSMITTING]
    if outbox.move(
        session, row.id or 0, worker=None, before=before, after=SendState.UNCERTAIN, now=now, error=_UNKNOWN
    ):
        proposals.close(session, row.proposal_id, status=ProposalStatus.UNCERTAIN, actor=actor, now=now)


def _put_file(database: Path, target: Path) -> None:
    """Move a finished SQLite file to its place, in one piece, instead of the empty one that may be there."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("pragma journal_mode=delete")
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    os.replace(database, target)
    sync_names(target.resolve().parent)
