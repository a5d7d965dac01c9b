"""How seven languages name days. One file a language; data only, written as patterns on folded text.

Patterns are lower case and without accents. In them `<W>` is a weekday, `<WF>` a weekday that is safe to read on
its own, `<M>` a month, `<MF>` a month in full, `<D>` a day of the month, `<DO>` the same with its ordinal ending,
`<D1>` the first day of a range, `<N>` a number, `<U>` a unit of time, `<Y>` an optional year, `<R>` an optional
"of this month", `<STOP>` what must not follow a lone day number.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache

#: ISO 639-1 codes of the languages that have a lexicon.
LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")


@dataclass(frozen=True)
class Lexicon:
    """The date words of one language. `rules` are (kind, pattern); kinds are explained in `date_rules`."""

    code: str
    weekdays: tuple[str, str, str, str, str, str, str]
    weekdays_full: tuple[str, str, str, str, str, str, str]
    months: tuple[str, ...]
    months_full: tuple[str, ...]
    ordinal: str
    """Pattern of the ending that makes a number an ordinal."""
    days: dict[str, int]
    """Ordinal words for days of the month."""
    numbers: dict[str, int]
    units: dict[str, str]
    """Pattern of a unit -> d(ay), b(usiness day), w(eek), f(ortnight), m(onth), q(uarter) or y(ear)."""
    this_month: str
    next_month: str
    last_month: str
    cue: str
    """What stands before a bare numeric date such as 3/20."""
    article: str
    before: str
    not_day: str
    """Nouns after an ordinal that show it counts things, not days."""
    rules: tuple[tuple[str, str], ...]
    past: str
    future: str
    common: str
    """Frequent small words, to recognise the language of a text."""


@lru_cache(maxsize=8)
def lexicon(code: str) -> Lexicon:
    """Load the lexicon of one of LANGUAGES."""
    loaded: Lexicon = importlib.import_module(f"agent.resolving.words.{code}").LEXICON
    return loaded
