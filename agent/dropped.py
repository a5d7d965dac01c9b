"""What a worker had in hand when the database went away: put back as soon as it answers, not when the claims run out.

An outage is no fault of a mail: nothing is counted against it here, and nothing is thrown away.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from store import followups, messages
from store.engine import unit_of_work
from store.outage import is_outage

log = logging.getLogger(__name__)


class Dropped:
    """The mails and wakings that one worker could neither finish nor give up. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mails: set[int] = set()
        self._wakings: set[int] = set()

    @contextmanager
    def mail(self, number: int) -> Iterator[None]:
        """Work on a mail; where the database goes away it is noted, and the block ends here."""
        with self._noting(self._mails, "message", number):
            yield

    @contextmanager
    def waking(self, number: int) -> Iterator[None]:
        """Do the same for a case that woke."""
        with self._noting(self._wakings, "followup", number):
            yield

    def put_back(self, engine: Engine, *, worker: str) -> int:
        """Let all that was noted wait again; give how many did. Raises what the database raises: then they stay noted."""
        with self._lock:
            mails, wakings = frozenset(self._mails), frozenset(self._wakings)
        if not mails and not wakings:
            return 0
        with unit_of_work(engine) as session:
            freed = messages.release_claims(session, worker=worker, only=mails)
            freed += followups.release_claims(session, worker=worker, only=wakings)
        with self._lock:
            self._mails -= mails
            self._wakings -= wakings
        log.info("the database is back: %d messages or wakings are taken up again", freed)
        return freed

    @contextmanager
    def _noting(self, where: set[int], what: str, number: int) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not is_outage(error):
                raise
            with self._lock:
                where.add(number)
            log.warning("%s %d: the database went away (%s); it is taken up again", what, number, type(error).__name__)
