"""Tell a signature from what the customer says. In doubt a line stays with what the customer says.

The policy, and why, is in docs/quoted-text.md: a signature that is left in costs nothing, a word that is lost may cost the answer.
"""

from __future__ import annotations

import re

from mail.closings import all_known, closes_above, closing_block, is_contact, is_name, is_title
from mail.disclaimers import registration_start, take_off
from mail.sent_from import is_sent_from

_STANDARD = re.compile(r"--\s*")
_WEAK = re.compile(r"(?:[—–‐]|[-—–_=*~#]{3,}|__)\s*")
_SIGNED_OFF = re.compile(r"[-–—~]{1,2}[A-ZÀ-Þ][^\W\d_]{1,20}(?: [A-ZÀ-Þ][^\W\d_]{0,20}\.?){1,2}")
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|https?://", re.IGNORECASE)
_POSTSCRIPT = re.compile(r"P\.? ?S\.?(?:\s*[:.,-]|\s+\S)|PS\b", re.IGNORECASE)
_PGP_SIGNED, _PGP_SIGNATURE, _PGP_END = (
    f"-----{words}-----" for words in ("BEGIN PGP SIGNED MESSAGE", "BEGIN PGP SIGNATURE", "END PGP SIGNATURE")
)
_PROSE_WORDS = 9
_MAX_LINES = 30
_MAX_CUTS = 4


def cut(lines: list[str], *, alone: bool = True) -> tuple[list[str], list[str]]:
    """Split a stretch of the customer's lines into text and signature; both keep their order and no line is lost.

    `alone` says that there is no other new text: then not all of it can be a signature.
    """
    text, seals = _take_seals(lines)
    text, notices = take_off(text)
    signature: list[str] = []
    for _ in range(_MAX_CUTS):
        text, block = _cut_delimited(text, alone=alone)
        signature = block + signature
        if not block:
            break
    added = [is_sent_from(line) and not _goes_on(text, index) for index, line in enumerate(text)]
    kept = [line for line, is_added in zip(text, added, strict=True) if not is_added]
    mobile = [line for line, is_added in zip(text, added, strict=True) if is_added]
    start = closing_block(kept) or _signed_off(kept)
    if not start and (entries := registration_start(kept)) and closes_above(kept[:entries]):
        kept, notices = kept[:entries], kept[entries:] + notices
        start = closing_block(kept)
    if start and any(line.strip() for line in kept[:start]):
        kept, signature = kept[:start], kept[start:] + signature
    return kept, mobile + signature + notices + seals


def _signed_off(lines: list[str]) -> int:
    """Give the last line where it is a dash and a full name, "-Ana Castro", below a blank line; else 0."""
    last = max((n for n, line in enumerate(lines) if line.strip()), default=0)
    return last if last and not lines[last - 1].strip() and _SIGNED_OFF.fullmatch(lines[last].strip()) else 0


def _goes_on(lines: list[str], index: int) -> bool:
    """Say whether a line is the rest of the sentence above it."""
    above = lines[index - 1].strip() if index else ""
    return lines[index].strip()[:1].islower() and bool(above) and above[-1] not in ".!?:,-_*"


def _take_seals(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take out what OpenPGP puts around signed text (RFC 9580, 7): its first lines, and the armoured signature."""
    kept: list[str] = []
    seals: list[str] = []
    inside = ""
    for line in lines:
        bare = line.strip()
        if bare in (_PGP_SIGNED, _PGP_SIGNATURE):
            inside = bare
        (seals if inside and (bare or inside == _PGP_SIGNATURE) else kept).append(line)
        if bare == _PGP_END or (inside == _PGP_SIGNED and not bare):
            inside = ""
    return (kept, seals) if not inside else (lines, [])


def _cut_delimited(lines: list[str], *, alone: bool) -> tuple[list[str], list[str]]:
    for index in range(len(lines) - 1, -1, -1):
        standard = bool(_STANDARD.fullmatch(lines[index]))
        if not standard and not _WEAK.fullmatch(lines[index]):
            continue
        block = lines[index + 1 :]
        if alone and not any(line.strip() for line in lines[:index]):
            continue
        if not _is_signature(block, delimiter=lines[index]):
            continue
        back = next((n for n, line in enumerate(block) if _POSTSCRIPT.match(line.strip())), len(block))
        return [*lines[:index], *block[back:]], [lines[index], *block[:back]]
    return lines, []


def _is_signature(block: list[str], *, delimiter: str) -> bool:
    """Accept a block after `-- ` of at most 30 lines (RFC 3676, 4.3); after any other dash or rule only one without sentences."""
    words = [line.strip() for line in block if line.strip()]
    if any(line.startswith(">") for line in words):
        return False
    if not words:
        return True
    if delimiter == "-- ":
        return len(words) <= _MAX_LINES
    if delimiter.rstrip() == "--":
        return len(words) <= _MAX_LINES and _opens_signature(words)
    if len(words) > 8 or any(len(line) > 90 or is_prose(line) for line in words):
        return False
    if len(delimiter.strip()) >= 20 and any(_LIST_FOOTER.search(line) for line in words):
        return True
    if not all_known(words):
        return False
    return any(is_contact(line) for line in words) or (is_name(words[0]) and len(words) <= 4)


def _opens_signature(words: list[str]) -> bool:
    """Say whether the first line below two dashes is a name, a title or contact details; a lone word may be a short name."""
    first = words[0]
    lone = len(words) == 1 and first.isalpha() and len(first) <= 15
    return lone or is_contact(first) or is_name(first) or is_title(first)


def is_prose(line: str) -> bool:
    """Say whether a line is a sentence: long enough, mostly small words, or with its full stop."""
    words = line.split()
    small = sum(word[:1].islower() for word in words)
    if len(words) >= _PROSE_WORDS and line.endswith((".", "?", "!", ",", ":")):
        return True
    return len(words) >= 5 and small >= len(words) * 0.6 and not is_contact(line)
