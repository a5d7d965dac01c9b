"""The customer's mail as bytes, and our mail as the customer reads it.

Only the body is the player's: address, subject, threading and what vouches for the sender are made here, so that no model
can write a header.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from evals.conversations.world import AUTHSERV_ID, COMPANY
from evals.debtor.sheet import Sheet

#: More than this nobody writes about an invoice.
MOST_SIGNS = 3000
_ATTRIBUTION = {
    "en": "On {day}, {who} wrote:",
    "de": "Am {day} schrieb {who}:",
    "fr": "Le {day}, {who} a écrit :",
    "es": "El {day}, {who} escribió:",
    "nl": "Op {day} schreef {who}:",
    "it": "Il {day}, {who} ha scritto:",
    "pt": "Em {day}, {who} escreveu:",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail from us as it lies in the customer's inbox."""

    at: datetime
    message_id: str
    references: str
    subject: str
    text: str
    enclosed: tuple[str, ...]
    to: str


def reminder(sheet: Sheet, name: str) -> Letter:
    """Give the mail that our people wrote before the conversation began."""
    subject, _, text = sheet.reminder.partition("\n")
    return Letter(
        sheet.start, f"<reminder-{name}@{COMPANY.domain}>", "", subject.strip(), text.strip(), (), sheet.writer
    )


def received(mail: EmailMessage, at: datetime) -> Letter:
    """Read a mail of ours as the customer does."""
    body = mail.get_body(("plain",))
    text = str(body.get_content()).replace("\r\n", "\n").strip() if body is not None else ""
    enclosed = tuple(part.get_filename() or "" for part in mail.iter_attachments())
    to = mail["To"].addresses[0].addr_spec
    return Letter(at, str(mail["Message-ID"]), str(mail["References"] or ""), str(mail["Subject"]), text, enclosed, to)


def cleaned(words: str) -> str:
    """Give what a player wrote as the body of a mail may be: no control signs, no lone surrogates, not endless."""
    plain = words.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip()[:MOST_SIGNS]


def answer(sheet: Sheet, words: str, *, to: Letter, at: datetime, number: int) -> bytes:
    """Write the customer's mail in answer to ours, quoted below as mail programs do. Whoever got ours writes."""
    writer, domain = to.to, to.to.rpartition("@")[2]
    named = next((contact.name for contact in sheet.ledger.contacts if str(contact.email) == writer), "")
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc=pass header.from={domain}; dkim=pass header.d={domain}"
    mail["From"] = f'"{named}" <{writer}>' if named else writer
    mail["To"] = COMPANY.email
    bare = to.subject
    while bare[:3].casefold() in ("re:", "aw:", "rv:"):
        bare = bare[3:].strip()
    mail["Subject"] = f"Re: {bare}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<customer-{number}.{int(at.timestamp())}@{domain}>"
    mail["In-Reply-To"] = to.message_id
    mail["References"] = " ".join(f"{to.references} {to.message_id}".split())
    said = _ATTRIBUTION[sheet.language].format(day=f"{to.at:%d/%m/%Y}", who=f"{COMPANY.team} <{COMPANY.email}>")
    quoted = "\n".join(f"> {line}".rstrip() for line in to.text.splitlines())
    mail.set_content(f"{words}\n\n{said}\n{quoted}\n")
    return mail.as_bytes()
