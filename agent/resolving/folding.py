"""Make text comparable without moving a single character.

Folding lowers case, drops accents and evens out quotes, dashes and spaces, one character for one, so that a
place in the folded text is the same place in the customer's text. It must never change the length.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Text beyond this many characters is not read: no reply is that long, and time must stay bounded.
LONGEST = 8_000

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


#: A line at least this long was broken by a mail program and not by its writer.
_WRAPPED = 45
_BREAK = re.compile(r"[ \t\u00a0\r]*\n[ \t\u00a0\r\n]*|[ \t]{2,}")


@dataclass(frozen=True)
class Flat:
    """Text with wrapped lines joined and runs of blanks made one, and the way back to the places in the original."""

    original: str
    text: str
    flat_starts: tuple[int, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original that a non-empty span of the flat text stands for."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, at: int) -> int:
        piece = bisect.bisect_right(self.flat_starts, at) - 1
        return self.starts[piece] + at - self.flat_starts[piece]


def flatten(text: str) -> Flat:
    """Join lines that were wrapped. Short lines, paragraphs, and lines between two figures stay apart."""
    pieces: list[str] = []
    flat_starts, starts = [0], [0]
    at = length = 0
    for match in _BREAK.finditer(text):
        joint = _joint(text, match)
        pieces += (text[at : match.start()], joint)
        length += match.start() - at + len(joint)
        at = match.end()
        flat_starts += (length - len(joint), length)
        starts += (match.end() - len(joint), at)
    pieces.append(text[at:])
    return Flat(text, "".join(pieces), tuple(flat_starts), tuple(starts))


def _joint(text: str, match: re.Match[str]) -> str:
    broken = match.group().count("\n")
    if not broken:
        return " "
    line = match.start() - (text.rfind("\n", 0, match.start()) + 1)
    figures = text[match.start() - 1 : match.start()].isdigit() and text[match.end() : match.end() + 1].isdigit()
    return " " if broken == 1 and line >= _WRAPPED and not figures else "\n"
