"""Turns text into sparse word and character features: hashed n-grams weighted by tf-idf.

Works on a normalised copy of the text (figures, dates and addresses become place holders), so it must never be used
to quote: evidence is cut from the text itself by `agent.embedded.segment`.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: Longest text read, in characters. A reply is short; what is longer is a pasted thread.
LONGEST_TEXT = 8_000
_WORD_GRAMS = (1, 2)
_CHARACTER_GRAMS = (2, 4)

# Runs are bounded, so that no text can make a pattern slow; what is longer is neither an address nor an amount.
_EMAIL = re.compile(r"\S{1,100}@\S+")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_AMOUNT = re.compile(
    r"(?:[$€£]\s?\d[\d.,' ]*\d?|(?<![\d.,'])\d[\d.,']{0,30}\s?(?:€|\$|£|eur\b|euros?\b|usd\b|gbp\b|chf\b|k\b))",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\b")
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th|er|º|°)\b")
_NUMBER = re.compile(r"\b[a-z]{0,4}[-/]?\d[\d/-]{3,}\w*")
_DIGITS = re.compile(r"\d+")
_BLANK_ROOM = re.compile(r"\s{2,}")
_LONG_NUMBER = re.compile(r"\b(?=(?:[\w/-]*\d){4})[\w/-]{4,}\b")
_WORD = re.compile(r"\w+")


def normalise(text: str) -> str:
    """Return `text` in lower case without accents, with place holders for addresses, amounts, dates and numbers."""
    text = text[:LONGEST_TEXT].lower() if text.isascii() else _without_accents(text)
    text = _LINK.sub(" xlink ", _EMAIL.sub(" xemail ", text))
    text = _NUMERIC_DATE.sub(" xdate ", _AMOUNT.sub(" xamt ", text))
    text = _NUMBER.sub(" xnum ", _DAY.sub(" xday ", text))
    return _DIGITS.sub("0", text)


def _without_accents(text: str) -> str:
    text = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].replace("’", "'")).lower()
    return "".join(character for character in text if not unicodedata.combining(character))


def for_encoder(text: str) -> str:
    """Return `text` with addresses, links and long numbers shortened: they cost an encoder time and say nothing.

    Blank room says nothing either: what was blanked in a letter must not move a reading.
    """
    text = _LINK.sub("link", _EMAIL.sub("email", text[:LONGEST_TEXT]))
    return _LONG_NUMBER.sub("123", _BLANK_ROOM.sub(_one_blank, text.strip()))


def _one_blank(room: re.Match[str]) -> str:
    return "\n" * min(2, room.group(0).count("\n")) or " "


def grams(text: str) -> tuple[Counter[int], Counter[int]]:
    """Count the hashed word n-grams and the hashed character n-grams of `text`."""
    plain = normalise(text)
    return _hashed(_word_grams(plain)), _hashed(_character_grams(plain))


def _hashed(found: Iterator[str]) -> Counter[int]:
    """Count first and hash then: a text has each of its n-grams several times."""
    counts: dict[int, int] = {}
    for gram, times in Counter(found).items():
        hashed = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
        counts[hashed] = counts.get(hashed, 0) + times
    return Counter(counts)


def _word_grams(plain: str) -> Iterator[str]:
    words = _WORD.findall(plain)
    for size in range(_WORD_GRAMS[0], _WORD_GRAMS[1] + 1):
        for start in range(len(words) - size + 1):
            yield "w " + " ".join(words[start : start + size])


def _character_grams(plain: str) -> Iterator[str]:
    """Give the n-grams inside each word with a blank on either side, as they tell word beginnings and endings."""
    for word in plain.split():
        padded = f" {word} "
        for size in range(_CHARACTER_GRAMS[0], _CHARACTER_GRAMS[1] + 1):
            for start in range(max(1, len(padded) - size + 1)):
                yield padded[start : start + size]


@dataclass(frozen=True, slots=True)
class Block:
    """The known n-grams of one kind: their hashes, ascending, and the weight of each (idf)."""

    hashes: npt.NDArray[np.uint32]
    weights: Floats

    def vector(self, counts: Counter[int]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Return positions and values of one text, of length 1 over the known n-grams; both empty when none is."""
        if not counts or not len(self.hashes):
            return np.zeros(0, np.intp), np.zeros(0, np.float32)
        keys = np.fromiter(counts.keys(), np.uint32, len(counts))
        times = np.fromiter(counts.values(), np.float32, len(counts))
        order = np.argsort(keys)  # a fixed order of summation, whatever the order of the text
        keys, times = keys[order], times[order]
        places = np.searchsorted(self.hashes, keys)
        places[places == len(self.hashes)] = 0
        known = self.hashes[places] == keys
        positions = places[known].astype(np.intp)
        values = (1 + np.log(times[known])) * self.weights[positions]
        length = float(np.sqrt(np.sum(values * values)))
        return positions, (values / length if length else values).astype(np.float32)
