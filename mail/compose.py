"""Makes the bytes of one outgoing mail: what a person approved, and nothing that a header or a body could smuggle in.

It never repairs: text that cannot be written faithfully is refused with ValueError. The result is read back and compared
with what was meant before anybody sees it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mail.address import domain_of, is_plain
from mail.readback import compare
from mail.reply_token import address_with
from mail.wire import WirePolicy
from store.company import CompanyProfile
from store.inbound import InboundEmail, StoredMessage
from store.proposed import Draft

#: Rule R-HDR-03. Encoding adds a third to attachments.
MAX_BYTES = 5_000_000
#: The first reference names the thread, the last ones its end; the middle may go (RFC 5322, 3.6.4; RFC 5537, 3.4.4).
MAX_REFERENCES = 20
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-Z\[-~]{1,120}>")
#: What mail programs put before a subject when they answer.
_ANSWER = re.compile(r"(?:re|aw|sv|vs|antw|antwort|odp|rif|r|tr|ynt|res)(?:\[\d{1,3}\])?\s?:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A PDF that goes along."""

    filename: str
    content: bytes


def fix_message_id(key: bytes, *, proposal_id: int, version: int, domain: str) -> str:
    """Give the Message-ID of an approval: the same for the same approval, and not to be guessed without the key.

    It is the key by which a reply finds its case, so it must not be foreseeable (128 bits are).
    """
    if len(key) < 16:
        raise ValueError("the key for Message-IDs must have at least 16 bytes")
    mac = hmac.new(key, f"message-id:{proposal_id}:{version}:{domain.lower()}".encode(), hashlib.sha256)
    message_id = f"<dw.{mac.hexdigest()[:40]}@{domain.lower()}>"
    if not is_plain(message_id.strip("<>")):
        raise ValueError(f"{domain!r} is not a domain that a Message-ID can carry")
    return message_id


def compose(
    *,
    draft: Draft,
    to: StoredMessage,
    company: CompanyProfile,
    sender: str,
    message_id: str,
    now: datetime,
    documents: Sequence[Enclosure] = (),
    reply_token: str | None = None,
    opens: bool = False,
) -> bytes:
    """Make the mail that answers `to`. Raises ValueError where anything in it cannot be sent as it is meant.

    With `opens` it answers nobody: it begins a conversation with a person who was never written to.

    With a `reply_token` answers come to the sender's address with that token (rule R-HDR-01: no other Reply-To).

    The recipients are the draft's own, which come from verified contacts; no header of the mail that is answered is used for them.
    """
    headers = _headers(draft, to.email, company=company, sender=sender, message_id=message_id, now=now)
    if opens:
        headers["Subject"] = headers["Subject"].removeprefix("Re: ")
    if reply_token is not None:
        headers["Reply-To"] = address_with(reply_token, sender)
    body = _body(draft.rendered)
    policy = WirePolicy(linesep="\r\n", max_line_length=76)
    mail = EmailMessage(policy=policy)
    mail["From"] = Address(
        display_name=_line(f"{company.team}, {company.name}", "the company's name"), addr_spec=sender
    )
    mail["To"] = [Address(addr_spec=address) for address in draft.recipients]
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(body, charset="utf-8", cte=_encoding(body))
    for document in documents:
        _enclose(mail, document)
    if documents:
        mail.set_boundary("dw-" + hashlib.sha256(message_id.encode()).hexdigest()[:40])
    data = mail.as_bytes()
    if len(data) > MAX_BYTES:
        raise ValueError(f"the mail has {len(data)} bytes, more than {MAX_BYTES}: send fewer documents")
    compare(
        data,
        headers=headers,
        sender=sender,
        recipients=draft.recipients,
        body=body,
        documents=[(d.filename, d.content) for d in documents],
    )
    return data


def _headers(
    draft: Draft, email: InboundEmail, *, company: CompanyProfile, sender: str, message_id: str, now: datetime
) -> dict[str, str]:
    if not is_plain(sender) or not company.owns(sender):
        raise ValueError("the sender's address is not one of the company's own")
    if not draft.recipients:
        raise ValueError("the draft has no recipient")
    if len(set(draft.recipients)) != len(draft.recipients) or not all(is_plain(a) for a in draft.recipients):
        raise ValueError("a recipient is named twice or is not a plain address")
    if not _MESSAGE_ID.fullmatch(message_id) or domain_of(message_id.strip("<>")) != domain_of(sender):
        raise ValueError("the Message-ID is not one of the sender's domain")
    headers = {
        "Subject": "Re: " + _subject(_line(draft.subject, "the subject")),
        "Date": format_datetime(now.astimezone(UTC)),
        "Message-ID": message_id,
    }
    chain = _chain(email)
    if email.message_id and chain and chain[-1] == _wrapped(email.message_id):
        headers["In-Reply-To"] = chain[-1]
    if chain:
        headers["References"] = " ".join(chain)
    headers["X-AI-Generated"] = "draft; reviewed=human"
    return headers


def _subject(text: str) -> str:
    """Take off every "Re:" of every language that stands in front."""
    text = text.strip()
    while match := _ANSWER.match(text):
        text = text[match.end() :]
    if not text:
        raise ValueError("the subject is empty")
    return re.sub(r"\s+", " ", text)


def _chain(email: InboundEmail) -> list[str]:
    """Give the References of an answer (RFC 5322, 3.6.4), without what is no Message-ID, and capped."""
    before = email.references or ((email.in_reply_to,) if email.in_reply_to else ())
    wrapped = [_wrapped(i) for i in (*before, email.message_id) if i]
    chain = list(dict.fromkeys(reversed([i for i in wrapped if _MESSAGE_ID.fullmatch(i)])))[::-1]
    return chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[-(MAX_REFERENCES - 1) :]]


def _wrapped(message_id: str) -> str:
    return f"<{message_id.strip().strip('<>')}>"


def _body(text: str) -> str:
    """Check the words and give them with plain newlines, one at the end."""
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise ValueError("the draft is empty")
    if "{{" in text or "{%" in text:
        raise ValueError("the draft holds a slot that is not filled")
    if bad := next((c for c in text if c not in "\n\t" and _unsafe(c)), None):
        raise ValueError(f"the draft holds a character that cannot be sent (U+{ord(bad):04X})")
    return text.rstrip("\n") + "\n"


def _line(text: str, what: str) -> str:
    if bad := next((c for c in text if _unsafe(c)), None):
        raise ValueError(f"{what} holds a character that cannot be sent (U+{ord(bad):04X})")
    return text


def _unsafe(character: str) -> bool:
    """Refuse controls, line separators, lone surrogates, and marks that turn the direction of text."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp") or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _encoding(body: str) -> str:
    fits = body.isascii() and all(len(line) <= 76 for line in body.split("\n"))
    return "7bit" if fits else "quoted-printable"


def _enclose(mail: EmailMessage, document: Enclosure) -> None:
    if not document.content.startswith(b"%PDF-"):
        raise ValueError("an enclosed document is not a PDF")
    name = _line(document.filename, "a document's name")
    if not re.fullmatch(r"[\w .()+-]{1,100}\.pdf", name, re.IGNORECASE) or name.startswith("."):
        raise ValueError("a document's name is not a plain file name that ends in .pdf")
    mail.add_attachment(document.content, maintype="application", subtype="pdf", filename=name)
