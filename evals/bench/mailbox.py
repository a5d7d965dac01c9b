"""A mailbox that gives mails from memory, in batches as a server's are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from mail.imap_fetch import BATCH_MAILS
from mail.mailbox import Mailbox, Place, RawMail


class Given:
    """The mails that it was made with, the first under UID `first`."""

    name = "ar"

    def __init__(self, raws: Sequence[bytes], *, first: int, at: datetime) -> None:
        self._raws, self._first, self._at = raws, first, at

    def uidvalidity(self) -> int:
        """Give the one numbering."""
        return 1

    def fetch_after(self, uid: int) -> Iterator[Sequence[RawMail]]:
        """Give what comes after a UID."""
        wanted = [(number, raw) for number, raw in enumerate(self._raws, self._first) if number > uid]
        for start in range(0, len(wanted), BATCH_MAILS):
            yield [self._mail(*each) for each in wanted[start : start + BATCH_MAILS]]

    def _mail(self, uid: int, raw: bytes) -> RawMail:
        place = Place(mailbox=self.name, folder="INBOX", uidvalidity=1, uid=uid)
        return RawMail(place=place, size=len(raw), raw=raw, received_at=self._at)

    def mark_stored(self, uids: Sequence[int]) -> None:
        """Mark nothing."""

    def wait(self, seconds: float) -> None:
        """Return at once."""

    def wake(self) -> None:
        """Wake nobody."""

    def sent_folder(self) -> tuple[str, Mailbox] | None:
        """Have none."""
        return None

    def find_sent(self, message_id: str) -> bool | None:
        """Have no Sent folder to look into."""
        del message_id
        return None

    def file_sent(self, raw: bytes, message_id: str) -> bool:
        """File nothing."""
        del raw, message_id
        return False

    def uid_before(self, day: date) -> int:
        """Give the beginning."""
        del day
        return 0

    def close(self) -> None:
        """Close nothing."""
