"""Points at which a process can die: before every commit, every write to a socket, every file that gets its name.

Between two of these nothing changes that outlives the process, so they are all the deaths that there are. A process that is
doomed to die at point n kills itself there with SIGKILL: no handler runs, nothing is flushed. One that is not doomed counts.
"""

from __future__ import annotations

import os
import signal
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect


class Points:
    """Counts the points that this process passes, and ends it at one of them (0: at none)."""

    def __init__(self, *, die_at: int = 0) -> None:
        self.passed: Counter[str] = Counter()
        self._die_at, self._count, self._lock = die_at, 0, threading.Lock()

    @property
    def count(self) -> int:
        """How many were passed."""
        return self._count

    def here(self, kind: str) -> None:
        """Pass a point, or die there."""
        with self._lock:
            self._count += 1
            self.passed[kind] += 1
            if self._count == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Put points into this process: from now on, for good."""
        self._before(DefaultDialect, "do_commit", "commits")
        self._before(ssl.SSLSocket, "send", "socket writes")
        for name in ("send", "sendall"):
            self._before(socket.socket, name, "socket writes", unless=ssl.SSLSocket)
        for name in ("replace", "rename", "link"):
            self._before(os, name, "file names")

    def _before(self, owner: Any, name: str, kind: str, *, unless: type | None = None) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        @wraps(real)
        def doomed(*args: Any, **options: Any) -> Any:
            if unless is not None and isinstance(args[0], unless):
                return real(*args, **options)
            self.here(kind)
            return real(*args, **options)

        setattr(owner, name, doomed)


class Witness:
    """Writes down, where no power failure reaches it, what was committed: after each commit the log's newest entry."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def watch(self) -> None:
        """Look on in this process from now on, for good."""
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        real: Callable[..., Any] = DefaultDialect.do_commit

        @wraps(real)
        def seen(dialect: DefaultDialect, connection: Any) -> None:
            real(dialect, connection)
            cursor = connection.cursor()
            cursor.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            for seq, digest in cursor.fetchall():
                os.write(handle, f"{seq} {digest}\n".encode())
            cursor.close()

        DefaultDialect.do_commit = seen  # type: ignore[method-assign]  # for good, in a process made for it

    @staticmethod
    def saw(file: Path) -> set[tuple[int, str]]:
        """Give the entries (number, hash) that were committed."""
        lines = file.read_text("ascii").split("\n")[:-1] if file.exists() else []
        return {(int(seq), digest) for seq, digest in (line.split() for line in lines)}
