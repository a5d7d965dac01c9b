"""The daemon: mail in, proposals held, approved mail out. One process a database; several mailboxes side by side.

Every step is a claimed row in the database: a crash anywhere costs a repeat, never a loss and never a second proposal or mail.
Nothing here waits for a person.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from agent.alive import Heartbeats
from agent.effects import effects_by
from agent.errands import Errand, Errands
from agent.installation import Installation
from agent.metrics import MailCounts
from agent.new_day import NewDay
from agent.only_one import only_one
from agent.proposing import Proposing, trace
from agent.sending import rechecker
from agent.sent_watch import SentWatch
from agent.settling import settle_due
from mail.inbox import ingest
from mail.mailbox import LoginRefused, Mailbox, MailboxError
from mail.outbox import Sender
from mail.sandbox import Parser
from mail.settings import MailboxSettings
from store import followups, messages
from store.engine import unit_of_work
from store.spans import span

log = logging.getLogger(__name__)

#: Longer than a message may take with all its model calls.
LEASE = timedelta(minutes=10)
_FIRST_DELAY, _LONGEST_DELAY = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    new: int = 0
    proposed: int = 0
    sent: int = 0
    failed_mailboxes: tuple[str, ...] = ()


class Daemon(Proposing):
    """The loop of one machine."""

    def __init__(
        self,
        installation: Installation,
        *,
        worker: str | None = None,
        errands: Sequence[Errand] = (),
        alone: Callable[[int], str | None] | None = None,
    ) -> None:
        """Take an installation. The worker's name must be stable over restarts: by it claims are taken back.

        `alone` is asked about every proposal that is held for a reply: it may approve it without a person, or say why not
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
        self._errands = Errands(errands)
        self._pool = ThreadPoolExecutor(installation.settings.workers, thread_name_prefix="propose")
        self._sender = Sender(
            installation.engine,
            installation.routes(),
            self.worker,
            effects_by(installation.clock),
            clock=installation.clock,
            recheck=rechecker(
                company=installation.settings.company,
                policy=installation.settings.policy,
                roles=installation.settings.roles,
            ),
        )

    # --- one round ------------------------------------------------------------------------------------------------

    def run_once(self, progress: Callable[[str], None] = lambda _: None) -> Round:
        """Read every mailbox, propose for all that is due, send all that is approved; then return."""
        with only_one(self._home.settings.data_dir):
            self._recover()
            new, failed = 0, []
            for settings, mailbox in self._home.open_mailboxes().values():
                progress(f"reading mailbox {settings.name}")
                watch = SentWatch(self._home, settings, self._parser)
                try:
                    new += self._ingest(settings, mailbox)
                    watch.look(mailbox)
                    self._alive.whole(settings.name)
                except MailboxError as error:
                    self._alive.failed(settings.name, login=isinstance(error, LoginRefused))
                    log.error("mailbox %s: %s", settings.name, error)
                    failed.append(f"{settings.name}: {error}")
                finally:
                    watch.close()
                    mailbox.close()
            self._settle()
            self.new_day.judge()
            proposed = 0
            while count := self.propose_due(progress):
                proposed += count
            sent = self._sender.run_due(self._home.clock())
            self._errands.run_once()
            self._alive.whole()
            return Round(new=new, proposed=proposed, sent=sent, failed_mailboxes=tuple(failed))

    def _recover(self) -> None:
        """Take back what an earlier process of this name held when it died."""
        now = self._home.clock()
        # Built before the first mail is claimed: what is wrong with the installation must not be blamed on mails.
        _ = self._home.deps
        with unit_of_work(self._home.engine) as session:
            released = messages.release_claims(session, worker=self.worker)
            released += followups.release_claims(session, worker=self.worker)
        if released:
            log.info("%d messages or wakings taken up again after a stop", released)
        self._sender.start(now)
        self._alive.start()

    def _ingest(self, settings: MailboxSettings, mailbox: Mailbox) -> int:
        home = self._home
        with span("ingest", mailbox=settings.name):
            result = ingest(
                mailbox,
                settings,
                engine=home.engine,
                parser=self._parser,
                company=home.settings.company,
                clock=home.clock,
            )
        self.mails.add(result.kinds)
        return result.new

    # --- the loop -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until `stop` is called. Returns when what was begun is finished or safely put back."""
        with only_one(self._home.settings.data_dir):
            self._recover()
            opened = self._home.open_mailboxes()
            self._watched = [mailbox for _, mailbox in opened.values()]
            readers = [
                threading.Thread(target=self._watch, args=pair, name=f"mailbox-{name}", daemon=True)
                for name, pair in opened.items()
            ]
            readers.append(
                threading.Thread(target=self._errands.run, args=(self.stopping,), name="errands", daemon=True)
            )
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
        """Do what is due; True when there may be more. Neither half can keep the other from its work."""
        # What was approved and not taken back comes first: what it holds or stops must be known before anything is written.
        self._outliving("carrying out what was approved", self._settle)
        self._outliving("judging promises and plans", self.new_day.look)
        # One round over many mails may take long: each that is done is a sign of life.
        proposed = self._outliving("proposing", lambda: self.propose_due(lambda _: self._alive.whole()))
        sent = self._outliving("sending", lambda: self._sender.run_due(self._home.clock()))
        if proposed is None or sent is None:
            self._alive.failed()
            self.stopping.wait(2.0)
        else:
            self._alive.whole()
        return bool(proposed or sent)

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

    def _watch(self, settings: MailboxSettings, mailbox: Mailbox) -> None:
        """Read one mailbox for ever: catch up, wait for news, reconnect with growing patience."""
        delay = _FIRST_DELAY
        sent = SentWatch(self._home, settings, self._parser)
        while not self.stopping.is_set():
            try:
                if self._ingest(settings, mailbox):
                    self._wake.set()
                sent.look(mailbox, wake=self._wake.set)
                self._alive.whole(settings.name)
                delay = _FIRST_DELAY
                mailbox.wait(settings.poll_seconds)
            except Exception as error:
                self._alive.failed(settings.name, login=isinstance(error, LoginRefused))
                known = isinstance(error, MailboxError)
                log.log(
                    logging.ERROR if isinstance(error, LoginRefused) or not known else logging.WARNING,
                    "mailbox %s: %s; next try in %.0f s",
                    settings.name,
                    error if known else trace(error),
                    delay,
                )
                sent.close()
                mailbox.close()
                self.stopping.wait(delay)
                delay = min(_LONGEST_DELAY, delay * 2)
        sent.close()
        mailbox.close()
