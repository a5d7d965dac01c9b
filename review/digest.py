"""The digest: one mail a day of what waits, to addresses of the company, with links to the items.

It names customers and amounts and nothing else of them, and no link in it decides anything.
At most one leaves for an address and day: that it leaves is committed before its first byte, and what broke after is not repeated.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from agent.digest_settings import DigestSettings
from mail.notice import compose_notice
from mail.transport import ClaimLost, DeliveryError, Lost, Transport
from review import words
from review.desk import Desk
from review.signed_links import LinkSigner
from store import digests
from store.engine import unit_of_work
from store.queue import Filters, QueueRow
from tools.base import money

log = logging.getLogger(__name__)

#: How many items it names, and how soon it tries again after a server did not take it.
MOST, AGAIN = 10, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a digest is about."""

    waiting: int
    unmatched: int
    attention: int
    top: tuple[QueueRow, ...]

    @property
    def nothing(self) -> bool:
        """Say whether nobody is wanted."""
        return not (self.waiting or self.unmatched or self.attention)


class Digests:
    """The errand of the daemon that mails digests."""

    name = "mailing digests"

    def __init__(
        self, desk: Desk, settings: DigestSettings, *, transport: Transport, sender: str, base_url: str
    ) -> None:
        """Take the desk, the way out, and the address under which people open the queue."""
        self._desk, self._settings, self._transport = desk, settings, transport
        self._sender, self._base = sender, base_url.rstrip("/")
        self._links = LinkSigner(desk)
        self._not_before: dict[str, datetime] = {}

    def run(self) -> int:
        """Mail what is due; give how many left."""
        now = self._desk.clock()
        there = now.astimezone(ZoneInfo(self._settings.timezone))
        if there.hour < self._settings.hour or (self._settings.working_days_only and there.weekday() >= 5):
            return 0
        day = there.date()
        due = [a for a in self._addresses() if self._not_before.get(a, now) <= now and not self._was_sent(a, day)]
        if not due:
            return 0
        waiting = self._waiting()
        return sum(self._mail(address, day, waiting, now=now) for address in due)

    def close(self) -> None:
        """Hold nothing open."""

    def _addresses(self) -> list[str]:
        stated = {str(address).lower() for address in self._settings.to}
        if self._settings.people:
            with unit_of_work(self._desk.engine) as session:
                stated |= {address.lower() for address in digests.deciders_addresses(session)}
        return sorted(address for address in stated if self._desk.company.owns(address))

    def _was_sent(self, address: str, day: date) -> bool:
        with unit_of_work(self._desk.engine) as session:
            return digests.was_sent(session, address, day)

    def _waiting(self) -> Waiting:
        counts = self._desk.counts()
        top = self._desk.queue_page(Filters()).page.rows[:MOST]
        return Waiting(counts.waiting, counts.unmatched, counts.attention, tuple(top))

    def _mail(self, address: str, day: date, waiting: Waiting, *, now: datetime) -> bool:
        header = self._message_id(address, day)

        def leaves() -> bool:
            with unit_of_work(self._desk.engine) as session:
                noted = len(waiting.top)
                return digests.note(session, address, day, message_id_header=header, items=noted, now=now)

        if waiting.nothing:
            leaves()
            return False
        mime = compose_notice(
            to=address,
            sender=self._sender,
            company=self._desk.company,
            subject=_subject(waiting),
            text=self._text(waiting, address),
            message_id=header,
            now=now,
        )
        try:
            self._transport.deliver(sender=self._sender, recipients=[address], mime=mime, before_body=leaves)
        except ClaimLost:
            return False
        except Lost as lost:
            # It may have gone out: a second one would be worse than none.
            log.warning("a digest may not have gone out: %s", lost)
            return True
        except DeliveryError as error:
            log.warning("a digest did not go out, it is tried again: %s", error)
            self._not_before[address] = now + AGAIN
            return False
        return True

    def _text(self, waiting: Waiting, address: str) -> str:
        lines = [f"{_many(waiting.waiting, 'answer waits', 'answers wait')} for a person to decide."]
        if waiting.unmatched:
            lines.append(
                f"{_many(waiting.unmatched, 'mail belongs', 'mails belong')} to nobody yet: {self._base}/unmatched"
            )
        if waiting.attention:
            lines.append(
                f"{_many(waiting.attention, 'other matter needs', 'other matters need')} attention: {self._base}/attention"
            )
        if waiting.top:
            lines += ["", "What matters most:", ""]
            lines += [line for row in waiting.top for line in self._item(row, address)]
        lines += [
            f"The whole queue: {self._base}/",
            "",
            "The links lead to the item after you signed in, for seven days; none of them approves anything.",
        ]
        return "\n".join(lines)

    def _item(self, row: QueueRow, address: str) -> Sequence[str]:
        stake = f", {money(Decimal(row.stake) / 100, row.currency)}" if row.stake and row.currency else ""
        reason = f": {words.plain(row.reason)}" if row.reason else ""
        link = self._base + self._links.path(row.id, person=address)
        return (f"- {row.customer or 'Unknown sender'}{stake}{reason}", f"  {link}", "")

    def _message_id(self, address: str, day: date) -> str:
        named = f"{address}\x1f{day.isoformat()}"
        mac = hmac.new(self._desk.secret("digest mails"), named.encode(), hashlib.sha256).hexdigest()
        return f"<dw.digest.{mac[:40]}@{self._sender.rpartition('@')[2].lower()}>"


def _subject(waiting: Waiting) -> str:
    told = _many(waiting.waiting, "answer waits", "answers wait")
    rest = waiting.unmatched + waiting.attention
    return f"dunwell: {told}" + (f", {_many(rest, 'more matter', 'more matters')}" if rest else "")


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
