"""Choose the words of a mail: its plain text where the HTML says the same, else what is seen in the HTML."""

from __future__ import annotations

from dataclasses import dataclass

from mail.caps import Refused
from mail.cleaning import clean
from mail.html_text import HtmlText, html_text
from mail.parts import Text
from mail.saying import Agreement, compare, only_in_plain

MAX_TEXT = 1_000_000

#: Nobody scrolls further down or to the right than this.
_BLANK_LINES, _BLANKS = 80, " " * 300


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a mail. `other` is the second version of the same words, where there are two; `hidden` is for people only."""

    text: str
    flags: frozenset[str]
    history_line: int | None = None
    other: HtmlText | None = None
    hidden: str = ""


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
    flags = frozenset[str]().union(*(body.flags for body in chosen))
    return Body(joined, flags, history, hidden="\n".join(body.hidden for body in chosen if body.hidden))


def _choose(text: Text) -> Body:
    if len(text.plain or "") > MAX_TEXT:
        raise Refused(f"the text is longer than {MAX_TEXT} characters")
    plain, flags = clean(text.plain or "")
    if _pushed_away(plain):
        flags.add("hidden_text")
    if text.html is None:
        return Body(plain, frozenset(flags))
    seen = html_text(text.html)
    if seen is not None and _far_below(seen.text):
        flags.add("hidden_text")
    if seen is None:
        if not plain.strip():
            raise Refused("the HTML is too long or nested too deeply, and there is no plain text beside it")
        return Body(plain, frozenset(flags | {"html_not_read"}))
    if text.plain is None or not plain.strip():
        return Body(seen.text, seen.flags | flags, seen.history_line, hidden=seen.hidden)
    if not seen.text.strip():
        return Body(plain, frozenset(flags | seen.flags), hidden=seen.hidden)
    match compare(plain, seen):
        case Agreement.SAME:
            return Body(plain, frozenset(flags | seen.flags), None, seen, seen.hidden)
        case Agreement.ALIKE:
            return Body(seen.text, seen.flags | flags, seen.history_line, hidden=seen.hidden)
    hidden = "\n".join(part for part in (seen.hidden, only_in_plain(plain, seen)) if part)
    return Body(seen.text, seen.flags | flags | {"plain_html_differ"}, seen.history_line, hidden=hidden)


def _pushed_away(text: str) -> bool:
    """Say whether words stand so far below or beside the others that nobody sees them."""
    return _far_below(text) or any(_BLANKS in line.rstrip().replace("\t", "    ") for line in text.split("\n"))


def _far_below(text: str) -> bool:
    """Say whether words stand below more blank lines than anybody scrolls. Blanks in rendered HTML may be those of a table."""
    blank = 0
    for line in text.split("\n"):
        if line.strip() and blank >= _BLANK_LINES:
            return True
        blank = 0 if line.strip() else blank + 1
    return False
