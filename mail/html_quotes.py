"""Mark in an HTML mail what its program says is quoted, older, or a signature. `mail.html_marks` reads the marks back.

Only what a mail program wrote around text is believed, or a quotation below an attribution: an indented paragraph is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from mail.attributions import attribution
from mail.css import colour, declarations
from mail.html_marks import CLOSE, COLOUR, HISTORY, MARKS, OPEN, SIGN, UNCOLOUR, UNSIGN

_BLOCK_TAGS = frozenset(
    ["p", "div", "br", "tr", "table", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "hr", "pre", "td"]
)
#: What mail programs put around a whole quotation, attribution included.
_CONTAINER_CLASS = re.compile(
    r"\S{0,20}?(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|freshdesk_quote|missive_quote|front-blockquote|"
    r"sh-quoted-content|intercom-quoted|quoted-reply|hubspot-quoted|ydp\w*quoted)"
)
_CONTAINER_ID = re.compile(r"(?:x_){0,9}(?:ydp\w*_quoted|yahoo_quoted\w*|isreplycontent)")
_CONTAINER_NAME = frozenset({"quote", "messagereplysection"})
#: What they put around the attribution alone.
_ATTRIBUTION_CLASS = re.compile(
    r"(?:x_){0,9}(?:moz-cite-prefix|gmail_attr|gmail_quote_attribution|airmail_on|replyheader)"
)
_HISTORY_ID = re.compile(
    r"(?:x_){0,9}(?:divrplyfwdmsg|replyfwdmsg|mail-editor-reference-message-container|stopspelling|zwchr|reply-?header|replysplit|olk_src_body_section)"
)
_HISTORY_CLASS = re.compile(r"(?:x_){0,9}outlookmessageheader")
_OUTLOOK_TOP = re.compile(
    r"border:none;border-top:(?:solid(?:#[0-9a-f]{6}|windowtext|rgb\([\d,]{5,11}\))1(?:\.0)?pt|1(?:\.0)?p[tx]solid(?:#[0-9a-f]{6}|rgb\([\d,]{5,11}\)));padding:3(?:\.0)?pt0(?:in|cm|mm|px|pt)?"
)
_SIGNATURE = re.compile(
    r"(?:x_){0,9}(?:gmail_signature|moz-signature|applemailsignature|ms-outlook-(?:mobile|ios|android)-signature|protonmail_signature_block|"
    r"signature|composer_signature|yahoo-signature|ydp\w*signature|bloop_sign\w*|_rc_sig|messagesignaturesection|tutanota_signature|mobile_signature)"
)
_ENDS_ATTRIBUTION = re.compile(r"(?:[:：>]|-{3,}|wrote|写道)\W{0,3}$")
_MAX_LEAD = 400
#: Between the strongest and the weakest of red, green and blue, from 0 to 255.
_STRIKING = 90


@dataclass(slots=True)
class _Pass:
    """What was seen so far in the order of the document: the last blocks of text, to know an attribution above a quotation."""

    blocks: list[str] = field(default_factory=lambda: [""])
    older: bool = False

    def text(self, words: str | None) -> None:
        if words and len(self.blocks[-1]) < 1000:
            self.blocks[-1] = f"{self.blocks[-1]}{words}"[:1200]

    def line(self) -> None:
        if self.blocks[-1].strip():
            self.blocks = [*self.blocks[-3:], ""]

    def attributed(self) -> bool:
        """Say whether the text just above is an attribution."""
        lines = [" ".join(block.split()) for block in self.blocks if block.strip()]
        return any(
            (found := attribution(lines, start)) and found.end == len(lines)
            for start in range(max(0, len(lines) - 3), len(lines))
        )


def mark_quotes(root: Any) -> None:
    """Put the marks into the tree, and take the styles out that only concern layout."""
    seen = _Pass()
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        if not isinstance(element.tag, str):
            seen.text(element.tail)
            continue
        if element.tag in _BLOCK_TAGS:
            seen.line()
        if leaving:
            seen.text(element.tail)
            continue
        children = list(element)
        words = element.text
        _mark(element, seen)
        if seen.older and _is_coloured(element):
            element.text = COLOUR + (element.text or "")
            element.append(_sign_of(UNCOLOUR, tag="span"))
        _keep_white_space(element)
        seen.text(words)
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(children))


def _mark(element: Any, seen: _Pass) -> None:
    if _begins_history(element):
        _before(element, HISTORY)
        seen.older = True
    elif _is_quote(element) or (element.tag == "blockquote" and seen.attributed()):
        _around(element, element)
    elif (lead := _container_quote(element)) is not None:
        _around(element, lead)
    elif _is_signature(element):
        _before(element, SIGN)
        element.append(_sign_of(UNSIGN))


def _sign_of(char: str, *, tag: str = "div") -> Any:
    from lxml.html import Element  # lxml has no types

    element = Element(tag)
    element.text = char
    return element


def _before(element: Any, char: str) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.insert(parent.index(element), _sign_of(char))


def _around(element: Any, until: Any) -> None:
    """Mark the inside of `element` as quoted, or only what stands before `until` in it."""
    opening = _sign_of(OPEN)
    opening.tail, element.text = element.text, None
    element.insert(0, opening)
    if until is element:
        element.append(_sign_of(CLOSE))
    else:
        _before(until, CLOSE)


def _keep_white_space(element: Any) -> None:
    if element.get("style"):
        white = declarations(element.get("style")).get("white-space", "")
        element.attrib.pop("style")
        if white in ("pre", "pre-wrap", "pre-line"):
            element.set("style", f"white-space:{white}")


def _names(element: Any) -> list[str]:
    return (element.get("class") or "").lower().split()


def _is_quote(element: Any) -> bool:
    """Say whether all of an element is quoted."""
    names = _names(element)
    if element.tag == "blockquote":
        style = declarations(element.get("style") or "")
        border = style.get("border-left", style.get("border-left-width", "none"))
        cited = (element.get("type") or "").lower() == "cite" or element.get("cite") is not None
        known = any("quote" in name and name not in ("blockquote", "pullquote") for name in names)
        return cited or known or not border.startswith(("none", "0", "medium none"))
    if any(map(_ATTRIBUTION_CLASS.fullmatch, names)) or (element.get("id") or "").lower() == "reply-intro":
        return not (element.text_content() or "").lstrip().startswith("--")  # else the head of a forwarded mail
    return False


def _container_quote(element: Any) -> Any:
    """Give the first blockquote in a container of a quotation, to mark the attribution above it; the container itself where it has none."""
    names = _names(element)
    by_class = any(map(_CONTAINER_CLASS.fullmatch, names))
    by_id = bool(_CONTAINER_ID.fullmatch((element.get("id") or "").lower()))
    if element.tag not in ("div", "section", "td", "span", "table") or not (
        by_class or by_id or (element.get("name") or "").lower() in _CONTAINER_NAME
    ):
        return None
    first = next(element.iter("blockquote"), None)
    if first is not None and (lead := _text_before(element, first)) is not None:
        if lead.startswith("--") and not lead.startswith("---- On"):
            return None
        if not lead or _ENDS_ATTRIBUTION.search(lead):
            return first if lead else None
    return None if any("gmail_quote" in name for name in names) else element


def _text_before(element: Any, until: Any) -> str | None:
    """Give the text in an element before one of its descendants, None where it is long."""
    words = ""
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        current, leaving = stack.pop()
        if current is until:
            return " ".join(MARKS.sub("", words).split())
        words += (current.tail if leaving else current.text if isinstance(current.tag, str) else "") or ""
        if len(words) > 4 * _MAX_LEAD or len(words.split()) > _MAX_LEAD // 5:
            return None
        if not leaving:
            stack.append((current, True))
            stack.extend((child, False) for child in reversed(current))
    return None


def _begins_history(element: Any) -> bool:
    name = (element.get("id") or "").lower()
    if _HISTORY_ID.fullmatch(name) or (element.get("data-marker") or "") in ("__DIVIDER__", "__HEADERS__"):
        return True
    if re.fullmatch(r"(?:x_){0,9}appendonsend", name):
        after = element.getnext()
        return after is not None and (after.tag == "hr" or bool(_HISTORY_ID.fullmatch((after.get("id") or "").lower())))
    if any(map(_HISTORY_CLASS.fullmatch, _names(element))):
        return True
    style = (element.get("style") or "")[:400].lower()
    return bool(_OUTLOOK_TOP.match(re.sub(r"\s", "", style))) or _is_header_box(element, style)


def _is_header_box(element: Any, style: str) -> bool:
    """Recognise a box with a line above it that begins with a label and names an address: headers, in any language."""
    if element.tag != "div" or "border" not in style:
        return False
    found = declarations(style)
    line = f"{found.get('border-top', '')} {found.get('border-top-style', '')} {found.get('border-style', '')}"
    if not re.search(r"(?<![\w-])solid", line) or "border" in found or found.get("border-style", "").strip() == "solid":
        return False
    words = " ".join((element.text_content() or "")[:600].split())
    return bool(re.match(r"[^\W\d_][^:@]{1,24}[:：]", words)) and "@" in words and len(re.findall(r"[:：]", words)) >= 3


def _is_coloured(element: Any) -> bool:
    """Say whether an element sets a colour that a person chooses to be told apart: no black, no grey, no link."""
    value = declarations(element.get("style") or "").get("color") or (element.get("color") or "").lower()
    if not value or element.tag in ("a", "body", "table") or element.find(".//a") is not None:
        return False
    found = colour(value)
    return found is not None and max(found[:3]) - min(found[:3]) > _STRIKING


def _is_signature(element: Any) -> bool:
    names = [*_names(element), *((element.get(name) or "").lower() for name in ("id", "name", "data-smartmail"))]
    return element.tag in ("div", "pre", "span", "table", "p", "signature") and any(map(_SIGNATURE.fullmatch, names))
