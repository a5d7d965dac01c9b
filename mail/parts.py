"""Take a message tree apart: the texts that are the mail itself, and the list of everything attached.

Attachments are listed and hashed, never opened or unpacked.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email.message import Message

from mail.caps import children
from mail.cleaning import BAD_ENCODING, clean_line, decode
from mail.headers import first, text_of
from store.inbound import Attachment

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
#: What programs write there: "This is a multi-part message in MIME format."
_PREAMBLE = re.compile(r"\bMIME\b|multi-?part|encoded file attachments", re.IGNORECASE)
_SPECIAL = ("message/delivery-status", "message/feedback-report", "text/rfc822-headers", "message/rfc822-headers")


@dataclass(slots=True)
class Text:
    """One stretch of the mail's own text, as plain text, as HTML, or as both saying the same."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Parts:
    """All that a mail consists of."""

    texts: list[Text] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    encrypted: bool = False
    outside: str = ""
    named_bodies: bool = False


def take_apart(top: Message) -> Parts:
    """Sort the leaves of the tree into texts and attachments, in order."""
    parts = Parts(outside=_outside(top))
    parts.texts = _texts(top, parts)
    if not parts.texts:
        # Some programs give the body itself a file name. Only where there is no other text is it the body.
        named = Parts(named_bodies=True, outside=parts.outside)
        named.texts = _texts(top, named)
        return named if named.texts else parts
    return parts


def _outside(top: Message) -> str:
    """Give what is written before the first and after the last part, where no mail program shows it."""
    found = [text for part in top.walk() for text in (part.preamble, part.epilogue) if isinstance(text, str)]
    lines = [clean_line(text, limit=5000) for text in found]
    return "\n".join(line for line in lines if len(line.split()) >= 5 and not _PREAMBLE.search(line))


def _texts(part: Message, parts: Parts) -> list[Text]:
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        return _alternative(part, parts)
    if kind == "multipart/encrypted":
        parts.encrypted = True
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        return [text for child in children(part) for text in _texts(child, parts)]
    if kind in ("text/plain", "text/html") and not part.is_multipart() and _is_body(part, named=parts.named_bodies):
        text = _decoded(part, parts)
        return [Text(html=text) if kind == "text/html" else Text(plain=text)]
    if kind in _SPECIAL:
        return []
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        parts.encrypted = True
    parts.attachments.append(_listed(part))
    return []


def _alternative(part: Message, parts: Parts) -> list[Text]:
    """Join the versions of one text: what is plain in all of them, and what is HTML."""
    found = [text for child in children(part) for text in _texts(child, parts)]
    plain = [text.plain for text in found if text.plain is not None]
    html = [text.html for text in found if text.html is not None]
    if not found:
        return []
    return [Text(plain="\n".join(plain) if plain else None, html="\n".join(html) if html else None)]


def _is_body(part: Message, *, named: bool) -> bool:
    disposition = first(part, "content-disposition").strip().lower()
    return not disposition.startswith("attachment") and (named or not _filename(part))


def _decoded(part: Message, parts: Parts) -> str:
    text, guessed = decode(content_of(part), _parameter(part, "charset"))
    if guessed:
        parts.flags.add(BAD_ENCODING)
    flowed = (_parameter(part, "format") or "").lower() == "flowed" and part.get_content_type() == "text/plain"
    return unflow(text, delete_space=(_parameter(part, "delsp") or "").lower() == "yes") if flowed else text


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676); quoted lines stay as they are."""
    lines: list[str] = []
    joining = False
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line[1:] if line.startswith(" ") else line
        quoted = line.startswith(">")
        if joining and not quoted and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        joining = line.endswith(" ") and not quoted and line != "-- "
        if joining and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def content_of(part: Message) -> bytes:
    """Undo the transfer encoding of a part, as far as it is whole."""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # uu and base64 decoders fail in many ways
        return b""
    return payload if isinstance(payload, bytes) else b""


def _parameter(part: Message, name: str) -> str | None:
    """Give a parameter of Content-Type, decoded (RFC 2231); None where it is missing or broken."""
    try:
        value = part.get_param(name)
    except Exception:  # odd RFC 2231 pieces raise ValueError, TypeError or KeyError
        return None
    if isinstance(value, tuple):
        value = value[2]
    return clean_line(value, limit=200) if isinstance(value, str) else None


def _filename(part: Message) -> str:
    try:
        return text_of(part.get_filename() or "")
    except Exception:  # as above
        return ""


def safe_name(name: str) -> str:
    """Give a file name that is one harmless line: no path, no control or direction characters, at most 120 characters."""
    name = _UNSAFE.sub("_", clean_line(name, limit=1000)).strip(" ._")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 119 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:120]
    return f"_{name}" if _RESERVED.match(name) else name


def _listed(part: Message) -> Attachment:
    content = _nested(part) if part.is_multipart() else content_of(part)
    name = safe_name(_filename(part)) or ("message.eml" if part.get_content_type() == "message/rfc822" else "unnamed")
    return Attachment(
        filename=name,
        content_type=_sniffed(content, part.get_content_type()),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _nested(part: Message) -> bytes:
    try:
        return b"".join(child.as_bytes() for child in children(part))
    except Exception:  # the generator of the standard library fails for odd trees
        return b""


def _sniffed(content: bytes, declared: str) -> str:
    """Tell the type by the first bytes; what has no known mark keeps the declared type."""
    import puremagic

    declared = clean_line(declared, limit=100).lower()
    if not content or declared.startswith(("message/", "text/")):
        return declared
    try:
        found = puremagic.magic_string(content)
    except (ValueError, puremagic.PureError):
        return declared
    types = [hit.mime_type for hit in found if hit.mime_type]
    return declared if declared in types or not types else str(types[0])
