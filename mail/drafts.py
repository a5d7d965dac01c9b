"""What a Drafts folder can do, and how the words of two mails are compared. A draft that a person changed there is theirs: it stays."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from enum import StrEnum
from typing import Protocol

#: A draft of ours has no documents larger than this; what is larger was not written by us.
MOST_BYTES = 8_000_000


class Removal(StrEnum):
    """What came of taking a draft away."""

    REMOVED = "removed"
    GONE = "gone"
    KEPT = "kept"


class DraftsFolder(Protocol):
    """The Drafts folder of one mailbox, with a connection of its own. For one thread at a time."""

    def add(self, raw: bytes, message_id: str) -> None:
        """Put a draft there unless one with this Message-ID is there already. Raises MailboxError."""

    def remove(self, message_id: str, *, words_sha256: str) -> Removal:
        """Take a draft away, where its words are still ours. Raises MailboxError."""

    def probe(self) -> str:
        """Open the folder and give its name; changes nothing. Raises MailboxError."""

    def close(self) -> None:
        """Log out, quietly."""


def words_digest(text: str) -> str:
    """Hash the words of a text: how its lines are broken, and spaces, do not count."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def text_of(raw: bytes) -> str:
    """Give the first plain text of a mail; empty where there is none, or where it cannot be read."""
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            content = part.get_payload(decode=True)
            try:
                return content.decode(part.get_content_charset("utf-8")) if isinstance(content, bytes) else ""
            except (LookupError, UnicodeDecodeError):
                return ""
    return ""
