"""Find the dates in a customer's words and resolve each to one day.

Seven languages. A date resolves in the customer's calendar from the day the mail came: a day that passed means the next
one that fits, unless the words are about the past ("we paid on 3 March"). It must never raise, and never guess
where the words name no day ("soon", "in the next run").
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from agent.resolving.date_grammar import Grammar, Parts, grammar, parts_of
from agent.resolving.date_rules import window_of
from agent.resolving.folding import LONGEST, Flat, flatten, fold
from agent.resolving.tense import Tense, tense_at
from agent.resolving.windows import View, Window, day_before, due_day
from agent.resolving.words import LANGUAGES, lexicon

_FRACTIONS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 1), (24, 7)}


#: What may stand before 16.03 for it to be a day and not a price.
_POINTED = re.compile(
    r"\b(?:on|by|dated|dt\.?|am|zum|vom|bis|ab|le|du|au|el|il|op|d\.?d\.?|dia|em|valeur|valuta|value date)\s+$"
)


#: A number behind a day of a month that stands where its year would, is none of our time, and no sum: "31 December 2500".
#: What day is meant, nobody can tell.
_NO_YEAR = re.compile(
    r",?(?: de| del)? \d{4}(?![\d.,']*\d)\b(?! ?(?:€|£|\$|eur|euros?|gbp|usd|chf|pln|sek|nok|dkk|kr|zl|pounds?|dollars?)(?!\w))"
)


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: the exact span, the day it means, and the first day where it names a window.

    `past` says that it was read as past; `kind` names the rule of `date_rules` that read it.
    """

    start: int
    end: int
    text: str
    date: dt.date
    first: dt.date
    past: bool = False
    kind: str = ""


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    parts: Parts


@dataclass(frozen=True)
class _Reader:
    flat: Flat
    folded: str
    rules: Grammar
    received_on: dt.date
    month_first: bool
    tense: Tense | None
    certain: bool


def find_dates(
    text: str,
    *,
    received_on: dt.date,
    language: str | None,
    month_first: bool = False,
    tense: Tense | None = None,
    certain: bool = False,
) -> list[FoundDate]:
    """Find all dates in `text`, in order, without overlaps.

    `language` is ISO 639-1; where it is unknown, or gives nothing, the language that the words look like is tried.
    `month_first` reads 3/4/2026 as 4 March. `tense` decides for words that do not show themselves whether they
    look forward (the default) or back; when `certain`, it holds against what the words around show, but never
    against a date that says itself where it lies ("yesterday", "last Friday").
    """
    flat = flatten(text[:LONGEST])
    folded = fold(flat.text)
    for code in _languages(folded, language):
        rules = grammar(code)
        hits = _hits(folded, rules, month_first=month_first)
        if hits:
            reader = _Reader(flat, folded, rules, received_on, month_first, tense, certain)
            found = (_resolve(hit, reader) for hit in hits)
            return [one for one in found if one is not None]
    return []


def _languages(folded: str, language: str | None) -> list[str]:
    """Order the languages to try: the given one, then the one that the small words speak for."""
    given = (language or "").partition("-")[0].lower()
    scores = {code: len(set(re.findall(lexicon(code).common, folded))) for code in LANGUAGES}
    likely = max(LANGUAGES, key=lambda code: scores[code])
    if given not in LANGUAGES:
        ranked = sorted(LANGUAGES, key=lambda code: -scores[code])
        return [code for code in ranked if 2 * scores[code] >= scores[likely]]
    return [given, likely] if scores[likely] > scores[given] else [given]


def _hits(folded: str, rules: Grammar, *, month_first: bool) -> list[_Hit]:
    present = {letter for letter, pattern in rules.presence.items() if pattern.search(folded)}
    hits: list[_Hit] = []
    for rule in rules.rules:
        if not present.issuperset(rule.needs):
            continue
        for match in rule.pattern.finditer(folded):
            parts = parts_of(match, rules)
            if _is_date(rule.kind, parts, folded, match, rules, month_first=month_first):
                hits.append(_Hit(match.start(), match.end(), rule.kind, parts))
    return _longest(hits)


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Keep the best of overlapping hits: the one that says more of the day, then the longer, then the earlier rule."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (-_weight(hit.parts), hit.start - hit.end)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _weight(parts: Parts) -> int:
    """Weigh what a hit says: a day of a month beats a day, and a day beats a weekday, a month or a week."""
    return 2 * bool(parts.number or parts.first) + bool((parts.number and parts.month) or parts.first)


def _is_date(kind: str, parts: Parts, folded: str, match: re.Match[str], rules: Grammar, *, month_first: bool) -> bool:
    """Tell a bare 3/20 or 16.03 from a fraction, a price or a number: it needs a word before it, or a shape."""
    if kind not in ("bare", "dotted"):
        return True
    first, second = parts.first, parts.second
    fits = (1 <= first <= 31 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)
    if not fits or (parts.separator != "/" and second > 12):
        return False
    ahead = folded[max(0, match.start() - 24) : match.start()]
    if kind == "bare" and parts.separator == ".":
        return bool(_POINTED.search(ahead)) and not folded[match.end() :].lstrip().startswith(("€", "$", "eur", "chf"))
    if rules.cue.search(ahead):
        return True
    if kind == "dotted":
        return rules.lexicon.code == "de" or "0" in (match.group()[:1], match.group().split(".")[1].strip()[:1])
    before = folded[max(0, match.start() - 12) : match.start()].rstrip()
    named = re.search(r"(?:no|nr|n°|nº|inv\w*|re|po|fact\w*|fakt\w*|rechnung|nota|ref)[.:]?$", before)
    return parts.separator == "/" and (first, second) not in _FRACTIONS and not named


def _resolve(hit: _Hit, reader: _Reader) -> FoundDate | None:
    folded, rules = reader.folded, reader.rules
    if hit.parts.month is not None and hit.parts.year is None and _NO_YEAR.match(folded, hit.end):
        return None
    shown = None if reader.certain else tense_at(folded, hit.start, hit.end, rules)
    past = (shown or reader.tense or Tense.FUTURE) is Tense.PAST
    view = View(reader.received_on, past=past, month_first=reader.month_first)
    window = window_of(hit.kind, hit.parts, view)
    if window is None:
        return None
    start, found = _with_before(hit, folded, rules), due_day(window, view)
    if start is not None:
        eve = day_before(window, view)
        if eve is None:
            return None
        found, window = eve, Window(eve, eve)
    else:
        start = hit.start
    start, end = reader.flat.span(start, hit.end)
    return FoundDate(start, end, reader.flat.original[start:end], found, window.first, past, hit.kind)


def _with_before(hit: _Hit, folded: str, rules: Grammar) -> int | None:
    """Give the place where "before" opens the date: in front of the hit, into it ("antes del 15") or as its own word."""
    if hit.kind == "ago":
        return None
    reach = max(0, hit.start - 30)
    for match in rules.before.finditer(folded, reach, hit.end):
        if match.start() <= hit.start <= match.end() + 1:
            return match.start()
    return None
