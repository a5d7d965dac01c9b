"""Finds the figures of a letter as a reader would: days, sums of money, and any other number. Finders of our own.

The names of months come from CLDR; nothing is shared with the rules of the product.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel.dates import get_month_names

_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")
_CODES = r"EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|SGD|INR|MXN|BRL|ZAR"
_NUMBER = r"\d(?:[\d.,'’ ]*\d)?"
_MONEY = re.compile(
    rf"(?:(?:{_CODES}|[$€£¥])\s?(?P<after>{_NUMBER}))|(?:(?P<before>{_NUMBER})\s?(?:{_CODES}|[$€£¥]))", re.IGNORECASE
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?!\d)")
_ANY = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text. `days`: what a date may mean (empty: there is no such day); `sums`: what a number may mean."""

    kind: Literal["day", "sum", "number"]
    text: str
    days: frozenset[tuple[int | None, int, int]] = frozenset()
    sums: frozenset[Decimal] = frozenset()

    def is_day(self, day: date) -> bool:
        """Say whether this may be that day; a date without a year may be of any."""
        return any(
            (year in (None, day.year)) and (month, number) == (day.month, day.day) for year, month, number in self.days
        )


def figures_of(text: str) -> Iterator[Figure]:
    """Give every figure of a text, each piece of it once: days first, then sums with a currency, then other numbers."""
    rest = "".join(_plain(letter) for letter in unicodedata.normalize("NFKC", text))
    for pattern, read in ((_ISO, _iso), (_spelt(), _worded), (_NUMERIC, _numeric), (_MONEY, _money), (_ANY, _number)):
        for match in pattern.finditer(rest):
            yield read(match)
        rest = pattern.sub(" ¤ ", rest)


def _plain(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return str(value) if value is not None else " " if unicodedata.category(letter) == "Zs" else letter


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                found[name.casefold().rstrip(".")] = number
    return found


@lru_cache(maxsize=1)
def _spelt() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(
        rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s(?:de\s|of\s)?(?P<month>{names})\b\.?(?:,?\s(?:de\s)?(?P<year>\d{{4}}))?"
        rf"|\b(?P<month2>{names})\b\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year2>\d{{4}}))?)",
        re.IGNORECASE,
    )


def _worded(match: re.Match[str]) -> Figure:
    month = _months()[(match["month"] or match["month2"]).casefold()]
    year = match["year"] or match["year2"]
    return _dated(match.group(0), (int(year) if year else None, month, int(match["day"] or match["day2"])))


def _iso(match: re.Match[str]) -> Figure:
    year, month, day = map(int, match.groups())
    return _dated(match.group(0), (year, month, day))


def _numeric(match: re.Match[str]) -> Figure:
    one, two, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 100 else 0
    return _dated(match.group(0), (year, two, one), (year, one, two))


def _dated(text: str, *readings: tuple[int | None, int, int]) -> Figure:
    return Figure("day", text.strip(), days=frozenset(reading for reading in readings if _exists(*reading)))


def _exists(year: int | None, month: int, day: int) -> bool:
    try:
        date(year or 2024, month, day)  # 2024 has a 29 February
    except ValueError:
        return False
    return True


def _money(match: re.Match[str]) -> Figure:
    return Figure("sum", match.group(0).strip(), sums=_values(match["after"] or match["before"]))


def _number(match: re.Match[str]) -> Figure:
    return Figure("number", match.group(0), sums=_values(match.group(0)))


def _values(number: str) -> frozenset[Decimal]:
    """Read a number with whatever separators: the last one is a decimal point where one or two digits follow it."""
    parts = re.match(r"(.*?)(?:[.,](\d{1,2}))?$", number.strip())
    whole = re.sub(r"\D", "", parts[1] if parts else number)
    cents = parts[2] if parts else None
    return frozenset({Decimal(f"{whole or 0}.{cents}") if cents else Decimal(whole or 0)})
