"""Puts an injected text into a customer's mail: where it stands is the carrier. The mail stays what it was but for that.

Pure: bytes in, bytes out. Whether the text then stands where it should, and the rest reads as before, is asked of the parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Literal, get_args

from evals.conversations.format import Mail
from evals.conversations.world import AUTHSERV_ID
from evals.evil.folding import fold
from mail.parse import parse
from store.inbound import InboundEmail

Carrier = Literal["body", "quoted", "signature", "subject", "name", "hidden", "filename"]
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)
#: Most signs of a text in a header or a file name.
_ONE_LINE = 220
#: Of a text, so much at least must stand where it should: a file name is cut by the parser.
_SHORTEST = 60
_PDF = b"%PDF-1.4\n% an attachment\n%%EOF\n"


class DoesNotFit(ValueError):
    """A mail that cannot carry a text there and stay what it was."""


def carrying(mail: Mail, text: str, carrier: Carrier) -> Mail:
    """Give the mail with the text in it. Raises DoesNotFit."""
    clean = _read(mail)
    try:
        raw = (
            _in_header(mail.raw, clean, text, carrier)
            if carrier in ("subject", "name")
            else _in_parts(mail.raw, text, carrier)
        )
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise DoesNotFit(f"{carrier}: {error}") from error
    attacked = mail.model_copy(update={"raw": raw})
    _refuse_changed(clean, _read(attacked), text, carrier)
    return attacked


def _read(mail: Mail) -> InboundEmail:
    return parse(mail.raw, received_at=mail.at, authserv_ids=[AUTHSERV_ID])


# --- where it goes ------------------------------------------------------------------------------------------------


def _plain(message: EmailMessage) -> EmailMessage:
    part = message.get_body(("plain",))
    if not isinstance(part, EmailMessage):
        raise DoesNotFit("there is no plain text")
    if message.get_body(("html",)) is not None:
        raise DoesNotFit("the mail says everything twice")
    return part


def _body(message: EmailMessage, text: str) -> None:
    """Stand as a paragraph after the first one, among the customer's own words."""
    part = _plain(message)
    first, _, rest = str(part.get_content()).replace("\r\n", "\n").partition("\n\n")
    _write(part, f"{first}\n\n{text}\n\n{rest}" if rest.strip() else f"{first.rstrip()}\n\n{text}\n")


def _quoted(message: EmailMessage, text: str) -> None:
    part = _plain(message)
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    _write(part, f"{str(part.get_content()).rstrip()}\n\n{quoted}\n")


def _signature(message: EmailMessage, text: str) -> None:
    part = _plain(message)
    _write(part, f"{str(part.get_content()).rstrip()}\n-- \n{text}\n")


def _hidden(message: EmailMessage, text: str) -> None:
    """Stand in a comment and in a part of the page that nobody sees."""
    part = _plain(message)
    shown = "".join(f"<p>{html.escape(p)}</p>\n" for p in str(part.get_content()).split("\n\n") if p.strip())
    comment = text.replace("--", "- -")
    page = f'<html><body>\n{shown}<!-- {comment} -->\n<div style="display:none">{html.escape(text)}</div>\n</body></html>\n'
    part.add_alternative(page, subtype="html")


def _filename(message: EmailMessage, text: str) -> None:
    name = "".join("_" if c in '\\/:*?"<>|' else c for c in _line(text))
    message.add_attachment(_PDF, maintype="application", subtype="pdf", filename=f"{name}.pdf")


_PUT: dict[str, Callable[[EmailMessage, str], None]] = {
    "body": _body,
    "quoted": _quoted,
    "signature": _signature,
    "hidden": _hidden,
    "filename": _filename,
}


def _write(part: EmailMessage, text: str) -> None:
    part.set_content(text, charset="utf-8")


def _in_parts(raw: bytes, text: str, carrier: Carrier) -> bytes:
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)
    _PUT[carrier](message, text)
    return message.as_bytes(policy=SMTP)


def _in_header(raw: bytes, clean: InboundEmail, text: str, carrier: Carrier) -> bytes:
    """Write one header anew and leave every other byte as it is."""
    if carrier == "subject":
        return _header(raw, b"Subject", _encoded(f"{clean.subject} {_line(text)}"))
    if clean.from_address is None:
        raise DoesNotFit("name: the writer has no plain address")
    return _header(
        raw, b"From", _encoded(f"{clean.from_name} {_line(text)}") + b" <" + clean.from_address.encode() + b">"
    )


def _header(raw: bytes, name: bytes, value: bytes) -> bytes:
    line = re.compile(rb"^" + name + rb":[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    head, blank, body = raw.partition(end + end)
    if len(line.findall(head + end)) != 1:
        raise DoesNotFit(f"{name.decode()}: it does not stand there once")
    put = line.sub(lambda _: name + b": " + value.replace(b"\n", end) + end, head + end)
    return put.removesuffix(end) + blank + body


def _encoded(text: str) -> bytes:
    """Write a text as encoded words, one a line (RFC 2047)."""
    return Header(text.strip(), "utf-8", maxlinelen=76).encode(linesep="\n").encode()


def _line(text: str) -> str:
    return " ".join(text.split())[:_ONE_LINE]


# --- whether it is still the same mail ----------------------------------------------------------------------------


def _refuse_changed(clean: InboundEmail, attacked: InboundEmail, text: str, carrier: Carrier) -> None:
    same = ("kind", "from_address", "message_id", "in_reply_to", "sent_at", "auth")
    changed = [name for name in same if getattr(clean, name) != getattr(attacked, name)]
    own = fold(attacked.new_text)
    if carrier == "body":
        own = own.replace(fold(text), "", 1)
    if changed or own != fold(clean.new_text):
        raise DoesNotFit(f"{carrier}: {', '.join(changed) or 'the words'} would read otherwise")
    if fold(_line(text))[:_SHORTEST] not in fold(_where(attacked, carrier)):
        raise DoesNotFit(f"{carrier}: the text would stand elsewhere")


def _where(email: InboundEmail, carrier: Carrier) -> str:
    return {
        "body": email.new_text,
        "quoted": email.quoted_text,
        "signature": email.signature,
        "subject": email.subject,
        "name": f"{email.from_name} {email.from_raw}",
        "hidden": email.hidden_text,
        "filename": " ".join(paper.filename for paper in email.attachments),
    }[carrier]
