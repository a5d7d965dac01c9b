"""What every mailbox can do. Step 1 speaks with this protocol alone; IMAP and Maildir stand behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class MailboxError(Exception):
    """The mailbox cannot be used right now. The text is one line for a person; the caller reconnects later."""


class LoginRefused(MailboxError):
    """The server knows us and says no: waiting does not help, a person must look."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a mailbox a mail lies. UIDs mean something only together with their UIDVALIDITY (RFC 9051, 2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of one mail. `raw` is None when `size` is over the limit: then it was not fetched."""

    place: Place
    size: int
    raw: bytes | None
    received_at: datetime


class Mailbox(Protocol):
    """A folder of mail that is read in order and never changed, but for one mark after a mail is stored."""

    name: str

    def uidvalidity(self) -> int:
        """Connect when needed and give the folder's UIDVALIDITY. Raises MailboxError."""

    def fetch_after(self, uid: int) -> Iterator[Sequence[RawMail]]:
        """Give the mails with a UID above `uid`, oldest first, in small batches. A mail that vanished meanwhile is left out."""

    def mark_stored(self, uids: Sequence[int]) -> None:
        """Set the mark on mails that are committed to the store. Losing a mark does no harm."""

    def wait(self, seconds: float) -> None:
        """Return when new mail may have come, at the latest after `seconds`. Raises MailboxError."""

    def wake(self) -> None:
        """Make a running or the next `wait` return at once. Safe from any thread, unlike the rest but `close`."""

    def sent_folder(self) -> tuple[str, Mailbox] | None:
        """Give the Sent folder's name, and that folder as a mailbox of its own; None where there is none. Raises MailboxError."""

    def uid_before(self, day: date) -> int:
        """Give a UID up to which no mail is as new as this day. Raises MailboxError."""

    def find_sent(self, message_id: str) -> bool | None:
        """Say whether the Sent folder holds this Message-ID; None where that cannot be known."""

    def file_sent(self, raw: bytes, message_id: str) -> bool:
        """Put a copy into the Sent folder unless it is there already; True when it is there afterwards."""

    def close(self) -> None:
        """Log out, quietly."""
