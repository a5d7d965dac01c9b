"""Turn an HTML mail into the text that a person sees, with quoted mail marked as quoted.

Quotations become `> ` lines; where a mail program begins the older mail without quoting it, the line number is given.
Links are never followed, nothing is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mail.cleaning import clean
from mail.html_marks import MARKS, unmark
from mail.html_quotes import mark_quotes
from mail.unseen import asides, kept, outlook_words
from mail.visible import blank_hidden

MAX_HTML = 1_000_000
MAX_NESTING = 150
#: The HTML parser drops what is nested deeper than 2048 levels, so such HTML is not read at all.
MAX_DEPTH = 2000
MAX_ELEMENTS = 20_000
#: No honest mail comes near it; each element costs time.
MAX_COUNT = 100_000

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "tr",
        "table",
        "li",
        "ul",
        "ol",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
        "section",
        "article",
        "td",
    ]
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What is seen. `history_line` is where older mail begins, None where the HTML does not say.

    `hidden` are the words that nobody sees, for people to look at; `labels` what a plain version may show in their place: names
    of pictures and addresses of links.
    """

    text: str
    flags: frozenset[str]
    history_line: int | None = None
    hidden: str = ""
    labels: str = ""


@lru_cache(maxsize=2)  # a mail's HTML is asked for again where it may be a report
def html_text(html: str) -> HtmlText | None:
    """Give the visible text of an HTML mail; None where it is too long or nested too deeply to be read whole."""
    from lxml import etree  # lxml has no types

    if len(html) > MAX_HTML:
        return None
    root = _tree(html)
    if root is None:
        return HtmlText("", frozenset())
    deepest, count = _prepare(root)
    if deepest >= MAX_DEPTH or count > MAX_COUNT:
        return None
    found = list(asides(root))
    labels = _labels(root)
    hidden = blank_hidden(root, outlook=outlook_words(found))
    etree.strip_tags(root, etree.Comment)
    mark_quotes(root)
    rendered = _plainly(root) if deepest > MAX_NESTING or count > MAX_ELEMENTS else _rendered(root)
    lines, history = unmark(rendered)
    text, flags = clean("\n".join(lines))
    words, telling = kept(hidden, found, seen=text)
    flags |= ({"hidden_text"} if telling else set()) | ({"styles_not_followed"} if hidden.cut else set())
    return HtmlText(text, frozenset(flags), history, words, labels)


def _labels(root: Any) -> str:
    found = [
        element.get(name) or ""
        for element in root.iter("img", "a", "area", "input")
        for name in ("alt", "title", "href", "value")
    ]
    return " ".join(found)[:MAX_HTML]


def _tree(html: str) -> Any:
    from lxml import etree  # lxml has no types
    from lxml.html import HTMLParser, document_fromstring  # as above

    data = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", html).encode("utf-8")
    if not data.strip():
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=False, remove_pis=True, huge_tree=True, no_network=True)
    try:
        return _one_root(document_fromstring(data, parser=parser))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _one_root(root: Any) -> Any:
    """Put what stands before `<html>` and after `</html>` into the body, where a browser shows it: libxml2 makes it a tree of its own."""
    before, after = list(root.itersiblings(preceding=True)), list(root.itersiblings())
    if not before and not after:
        return root
    body = root.find("body")
    body = root if body is None else body
    for other in before:  # comments alone, nearest first
        root.insert(0, other)
    for other in after:
        if other.tag == "html":
            other.tag = "div"
        body.append(other)
    return root


def _prepare(root: Any) -> tuple[int, int]:
    """Take out our own marks and all layout styles; give the deepest nesting and the number of elements."""
    deepest, count, stack = 0, 0, [(root, 1)]
    while stack:
        element, depth = stack.pop()
        deepest, count = max(deepest, depth), count + 1
        element.text = MARKS.sub("", element.text) if element.text else None
        element.tail = MARKS.sub("", element.tail) if element.tail else None
        stack.extend((child, depth + 1) for child in element)
    return deepest, count


def _rendered(root: Any) -> str:
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig

    try:
        return str(Inscriptis(root, ParserConfig(css=CSS_PROFILES["strict"])).get_text())
    except Exception:  # odd trees: a plain rendering of the same text is better than none
        return _plainly(root)


def _plainly(root: Any) -> str:
    """Render without layout and without recursion: each block on its own line."""
    pieces: list[str] = []
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        if element.tag in _BLOCKS:
            pieces.append("\n")
        if closing:
            pieces.append(re.sub(r"\s+", " ", element.tail or ""))
            continue
        pieces.append(re.sub(r"\s+", " ", element.text or ""))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    return "".join(pieces)
