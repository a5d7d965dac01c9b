"""The words and figures of a text as edits compare them, and whether two texts differ in typing only. Pure."""

from __future__ import annotations

import re

from mail.lookalike import distance

_MOST_TYPOS = 6
#: No part may begin in the middle of a word, and each is bounded: a draft may hold very long words.
_FIGURE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}\.? (?:[^\W\d_]{3,10}\.?) \d{4}|(?<!\w)[^\W\d_]{1,40}[-/]?\d[\w/-]*|\d[\d.,/'’\u00a0\u202f-]*\d|\d|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,200}|https?://\S+"
)
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words(text: str) -> list[str]:
    """Give the words of a text, without case and signs."""
    return [word.casefold() for word in WORD.findall(text)]


def only_typos(was: str, now: str) -> bool:
    """Say whether only letters within words changed, or signs and case, and no figure."""
    old, new = was.split(), now.split()
    if len(old) != len(new) and words(was) != words(now) and "".join(old).casefold() != "".join(new).casefold():
        return False
    if figures(was) != figures(now):
        return False
    if len(old) != len(new):
        return True
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if words(a) != words(b)]
    return len(pairs) <= _MOST_TYPOS and all(_a_typo(a.casefold(), b.casefold()) for a, b in pairs)


def _a_typo(one: str, other: str) -> bool:
    limit = 1 if min(len(one), len(other)) < 6 else 2
    if min(len(one), len(other)) < 4 or one.strip(".,;:!?") in _SWAPS or other.strip(".,;:!?") in _SWAPS:
        return False
    return distance(one, other, limit) <= limit


#: Near to each other in letters, and far in meaning.
_SWAPS = frozenset(
    [
        "your",
        "four",
        "hour",
        "ours",
        "their",
        "there",
        "deine",
        "seine",
        "ihre",
        "ihrer",
        "ihren",
        "ihnen",
        "your's",
        "kann",
        "kein",
        "nous",
        "vous",
        "juni",
        "juli",
        "june",
        "july",
        "keine",
        "eine",
        "not",
        "now",
    ]
)


def figures(text: str) -> list[str]:
    """Give the figures of a text, without signs around them: amounts, dates, numbers, addresses."""
    return sorted(re.sub(r"[^\w@]", "", found).casefold() for found in _FIGURE.findall(text))
