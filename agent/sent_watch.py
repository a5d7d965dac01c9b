"""Looks into the Sent folders beside the inboxes: what a colleague answered by hand, dunwell does not answer again.

A Sent folder that cannot be read stops no inbox: it is told in the log, and looked into again later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from agent.drafts_sent import recognise
from agent.installation import Installation
from mail.by_hand import notice_sent
from mail.inbox import MailParser
from mail.mailbox import Mailbox, MailboxError
from mail.settings import MailboxSettings
from store.inbound import InboundEmail
from store.tables import Message

log = logging.getLogger(__name__)


class SentWatch:
    """The Sent folder of one mailbox, with a connection of its own. For one thread at a time."""

    def __init__(self, home: Installation, settings: MailboxSettings, parser: MailParser) -> None:
        """Keep what is needed; nothing is opened yet."""
        self._home, self._settings, self._parser = home, settings, parser
        self._sent: tuple[str, Mailbox] | None = None

    def look(self, inbox: Mailbox, *, wake: Callable[[], None] = lambda: None) -> int:
        """Take what people sent since the last look; give how many answers were found."""
        if not self._settings.watch_sent:
            return 0
        try:
            self._sent = self._sent or inbox.sent_folder()
            if self._sent is None:
                return 0
            folder, mailbox = self._sent
            found = notice_sent(
                mailbox,
                self._settings,
                folder=folder,
                engine=self._home.engine,
                parser=self._parser,
                company=self._home.settings.company,
                clock=self._home.clock,
                on_answer=_from_drafts,
            )
        except MailboxError as error:
            log.warning("mailbox %s: the Sent folder cannot be read: %s", self._settings.name, error)
            self.close()
            return 0
        if found:
            wake()
        return found

    def close(self) -> None:
        """Close the connection; the next look opens another one."""
        if self._sent is not None:
            self._sent[1].close()
            self._sent = None


def _from_drafts(session: Session, sent: Message, email: InboundEmail, answers: Message, now: datetime) -> None:
    """See whether it is a draft of ours; what goes wrong with that leaves it an answer by hand like any other."""
    try:
        with session.begin_nested():
            if recognise(session, sent, email, answers=answers, now=now):
                log.info("message %s: sent from the Drafts folder as it was proposed", sent.id)
    except Exception as error:
        log.error("message %s: what follows from it could not be written (%s)", sent.id, type(error).__name__)
