"""Find purchase order numbers, the right one among several, and payment references.

The right order is the one that the customer wants on the invoice: "quotes A, should be B" gives B. An order that is said to
be wrong, closed or used up is never given back as the right one. It must never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agent.resolving.amounts import find_amounts
from agent.resolving.folding import LONGEST, blank, flatten, fold, spans_of
from agent.resolving.order_words import (
    INVOICE_KEYWORDS,
    ORDER_KEYWORDS,
    REFERENCE_KEYWORDS,
    RIGHT_BEFORE,
    WRONG_AFTER,
    WRONG_BEFORE,
)

_GLUE = r"(?:\s*(?:[:#=.,'\"(*-]|no\b|nr\b|num\b|n[°º]|numbers?\b|nummer\b|numero\b|namely\b|is\b|it's\b|ist\b|lautet\b|est\b|c'est\b|es\b|e\b|is\b|the\b|our\b|della\b|de\b|v\b|is now\b)){0,4}\s*"
_CODE = r"(?P<number>(?=[\w./-]*\d[\w./-]*\d)(?:[a-z]{1,5} (?=\d))?[a-z0-9][a-z0-9./-]*[a-z0-9])(?![\w@])"


@dataclass(frozen=True)
class FoundNumber:
    """A number in a text: the exact span, as written, and whether the words call it right (True) or wrong (False)."""

    start: int
    end: int
    text: str
    right: bool | None = None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """Compile on first use."""
    token = _CODE.replace("(?:[a-z]{1,5} (?=\\d))?", "")
    return {
        "order": re.compile(rf"(?<!\w)(?:{ORDER_KEYWORDS})(?!\w){_GLUE}{token}"),
        "token": re.compile(rf"(?<![\w@./-]){token}"),
        "right_before": re.compile(rf"(?:{RIGHT_BEFORE}){_GLUE}(?:(?:{ORDER_KEYWORDS}){_GLUE})?$"),
        "wrong_before": re.compile(rf"(?:{WRONG_BEFORE}){_GLUE}(?:(?:{ORDER_KEYWORDS}){_GLUE})?$"),
        "wrong_after": re.compile(rf"[^.;\n]{{0,60}}?\b(?:{WRONG_AFTER})\b"),
        "invoice": re.compile(rf"(?:{INVOICE_KEYWORDS}){_GLUE}$"),
        "reference": re.compile(
            rf"(?<!\w)(?:{REFERENCE_KEYWORDS})(?!\w)(?:\s*(?:[:#=.,(]|no\b|nr\b|n[°º]|numbers?\b|nummer\b|is\b|was\b|of\b))*\s*"
        ),
        "value": re.compile(
            r"#?\+{3}[\d/]{1,40}\+{3}|(?=[A-Z0-9 -]{0,40}[A-Z]{2})(?=[A-Z -]{0,40}\d|[A-Z]{3})[A-Z0-9][A-Z0-9-]{1,40}(?: [A-Z0-9]{2,40}(?![a-z])){1,3}"
            r"|(?=[\w./+-]{0,60}\d)\w(?:[\w./+-]{0,60}\w)?|[A-Z][A-Z0-9]{2,60}(?![a-z])"
        ),
        "swap": re.compile(
            rf"\W*(?:instead of|rather than|statt|anstatt|anstelle von|au lieu d[ue]|en (?:vez|lugar) de(?:l| la)?|in plaats van|invece d[ie]l?|em vez d[aeo])\W*(?:(?:the|{ORDER_KEYWORDS})\W*)*"
        ),
    }


def find_po_numbers(text: str, *, known_numbers: Iterable[str] = ()) -> list[FoundNumber]:
    """Find purchase order numbers in order. `known_numbers` are invoices, which are never orders."""
    flat = flatten(text[:LONGEST])
    folded = blank(fold(flat.text), spans_of(flat.text, known_numbers))
    patterns = _patterns()
    named = {match.start("number") for match in patterns["order"].finditer(folded)}
    tokens = list(patterns["token"].finditer(folded))
    found = []
    right: bool | None = None
    for index, match in enumerate(tokens):
        until = tokens[index + 1].start() if index + 1 < len(tokens) else len(folded)
        swapped = index > 0 and patterns["swap"].fullmatch(folded, tokens[index - 1].end(), match.start())
        # "shows A instead of B" wants B; "use A instead of B" wants A.
        right = right is False if swapped else _judge(folded, match, until)
        before = folded[max(0, match.start() - 40) : match.start()]
        named_here = match.start() in named
        if not named_here and (right is None or patterns["invoice"].search(before) or _is_date_like(match.group())):
            continue
        if not _is_money(flat.text, match.start(), match.end()):
            start, end = flat.span(match.start(), match.end())
            found.append(FoundNumber(start, end, text[start:end], right))
    return found


def right_po_number(text: str, *, known_numbers: Iterable[str] = ()) -> str | None:
    """Give the one order that the invoice should carry; None where the words name none, or more than one."""
    found = find_po_numbers(text, known_numbers=known_numbers)
    wrong = {one.text for one in found if one.right is False}
    right = {one.text for one in found if one.right} - wrong
    neutral = {one.text for one in found if one.right is None} - wrong - right
    chosen = right or neutral
    return next(iter(chosen)) if len(chosen) == 1 else None


def find_references(text: str, *, known_numbers: Iterable[str] = ()) -> list[FoundNumber]:
    """Find payment references: of a transfer, a cheque, a remittance, a debit note."""
    flat = flatten(text[:LONGEST])
    blanked = blank(flat.text, spans_of(flat.text, known_numbers))
    folded, patterns = fold(blanked), _patterns()
    found: list[FoundNumber] = []
    for match in patterns["reference"].finditer(folded):
        value = patterns["value"].match(blanked, match.end())
        long_enough = value is not None and (
            value.end() - value.start() > 2 or match.group().rstrip().endswith(("nr.", "n°"))
        )
        if value and long_enough:
            start, end = flat.span(value.start(), value.end())
            if not any(start < one.end for one in found):
                found.append(FoundNumber(start, end, text[start:end]))
    return found


def _judge(folded: str, match: re.Match[str], until: int) -> bool | None:
    """Read off the words around a number whether it is the right order or a wrong one."""
    patterns = _patterns()
    before = folded[max(0, match.start() - 70) : match.start()]
    before = re.split(r"[;\n?!]|\.\s", before)[-1]
    if patterns["wrong_before"].search(before):
        return False
    if patterns["right_before"].search(before):
        return True
    if patterns["wrong_after"].match(folded, match.end(), min(until, match.end() + 90)):
        return False
    return None


def _is_money(text: str, at: int, until: int) -> bool:
    """Say whether a number is an amount after all, seen in the words right around it."""
    if re.fullmatch(r"[A-Z0-9]*[A-Z][A-Z0-9/.-]*|\d{5,}|\d+[-/]\d+.*", text[at:until]):
        return False
    start = max(0, at - 60)
    around = find_amounts(text[start : until + 20], currency=None)
    return any(one.start + start < until and at < one.end + start and not one.text.isdecimal() for one in around)


def _is_date_like(number: str) -> bool:
    return bool(
        re.fullmatch(
            r"\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|(?:19|20)\d\d|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th|e|er)", number
        )
    )
