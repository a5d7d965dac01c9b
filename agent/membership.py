"""One process among those that work on a database: shows that it lives, buries the dead and takes back what they had in hand.

Of what only one may do at a time (reading a mailbox), each worker holds its share. A process that the database has not heard for a
while must assume that others have taken its share over, and lets go of it. Sends nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from agent.only_one import AlreadyRunning
from agent.recovering import take_back
from store import fleet, scoping
from store.clock import Clock
from store.engine import unit_of_work
from store.fleet import BEAT, DAEMON, DEAD_AFTER, WORKER

log = logging.getLogger(__name__)

#: Seconds after which a share that could not be confirmed is given up: before any other can have taken it.
_SURE = DEAD_AFTER - BEAT


class Membership:
    """The place of one process. Thread-safe."""

    def __init__(
        self, engine: Engine, name: str, *, clock: Clock, kind: str = WORKER, posts: Collection[str] = ()
    ) -> None:
        """Take the process's own name and `posts`: what only one may hold at a time."""
        self._engine, self.name, self._clock, self._kind = engine, name, clock, kind
        self._posts = sorted(posts)
        self._lock = threading.Lock()
        self._held: frozenset[str] = frozenset()
        self._sure_until = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="membership", daemon=True)
        #: Names what is still worked at although it is to be let go of.
        self.busy: Callable[[], Collection[str]] = frozenset

    def join(self) -> None:
        """Enter the process and begin to show signs of life. Raises AlreadyRunning where the other kind is at work."""
        with unit_of_work(self._engine) as session:
            others = fleet.join(session, self.name, self._kind)
            if self._kind == WORKER and others.daemons:
                raise AlreadyRunning(
                    "a dunwell daemon works on this database: stop `dunwell run` first, or do without workers"
                )
            if self._kind == DAEMON and others.workers:
                raise AlreadyRunning(
                    f"{others.workers} dunwell workers work on this database: start `dunwell worker` here, or stop them first"
                )
            if unguarded := scoping.why_unguarded(session):
                log.warning("%s", unguarded)
        self._thread.start()

    def leave(self) -> None:
        """Take the process out; what it held is free at once. What goes wrong with that, others see to."""
        self._ended.set()
        self._thread.join(timeout=2 * BEAT)
        with self._lock:
            self._held = frozenset()
        try:
            with unit_of_work(self._engine) as session:
                fleet.leave(session, self.name)
        except Exception as error:
            log.warning("the end of this process could not be noted: %s", type(error).__name__)

    @property
    def held(self) -> frozenset[str]:
        """Give what this process holds, and may be sure of."""
        with self._lock:
            return self._held if time.monotonic() < self._sure_until else frozenset()

    def _live(self) -> None:
        while not self._ended.is_set():
            try:
                self.beat()
            except Exception as error:
                log.warning("the sign of life could not be written: %s", type(error).__name__)
            self._ended.wait(BEAT)

    def beat(self) -> None:
        """Show that the process lives, bury the dead, take or give up a share. Raises what the database raises."""
        began = time.monotonic()
        with unit_of_work(self._engine) as session:
            if fleet.beat(session, self.name, self._kind) and self._sure_until:
                log.warning("this process was taken for dead: others may have what it had in hand")
        self._bury()
        keep = self._share() if self._kind == WORKER else frozenset[str]()
        with self._lock:
            self._held, self._sure_until = keep, began + _SURE

    def _bury(self) -> None:
        with unit_of_work(self._engine) as session:
            for dead in fleet.bury(session, but=self.name):
                count = take_back(session, dead, now=self._clock())
                log.warning("process %s is dead: %d things that it had begun are taken up again", dead, count)

    def _share(self) -> frozenset[str]:
        """Hold as many posts as are this worker's share; what is more is let go of as soon as nobody works at it."""
        with unit_of_work(self._engine) as session:
            mine = sorted(fleet.held(session, self.name) & set(self._posts))
            most = -(-len(self._posts) // (1 + fleet.living(session, but=self.name).workers))
            for post in set(mine[most:]) - set(self.busy()):
                fleet.release(session, post, self.name)
            keep = mine[:most]
            for post in self._posts:
                if len(keep) < most and post not in mine and fleet.take(session, post, self.name):
                    keep.append(post)
        return frozenset(keep)


@contextmanager
def at_work(engine: Engine, name: str, *, clock: Clock) -> Iterator[None]:
    """Enter a daemon while the block runs, where the database is one that workers could share. Raises AlreadyRunning."""
    if engine.dialect.name != "postgresql":
        yield
        return
    member = Membership(engine, name, clock=clock, kind=DAEMON)
    member.join()
    try:
        yield
    finally:
        member.leave()
