"""The way out of a history: it takes every mail, and notes when each began to leave and what it was."""

from __future__ import annotations

import email
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.policy import SMTP
from typing import Any


@dataclass
class Wire:
    """A way out that takes every mail, and notes when and what."""

    note: Callable[..., None]
    left: list[tuple[int, float, bytes]] = field(default_factory=list)

    def probe(self) -> str:
        """Say what it is."""
        return "a wire with a journal"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        """Take a mail. Whose it is stands in its recipient: every customer has one proposal."""
        number, began = int(recipients[0].removeprefix("pat@k").partition(".")[0]), time.monotonic()
        goes = before_body()
        ended = time.monotonic()
        if goes:
            self.left.append((number, ended, mime))
        self.note(number, "leave", began, ended, "ok" if goes else "no", told=(_words_of(mime),))


def _words_of(mime: bytes) -> str:
    mail: Any = email.message_from_bytes(mime, policy=SMTP)
    part = mail.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n").strip()
