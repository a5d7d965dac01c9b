"""What follows a delivery: copies into the Sent folders, and what Sent folders tell of mails whose fate nobody knows.

It never sends, and never calls a mail sent without the provider's own copy of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from mail.mailbox import Mailbox, MailboxError
from mail.settling import OnSent, mark_sent, mark_uncertain
from mail.transport import Transport
from store import outbox
from store.engine import unit_of_work
from store.tables import Outgoing
from store.vocabulary import SendState

log = logging.getLogger(__name__)

#: A person may take days over a mail of unknown fate; the server is not asked about it in every round until then.
ASK_AGAIN = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Route:
    """The way out for the mail of one mailbox.

    `mailbox` is the sender's own connection, not one that another thread reads with. `files_itself`: the provider puts
    submitted mail into the Sent folder, so that folder tells what was sent, and nothing is added to it.
    """

    transport: Transport
    mailbox: Mailbox | None = None
    files_itself: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """The Sent folders, as one sender sees them. A mailbox that fails is left alone for the rest of a round: it may hang."""

    engine: Engine
    routes: Mapping[str, Route]
    worker: str
    on_sent: OnSent
    #: When the Sent folder was asked last about a mail of unknown fate, by its number. Kept by the sender from round to round.
    asked: dict[int, datetime] = field(default_factory=dict)

    def recover(self, now: datetime, mailbox: str | None) -> None:
        """Turn mails whose sender died into uncertain ones, and look for uncertain ones in the Sent folder."""
        with unit_of_work(self.engine) as session:
            for outgoing_id in outbox.left_transmitting(session, worker=None, now=now):
                mark_uncertain(session, outgoing_id, error="the sender stopped while the mail was leaving", now=now)
            uncertain = outbox.in_state(session, SendState.UNCERTAIN, mailbox=mailbox)
        away = set[str]()
        for row in uncertain:
            route = self.routes.get(row.mailbox)
            if route is None or route.mailbox is None or not route.files_itself or row.id is None:
                continue
            if row.mailbox in away or timedelta() <= now - self.asked.get(row.id, _NEVER) < ASK_AGAIN:
                continue
            self.asked[row.id] = now
            try:
                if route.mailbox.find_sent(row.message_id_header):
                    with unit_of_work(self.engine) as session:
                        mark_sent(session, row.id, worker=None, actor="daemon", now=now, on_sent=self.on_sent)
            except Exception as error:
                log.warning("outgoing %d: still uncertain (%s)", row.id, type(error).__name__)
                if isinstance(error, MailboxError):
                    away.add(row.mailbox)

    def file(self, now: datetime, mailbox: str | None) -> None:
        """Put copies of sent mail into the Sent folder; what fails is tried in the next round."""
        with unit_of_work(self.engine) as session:
            found = outbox.in_state(session, SendState.SENT, mailbox=mailbox)
            rows = [row for row in found if self._may_file(row, now)]
        away = set[str]()
        for row in rows:
            route = self.routes.get(row.mailbox)
            if route is None or row.id is None or row.mailbox in away:
                continue
            try:
                filed = (
                    route.files_itself
                    or route.mailbox is None
                    or route.mailbox.file_sent(row.mime, row.message_id_header)
                )
            except MailboxError as error:
                log.warning("outgoing %d: sent, not yet filed: %s", row.id, error)
                away.add(row.mailbox)
                continue
            if filed:
                with unit_of_work(self.engine) as session:
                    outbox.move(session, row.id, worker=None, before=[SendState.SENT], after=SendState.FILED, now=now)

    def _may_file(self, row: Outgoing, now: datetime) -> bool:
        """Leave the filing to the sender, as long as it lives: two that search and then add would add twice."""
        return row.claimed_by in (self.worker, None) or row.claimed_until is None or row.claimed_until < now
