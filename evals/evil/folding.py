"""One form of a text for every way of spelling it, so that neither a canary nor a payload can hide."""

from __future__ import annotations

import re
import unicodedata


def fold(text: str) -> str:
    """Reduce a text to its letters and digits, small, so that no spelling hides a canary or a payload."""
    return _NO_LETTER.sub("", text.casefold())


_NO_LETTER = re.compile(r"[\W_]+")


def figures(text: str) -> frozenset[str]:
    """Give the digits of every number in a text, however they are grouped and in whatever script."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = plain if plain.isascii() else _OTHER_DIGIT.sub(lambda m: str(unicodedata.digit(m.group(0))), plain)
    return frozenset(re.sub(r"\D", "", found) for found in _NUMBER.findall(plain))


_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_NUMBER = re.compile(r"\d[\d.,'’ \u00a0\u202f]*\d|\d")
