"""Finds in any text what must never go out: ways to pay or to reach somebody other than on the invoice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,10}://|\bwww\.|\bhxxps?\b|\bmailto:|\bdata:(?:\w+/|[\w;=+.-]*,)|\]\(|<[a-z/!]", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"\b[\w-]{2,63}\.(?:com|net|org|io|co|biz|info|eu|de|fr|es|nl|it|pt|uk|ch|at|be|us|ru|cn|xyz|top|example|test)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S@\S|\(at\)|\[at\]", re.IGNORECASE)
#: Anything written like an IBAN: only the check digits and the country's own form tell whether it is one.
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -.]?\d{2}(?:[ -.]?[A-Za-z0-9]){11,32}")
_ROUTING = re.compile(r"(?<![\w.,-])\d{9}(?![\w.,-]\d|\w)")
_SORT_CODE = re.compile(r"(?<![\w.,/-])\d\d-\d\d-\d\d(?![\w/-])")
_WALLET = re.compile(
    r"(?<!\w)(?:bc1[a-z0-9]{20,80}|[13][A-HJ-NP-Za-km-z1-9]{25,34}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33})(?!\w)"
)
_BIC = re.compile(r"(?<!\w)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?!\w)")
_ACCOUNT = re.compile(
    r"(?i:account|acct|a/c|konto|compte|cuenta|rekening|conto|conta)\W{0,3}(?i:no\.?|nr\.?|number|n[o°º]\.?|num\w*)?\W{0,3}(?i:is|ist|est|es|è|é)?\W{0,3}\d[\d -]{6,}"
)
_BANK_WORDS = re.compile(
    r"\b(?:IBAN|(?:BIC|SWIFT)(?!\w)|SWIFT[- ]?(?:BIC|[Cc]ode)|RIB|NIB|BLZ)\b|"
    r"\b(?i:iban|bic[- ](?:code|number|nummer)|swift[- ](?:code|number|bic)|sort[- ]code|routing number|aba number|account (?:number|no\b)|(?:neue|unsere neue) kontonummer|kontonummer|"
    r"bankleitzahl|num[eé]ro de compte|n[uú]mero de cuenta|rekeningnummer|numero di conto|n[uú]mero d[ae] conta|bitcoins?|"
    r"(?:crypto|bitcoin|usdt|ethereum)[- ]?(?:wallet|address)?|wallet address|western union|moneygram|gift cards?)\b"
)


#: A decimal digit of any script but ours.
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")


def with_ascii_digits(text: str) -> str:
    """Write the decimal digits of all scripts as 0 to 9."""
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group(0))), text)


def link_in(text: str) -> str | None:
    """Find a link, an e-mail address or markup; wide and lookalike letters are read as what they look like."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    hits = (pattern.search(plain) for pattern in (_LINK, _DOMAIN, _ADDRESS))
    return next((hit.group(0) for hit in hits if hit), None)


_LONG_NUMBER = re.compile(r"(?:\d[ ./()\-]{0,2}){8,}")


def strange_number_in(text: str, *, known: Iterable[str]) -> str | None:
    """Find a number as long as a telephone's or an account's that is none of those that are known."""
    plain = unicodedata.normalize("NFKC", text)
    for number in sorted(known, key=len, reverse=True):
        plain = plain.replace(number, " ")
    hit = _LONG_NUMBER.search(plain)
    return hit.group(0) if hit else None


def bank_detail_in(text: str) -> str | None:
    """Find an account number, by its own check digits where it has any, or a word that announces one."""
    wide = unicodedata.normalize("NFKC", text)
    plain = with_ascii_digits(wide)
    word = _BANK_WORDS.search(plain)
    if word:
        return word.group(0)
    checks = (_iban(plain), _routing(plain), _first(_WALLET, plain), _first(_ACCOUNT, plain), _bic(plain))
    return next((found for found in checks if found), None)


def _iban(text: str) -> str | None:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        bare = re.sub(r"[^A-Za-z0-9]", "", match.group(0)).upper()
        # What follows an IBAN on the line is no part of it: every length that a country has is tried.
        if any(iban.is_valid(bare[:length], check_country=False) for length in range(15, min(len(bare), 34) + 1)):
            return match.group(0)[:40]
        # A wrong digit makes it no better: it still tells somebody where to pay.
        if (
            bare[:2] in _countries()
            and sum(c.isdigit() for c in bare) >= 14
            and re.match(r"[A-Z]{2}\d\d", match.group(0))
        ):
            return match.group(0)[:40]
    return None


def _routing(text: str) -> str | None:
    from stdnum.us import rtn

    for pattern, near in (
        (_ROUTING, r"(?i:bank|routing|\baba\b|wire|\bach\b|transfer|account)"),
        (_SORT_CODE, r"(?i:\bsort\b|account|a/c)"),
    ):
        for match in pattern.finditer(text):
            around = text[max(0, match.start() - 60) : match.end() + 60]
            if re.search(near, around) and ("-" in match.group(0) or rtn.is_valid(match.group(0))):
                return match.group(0)
    return None


def _bic(text: str) -> str | None:
    """Find a BIC: of its form, of a country that is one, and with a figure or a bank beside it, as many words look like one."""
    from stdnum import bic

    for match in _BIC.finditer(text):
        code = match.group(0)
        beside = re.search(r"(?i:bank|bic|swift|iban)", text[max(0, match.start() - 30) : match.end() + 30])
        if (re.search(r"\d", code) or beside) and bic.is_valid(code) and code[4:6] in _countries():
            return code
    return None


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    codes = (str(code) for code in Locale.parse("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha())


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group(0) if found else None
