"""Reads a mail that left as any mail program would: headers, addresses, the plain words. For the customer and for the checker alike."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses


@dataclass(frozen=True, slots=True)
class Letter:
    """What a recipient sees of a mail."""

    message_id: str
    answers: str
    subject: str
    to: tuple[str, ...]
    copy: tuple[str, ...]
    body: str

    @classmethod
    def of(cls, mime: bytes) -> Letter:
        """Read the bytes of a mail."""
        mail = message_from_bytes(mime, _class=EmailMessage, policy=default)
        part = mail.get_body(("plain",))
        return cls(
            message_id=str(mail["Message-ID"] or "").strip(),
            answers=str(mail["In-Reply-To"] or "").strip(),
            subject=str(mail["Subject"] or ""),
            to=_addresses(mail, "To"),
            copy=_addresses(mail, "Cc"),
            body=str(part.get_content()) if part is not None else "",
        )


def _addresses(mail: EmailMessage, header: str) -> tuple[str, ...]:
    return tuple(address.lower() for _, address in getaddresses([str(value) for value in mail.get_all(header, [])]))
