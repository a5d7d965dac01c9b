"""Read the headers of one message: who, when, what about, in answer to what.

The sender is read strictly and never repaired: `From: a@good.example <b@bad.example>` names nobody here, although
Python's own parser would answer with the first address. No function here raises for any header text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import (
    FirstHeaderLineIsContinuationDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from mail.address import domain_of, is_plain, same_organisation
from mail.cleaning import clean_line, decode

MAX_REFERENCES = 100

_FOLD = re.compile(r"(?:\r\n|\n|\r)(?=[ \t])")
_MESSAGE_ID = re.compile(r"<([^<>\s\x00-\x1f\x7f-\U0010ffff]{1,500})>")
_BARE_ID = re.compile(r"\s*([^<>\s\x00-\x1f\x7f-\U0010ffff]{1,500}@[^<>\s\x00-\x1f\x7f-\U0010ffff]{1,250})\s*")
#: `[phrase] <addr>`: the phrase is quoted strings and words without any character that could hide a second address.
_ANGLE = re.compile(
    r'(?P<phrase>(?:"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"|[^"<>@,;:()\[\]\\\x00-\x08\x0a-\x1f\x7f])*)<(?P<address>[^<>]*)>[ \t]*'
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMES = re.compile(r"([^<>@,;]{3,120})<[^<>]{3,320}>")
_LOOSE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
#: Lines among the headers that other programs may take for headers, say a second From.
_ODD_DEFECTS = (
    FirstHeaderLineIsContinuationDefect,
    MissingHeaderBodySeparatorDefect,
    MisplacedEnvelopeHeaderDefect,
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the From header names: `address` only where it is beyond doubt."""

    address: str | None
    name: str
    raw: str
    flags: frozenset[str]


def values(part: Message, name: str) -> list[str]:
    """Give the raw values of all headers with this name, top first, unfolded; odd bytes stay as surrogates."""
    wanted = name.lower()
    size = len(wanted)  # most names differ in length already; a mail is asked for a hundred of them
    return [_FOLD.sub("", str(value)) for key, value in part.raw_items() if len(key) == size and key.lower() == wanted]


def first(part: Message, name: str) -> str:
    """Give the raw value of the topmost header with this name, empty where there is none."""
    return next(iter(values(part, name)), "")


def text_of(value: str) -> str:
    """Decode encoded words (RFC 2047) and raw 8-bit bytes; give clean text on one line."""
    return clean_line(decoded(value))


def decoded(value: str) -> str:
    """Decode encoded words (RFC 2047) and raw 8-bit bytes; what has no glyph is still in it."""
    plain = decode(value.encode("ascii", "surrogateescape"), None)[0] if _is_bytes(value) else value
    if "=?" in plain:
        try:
            chunks = [
                decode(chunk, charset)[0] if isinstance(chunk, bytes) else chunk
                for chunk, charset in decode_header(plain)
            ]
            plain = "".join(chunks)
        except Exception:  # noqa: S110 - HeaderParseError or whatever binascii finds: a broken word is shown as it came
            pass
    return plain


def _is_bytes(value: str) -> bool:
    return all(ord(char) < 128 or 0xDC80 <= ord(char) <= 0xDCFF for char in value)


def sender(top: Message) -> Sender:
    """Read the From header strictly: exactly one, exactly one plain mailbox (RFC 5322, 3.4, without its odd forms)."""
    found = values(top, "from")
    raw = text_of(found[0]) if found else ""
    flags = {"double_from"} if len(found) > 1 else set()
    odd = any(isinstance(defect, _ODD_DEFECTS) for defect in top.defects) or ":" in (top.get_unixfrom() or "")[:10]
    if len(found) != 1 or odd:
        return Sender(None, "", raw, frozenset(flags | {"malformed_from"}))
    mailbox = _one_mailbox(found[0], folded=_starts_empty(top))
    if mailbox is None:
        return Sender(None, "", raw, frozenset({"malformed_from"}))
    address, phrase = mailbox
    name = text_of(phrase).strip().strip("\"'").replace('\\"', '"').strip()
    if any(other.lower() != address for other in _LOOSE.findall(name)):
        flags.add("misleading_name")
    return Sender(address, name, raw, frozenset(flags))


def _starts_empty(top: Message) -> bool:
    value = next((str(value) for key, value in top.raw_items() if key.lower() == "from"), "")
    return value[:1] in ("\r", "\n")


def _one_mailbox(value: str, *, folded: bool) -> tuple[str, str] | None:
    value = value.strip(" \t")
    match = _ANGLE.fullmatch(value)
    address, phrase = (match["address"], match["phrase"]) if match else (value, "")
    if folded or not is_plain(address) or address.startswith("=?"):
        return None
    return address.lower(), phrase


def reply_to(top: Message, from_address: str | None) -> tuple[str | None, bool]:
    """Give the Reply-To address and whether it leads to another organisation than From. It is never a recipient."""
    found = [address for value in values(top, "reply-to") for address in _loose(value)]
    if not found:
        return None, False
    home = domain_of(from_address) if from_address else ""
    return found[0], any(not same_organisation(domain_of(address), home) for address in found)


def recipients(top: Message) -> tuple[str, ...]:
    """List the plain addresses of To and Cc, lower case, in order, each once."""
    found = [address for name in ("to", "cc") for value in values(top, name) for address in _loose(value)]
    return tuple(dict.fromkeys(found))


def delivered_to(top: Message) -> tuple[str, ...]:
    """List the addresses that servers on the way say it was delivered to: a reply token may stand here alone."""
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    found = [address for name in names for value in values(top, name)[:10] for address in _loose(value)]
    return tuple(dict.fromkeys(found))


def recipient_names(top: Message) -> tuple[str, ...]:
    """List the display names in To and Cc, as a quoted mail may name its writer without the address."""
    found = [text_of(name) for value in values(top, "to") + values(top, "cc") for name in _NAMES.findall(value)]
    return tuple(name.strip(" \"'") for name in found if len(name.strip(" \"'")) > 4)


def _loose(value: str) -> list[str]:
    return [hit.lower() for hit in _LOOSE.findall(_QUOTED.sub(" ", value)) if is_plain(hit)]


def message_id(part: Message, name: str = "message-id") -> str | None:
    """Give the first message id of a header with its angle brackets, None where there is none."""
    for value in values(part, name):
        ids = message_ids(value)
        if ids:
            return ids[0]
        bare = _BARE_ID.fullmatch(value)
        if bare:
            return f"<{bare[1]}>"
    return None


def message_ids(value: str) -> list[str]:
    """List the message ids `<...>` in a header value or a text, each once, in order."""
    return list(dict.fromkeys(f"<{hit}>" for hit in _MESSAGE_ID.findall(value)))


def references(top: Message) -> tuple[str, ...]:
    """List the ids of the References header, the newest hundred of them."""
    return tuple(message_ids(" ".join(values(top, "references")))[-MAX_REFERENCES:])


def sent_at(top: Message) -> datetime | None:
    """Give the Date header in UTC; a date without zone counts as UTC; None where it is no date."""
    try:
        moment = parsedate_to_datetime(first(top, "date")[:200])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
