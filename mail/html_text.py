"""Turn an HTML mail into the text that a person sees, with quoted mail marked as quoted.

Quotations become `> ` lines; where a mail program begins the older mail without quoting it, the line number is given.
Links are never followed, nothing is loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mail.cleaning import clean
from mail.visible import blank_hidden, declarations

MAX_HTML = 1_000_000
MAX_NESTING = 150
#: The HTML parser drops what is nested deeper than 2048 levels, so such HTML is not read at all.
MAX_DEPTH = 2000
MAX_ELEMENTS = 20_000

_OPEN, _CLOSE, _HISTORY = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKS = re.compile("[\ufdd0-\ufdef]")
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
#: What mail programs put around quoted mail; classes and ids of Gmail, Thunderbird, Yahoo, Proton, Zoho, Outlook.
_QUOTE_CLASS = re.compile(
    r"\b(?:gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|moz-cite-prefix|gmail_attr)\b|ydp\w*quoted"
)
_QUOTE_ID = re.compile(r"ydp\w*_quoted|yahoo_quoted|isreplycontent")
_HISTORY_ID = re.compile(r"(?:x_)*divrplyfwdmsg|mail-editor-reference-message-container|(?:x_)*replyfwdmsg")
_OUTLOOK_TOP = re.compile(
    r"border:none;border-top:solid#[0-9a-f]{6}1(?:\.0)?pt;padding:3(?:\.0)?pt0(?:in|cm)0(?:in|cm)0(?:in|cm)"
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What is seen. `history_line` is where older mail begins, None where the HTML does not say."""

    text: str
    flags: frozenset[str]
    history_line: int | None = None


def html_text(html: str) -> HtmlText | None:
    """Give the visible text of an HTML mail; None where it is too long or nested too deeply to be read whole."""
    if len(html) > MAX_HTML:
        return None
    root = _tree(html)
    if root is None:
        return HtmlText("", frozenset())
    deepest, count = _prepare(root)
    if deepest >= MAX_DEPTH:
        return None
    flags = {"hidden_text"} if blank_hidden(root) else set()
    _mark_quotes(root)
    rendered = _plainly(root) if deepest > MAX_NESTING or count > MAX_ELEMENTS else _rendered(root)
    lines, history = _unmark(rendered)
    text, odd = clean("\n".join(lines))
    return HtmlText(text, frozenset(flags | odd), history)


def _tree(html: str) -> Any:
    from lxml import etree  # lxml has no types
    from lxml.html import HTMLParser, document_fromstring  # as above

    data = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", html).encode("utf-8")
    if not data.strip():
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        return document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _prepare(root: Any) -> tuple[int, int]:
    """Take out our own marks and all layout styles; give the deepest nesting and the number of elements."""
    deepest, count, stack = 0, 0, [(root, 1)]
    while stack:
        element, depth = stack.pop()
        deepest, count = max(deepest, depth), count + 1
        element.text = _MARKS.sub("", element.text) if element.text else None
        element.tail = _MARKS.sub("", element.tail) if element.tail else None
        stack.extend((child, depth + 1) for child in element)
    return deepest, count


def _mark_quotes(root: Any) -> None:
    from lxml.html import Element

    def mark(char: str) -> Any:
        element = Element("div")
        element.text = char
        return element

    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        if _begins_history(element):
            parent = element.getparent()
            if parent is not None:
                parent.insert(parent.index(element), mark(_HISTORY))
        elif _is_quote(element):
            opening = mark(_OPEN)
            opening.tail, element.text = element.text, None
            element.insert(0, opening)
            element.append(mark(_CLOSE))
        if element.get("style"):
            white = declarations(element.get("style")).get("white-space", "")
            element.attrib.pop("style")
            if white in ("pre", "pre-wrap", "pre-line"):
                element.set("style", f"white-space:{white}")


def _is_quote(element: Any) -> bool:
    names = f"{element.get('class') or ''}".lower()
    if element.tag == "blockquote":
        style = declarations(element.get("style") or "")
        border = style.get("border-left", style.get("border-left-width", "none"))
        cited = (element.get("type") or "").lower() == "cite" or element.get("cite") is not None
        return cited or bool(_QUOTE_CLASS.search(names)) or not border.startswith(("none", "0", "medium none"))
    if "gmail_quote" in names:
        return False  # only a container: the quotation is the blockquote inside, answers may stand between
    if "gmail_attr" in names and (element.text_content() or "").lstrip().startswith("--"):
        return False  # the head of a forwarded mail
    return bool(_QUOTE_CLASS.search(names) or _QUOTE_ID.fullmatch((element.get("id") or "").lower()))


def _begins_history(element: Any) -> bool:
    if _HISTORY_ID.fullmatch((element.get("id") or "").lower()):
        return True
    if (element.get("id") or "").lower() == "appendonsend":
        after = element.getnext()
        return after is not None and (after.tag == "hr" or bool(_HISTORY_ID.fullmatch((after.get("id") or "").lower())))
    if (element.get("class") or "") == "OutlookMessageHeader":
        return True
    return bool(_OUTLOOK_TOP.match(re.sub(r"\s", "", (element.get("style") or "").lower())))


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


def _unmark(rendered: str) -> tuple[list[str], int | None]:
    """Replace the marks: quotation depth as `> ` before each line, and the line where older mail begins."""
    lines: list[str] = []
    depth, history = 0, None
    for line in rendered.split("\n"):
        if _HISTORY in line and history is None:
            history = len(lines)
        depth += line.count(_OPEN)
        words = _MARKS.sub("", line)
        if words.strip() or not _MARKS.search(line):
            lines.append(f"{'> ' * min(depth, 9)}{words.strip() if depth else words.rstrip()}")
        depth = max(0, depth - line.count(_CLOSE))
    return lines, history
