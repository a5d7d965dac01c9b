"""Replaces bank accounts, tax numbers and telephone numbers. What was well-formed stays well-formed: check digits are worked out anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from evals.capturing.salted import Exhausted, Salted
from evals.capturing.spans import Cut, Span, into

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{2,4}){3,8}(?:[ \u00a0-]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_VAT = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}[ .-]?[A-Z0-9]{0,2}(?:[ .-]?\d){7,12}(?:B\d{2})?|ES[A-Z]\d{8}|ES\d{8}[A-Z]|[A-Z]-?\d{8})(?![A-Za-z0-9])"
)
_BIC = re.compile(
    r"(?:BIC|SWIFT)(?:/SWIFT)?(?:[- ]?code)?\s?[:.]?\s?([A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b", re.IGNORECASE
)
_SORT_CODE = re.compile(
    r"\b(?:sort code|blz|konto\w*|account (?:no|number)|acc(?:oun)?t\.?)\D{0,4}(\d[\d -]{4,16}\d)\b", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\w+.,/-])(?:\+|00(?=[1-9]))\d{1,3}[ .\u00a0/-]?(?:\(0?\d{0,5}\)[ .\u00a0/-]?)?\d(?:[ .\u00a0/()-]{0,3}\d){5,12}(?![\d-])"
    r"|(?<![\w+.,/-])\(?0\d{1,5}\)?(?:[ .\u00a0/-]{1,3}\(?\d{1,6}\)?){1,5}(?![\w]|[.,]\d)"
)
_LABELLED = re.compile(
    r"(?:\b(?:tel\w*|fon|phone|mobile?|mob|cell|handy|fax|telefax|ph|direct|durchwahl|dw|ext|tlf|móvil|cell\w*|portable|gsm|t|m|f)\b[.:]{0,2}\s{0,2}(?:\([^)]{0,6}\)\s?)?)"
    r"(\(?\+?\d[\d ()./\u00a0-]{4,20}\d)",
    re.IGNORECASE,
)
_TRIES = 3000


def find_accounts(cut: Cut, salted: Salted) -> Iterator[Span]:
    """Find IBANs, BICs, account and tax numbers; what only looks like one is replaced as well."""
    for found in _IBAN.finditer(cut.text):
        bare = re.sub(r"[^A-Z0-9]", "", found.group())
        if 15 <= len(bare) <= 34 and sum(char.isdigit() for char in bare) >= 8:
            yield Span(found.start(), found.end(), "account", into(found.group(), new_iban(bare, salted)))
    for found in _BIC.finditer(cut.text):
        yield Span(found.start(1), found.end(1), "account", salted.shaped("bic", found[1].upper()))
    for found in _SORT_CODE.finditer(cut.text):
        digits = re.sub(r"\D", "", found[1])
        yield Span(found.start(1), found.end(1), "account", into(found[1], salted.shaped("account", digits)))
    for found in _VAT.finditer(cut.text):
        bare = re.sub(r"[^A-Z0-9]", "", found.group())
        yield Span(found.start(), found.end(), "tax number", into(found.group(), new_vat(bare, salted)))


def find_phones(cut: Cut, salted: Salted) -> Iterator[Span]:
    """Find telephone numbers; the country's code stays."""
    for found in _LABELLED.finditer(cut.text):
        if len(re.sub(r"\D", "", found[1])) >= 6:
            yield Span(found.start(1), found.end(1), "telephone", new_phone(found[1], salted))
    for found in _PHONE.finditer(cut.text):
        if len(re.sub(r"\D", "", found.group())) >= 7:
            yield Span(found.start(), found.end(), "telephone", new_phone(found.group(), salted))


def new_iban(bare: str, salted: Salted) -> str:
    """Give another IBAN of the country, valid where this one is."""
    valid = _valid_iban(bare)
    checked = valid or _holds(lambda: iban.validate(bare, check_country=False))

    def candidates() -> Iterator[str]:
        for strict in (valid, False):
            for turn in range(_TRIES if checked else 10):
                body = salted.shape("iban", bare[4:], turn)
                fresh = (
                    bare[:2] + iban.calc_check_digits(bare[:2] + "00" + body) + body
                    if checked
                    else bare[:2] + salted.shape("iban", bare[2:], turn)
                )
                if not strict or _valid_iban(fresh):
                    yield fresh

    return salted.replace("iban", bare, candidates)


def new_vat(bare: str, salted: Salted) -> str:
    """Give another tax number of the country, valid where this one is."""
    keeps = len(bare) - len(bare.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    keeps = min(keeps, 2)
    shaped = (bare[:keeps] + salted.shape("vat", bare[keeps:], turn) for turn in range(_TRIES))
    if not _valid_vat(bare):
        return salted.replace("vat", bare, lambda: shaped)
    try:
        return salted.replace("vat", bare, lambda: filter(_valid_vat, shaped))
    except Exhausted:
        return salted.replace(
            "vat", bare, lambda: (bare[:keeps] + salted.shape("vat", bare[keeps:], turn) for turn in range(10))
        )


def new_phone(written: str, salted: Salted) -> str:
    """Give another number in the same writing; with and without the country's code the last digits are the same."""
    digits = re.sub(r"\D", "", written)
    tail = min(7, len(digits) - 1) if len(digits) < 10 else min(9, len(digits) - 2)
    fresh = digits[:-tail] + salted.shaped("telephone", digits[-tail:])
    return into(written, fresh)


def _valid_iban(bare: str) -> bool:
    return _holds(lambda: iban.validate(bare))


def _valid_vat(bare: str) -> bool:
    return _holds(lambda: vat.validate(bare))


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except ValidationError:
        return False
    return True
