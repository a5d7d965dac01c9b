"""The names of months and of days of the week in thirteen languages, folded. Data of the Unicode CLDR, by way of Babel."""

from __future__ import annotations

import re
from functools import cache

from mail.robot_fold import fold

_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "sv", "pl", "da", "nb", "fi", "cs")
#: Month names of one language that are common words of another.
_NOT_MONTHS = frozenset({"out", "set"})
_MORE_WEEKDAYS = {
    "srode": 2,
    "sobote": 5,
    "niedziele": 6,
    "poniedzialku": 0,
    "wtorku": 1,
    "srody": 2,
    "czwartku": 3,
    "piatku": 4,
    "segunda-feira": 0,
    "terca-feira": 1,
    "quarta-feira": 2,
    "quinta-feira": 3,
    "sexta-feira": 4,
    "pondelka": 0,
    "stredu": 2,
    "ctvrtka": 3,
    "patku": 4,
}


@cache
def months() -> dict[str, int]:
    """Give the month names of the languages we read, full and short, folded."""
    from babel import Locale

    names: dict[str, int] = {"sept": 9}
    for language in _LANGUAGES:
        found = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in found[context][width].items():
                    names[fold(name).rstrip(".")] = number
    return {
        name: number for name, number in names.items() if len(name) >= 3 and name.isalpha() and name not in _NOT_MONTHS
    }


@cache
def weekdays() -> dict[str, int]:
    """Give the names of the days of the week, folded; Monday is 0."""
    from babel import Locale

    names = dict(_MORE_WEEKDAYS)
    for language in _LANGUAGES:
        days = Locale(language).days
        for context in ("format", "stand-alone"):
            names |= {fold(name): number for number, name in days[context]["wide"].items()}
    return names


def weekday_words() -> str:
    """Give the names of the days as the alternatives of a pattern."""
    return one_of(weekdays())


def month_words() -> str:
    """Give the names of the months as the alternatives of a pattern."""
    return one_of(months())


def one_of(names: dict[str, int]) -> str:
    """Give names as the alternatives of a pattern, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
