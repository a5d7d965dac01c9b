"""Fetching from an open IMAP folder: which UIDs are new, how large they are, and their bytes in small groups.

It never asks for a body larger than the mailbox allows, never sets the seen flag, and holds at most BATCH_BYTES of mail in memory.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mail.mailbox import Place, RawMail
from mail.settings import MailboxSettings
from store.clock import system_clock

log = logging.getLogger(__name__)

#: Mails in one FETCH, and their bytes together: what is held in memory at once.
BATCH_MAILS = 50
BATCH_BYTES = 16_000_000
#: imaplib refuses a line of more than a million bytes; in a folder of more mails than this, SEARCH is asked in parts.
SEARCH_SPAN = 80_000
#: After so many failures over one mail it is given without its bytes, so that it cannot block those behind it.
TRIES_PER_MAIL = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is asked about a mail before its body."""

    uid: int
    size: int
    received_at: datetime


def uids_after(client: IMAPClient, uid: int, *, exists: int, uid_next: int) -> list[int]:
    """Give the UIDs above `uid` in ascending order. `exists` and `uid_next` are those of the opening (RFC 9051, 7.1)."""
    client.noop()
    found: set[int] = set()
    low = uid + 1
    if exists > SEARCH_SPAN:
        while low < uid_next:
            found.update(client.search(["UID", f"{low}:{low + SEARCH_SPAN - 1}"]))
            low += SEARCH_SPAN
    found.update(client.search(["UID", f"{low}:*"]))
    # "n:*" always names the last mail, even when its UID is below n (RFC 9051, 6.4.8).
    return sorted(n for n in found if n > uid)


def ask_sizes(client: IMAPClient, uids: list[int]) -> list[Known]:
    """Ask for size and arrival of mails; those that vanished meanwhile are left out."""
    answers = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    kept = still_there(client, [uid for uid in uids if uid not in answers])
    return [_known(uid, answers.get(uid, {})) for uid in uids if uid in answers or uid in kept]


def still_there(client: IMAPClient, uids: list[int]) -> set[int]:
    """Give those that the folder still holds, of mails that an answer left out.

    A server leaves out what was expunged, and some what they fail to read: passed over, such a mail would never be seen again.
    """
    return set(uids) & set(client.search(["UID", ",".join(map(str, uids))])) if uids else set()


def _known(uid: int, answer: dict[bytes, Any]) -> Known:
    stamp = answer.get(b"INTERNALDATE")
    return Known(
        uid=uid,
        size=int(answer.get(b"RFC822.SIZE") or 0),
        received_at=stamp.astimezone(UTC) if isinstance(stamp, datetime) else system_clock(),
    )


class Fetching:
    """Fetches bodies and remembers which mails made that fail."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self.failures: Counter[int] = Counter()

    def groups(self, mails: list[Known]) -> Iterator[list[Known]]:
        """Part mails so that one FETCH stays within BATCH_BYTES; a mail that failed before goes alone."""
        group: list[Known] = []
        total = 0
        for mail in mails:
            size = mail.size if self._is_wanted(mail) else 0
            alone = self.failures[mail.uid] > 0
            if group and (alone or total + size > BATCH_BYTES):
                yield group
                group, total = [], 0
            group.append(mail)
            total += size
            if alone:
                yield group
                group, total = [], 0
        if group:
            yield group

    def mails(self, client: IMAPClient, group: list[Known], *, place: Callable[[int], Place]) -> list[RawMail]:
        """Fetch one group. A mail that was expunged meanwhile is left out; one that is too large comes without bytes."""
        wanted = [mail.uid for mail in group if self._is_wanted(mail)]
        try:
            bodies = client.fetch(wanted, ["BODY.PEEK[]"])
        except (IMAPClientError, OSError):
            self.failures.update(wanted)
            raise
        absent = [uid for uid in wanted if not isinstance(bodies.get(uid, {}).get(b"BODY[]"), bytes)]
        if kept := still_there(client, absent):
            self.failures.update(kept)
            raise IMAPClientError(f"UID {min(kept)} is in the folder, but it is not given")
        for uid in wanted:
            self.failures.pop(uid, None)
        return [
            self._raw_mail(mail, bodies.get(mail.uid, {}), place(mail.uid)) for mail in group if mail.uid not in absent
        ]

    def _is_wanted(self, mail: Known) -> bool:
        return mail.size <= self._settings.max_bytes and self.failures[mail.uid] < TRIES_PER_MAIL

    def _raw_mail(self, mail: Known, body: dict[bytes, Any], place: Place) -> RawMail:
        raw = body.get(b"BODY[]")
        if not isinstance(raw, bytes):
            log.warning("mailbox %s: UID %d (%d bytes) is given without its bytes", place.mailbox, mail.uid, mail.size)
            return RawMail(place=place, size=mail.size, raw=None, received_at=mail.received_at)
        # Servers may state a size that is not true: what came is what counts.
        fits = len(raw) <= self._settings.max_bytes
        return RawMail(place=place, size=len(raw), raw=raw if fits else None, received_at=mail.received_at)
