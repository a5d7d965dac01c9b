"""Keeps how far everybody is, across processes, so that all work on the same proposals: one that is faster must not run ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CLIENTS = 8


class Turns:
    """The operations that each client has done, in a file that all have mapped."""

    def __init__(self, file: Path) -> None:
        """Take the file, which is made where it is not there."""
        if not file.exists():
            file.write_bytes(bytes(np.dtype(np.int64).itemsize * CLIENTS))
        self._done = np.memmap(file, dtype=np.int64, mode="r+", shape=(CLIENTS,))

    def note(self, client: int, done: int) -> None:
        """Write down how far one is; nobody else writes there."""
        self._done[client] = done

    def share(self, each: int) -> float:
        """Give which part of the whole is done, 0 to 1, where each does so many."""
        return min(1.0, float(self._done.sum()) / (each * CLIENTS))
