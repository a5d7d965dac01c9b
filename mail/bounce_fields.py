"""Read the fields of a delivery report (RFC 3464), however the mail carries them.

Parsed, as plain text, in base64, cut off, or with blank lines where there should be none. No field is believed further than its words.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from email.message import Message

from mail.bounce_reasons import ADDRESS, STATUS
from mail.caps import children
from mail.cleaning import clean, clean_line, decode

MAX_FIELDS = 100_000

_FIELD = re.compile(r"[ \t>]{0,4}([A-Za-z][A-Za-z0-9-]{2,40})[ \t]?:[ \t]*(.*)")
_KNOWN = re.compile(r"(?im)^[ \t>]{0,4}(?:final-recipient|original-recipient|reporting-mta)[ \t]?:")
_WHOM = ("original-recipient", "final-recipient", "x-actual-recipient")
_HEX = re.compile(r"\+([0-9A-F]{2})")
_IMCEA = re.compile(r"IMCEA(?:SMTP|INVALID)-(.{1,300}?)@", re.IGNORECASE)
_SUCCESS = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient of a report. `others` are further names of the same recipient."""

    recipient: str | None
    action: str
    status: str | None
    diagnostic: str
    others: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Say whether the mail did arrive, as far as this report knows."""
        good = self.action.startswith(_SUCCESS) or (not self.action and (self.status or "").startswith("2"))
        return good and not (self.status or "").startswith(("4", "5"))

    @property
    def delayed(self) -> bool:
        """Say whether the mail is still being tried."""
        return self.action.startswith("delay")


def has_fields(text: str) -> bool:
    """Say whether the text holds fields of a delivery report."""
    return bool(_KNOWN.search(text))


def fields_text(part: Message) -> str:
    """Give the text of a message/delivery-status part: the standard library takes it for a row of messages, even in base64."""
    blocks: list[str] = []
    inner = children(part)
    for block in inner or [part]:
        if inner:
            blocks.append("\n".join(f"{name}: {value}" for name, value in block.raw_items()))
        for deeper in children(block):
            blocks.append("\n".join(f"{name}: {value}" for name, value in deeper.raw_items()))
        payload = block.get_payload()
        if isinstance(payload, str):
            blocks.append(payload)
    text = "\n\n".join(blocks)[:MAX_FIELDS]
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64" and not has_fields(text):
        text = _from_base64(text)
    return decode(text.encode("utf-8", "surrogateescape"), "utf-8")[0]


def _from_base64(text: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + "==").decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def failures(text: str) -> list[Failure]:
    """List the recipients of a report, in order, also those it does report as delivered."""
    found: list[Failure] = []
    for group in _groups(clean(text[:MAX_FIELDS])[0]):
        if any(name in group for name in _WHOM) or "action" in group:
            found.append(_failure(group))
    return found


def first_field(text: str, *names: str) -> str:
    """Give the first value of any of these fields, empty where there is none."""
    return next((group[name] for group in _groups(clean(text[:MAX_FIELDS])[0]) for name in names if name in group), "")


def _groups(text: str) -> list[dict[str, str]]:
    """Split into groups of fields. A blank line ends a group, unless the next fields only complete it; a second recipient begins one."""
    groups: list[dict[str, str]] = []
    current: dict[str, str] = {}
    name, blank = "", False
    for line in text.split("\n"):
        if not line.strip(" \t>"):
            name, blank = "", True
            continue
        match = _FIELD.match(line)
        if line[0] in " \t" and name and not (match and match[1].lower() in _WHOM):
            current[name] = f"{current[name]} {line.strip()}"[:4000]
            continue
        if not match:
            name = ""
            continue
        name = match[1].lower()
        if current and (name in current or (blank and not _completes(current, name))):
            groups.append(current)
            current = {}
        current.setdefault(name, match[2].strip())
        blank = False
    return [*groups, current] if current else groups


def _completes(group: dict[str, str], name: str) -> bool:
    whom = any(field in group for field in _WHOM)
    return whom and name in ("action", "status", "diagnostic-code", "remote-mta") and name not in group


def _failure(group: dict[str, str]) -> Failure:
    named = [address for name in _WHOM if (address := typed_address(group.get(name, "")))]
    status = STATUS.search(group.get("status", ""))
    kind, _, words = group.get("diagnostic-code", "").partition(";")
    words = words if words and len(kind) <= 20 else group.get("diagnostic-code", "")
    return Failure(
        recipient=next(iter(named), None),
        action=(re.split(r"[\s(;]", group.get("action", "").strip().lower())[0])[:30],
        status=status[1] if status else None,
        diagnostic=clean_line(words, limit=2000),
        others=tuple(dict.fromkeys(named[1:])),
    )


def typed_address(value: str) -> str | None:
    """Give the address in `rfc822; ana@molinos.example`, with or without the type, in xtext (RFC 3461, 4) or in an Exchange wrapper."""
    kind, separator, rest = value.partition(";")
    if separator and kind.strip().lower() in ("x400", "x500", "unknown", "ex"):
        return None
    return plain_address(rest if separator and "@" not in kind else value)


def plain_address(text: str) -> str | None:
    """Give the first address in a text, lower case, unwrapped; None where there is none."""
    text = clean_line(text, limit=600)
    if "@" not in text:
        text = _HEX.sub(lambda match: chr(int(match[1], 16)), text)
    wrapped = _IMCEA.search(text)
    if wrapped:
        text = re.sub(r"\+([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), wrapped[1])
    match = ADDRESS.search(text)
    if match is None or match[0].upper().startswith("IMCEA"):
        return None
    address = match[0].lower().rstrip(".-").lstrip("=")
    local, _, domain = address.rpartition("@")
    return address if local and "." in domain else None
