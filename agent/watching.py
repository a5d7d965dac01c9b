"""The reading half of the daemon, and of every worker: one look into a mailbox, or one thread that reads it until it is told to stop.

What a mailbox holds is stored before the server's flags are changed; a mailbox that cannot be read is tried again, and keeps no other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlmodel import Session

from agent.alive import Heartbeats
from agent.installation import Installation
from agent.metrics import MailCounts
from agent.proposing import trace
from agent.sent_watch import SentWatch
from mail.inbox import ingest
from mail.mailbox import LoginRefused, Mailbox, MailboxError
from mail.sandbox import Parser
from mail.settings import MailboxSettings
from store.spans import span

log = logging.getLogger(__name__)

#: Seconds. What is well again, a server or a disk, is read within a minute.
_FIRST_DELAY, _LONGEST_DELAY = 2.0, 45.0


class Watching:
    """The part that reads mailboxes."""

    mails: MailCounts
    _home: Installation
    _alive: Heartbeats
    _parser: Parser
    #: Called in the transaction that stores mails, where somebody has to be told of them in it.
    _on_stored: Callable[[Session], object] | None = None

    def _look(self, settings: MailboxSettings, mailbox: Mailbox) -> int:
        """Read a mailbox and its Sent folder once; give how many mails are new. Raises MailboxError, and closes in any case."""
        watch = SentWatch(self._home, settings, self._parser)
        try:
            new = self._ingest(settings, mailbox)
            watch.look(mailbox)
            self._alive.whole(settings.name)
            return new
        except MailboxError as error:
            self._alive.failed(settings.name, login=isinstance(error, LoginRefused))
            log.error("mailbox %s: %s", settings.name, error)
            raise
        finally:
            watch.close()
            mailbox.close()

    def _ingest(
        self, settings: MailboxSettings, mailbox: Mailbox, *, stopping: Callable[[], bool] = lambda: False
    ) -> int:
        home = self._home
        with span("ingest", mailbox=settings.name):
            result = ingest(
                mailbox,
                settings,
                engine=home.engine,
                parser=self._parser,
                company=home.settings.company,
                clock=home.clock,
                on_stored=self._on_stored,
                stopping=stopping,
            )
        self.mails.add(result.kinds)
        return result.new

    def _watch(
        self, settings: MailboxSettings, mailbox: Mailbox, *, stopping: threading.Event, news: Callable[[], None]
    ) -> None:
        """Read one mailbox until `stopping`: catch up, wait for news, reconnect with growing patience."""
        delay = _FIRST_DELAY
        sent = SentWatch(self._home, settings, self._parser)
        while not stopping.is_set():
            try:
                if self._ingest(settings, mailbox, stopping=stopping.is_set):
                    news()
                sent.look(mailbox, wake=news)
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
                stopping.wait(delay)
                delay = min(_LONGEST_DELAY, delay * 2)
        sent.close()
        mailbox.close()
