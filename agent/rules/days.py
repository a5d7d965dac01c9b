"""Finds the days that stand in a draft, in seven languages and in figures. It reads; what is right, `known` says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale

from agent.rules.reading import folded
from prompts.wording import LOCALES


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it stands in a text: every (year, month, day) that it can mean, and the weekday that is named beside it."""

    text: str
    start: int
    end: int
    meanings: tuple[tuple[int | None, int, int], ...]
    weekday: int | None

    def among(self, days: Iterable[date]) -> list[date]:
        """List those of the given days that it can mean."""
        return [
            day for day in days for y, m, d in self.meanings if (day.month, day.day) == (m, d) and y in (None, day.year)
        ]

    @property
    def exists(self) -> bool:
        """Say whether there is such a day in any calendar."""
        return any(_exists(y or 2024, m, d) for y, m, d in self.meanings)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in LOCALES.values():
        locale = Locale.parse(name)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, word in locale.months[context][width].items():
                    found[folded(word).strip(". ")] = number
    return {word: number for word, number in found.items() if word.isalpha() and len(word) > 2} | {"sept": 9}


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in LOCALES.values():
        for number, word in Locale.parse(name).days["format"]["wide"].items():
            found[folded(word)] = number
            found[folded(word).removesuffix("-feira")] = number
    short = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
    return found | short | {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4}


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(_months(), key=len, reverse=True))
    english = "|".join(folded(word) for word in Locale.parse("en").months["format"]["wide"].values())
    english += "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
    weekdays = "|".join(sorted((w for w in _weekdays() if len(w) > 2), key=len, reverse=True))
    short = r"mo\.|di\.|mi\.|do\.|fr\."
    lead = rf"(?:(?<![a-z])(?P<weekday>{weekdays}|{short})\.?,?\s+(?:(?:the|den|dem|le|el|il|op|dia|de|am|on)\s+)?)?"
    tail = rf"(?!\d)(?:\s?\((?P<after>{weekdays})\))?"
    edge, end = r"(?<![\w/.,-])", r"(?![\w/-])"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"{lead}{edge}(?P<d>\d{{1,2}})(?:\.|er|st|nd|rd|th|[aºo°])?\s+(?:de\s+|of\s+)?(?P<month>{months})(?![a-z])\.?"
            rf"(?:(?:\s+del?|,)?\s+(?P<y>\d{{4}})(?!\d))?{tail}",
            rf"{lead}{edge}(?P<month>{english})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.:]\d)(?:,?\s+(?P<y>\d{{4}})(?!\d))?{tail}",
            rf"{lead}{edge}(?P<y>(?:19|20)\d\d)-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){end}{tail}",
            rf"{lead}{edge}(?P<a>\d{{1,2}})(?P<mark>[./-])(?P<b>\d{{1,2}})(?P=mark)(?P<y>\d{{4}}|\d\d){end}{tail}",
            rf"{lead}{edge}(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?!\d){tail}",
        )
    )


def days_in(text: str) -> list[Day]:
    """List the days of a text. Positions are those of `reading.folded` of it."""
    flat = folded(text)
    found: list[Day] = []
    taken = bytearray(len(flat))
    for pattern in _patterns():
        for match in pattern.finditer(flat):
            day = _day(match)
            if not any(taken[day.start : day.end]):
                taken[day.start : day.end] = b"\x01" * (day.end - day.start)
                found.append(day)
    return sorted(found, key=lambda day: day.start)


def without_days(text: str) -> str:
    """Give the folded text with a mark for every day, so that its figures are nothing else."""
    flat, last, pieces = folded(text), 0, []
    for day in days_in(text):
        pieces += [flat[last : day.start], " ¤ "]
        last = day.end
    return "".join([*pieces, flat[last:]])


def _day(match: re.Match[str]) -> Day:
    groups = match.groupdict()
    year = _year(groups.get("y"))
    if groups.get("a"):
        a, b = int(groups["a"]), int(groups["b"])
        meanings = tuple(m for m in ((year, b, a), (year, a, b)) if _exists(m[0] or 2024, m[1], m[2])) or (
            (year, b, a),
        )
    else:
        month = _months()[groups["month"]] if groups.get("month") else int(groups["m"])
        meanings = ((year, month, int(groups["d"])),)
    named = (groups.get("weekday") or groups.get("after") or "").strip(".")
    return Day(match.group(0).strip(), *match.span(), meanings, _weekdays().get(named))


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) if len(text) == 4 else 2000 + int(text)
