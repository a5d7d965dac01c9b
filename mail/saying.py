"""Say whether the plain and the HTML version of one mail tell the same.

Programs add addresses of links, names of pictures, list marks, preview lines and footers, and leave out what a plain text cannot
show. They never add a statement to the plain text that the HTML does not have, nor change a number or a "not".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from enum import Enum

from mail.html_text import HtmlText


class Agreement(Enum):
    """How two versions of one text stand to each other."""

    SAME = "same"
    ALIKE = "alike"
    DIFFERENT = "different"


_NOISE = re.compile(
    r"<?(?:https?|ftp|mailto|tel|cid):[^\s<>]*>?|\bwww\.\S+|\[(?:cid|image|https?|logo|picture|bild|img)[^\[\]\n]{0,300}\]"
    r"|<[\w.+-]{1,64}@[\w.-]{1,253}>|_",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^[> \t]{0,40}(?:[-*•·–o]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s", re.MULTILINE)
_FOOTNOTE = re.compile(r"[\[(]\d{1,3}[\])]")
_WORD = re.compile(r"\w+")
_NOT = frozenset(
    _WORD.findall(
        "not no never none cannot without nicht kein keine keinen nie niemals ohne pas ne jamais aucun sans no nunca ningún sin non mai senza"
        " niet geen nooit zonder não nunca sem inte ingen aldrig utan nie nigdy bez"
    )
)
_STUB = re.compile(
    r"\bhtml\b|browser|\bview(?:er)?\b|\bonline\b|webversion|navigateur|navegador|anzeige|unsubscribe|newsletter",
    re.IGNORECASE,
)
_STUB_WORDS = 60


def compare(plain: str, html: HtmlText) -> Agreement:
    """Compare the plain version with what is seen of the HTML."""
    words, others = _count(plain), _count(html.text)
    extra, missing = words - others, others - words
    different = extra + missing
    if html.hidden:  # the plain version may hold what the HTML hides
        return Agreement.DIFFERENT if _contradicts(plain, html, others) else Agreement.ALIKE
    odd = any(any(char.isdigit() for char in word) for word in different)
    if (
        not odd
        and sum(different.values()) <= 2 + max(words.total(), others.total()) // 50
        and not _NOT & different.keys()
    ):
        return Agreement.SAME
    return Agreement.DIFFERENT if _contradicts(plain, html, others) else Agreement.ALIKE


def only_in_plain(plain: str, html: HtmlText) -> str:
    """Give the lines of the plain version that have words which are not seen in the HTML."""
    known = _count(html.text).keys()
    return "\n".join(line.strip() for line in plain.split("\n") if _count(line).keys() - known)


def _contradicts(plain: str, html: HtmlText, others: Counter[str]) -> bool:
    """Say whether the plain text has words of its own that no honest program would put there."""
    words = _count(_FOOTNOTE.sub(" ", _LIST_MARK.sub(" ", plain)))
    labels = Counter(_WORD.findall(f"{html.labels} {html.hidden}".casefold()))
    extra, missing = words - others - labels, others - words - labels
    if sum(extra.values()) + sum(missing.values()) <= max(6, others.total() // 10):
        # Nearly the same words: here a number or a "not" makes another statement.
        small = extra + missing
        if _numbers(small) or _NOT & small.keys():
            return True
    known = others.keys() | labels.keys()
    new = [word for word in words if word not in known and not _is_part(word, known)]
    if words.total() <= _STUB_WORDS and _STUB.search(plain) and not _numbers(new):
        return False
    return len(new) + sum(map(_has_digit, new)) >= max(4, words.total() // 25)


def _is_part(word: str, known: Collection[str]) -> bool:
    """Say whether a word is the beginning of a known one, as where a line was broken in it."""
    return len(word) > 3 and any(other.startswith(word) for other in known)


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _numbers(words: Iterable[str]) -> bool:
    return any(map(_has_digit, words))


def _count(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_NOISE.sub(" ", text).casefold()))
