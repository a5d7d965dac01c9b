"""Reads a composed mail back as a stranger would and compares it with what was meant. It changes nothing, it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
#: Every header that a mail of ours may have, once each; the rest of MIME is in its parts.
_STRUCTURE = frozenset({"from", "to", "mime-version", "content-type", "content-transfer-encoding"})
#: RFC 5321, 4.5.3.1.6, without the line end.
_MAX_LINE = 998


class NotFaithful(ValueError):
    """The bytes do not say what was meant: a bug or an attack. Nothing of it may be sent."""


def compare(
    data: bytes,
    *,
    headers: Mapping[str, str],
    sender: str,
    recipients: Sequence[str],
    body: str,
    documents: Sequence[tuple[str, bytes]],
) -> None:
    """Check lines, headers, recipients, body and documents. Raises NotFaithful, which is a ValueError."""
    _check_wire(data)
    mail = message_from_bytes(data, _class=EmailMessage, policy=policy.SMTP)
    _check_headers(mail, headers, documents=bool(documents))
    _same("sender", _addresses(mail, "From"), [sender])
    _same("recipients", _addresses(mail, "To"), list(recipients))
    parts = list(mail.iter_attachments()) if documents else []
    text = next(iter(mail.iter_parts())) if documents else mail
    if text.get_content_type() != "text/plain" or text.get_content().replace("\r\n", "\n") != body:
        raise NotFaithful("the body reads back differently")
    _same("documents", [(p.get_filename(), p.get_content()) for p in parts], list(documents))


def recipients_of(data: bytes) -> list[str]:
    """Give the addresses that the To header of a composed mail names."""
    return _addresses(message_from_bytes(data, _class=EmailMessage, policy=policy.SMTP), "To")


def has_bare_line_end(data: bytes) -> bool:
    """Say whether a mail holds a line end other than CRLF (RFC 5321, 2.3.8)."""
    return _BARE.search(data) is not None


def _check_wire(data: bytes) -> None:
    if has_bare_line_end(data):
        raise NotFaithful("the mail holds a line end that is not CRLF")
    if not data.isascii() or b"\x00" in data:
        raise NotFaithful("the mail holds bytes that are not ASCII")
    if any(len(line) > _MAX_LINE for line in data.split(b"\r\n")):
        raise NotFaithful("the mail holds a line that is too long for SMTP")


def _check_headers(mail: EmailMessage, headers: Mapping[str, str], *, documents: bool) -> None:
    names = sorted(name.lower() for name in mail)
    wanted = sorted(name.lower() for name in headers)
    structure = _STRUCTURE - ({"content-transfer-encoding"} if documents else set())
    _same("headers", names, sorted([*wanted, *structure]))
    for name, value in headers.items():
        _same(name, " ".join(str(mail[name]).split()), " ".join(value.split()))
    if mail.defects or any(mail[name].defects for name in mail):
        raise NotFaithful("the headers read back with defects")


def _addresses(mail: EmailMessage, name: str) -> list[str]:
    header = mail[name]
    return [address.addr_spec for address in header.addresses] if header is not None else []


def _same(what: str, found: object, meant: object) -> None:
    if found != meant:
        raise NotFaithful(f"{what}: the mail reads back differently")
