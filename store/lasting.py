"""Names that outlast a power failure. A file that was synced is lost all the same while its folder was not (fsync(2))."""

from __future__ import annotations

import os
from pathlib import Path


def sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError.

    A folder that may not be read is left to the kernel, which does it within seconds: that is no reason to refuse work.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder, and those above it, so that they last; one that is there stays as it is. Raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for one in missing:
        sync_names(one.parent)
