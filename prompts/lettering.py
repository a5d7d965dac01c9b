"""The letters that our own documents are set in, embedded in each: no reader ever sees a black box for a name.

Bitstream Vera comes with ReportLab and covers Western European, Turkish and Scandinavian names. Where a text needs more and
DejaVu Sans, its successor, is installed on the machine, that is taken; else a letter is written without its mark.
"""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from prompts.wording import one_line

_FAMILIES = (("Vera.ttf", "VeraBd.ttf"), ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
#: What compatibility decomposition does not take apart.
_PLAINER = {"\u2010": "-", "\u2011": "-", "\u202f": "\u00a0", "ẞ": "SS", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h"}
_UNKNOWN = "?"
_registering = threading.Lock()


@dataclass(frozen=True, slots=True)
class Lettering:
    """A regular and a bold face, by their registered names, and the letters that both have."""

    regular: str
    bold: str
    letters: frozenset[int]

    def covers(self, text: str) -> bool:
        """Say whether every letter can be written as it is."""
        return all(ord(c) in self.letters for c in one_line(text))

    def write(self, text: str, *, instead: str = "") -> str:
        """Give a text in letters that there are; `instead` where next to nothing of it could be written."""
        plain = one_line(text)
        written = "".join(self._letter(c) for c in plain)
        lost = written.count(_UNKNOWN) - plain.count(_UNKNOWN)
        return one_line(instead) if instead and 2 * lost > len(plain.replace(" ", "")) else written

    def _letter(self, character: str) -> str:
        if ord(character) in self.letters:
            return character
        known = _PLAINER.get(character)
        taken_apart = known if known is not None else unicodedata.normalize("NFKD", character)
        kept = "".join(c for c in taken_apart if ord(c) in self.letters and not unicodedata.combining(c))
        return kept or _UNKNOWN


def lettering_for(*texts: str) -> Lettering:
    """Choose the first family that covers all texts, or the last there is where none does."""
    usual = _family(*_FAMILIES[0])
    assert usual is not None, "ReportLab comes with Bitstream Vera"
    if all(usual.covers(text) for text in texts):
        return usual
    return _family(*_FAMILIES[1]) or usual


@lru_cache(maxsize=len(_FAMILIES))
def _family(regular: str, bold: str) -> Lettering | None:
    """Register the two faces of a family; None when they are not on this machine."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    with _registering:
        faces = []
        for file in (regular, bold):
            try:
                face = TTFont(f"dunwell-{file.removesuffix('.ttf').lower()}", file)
            except (TTFError, OSError):
                return None
            pdfmetrics.registerFont(face)
            faces.append(face)
    letters = frozenset(faces[0].face.charToGlyph) & frozenset(faces[1].face.charToGlyph)
    return Lettering(regular=faces[0].fontName, bold=faces[1].fontName, letters=letters)
