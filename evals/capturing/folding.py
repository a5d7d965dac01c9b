"""Words as they are compared: without case, accents or the letters by which they are written in plain ASCII."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: A letter with the accents that stand after it where a text is decomposed (NFD), as in file names of a Mac.
_LETTER = "(?:[^\\W\\d_][\u0300-\u036f]*)"
_WORD = re.compile(rf"{_LETTER}+(?:['’](?={_LETTER}{{3,}}){_LETTER}+)*")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
#: What a name may end in besides: genitive, plural, an adjective of it. Longest first.
ENDINGS = ("sche", "schen", "scher", "sches", "'s", "’s", "ens", "es", "en", "s", "n")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """Give it as it is compared."""
        return fold(self.text)


def listed(words: str) -> frozenset[str]:
    """Give the words of a list that is written in one text."""
    return frozenset(words.split())


def words_of(text: str) -> Iterator[Word]:
    """Give the words of a text: runs of letters."""
    for found in _WORD.finditer(text):
        yield Word(found.group(), found.start(), found.end())


def capitals(name: str) -> list[str]:
    """Give the words of a name that begin with a capital: a small one in it is an everyday one. All, where the name has none."""
    found = [word.text for word in words_of(name)]
    return [word for word in found if not word.islower()] or found


def fold(word: str) -> str:
    """Take case and accents off."""
    lower = unicodedata.normalize("NFC", word).casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))


def foldings(word: str) -> set[str]:
    """Give the ways in which a word is written without its accents: Müller, Muller, Mueller."""
    lower = unicodedata.normalize("NFC", word).casefold()
    german = "".join(c for c in unicodedata.normalize("NFD", lower.translate(_GERMAN)) if not unicodedata.combining(c))
    return {fold(word), german.translate(_PLAIN)}


def like(original: str, replacement: str) -> str:
    """Write the replacement in the case of the original."""
    if len(original) > 1 and original.isupper():
        return replacement.upper()
    return replacement.lower() if original[:1].islower() else replacement
