"""Backs an installation up while it works, and checks a backup. It changes nothing in the installation."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from agent import archive
from agent.archive import Manifest, NotABackup
from agent.installation import Installation
from store import snapshot


def back_up(home: Installation, to: Path) -> Manifest:
    """Write database, key and manifest into one archive. Raises NotABackup, SnapshotFailed, OSError."""
    if to.exists():
        raise NotABackup(f"{to} is there already: name another file")
    with archive.staging(to.parent) as folder:
        taken = snapshot.take(home.engine, folder / archive.DATABASE)
        with os.fdopen(os.open(folder / archive.KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(home.key)
        manifest = Manifest(
            dunwell=version("dunwell"),
            made_at=home.clock().isoformat(timespec="seconds"),
            database=taken.kind,
            revision=taken.revision,
            counts=taken.counts,
            parts={name: archive.digest(folder / name) for name in (archive.DATABASE, archive.KEY)},
        )
        archive.write(to, manifest, folder=folder)
    return manifest


def check(backup: Path, *, folder: Path) -> Manifest:
    """Unpack a backup into a staging folder and check every part. Raises NotABackup, SnapshotFailed.

    Of SQLite the rows are counted again. PostgreSQL's dump is compared by its digest alone: only a server can read it.
    """
    manifest = archive.unpack(backup, folder=folder)
    if len((folder / archive.KEY).read_bytes()) != 32:
        raise NotABackup(f"{backup} is damaged: its key has not 32 bytes")
    if manifest.database == "sqlite":
        revision, counts = snapshot.contents_of_file(folder / archive.DATABASE)
        if (revision, counts) != (manifest.revision, dict(manifest.counts)):
            raise NotABackup(f"{backup} is damaged: its database does not hold what the manifest says")
    return manifest
