"""Reads a composed mail back from its very bytes, as a stranger would, for the rules that judge it. Writes nothing, and never raises."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

from agent.rules.base import Part, Wire
from mail.readback import has_bare_line_end
from store.tables import Outgoing

#: So many mails that were read last are remembered: each is judged when it is approved, claimed, and about to leave.
_KEPT = 64


def read_wire(row: Outgoing) -> Wire:
    """Read a composed mail as a stranger would. Never raises for any bytes: what cannot be read shows as what it is."""
    return replace(
        _read(row.mime),
        meant_sender=row.sender,
        meant_message_id=row.message_id_header,
        meant_recipients=tuple(row.recipients),
        meant_token=row.reply_token,
    )


def _read(mime: bytes) -> Wire:
    """Read the bytes of a mail; the same bytes say the same, so what the last ones said is kept by their digest, never the bytes."""
    kept, digest = _lately(), hashlib.sha256(mime).hexdigest()
    if (known := kept.get(digest)) is not None:
        return known
    mail = message_from_bytes(mime, _class=EmailMessage, policy=policy.SMTP)
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    text = next((part for part in leaves if part.get_content_type() == "text/plain" and not part.get_filename()), None)
    found = Wire(
        headers=tuple((name, str(value)) for name, value in mail.items()),
        sender=next(iter(_addresses(mail, "From")), ""),
        recipients=tuple(_addresses(mail, "To")),
        body=str(text.get_content()).replace("\r\n", "\n") if text is not None else "",
        parts=tuple(_part(part) for part in leaves),
        size=len(mime),
        bare_line_ends=has_bare_line_end(mime),
        sha256=digest,
        meant_sender="",
        meant_message_id="",
        meant_recipients=(),
        meant_token=None,
    )
    if len(kept) >= _KEPT:
        kept.clear()
    kept[digest] = found
    return found


@cache
def _lately() -> dict[str, Wire]:
    return {}


def _addresses(mail: EmailMessage, name: str) -> list[str]:
    header = mail[name]
    return [address.addr_spec for address in getattr(header, "addresses", ())]


def _part(part: EmailMessage) -> Part:
    data = part.get_payload(decode=True)
    data = data if isinstance(data, bytes) else b""
    return Part(
        kind=part.get_content_type(),
        filename=part.get_filename() or "",
        encoding=str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower(),
        sha256=hashlib.sha256(data).hexdigest(),
        pdf=data.startswith(b"%PDF-"),
    )
