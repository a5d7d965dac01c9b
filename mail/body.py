"""Choose the words of a mail: its plain text where the HTML says the same, else what is seen in the HTML."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from mail.caps import Refused
from mail.cleaning import clean
from mail.html_text import HtmlText, html_text
from mail.parts import Text

MAX_TEXT = 1_000_000

_NOISE = re.compile(
    r"<?(?:https?|ftp|mailto|tel):[^\s<>]*>?|\bwww\.\S+|\[(?:cid|image|https?)[^\[\]\n]{0,300}\]|<[\w.+-]{1,64}@[\w.-]{1,253}>"
    r"|_",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a mail. `other` is the second version of the same words, where there are two."""

    text: str
    flags: frozenset[str]
    history_line: int | None = None
    other: HtmlText | None = None


def body_of(texts: list[Text]) -> Body:
    """Join the stretches of text to one. Raises Refused where they are too long to be read."""
    if len(texts) == 1:
        return _choose(texts[0])
    chosen = [_choose(text) for text in texts]
    joined, history = "", None
    for body in chosen:
        if history is None and body.history_line is not None:
            history = joined.count("\n") + body.history_line
        joined += body.text.rstrip("\n") + "\n\n"
    if len(joined) > MAX_TEXT:
        raise Refused(f"the text is longer than {MAX_TEXT} characters")
    return Body(joined, frozenset().union(*(body.flags for body in chosen)), history)


def _choose(text: Text) -> Body:
    if len(text.plain or "") > MAX_TEXT:
        raise Refused(f"the text is longer than {MAX_TEXT} characters")
    plain, flags = clean(text.plain or "")
    if text.html is None:
        return Body(plain, frozenset(flags))
    seen = html_text(text.html)
    if seen is None:
        if not plain.strip():
            raise Refused("the HTML is too long or nested too deeply, and there is no plain text beside it")
        return Body(plain, frozenset(flags | {"html_not_read"}))
    if text.plain is None or not plain.strip():
        return Body(seen.text, seen.flags, seen.history_line)
    if not seen.text.strip():
        return Body(plain, frozenset(flags | seen.flags))
    if say_the_same(plain, seen.text):
        return Body(plain, frozenset(flags | seen.flags), None, seen)
    return Body(seen.text, seen.flags | {"plain_html_differ"}, seen.history_line)


def say_the_same(one: str, other: str) -> bool:
    """Say whether two texts have the same words: every number alike, and all but one word in fifty."""
    words, others = (Counter(_WORD.findall(_NOISE.sub(" ", text).casefold())) for text in (one, other))
    different = (words - others) + (others - words)
    if any(char.isdigit() for word in different for char in word):
        return False
    return sum(different.values()) <= 2 + max(words.total(), others.total()) // 50
