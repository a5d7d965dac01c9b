"""The daemon: mail in, proposals held, approved mail out. One process a database; several mailboxes side by side.

Every step is a claimed row in the database: a crash anywhere costs a repeat, never a loss and never a second proposal or mail.
Nothing here waits for a person.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from agent.alive import Heartbeats
from agent.errands import Errand, Errands
from agent.installation import Installation
from agent.membership import at_work
from agent.metrics import MailCounts
from agent.new_day import NewDay
from agent.only_one import only_one
from agent.proposing import Proposing, trace
from agent.recovering import take_back
from agent.senders import sender_of
from agent.settling import settle_due
from agent.watching import Watching
from mail.mailbox import Mailbox, MailboxError
from mail.sandbox import Parser
from store.engine import unit_of_work

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    new: int = 0
    proposed: int = 0
    sent: int = 0
    failed_mailboxes: tuple[str, ...] = ()


class Daemon(Watching, Proposing):
    """The loop of one machine."""

    def __init__(
        self,
        installation: Installation,
        *,
        worker: str | None = None,
        errands: Sequence[Errand] = (),
        connected: Sequence[Errand] = (),
        alone: Callable[[int], str | None] | None = None,
    ) -> None:
        """Take an installation. The worker's name must be stable over restarts: by it claims are taken back.

        `connected` are errands that wait for systems of others: they have a thread of their own. `alone` is asked about every proposal that is held for a reply: it may approve it without a person, or say why not
        (`review.autonomous`). Without one everything waits for a person.
        """
        self._home = installation
        self._alone = alone
        self.worker = worker or f"{socket.gethostname()}:{installation.settings.data_dir.resolve()}"
        self._alive = Heartbeats(installation.engine, self.worker)
        self.mails = MailCounts()
        self._parser = Parser()
        self._wake = threading.Event()
        self.stopping = threading.Event()
        self._watched: list[Mailbox] = []
        self.new_day = NewDay(installation)
        self._errands, self._connected = Errands(errands), Errands(connected)
        self._pool = ThreadPoolExecutor(installation.settings.workers, thread_name_prefix="propose")
        self._sender = sender_of(installation, self.worker, stopping=self.stopping.is_set)

    # --- one round ------------------------------------------------------------------------------------------------

    def run_once(self, progress: Callable[[str], None] = lambda _: None) -> Round:
        """Read every mailbox, propose for all that is due, send all that is approved; then return."""
        with self._at_work():
            self._recover()
            new, failed = 0, []
            for settings, mailbox in self._home.open_mailboxes().values():
                progress(f"reading mailbox {settings.name}")
                try:
                    new += self._look(settings, mailbox)
                except MailboxError as error:
                    failed.append(f"{settings.name}: {error}")
            self._settle()
            self.new_day.judge()
            proposed = 0
            while count := self.propose_due(progress):
                proposed += count
            sent = self._sender.run_due(self._home.clock())
            self._errands.run_once()
            self._connected.run_once()
            self._alive.whole()
            return Round(new=new, proposed=proposed, sent=sent, failed_mailboxes=tuple(failed))

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """See that nobody else works on this data directory, and no workers on this database. Raises AlreadyRunning."""
        home = self._home
        with only_one(home.settings.data_dir), at_work(home.engine, self.worker, clock=home.clock):
            yield

    def _recover(self) -> None:
        """Take back what an earlier process of this name held when it died."""
        # Built before the first mail is claimed: what is wrong with the installation must not be blamed on mails.
        _ = self._home.deps
        with unit_of_work(self._home.engine) as session:
            released = take_back(session, self.worker, now=self._home.clock())
        if released:
            log.info("%d things that were begun are taken up again after a stop", released)
        self._alive.start()

    # --- the loop -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until `stop` is called. Returns when what was begun is finished or safely put back."""
        with self._at_work():
            self._recover()
            opened = self._home.open_mailboxes()
            self._watched = [mailbox for _, mailbox in opened.values()]
            readers = [
                threading.Thread(
                    target=self._watch,
                    args=pair,
                    kwargs={"stopping": self.stopping, "news": self._wake.set},
                    name=f"mailbox-{name}",
                    daemon=True,
                )
                for name, pair in opened.items()
            ]
            readers.append(
                threading.Thread(target=self._errands.run, args=(self.stopping,), name="errands", daemon=True)
            )
            readers.append(
                threading.Thread(target=self._connected.run, args=(self.stopping,), name="connected", daemon=True)
            )
            readers.append(threading.Thread(target=self._send_on, name="sending", daemon=True))
            for reader in readers:
                reader.start()
            while not self.stopping.is_set():
                if not self._work_through():
                    self._wake.wait(1.0)
                self._wake.clear()
            for reader in readers:
                reader.join(timeout=10)
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._parser.close()

    def stop(self) -> None:
        """Ask the loop to end; safe to call from a signal handler."""
        self.stopping.set()
        self._wake.set()
        for mailbox in self._watched:
            mailbox.wake()

    def _work_through(self) -> bool:
        """Do what is due but send; True when there may be more. None of it can keep the rest from its work."""
        # What was approved and not taken back comes first: what it holds or stops must be known before anything is written.
        settled = self._outliving("carrying out what was approved", self._settle)
        judged = self._outliving("judging promises and plans", self.new_day.look)
        # One round over many mails may take long: each that is done is a sign of life.
        for errands in (self._errands, self._connected):
            errands.tell_hanging()
        proposed = self._outliving("proposing", lambda: self.propose_due(lambda _: self._alive.whole()))
        if None in (settled, judged, proposed):
            self._alive.failed()
            self.stopping.wait(2.0)
        else:
            self._alive.whole()
        return bool(proposed)

    def _send_on(self) -> None:
        """Send what was approved, in a thread of its own: a mail server that keeps silent for minutes holds up no proposal."""
        while not self.stopping.is_set():
            sent = self._outliving("sending", lambda: self._sender.run_due(self._home.clock()))
            if sent is None:
                self._alive.failed()
                self.stopping.wait(2.0)
            elif not sent:
                self.stopping.wait(1.0)

    def _settle(self) -> int:
        return settle_due(self._home.engine, self._home.clock, policy=self._home.settings.policy)

    def _outliving(self, what: str, work: Callable[[], int]) -> int | None:
        """Give how much was done; None where it failed.

        The database may be away for a while; the loop outlives that, and what was claimed is taken up again.
        """
        try:
            return work()
        except Exception as error:
            log.error("%s failed; the next round follows: %s", what, trace(error))
            return None
