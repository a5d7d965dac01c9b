"""Databases that are thrown away: one for each world, empty and migrated, made as fast as that can be.

An engine and its file are used again, as an engine's statements need be compiled but once; what was in it is overwritten
first. Nothing of one world is in the next.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from store.engine import migrate, open_engine

_free: list[tuple[Engine, Path]] = []
_lock = threading.Lock()


@contextmanager
def empty_database(template: Path | None = None) -> Iterator[Engine]:
    """Open an empty, migrated SQLite database. `template`: such a file, where one has been made already."""
    with _lock:  # also because alembic migrates in one thread at a time
        content = _migrated() if template is None else template.read_bytes()
        engine, path = _free.pop() if _free else _made()
    try:
        _empty(path, content)
        yield engine
    finally:
        engine.dispose()
        with _lock:
            _free.append((engine, path))


def _made() -> tuple[Engine, Path]:
    path = Path(tempfile.mkdtemp(prefix="dunwell-eval-")) / "world.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    engine = open_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # Nobody misses this database after a crash: no write need wait for the disk.
        connection.execute("pragma synchronous=off")

    return engine, path


def _empty(path: Path, content: bytes) -> None:
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    path.write_bytes(content)


@cache
def _migrated() -> bytes:
    """Give the bytes of a migrated, empty database; made once a process."""
    with tempfile.TemporaryDirectory(prefix="dunwell-eval-") as folder:
        path = Path(folder) / "empty.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()
