"""The daemon's signs of life: written at most every ten seconds a mailbox. Never a reason for the daemon to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from store import heartbeats
from store.clock import Clock, system_clock
from store.engine import unit_of_work
from store.heartbeats import WORK

log = logging.getLogger(__name__)

#: Seconds between two writes for one mailbox.
EVERY = 10.0


@dataclass(slots=True)
class _Pending:
    """What was not written yet for one mailbox."""

    written: float | None = None
    whole_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0
    login_failures: int = 0


class Heartbeats:
    """Notes whole rounds and failures of one worker. Thread-safe; raises nothing."""

    def __init__(
        self,
        engine: Engine,
        worker: str,
        *,
        clock: Clock = system_clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the worker's name; nothing is written yet."""
        self._engine, self._worker, self._clock, self._monotonic = engine, worker, clock, monotonic
        self._lock = threading.Lock()
        self._parts: dict[str, _Pending] = {}

    def start(self) -> None:
        """Drop what workers of the past left."""
        try:
            with unit_of_work(self._engine) as session:
                heartbeats.forget_old(session, now=self._clock(), but=[self._worker])
        except Exception as error:
            log.warning("old signs of life could not be dropped: %s", type(error).__name__)

    def whole(self, mailbox: str = WORK) -> None:
        """Note that a mailbox was read to its end, or that the work went round."""
        with self._lock:
            part = self._parts.setdefault(mailbox, _Pending())
            part.whole_at = self._clock()
            self._write(mailbox, part)

    def failed(self, mailbox: str = WORK, *, login: bool = False) -> None:
        """Note that a round failed; `login`: the mail server refused us."""
        with self._lock:
            part = self._parts.setdefault(mailbox, _Pending())
            part.failed_at = self._clock()
            part.failures += 1
            part.login_failures += login
            self._write(mailbox, part)

    def _write(self, mailbox: str, part: _Pending) -> None:
        moment = self._monotonic()
        if part.written is not None and moment - part.written < EVERY:
            return
        part.written = moment  # also where it fails: a database that is away is not asked more often
        try:
            with unit_of_work(self._engine) as session:
                heartbeats.note(
                    session,
                    worker=self._worker,
                    mailbox=mailbox,
                    whole_at=part.whole_at,
                    failed_at=part.failed_at,
                    failures=part.failures,
                    login_failures=part.login_failures,
                )
        except Exception as error:
            log.warning("the sign of life could not be written: %s", type(error).__name__)
            return
        part.whole_at = part.failed_at = None
        part.failures = part.login_failures = 0
