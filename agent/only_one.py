"""Sees that one daemon alone works on a data directory: the lock is the kernel's, and goes with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(RuntimeError):
    """Another daemon works on this data directory."""


class DataFolderUnusable(RuntimeError):
    """The data directory cannot be made or written to."""


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory's lock; a second daemon on it would take back the first one's claims.

    Raises AlreadyRunning, and DataFolderUnusable where the directory cannot be made or written to.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / "daemon.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataFolderUnusable(f"data_dir: {data_dir} cannot be used: {error.strerror}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another dunwell daemon works on {data_dir}: stop it first") from None
        yield
    finally:
        os.close(handle)
