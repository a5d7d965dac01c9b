"""One worker among many: takes jobs from the queue and does the daemon's own steps; reads the mailboxes that are its share.

Every step is a claimed row in the database, here as in the daemon: two workers that get the same job do the work once. A worker
that dies is buried by another one, which takes back what it had begun.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlmodel import Session

from agent.alive import Heartbeats
from agent.errands import Errand, Errands
from agent.fleet.in_hand import InHand
from agent.fleet.lines import keep_short
from agent.fleet.posts import Post, Posts
from agent.fleet.queue import Lane, Queue
from agent.fleet.sweep import enqueue_due
from agent.installation import Installation
from agent.llm_failure import UNCOUNTED
from agent.membership import Membership
from agent.metrics import MailCounts
from agent.new_day import NewDay
from agent.proposing import Proposing, trace
from agent.senders import sender_of
from agent.settling import settle_due
from agent.watching import Watching
from mail.mailbox import Mailbox
from mail.outbox import Sender
from mail.sandbox import Parser
from mail.settings import MailboxSettings
from store.engine import unit_of_work
from store.outage import is_outage
from store.usage import used_on

log = logging.getLogger(__name__)

#: Seconds between two sweeps, at most and at least; between two looks at mail that left and is not settled; before the queue is
#: opened again.
_SWEEP, _SOON, _UNENDED, _AGAIN = 1.0, 0.2, 10.0, 2.0


class Worker(Watching, Proposing):
    """A worker of one installation, until it is stopped."""

    def __init__(
        self,
        installation: Installation,
        *,
        errands: Sequence[Errand] = (),
        connected: Sequence[Errand] = (),
        alone: Callable[[int], str | None] | None = None,
    ) -> None:
        """Take an installation on PostgreSQL. The worker's name is its own: no other process, past or future, has it."""
        self._home = installation
        self._alone = alone
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._alive = Heartbeats(installation.engine, self.worker)
        self._in_hand = InHand()
        self.mails = MailCounts()
        self._parser = Parser()
        self.stopping = threading.Event()
        self._wake = threading.Event()
        self._errands, self._connected = Errands(errands), Errands(connected)
        self._new_day = NewDay(installation)
        self._senders: dict[str, tuple[threading.Lock, Sender]] = {}
        self._senders_lock = threading.Lock()
        posts = {f"mailbox {name}": self._post(*pair) for name, pair in installation.open_mailboxes().items()}
        posts |= {"errands": Post(self._errands.run)} if errands else {}
        posts |= {"connected systems": Post(self._connected.run)} if connected else {}
        self._member = Membership(installation.engine, self.worker, clock=installation.clock, posts=posts)
        self._posts = Posts(posts, lambda: self._member.held)
        self._member.busy = self._posts.busy
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: Queue | None = None

    # --- its life -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until `stop` is called. Returns when what was begun is finished. Raises AlreadyRunning beside a daemon."""
        # Built before the first mail is claimed: what is wrong with the installation must not be blamed on mails.
        _ = self._home.deps
        keep_short(self._home.engine)
        self._member.join()
        try:
            self._alive.start()
            self._posts.start()
            sweeping = threading.Thread(target=self._sweep, name="sweep", daemon=True)
            sweeping.start()
            asyncio.run(self._serve())
            self._posts.stop()
            sweeping.join()
        finally:
            self.stopping.set()
            self._member.leave()
            self._parser.close()

    def stop(self) -> None:
        """Ask the worker to end; safe to call from a signal handler."""
        self.stopping.set()
        self._wake.set()
        if self._loop is not None and self._queue is not None:
            self._loop.call_soon_threadsafe(self._queue.stop)

    async def _serve(self) -> None:
        """Take jobs until told to stop; where the queue cannot be reached, again after a while."""
        settings = self._home.settings
        acting = len(settings.mailboxes) + 2
        self._loop = asyncio.get_running_loop()
        with (
            ThreadPoolExecutor(settings.workers, thread_name_prefix="propose") as think,
            ThreadPoolExecutor(acting, thread_name_prefix="act") as act,
        ):
            while not self.stopping.is_set():
                # The lane for acts is wider than its threads by one: looking for stalled jobs needs none.
                self._queue = Queue(
                    settings.store.url, self._steps(), think=Lane(think, settings.workers), act=Lane(act, acting + 1)
                )
                try:
                    await self._queue.run(self.worker)
                except Exception as error:
                    log.warning("the work queue cannot be reached, it is tried again: %s", trace(error))
                if not self.stopping.is_set():
                    await asyncio.sleep(_AGAIN)

    # --- its steps ------------------------------------------------------------------------------------------------

    def _steps(self) -> dict[str, Callable[..., object]]:
        """Name the daemon's steps, by the tasks of the queue."""
        steps: dict[str, Callable[..., object]] = {
            "propose": self._then_sweep(self.propose_one),
            "follow_up": self._then_sweep(self.follow_up),
            "send": self._send,
            "settle": self._then_sweep(self._settle),
            "day": self._then_sweep(self._new_day.judge),
        }
        return {name: self._known(step) for name, step in steps.items()}

    def _known(self, step: Callable[..., object]) -> Callable[..., object]:
        """Have a step in hand while it runs."""

        def done(**ids: int | str) -> object:
            with self._in_hand.step():
                return step(**ids)

        return done

    def _then_sweep(self, step: Callable[..., object]) -> Callable[..., None]:
        """Look for what became due with a step: the next mail of the conversation, the mail that may leave."""

        def done(**ids: int | str) -> None:
            try:
                step(**ids)
            finally:
                self._wake.set()

        return done

    def _settle(self) -> int:
        return settle_due(self._home.engine, self._home.clock, policy=self._home.settings.policy)

    def _send(self, mailbox: str) -> None:
        """Send what is due from one mailbox. The queue gives it to one worker at a time, and so its order is kept."""
        with self._senders_lock:
            if mailbox not in self._senders:
                new = sender_of(self._home, self.worker, stopping=self.stopping.is_set)
                self._senders[mailbox] = threading.Lock(), new
            alone, sender = self._senders[mailbox]
        # A job that was run again although this process lived: the connections of a sender are for one thread at a time.
        with alone:
            while not self.stopping.is_set() and sender.run_due(self._home.clock(), mailbox=mailbox):
                pass

    def _catch_up(self) -> None:
        """Write down what a sender of this process knows alone; one that is at work does so by itself."""
        with self._senders_lock:
            senders = list(self._senders.values())
        for alone, sender in senders:
            if alone.acquire(blocking=False):
                try:
                    sender.catch_up()
                finally:
                    alone.release()

    # --- what only one does, and what everyone does ---------------------------------------------------------------

    def _post(self, settings: MailboxSettings, mailbox: Mailbox) -> Post:
        watch = partial(self._watch, settings, mailbox, news=self._wake.set)
        return Post(lambda ending: watch(stopping=ending), mailbox.wake)

    def _on_stored(self, session: Session) -> None:
        """Put mails into the queue in the very transaction that stores them; where that fails, they are stored all the same."""
        try:
            with session.begin_nested():
                enqueue_due(session, now=self._home.clock())
        except Exception as error:
            if is_outage(error):
                raise
            log.error("mails are stored, and wait for the next sweep: %s", trace(error))

    def _sweep(self) -> None:
        looked = 0.0
        while not self.stopping.is_set():
            began = time.monotonic()
            self._wake.clear()
            unended = began - looked >= _UNENDED
            try:
                self._find_due(unended=unended)
                looked = began if unended else looked
                self._say_alive()
            except Exception as error:
                self._alive.failed()
                log.error("looking for what is due failed; it is tried again: %s", trace(error))
                self.stopping.wait(_AGAIN)
            self.stopping.wait(_SOON)
            self._wake.wait(_SWEEP)

    def _say_alive(self) -> None:
        """Give a sign of life; none of being well while a step hangs, as its lane does nothing else."""
        for errands in (self._errands, self._connected):
            errands.tell_hanging()
        if hanging := self._in_hand.hanging():
            log.error(
                "%d steps have not ended for a long time: see what they wait for, and start this worker anew", hanging
            )
            self._alive.failed()
        else:
            self._alive.whole()

    def _find_due(self, *, unended: bool) -> None:
        self._dropped.put_back(self._home.engine, worker=self.worker)
        if unended:
            self._catch_up()
        client = self._home.deps.client
        with unit_of_work(self._home.engine) as session:
            enqueue_due(session, now=self._home.clock(), unended=unended)
            used = used_on(session, self._home.clock(), without=UNCOUNTED) if unended and client is not None else None
        if used is not None and client is not None:
            # The day's limit is one for all workers together.
            client.catch_up(calls=used[0], tokens=used[1])
