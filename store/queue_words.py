"""Turns text into plain words, the same for what is kept and for what is asked: folded, without accents, letters and digits only.

What comes out holds nothing that a search engine could take for its own syntax.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable

#: No more words of one item are kept, and no longer ones: nobody searches by the thousandth, and an index has its limits.
MOST_WORDS, LONGEST_WORD = 3000, 40
#: So many words of a question are looked at.
MOST_ASKED = 12
#: No more of a text is looked at, in characters.
_MOST_TEXT = 60_000
_ASCII_WORD = re.compile("[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """Split a text into its words, in order. `INV-20413` gives `inv` and `20413`."""
    text = text[:_MOST_TEXT]
    if text.isascii():
        # The same, for what has nothing to be folded: most of a long text is like that.
        return [word[:LONGEST_WORD] for word in _ASCII_WORD.findall(text.lower())]
    folded = unicodedata.normalize("NFKD", text).casefold()
    # Folding can bring new marks; what is compared must be the same however it was typed.
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    spaced = "".join(c if c.isalnum() else " " for c in plain)
    return [word[:LONGEST_WORD] for word in spaced.split()]


def kept(texts: Iterable[str], *, numbers: Iterable[str] = ()) -> str:
    """Give the words of some texts, each once, with spaces between. Invoice numbers are also kept in one piece."""
    joined = ["".join(words_of(number))[:LONGEST_WORD] for number in numbers]
    found = dict.fromkeys(itertools.chain((word for text in texts for word in words_of(text)), filter(None, joined)))
    return " ".join(itertools.islice(found, MOST_WORDS))


def asked(text: str) -> list[str]:
    """Give the words of a question, each once."""
    return list(dict.fromkeys(words_of(text[:500])))[:MOST_ASKED]
