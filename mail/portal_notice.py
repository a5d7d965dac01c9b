"""Recognises what a customer's portal tells of our invoices in its notification mails. Pure: words in, standings out.

It says what the words say, never whether they are true: who may be believed is `mail.portal_sender`. A mail that only names
an invoice (a comment, an order, an offer to be paid early) says nothing of its standing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from mail.cleaning import clean_line
from mail.portal_words import (
    CLAUSE,
    DENIED,
    FORMER,
    INVOICE,
    NOT_YET,
    ORDER,
    OTHER_MATTER,
    OURS,
    REASON,
    STATED,
    STATUS_WORDS,
)
from store.aftermath import PortalStatus
from store.inbound import InboundEmail
from store.numbers import find_invoices
from store.portals import MOST_WORDS

#: A notification is short; what stands beyond is not read.
_MOST_LINES, _LONGEST_LINE = 300, 600
#: Which standing counts where a mail's own words name several: what must be looked at first, then the furthest.
_RANK = (PortalStatus.REJECTED, PortalStatus.PAID, PortalStatus.APPROVED, PortalStatus.SUBMITTED)
#: A heading says its status in so many words at most.
_HEADING_WORDS = 4
#: How far before a status a word denies it.
_REACH = 40
#: Where a denial ends. The Italian "and" is left out: folded, it is also "is".
_PART = r"[,;:–]| (?:and|but|und|aber|sowie|mais|pero|maar|ma|mas) "


@dataclass(frozen=True, slots=True)
class Said:
    """What a notification says of one invoice of ours; `reason` is the portal's own, for a rejection."""

    invoice: str
    status: PortalStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    folded: str
    numbers: tuple[str, ...]
    status: PortalStatus | None


def read_notice(email: InboundEmail, known: Sequence[str]) -> tuple[Said, ...]:
    """Give the standing of each of our `known` invoices that a notification names; () where it tells of none."""
    subject = _folded(email.subject[:_LONGEST_LINE])
    if _is_other_matter(subject):
        return ()
    named = find_invoices(email.subject, known)
    lines = _lines("\n".join((email.new_text, email.signature)), known)
    numbers = list(dict.fromkeys([*named, *(n for line in lines for n in line.numbers)]))
    if not numbers:
        return ()
    told, alone = _status(subject), len(numbers) == 1
    # A mail with one invoice of ours may list others that are not: its own line counts before what the mail says elsewhere.
    found = {numbers[0]: told} if told and alone else _each(numbers, lines, told or _overall(lines))
    return tuple(
        Said(number, status, _reason(number, lines, alone=alone) if status is PortalStatus.REJECTED else "")
        for number in numbers
        if (status := found.get(number)) is not None
    )


def _is_other_matter(subject: str) -> bool:
    """Say whether the subject is about something else than an invoice's standing."""
    if _pattern(OTHER_MATTER).search(subject):
        return True
    return _pattern(ORDER).search(subject) is not None and _pattern(INVOICE).search(subject) is None


def _each(
    numbers: Sequence[str], lines: Sequence[_Line], overall: PortalStatus | None
) -> dict[str, PortalStatus | None]:
    """Tell the standings of several invoices apart: by their own line, by the heading above, or by the lines below."""
    first = next((place for place, line in enumerate(lines) if line.numbers), len(lines))
    sectioned = any(_is_heading(line) for line in lines[:first])
    found: dict[str, PortalStatus | None] = {}
    heading: PortalStatus | None = None
    open_numbers: list[str] = []
    for line in lines:
        if _is_heading(line) and sectioned:
            heading, open_numbers = line.status, []
        elif line.numbers:
            open_numbers = list(line.numbers)
            for number in line.numbers:
                if found.get(number) is None:
                    found[number] = line.status or heading
        elif line.status is not None and not sectioned:
            for number in open_numbers:
                found[number] = found.get(number) or line.status
    return {number: found.get(number) or overall for number in numbers}


def _is_heading(line: _Line) -> bool:
    return (
        line.status is not None
        and not line.numbers
        and len(line.folded.split()) <= _HEADING_WORDS
        and not _is_count(line)
    )


def _is_count(line: _Line) -> bool:
    """Say whether a line counts documents ("Failed: 1")."""
    return re.search(r"[:=\s]\d{1,5}\W*$", line.folded) is not None


def _overall(lines: Sequence[_Line]) -> PortalStatus | None:
    """Give the standing that the words as a whole say: by a label, else by their sentences."""
    label = _pattern(STATED)
    stated = {line.status for line in lines if line.status is not None and label.search(line.folded)}
    said = stated or {line.status for line in lines if line.status is not None and not _is_count(line)}
    return next((status for status in _RANK if status in said), None)


def _lines(text: str, known: Sequence[str]) -> list[_Line]:
    """Take the text apart: a line, and within it sentences, each with the invoices it names and the status it says."""
    found = []
    for raw in text.splitlines()[:_MOST_LINES]:
        for piece in re.split(r"(?<=[.!?])\s+(?=[^\W\d_])", raw.strip()[:_LONGEST_LINE]):
            if piece:
                folded = _folded(piece)
                found.append(_Line(piece, folded, tuple(find_invoices(piece, known)), _status(folded)))
    return found


def _status(folded: str) -> PortalStatus | None:
    """Give the standing that one sentence says; None for what was, may be, or is not yet."""
    if _pattern(FORMER).search(folded) or _pattern(_LABEL).match(folded):
        return None
    folded = _pattern(OURS).sub(" ", folded)
    for status, words in STATUS_WORDS:
        for match in _pattern(rf"(?<![a-z])(?:{words})").finditer(folded):
            # "Approved and will be paid" says approved; "once approved, it is paid" says nothing.
            clause = _pattern(CLAUSE).search(folded, match.end())
            if _denied(folded, match):
                continue
            if not _pattern(NOT_YET).search(folded[: clause.start() if clause else len(folded)]):
                return status
    return None


def _denied(folded: str, match: re.Match[str]) -> bool:
    """Say whether the words deny a status ("was not approved"), or grant a part of it: a person reads what holds instead."""
    before = _pattern(_PART).split(folded[max(0, match.start() - _REACH) : match.start()])[-1]
    return _pattern(DENIED).search(before) is not None


#: A line that opens like a reason tells why, not what.
_LABEL = rf"\W*(?:{REASON})(?: (?:by|of|from|des|der|du|de|del|van)\b[^:\n]{{1,40}})? ?:"


def _reason(number: str, lines: Sequence[_Line], *, alone: bool) -> str:
    """Give the portal's words for why an invoice was rejected: after a label, else after the status in its own line."""
    start = next((place for place, line in enumerate(lines) if number in line.numbers), 0)
    labelled = _pattern(_LABEL)
    celled = _pattern(rf"(?:{REASON})$")
    region = lines if alone else lines[start:]
    for place, line in enumerate(region):
        if not alone and place and line.numbers and number not in line.numbers:
            break
        match = labelled.match(line.folded)
        if match:
            value = line.text.partition(":")[2].strip()
            following = region[place + 1].text if place + 1 < len(region) else ""
            return clean_line(value or following, limit=MOST_WORDS)
        # A table's cells come two spaces apart: the label in one, the reason in the next.
        cells = re.split(r"\s{2,}", line.text, maxsplit=1)
        if len(cells) == 2 and celled.match(_folded(cells[0])):
            return clean_line(cells[1], limit=MOST_WORDS)
    own = lines[start].text if start < len(lines) else ""
    after = re.search(
        r"(?:reject|disput|fail|abgelehnt|refus|rejet|rechaz|afgekeurd|rifiut|rejeit)\w*\s*[:–-]\s*(.+)$", own, re.I
    )
    return clean_line(after[1], limit=MOST_WORDS) if after else ""


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("ß", "ss"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=32)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words)
