"""Says whether an installation is ready, in short reasons. Anybody may ask, so no reason holds a name, an address or a secret.

Asked often or by many, the database is asked once in two seconds and by one at a time.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from store import heartbeats
from store.clock import Clock, system_clock
from store.engine import looking
from store.heartbeats import WORK
from store.migrated import is_current

log = logging.getLogger(__name__)

_SECONDS = 2.0
_NO_ANSWER = "the database does not answer"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be so. `fresh`: seconds that may have passed since the last whole round, by mailbox (WORK: the loop).

    `database_dir`: the folder of a database that is a file; it must be possible to write there.
    """

    fresh: Mapping[str, float] = field(default_factory=dict)
    data_dir: Path | None = None
    free_bytes: int = 0
    database_dir: Path | None = None


class Readiness:
    """Looks and remembers for a moment what it saw. Thread-safe."""

    def __init__(
        self,
        engine: Engine,
        expected: Expected,
        *,
        clock: Clock = system_clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is expected; nothing is asked yet."""
        self._engine, self._expected, self._clock, self._monotonic = engine, expected, clock, monotonic
        self._one = threading.Lock()
        self._seen: tuple[float, tuple[str, ...]] | None = None

    def reasons(self) -> tuple[str, ...]:
        """Say why it is not ready; nothing where it is."""
        if (known := self._fresh_enough()) is not None:
            return known
        if not self._one.acquire(timeout=_SECONDS):
            # Somebody else asks, and is still waiting.
            return (_NO_ANSWER,)
        try:
            if (known := self._fresh_enough()) is not None:
                return known
            found = (*self._of_database(), *self._of_disk())
            self._seen = (self._monotonic(), found)
            return found
        finally:
            self._one.release()

    def _fresh_enough(self) -> tuple[str, ...] | None:
        seen = self._seen
        return seen[1] if seen is not None and self._monotonic() - seen[0] < _SECONDS else None

    def _of_database(self) -> list[str]:
        try:
            with looking(self._engine) as session:
                if not is_current(session):
                    return ["the database's tables are of another version"]
                signs = heartbeats.signs(session, now=self._clock())
        except Exception as error:
            log.warning("not ready: the database does not answer (%s)", type(error).__name__)
            return [_NO_ANSWER]
        now, fresh = self._clock(), self._expected.fresh
        at = {name: signs[name].whole_at if name in signs else None for name in fresh}
        late = {name for name, seconds in fresh.items() if _is_late(at[name], now, seconds)}
        boxes = len(fresh.keys() - {WORK})
        found = ["the daemon shows no sign of life"] if WORK in late else []
        if late - {WORK}:
            found.append(f"{len(late - {WORK})} of {boxes} mailboxes not read lately")
        return found

    def _of_disk(self) -> list[str]:
        folders = dict.fromkeys(
            one for one in (self._expected.data_dir, self._expected.database_dir) if one is not None
        )
        try:
            free = [shutil.disk_usage(folder).free for folder in folders]
        except OSError:
            return ["the data folder cannot be used"]
        found = (
            ["the disk is nearly full"]
            if min(free, default=self._expected.free_bytes) < self._expected.free_bytes
            else []
        )
        if self._expected.database_dir is not None and (fault := _unwritable(self._expected.database_dir)):
            found.append(f"nothing can be written beside the database: {fault}")
        return found


def _unwritable(folder: Path) -> str | None:
    """Say why a folder cannot be written to; None where it can. What the kernel answers from memory would show nothing."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".dunwell-ready-") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _is_late(at: datetime | None, now: datetime, seconds: float) -> bool:
    return at is None or (now - at).total_seconds() > seconds
