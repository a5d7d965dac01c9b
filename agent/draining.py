"""Ends a daemon in time: what it has in hand is finished, or put back when the grace is over. Loses nothing, sends nothing twice.

A mail that is being thought about goes back to be read anew, an approved mail that has not begun to leave waits again; one
whose body was leaving is settled at the next start, as after a crash.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from sqlalchemy import Engine

from store import followups, messages, outbox
from store.engine import unit_of_work

log = logging.getLogger(__name__)

#: Seconds for finishing, and for putting back after that. Together they stay below ten.
GRACE = 6.0
PUTTING_BACK = 2.5


class Drain:
    """Watches the end of one process. Begun by the first signal; further ones change nothing."""

    def __init__(self, engine: Engine, worker: str, *, leave: Callable[[int], None] = os._exit) -> None:
        """Take whose claims are put back. `leave` ends the process without waiting for its threads."""
        self._engine, self._worker, self._leave = engine, worker, leave
        self._begun = False

    def begin(self) -> None:
        """Let the grace run; safe to call from a signal handler."""
        if self._begun:
            return
        self._begun = True
        timer = threading.Timer(GRACE, self._end)
        timer.daemon = True  # a daemon that has finished does not wait for it
        timer.start()

    def _end(self) -> None:
        # The database may be away: what could not be put back now is taken up at the next start.
        putting = threading.Thread(target=self._put_back, daemon=True)
        putting.start()
        putting.join(PUTTING_BACK)
        self._leave(0)

    def _put_back(self) -> None:
        try:
            with unit_of_work(self._engine) as session:
                count = messages.release_claims(session, worker=self._worker)
                count += followups.release_claims(session, worker=self._worker)
                count += outbox.release_claims(session, worker=self._worker)
            log.info("%d things that were begun are put back; the next start takes them up", count)
        except Exception as error:
            log.warning("what was begun could not be put back: %s", type(error).__name__)
