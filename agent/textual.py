"""Finds in any text what must never go out: ways to pay or to reach somebody other than on the invoice."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,10}://|\bwww\.|\bhxxps?\b|\bmailto:|\]\(|<[a-z/!])", re.IGNORECASE)
_DOMAIN = re.compile(
    r"\b[\w-]{2,}\.(?:com|net|org|io|co|biz|info|eu|de|fr|es|nl|it|pt|uk|ch|at|be|us|ru|cn|xyz|top|example|test)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S@\S|\(at\)|\[at\]", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b")
_BANK_WORDS = re.compile(
    r"\b(?:IBAN|BIC|SWIFT|sort code|routing number|account number|account no|Kontonummer|Bankleitzahl|BLZ|RIB|"
    r"número de cuenta|rekeningnummer|numero di conto|número de conta|NIB|bitcoin|wallet)\b",
    re.IGNORECASE,
)


def link_in(text: str) -> str | None:
    """Find a link, an e-mail address or markup; wide and lookalike letters are read as what they look like."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    hits = (pattern.search(plain) for pattern in (_LINK, _DOMAIN, _ADDRESS))
    return next((hit.group(0) for hit in hits if hit), None)


def bank_detail_in(text: str) -> str | None:
    """Find an account number or a word that announces one."""
    plain = unicodedata.normalize("NFKC", text)
    hit = _IBAN.search(plain) or _BANK_WORDS.search(plain)
    return hit.group(0) if hit else None
