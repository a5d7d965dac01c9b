"""Make text comparable without moving a single character.

Folding lowers case, drops accents and evens out quotes, dashes and spaces, one character for one, so that a
place in the folded text is the same place in the customer's text. It must never change the length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Stands for a character that must not be read; no pattern of this package matches it as a word.
BLANK = "\x00"

_EVEN = {
    **dict.fromkeys(map(ord, "’‘ʼ´`′"), "'"),
    **dict.fromkeys(map(ord, "“”„«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\t"), " "),
}


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in "ºª":  # ordinal marks, which would decompose into letters
        return character
    base = unicodedata.normalize("NFD", character)[:1].lower()
    return base if len(base) == 1 else character


_FOLDS = _Folds(_EVEN)


def fold(text: str) -> str:
    """Fold text for matching; the result has the same length as `text`."""
    return text.translate(_FOLDS)


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Blank out spans of text so that nothing is read from them; the length stays."""
    for start, end in spans:
        text = text[:start] + BLANK * (end - start) + text[end:]
    return text


def spans_of(text: str, pieces: Iterable[str]) -> list[tuple[int, int]]:
    """Find every place where one of `pieces` stands in `text` as a whole token, whatever its case."""
    found: list[tuple[int, int]] = []
    folded = fold(text)
    for piece in pieces:
        if piece.strip():
            pattern = rf"(?<!\w)(?<!\w[/-]){re.escape(fold(piece.strip()))}(?!\w|[/-]\w)"
            found.extend(match.span() for match in re.finditer(pattern, folded))
    return found
