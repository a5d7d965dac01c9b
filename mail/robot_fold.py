"""Folds text so that one pattern meets all its spellings, and cuts it into sentences. Changes nothing that is stored."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "´": "'",
        "–": "-",
        "—": "-",
        "‑": "-",
    }
)
#: After a stop, but not after "17." or "Mr."; a year may end a sentence.
_ENDS = re.compile(
    r"(?:(?<=[!?])|(?<=\d{4}\.)|(?<=[^\d\s]\.)(?i:(?<!\b[a-z]\.)(?<!\b(?:mr|dr|nr|fr|hr|ms|st|sr)\.)(?<!\b(?:mrs|mme|tel|str|sra|ing)\.)))\s+(?=[\"'(¿¡]?[^\Wa-z_])"
    r"|(?<=[。！？])|\n+"
)
_POINT = re.compile(r"(?<=\d)\.")
_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+|\n(?=[ \t]*(?:[-*•·–]|\d{1,2}[.)]) )")
#: Lines this long were broken by a mail program, not by the writer.
_WRAPPED = 50
_STOPS = (".", "!", "?", ":", ",", ";")


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Give the text in lower case without accents; letters only lose marks, so patterns can be folded too."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def without_points(folded: str) -> str:
    """Put a stroke for every point behind a digit ("20.7." is "20/7/"), so that a point ends a sentence and nothing else."""
    return _POINT.sub("/", folded)


def sentences(text: str) -> list[str]:
    """Cut a text into sentences and single lines, with the line breaks of mail programs joined; blank ones are left out."""
    found: list[str] = []
    for block in _BREAK.split(text):
        for piece in _ENDS.split(_joined(block)):
            if line := " ".join(piece.split()):
                found.append(line)
    return found


def _joined(block: str) -> str:
    """Join lines that a mail program broke: long ones, and those that go on in lower case."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    text = ""
    for line in lines:
        last = text.rpartition("\n")[2]
        goes_on = bool(last) and not last.endswith(_STOPS[:4]) and (len(last) >= _WRAPPED or line[0].islower())
        text += (" " if goes_on else "\n") + line if text else line
    return text
