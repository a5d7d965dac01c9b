"""Tell whether the words around a date look back ("we paid on the 2nd") or forward ("goes out on the 2nd").

Only what the words show: None where they show nothing.
"""

from __future__ import annotations

import re
from enum import Enum

from agent.resolving.date_grammar import Grammar

_SENTENCE = re.compile(r"[!?;\n]|\.(?=\s|$)")
_CLAUSE = re.compile(r"[,:()!?;\n]|\.(?=\s|$)|\s-\s|\b(?:and|but|so|und|aber|et|mais|y|pero|en|maar|e|ma|mas)\b")
_REACH = 240


class Tense(Enum):
    """Which way words look from the day they were written."""

    PAST = "past"
    FUTURE = "future"


def tense_at(folded: str, start: int, end: int, rules: Grammar) -> Tense | None:
    """Judge the clause around a span, and the sentence where the clause shows nothing.

    In one clause a future auxiliary beats a participle ("will be paid"); a sentence that shows both decides nothing.
    """
    left, right = _around(folded, start, end, _CLAUSE)
    if rules.future.search(folded, left, right):
        return Tense.FUTURE
    if rules.past.search(folded, left, right):
        return Tense.PAST
    left, right = _around(folded, start, end, _SENTENCE)
    future = rules.future.search(folded, left, right) is not None
    past = rules.past.search(folded, left, right) is not None
    if future == past:
        return None
    return Tense.FUTURE if future else Tense.PAST


def _around(folded: str, start: int, end: int, breaks: re.Pattern[str]) -> tuple[int, int]:
    left = max(0, start - _REACH)
    for match in breaks.finditer(folded, left, start):
        left = match.end()
    right = min(len(folded), end + _REACH)
    following = breaks.search(folded, end, right)
    return left, following.start() if following else right
