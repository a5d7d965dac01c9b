"""Replaces numbers that point at somebody: invoices, orders, customers, references. Dates, times, amounts and shares stay.

An invoice INV-2024-0815 becomes another of the same shape wherever it stands, also as "0815" or "inv 0815". Years in it stay,
and words for a kind of paper such as INV or PO.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from evals.capturing.folding import fold, listed
from evals.capturing.salted import Salted
from evals.capturing.spans import Cut, Span, into

_PARTS = re.compile(r"[^\W\d_]+|[0-9]+")
#: Letters that only say what kind of paper it is.
_KINDS = listed(
    "inv invoice re rg rn rnr nr no fa fac fact facture factura fattura fattura ft fra fv cn po order pedido bestellung ref cust c k d s "
    "p b a e m n r t x y z id kd kdnr deb cr crn gs sup ven art pos lot vat ust tva nif cif nie nip kvk hrb hra siret siren rcs rea"
)
_BETWEEN = r"[\s\-_#/.:*\u2010-\u2015]{0,3}"
_DATES = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\b\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})\b|\b\d{1,2}[:h]\d{2}(?::\d{2})?\b|(?<![\d/.-])\d{1,2}[./]\d{1,2}\b\.?(?![\d/])"
)
_MONEY = r"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CAD|AUD|Euros?|Pfund|pounds?|dollars?|[€$£])"
_AMOUNTS = re.compile(
    rf"{_MONEY}\s?-?\d[\d.,'’ \u00a0\u202f]*\d|{_MONEY}\s?\d|\d[\d.,'’ \u00a0\u202f]*\s?{_MONEY}(?![A-Za-z])"
    r"|(?<![\d.,])\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?![\d])(?![.,]\d)|(?<![\d.,-])\d{1,3}(?: \d{3})+[.,]\d{2}(?!\d)"
    r"|(?<![\d.,/-])\d+[.,]\d{2}(?![\d])(?![.,/-]\d)|\d+(?:[.,]\d+)?\s?%",
    re.IGNORECASE,
)
#: Digits right after such a word are a number that points somewhere, however short.
_POINTS = re.compile(
    r"(?:\b(?:po|order|bestell\w*|auftrags?\w*|commande|pedido|ordine|bestelling|encomenda|ref\w*|ticket|case|customer|kunden?\w*|client\w*|cliente|klant\w*|"
    r"lieferschein\w*|delivery note|packing slip|albaran|albarán|ddt|guia|konto\w*|account|acct|supplier|lieferanten\w*|vendor|no|nr|n°|nº|num\w*|nummer|número|numero)"
    r"[.:]?\s?(?:no|nr|num\w*|nummer|n°|nº)?[.:]?\s?#?\s?|#)(\d{3,})\b",
    re.IGNORECASE,
)
_MIXED = re.compile(r"(?<![\w@])(?=[\w/.-]*\d{3})(?=[\w/.-]*[A-Za-z])[A-Za-z0-9]+(?:[-/_.][A-Za-z0-9]+)*(?![\w@])")
_LONG = re.compile(r"(?<![\w])\d(?:[-/]?\d){4,}(?![\w])")


class Numbers:
    """What stands for each number. Numbers of the ledger are told beforehand by `learn`; amounts that stay by `keep`."""

    def __init__(self, salted: Salted) -> None:
        """Start with nothing known."""
        self._salted = salted
        self._whole: dict[str, re.Pattern[str]] = {}
        self._runs: set[str] = set()
        self._amounts: set[str] = set()

    def keep(self, amounts: Iterable[str]) -> None:
        """Tell amounts, as digits without their cents, that are no numbers of papers."""
        self._amounts.update(amounts)

    def learn(self, number: str) -> None:
        """Tell a number of the ledger. One without digits is none, and is left to the words."""
        parts = _PARTS.findall(number)
        if not any(part[0].isdigit() for part in parts) or number in self._whole or len("".join(parts)) < 3:
            return
        if len(parts) == 1 and len(number) < 4:
            return
        body = _BETWEEN.join(_loosely(part) for part in parts)
        self._whole[number] = re.compile(rf"(?<![^\W_]){body}(?![^\W_])", re.IGNORECASE)
        self._runs |= {
            run.lstrip("0")
            for run in parts
            if len(run.lstrip("0")) >= 4 and run[0].isdigit() and not self._stays(run, parts)
        }

    def number(self, number: str) -> str:
        """Give what stands for a whole number."""
        parts = _PARTS.findall(number)
        fresh = iter([self._part(part, parts) for part in parts])
        return _PARTS.sub(lambda _: next(fresh), number)

    def find_known(self, cut: Cut) -> Iterator[Span]:
        """Find the numbers of the ledger, the longest first, however their parts are joined."""
        for number in sorted(self._whole, key=len, reverse=True):
            parts = _PARTS.findall(number)
            for found in self._whole[number].finditer(cut.text):
                fresh = "".join(self._part(part, parts) for part in parts)
                written = "".join(c for c in found.group() if c.isalnum())
                if len(written) == len(fresh):
                    yield Span(found.start(), found.end(), "number", _cased(found.group(), into(found.group(), fresh)))

    def find_dates(self, cut: Cut) -> Iterator[Span]:
        """Find dates and times, which stay."""
        for found in _DATES.finditer(cut.text):
            yield Span(found.start(), found.end(), "date")

    def find_amounts(self, cut: Cut) -> Iterator[Span]:
        """Find amounts and shares, which stay."""
        for found in _AMOUNTS.finditer(cut.text):
            yield Span(found.start(), found.end(), "amount")

    def find(self, cut: Cut) -> Iterator[Span]:
        """Find every other number that points somewhere: known runs of digits, long ones, those with letters, those a word names."""
        for found in _MIXED.finditer(cut.text):
            if re.fullmatch(r"\d+(?:[.,]\d+)*[A-Za-z]{1,3}", found.group()):
                continue  # a measure: 616.0pt
            if any(len(run) >= 3 and not self._year(run) for run in re.findall(r"\d+", found.group())):
                yield Span(found.start(), found.end(), "number", self.number(found.group()))
        for found in _LONG.finditer(cut.text):
            if found.group() not in self._amounts and not _compact_date(found.group()):
                yield Span(found.start(), found.end(), "number", self.number(found.group()))
        for found in _POINTS.finditer(cut.text):
            if not self._year(found[1]) and found[1] not in self._amounts:
                yield Span(found.start(1), found.end(1), "number", self.number(found[1]))
        for found in re.finditer(r"\d{4,}", cut.text):
            if found.group().lstrip("0") in self._runs and found.group() not in self._amounts:
                yield Span(found.start(), found.end(), "number", self.number(found.group()))

    def _part(self, part: str, parts: list[str]) -> str:
        if part[0].isdigit():
            if self._stays(part, parts):
                return part
            bare = part.lstrip("0")
            return "0" * (len(part) - len(bare)) + (
                self._salted.shaped("digits", bare, unfit=self._year) if bare else ""
            )
        if fold(part) in _KINDS:
            return part
        letters = self._salted.shaped("letters", part.upper(), unfit=lambda new: fold(new) in _KINDS)
        return letters if part.isupper() else letters.lower()

    def _stays(self, run: str, parts: list[str]) -> bool:
        return self._year(run) and sum(part[0].isdigit() for part in parts) > 1

    @staticmethod
    def _year(run: str) -> bool:
        return len(run) == 4 and 1990 <= int(run) <= 2100


def _loosely(part: str) -> str:
    """Match digits also in two groups, the last of three: 20 419."""
    if not part[0].isdigit():
        return re.escape(part)
    bare = part.lstrip("0")
    if not bare:
        return re.escape(part)
    split = f"{bare[:-3]} ?{bare[-3:]}" if len(bare) >= 5 else bare
    return "0" * (len(part) - len(bare)) + split


def _cased(original: str, fresh: str) -> str:
    return "".join(
        new.lower() if old.islower() else new.upper() if old.isupper() else new
        for old, new in zip(original, fresh, strict=True)
    )


def _compact_date(digits: str) -> bool:
    if len(digits) != 8 or not digits.isdigit():
        return False
    for year, month, day in ((0, 4, 6), (4, 2, 0)):
        try:
            if (
                1990
                <= date(int(digits[year : year + 4]), int(digits[month : month + 2]), int(digits[day : day + 2])).year
                <= 2100
            ):
                return True
        except ValueError:
            continue
    return False
