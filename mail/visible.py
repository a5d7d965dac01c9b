"""Blank out what a reader of an HTML mail cannot see, so that nobody writes to a machine behind a person's back.

Works on an lxml tree with inline styles, style sheets and the old attributes. This never removes an element that is seen:
sizes, colours and visibility are inherited and can be set again further in, as in a browser. What is blanked is given back, for
people to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from mail.css import (
    BLACK,
    WHITE,
    Colour,
    alike,
    colour,
    declarations,
    font_size,
    length,
    over,
    paint,
    parsed,
    resolved,
    size_in_font,
)
from mail.shape import is_out_of_sight, is_see_through
from mail.stylesheets import Sheets
from mail.unseen import Hidden, is_fallback, words

#: What these hold is no text of the mail; words in them are looked at by `mail.unseen`.
UNSEEN_TAGS = frozenset(
    {"script", "style", "title", "template", "object", "iframe", "datalist", "noscript", "noframes", "noembed"}
    | {"audio", "video", "canvas", "rp", "desc", "metadata", "defs", "symbol"}
)
_ODD_TAGS = frozenset({"script", "style", "title"})
#: Text smaller than this, in pixels, is read by nobody.
_TINY = 3.0
_HIDES = frozenset({"hidden", "popover"})
_KEEP = ("inherit", "unset", "currentcolor", "revert")


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at one place of the tree. A colour of None is not known and counts as seen."""

    gone: bool = False
    invisible: bool = False
    size: float = 16.0
    colour: Colour | None = BLACK
    ground: Colour | None = WHITE
    opacity: float = 1.0
    variables: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def _is_hidden(look: _Look) -> bool:
    if look.gone or look.invisible or look.size < _TINY or look.opacity < 0.1:
        return True
    if look.colour is None:
        return False
    if look.colour[3] < 0.06:
        return True
    return look.ground is not None and alike(over(look.colour, look.ground), look.ground)


def blank_hidden(root: Any, *, outlook: str = "") -> Hidden:
    """Blank the text that is not seen, in place, and give it. `outlook` are the words that Outlook alone shows.

    Of a closed `<details>` only the summary is seen.
    """
    sheets = Sheets(root)
    hidden = Hidden(cut=sheets.cut)
    stack: list[tuple[Any, _Look, bool]] = [(root, _Look(), False)]
    while stack:
        element, outer, closing = stack.pop()
        if closing:  # the text after an element belongs to what is around it
            if _is_hidden(outer):
                hidden.add(element.tail)
                element.tail = None
            continue
        if not isinstance(element.tag, str):
            element.text = None
            continue
        if element.tag in UNSEEN_TAGS:
            _blank_all(element, hidden)
            continue
        look = _look(element, outer, sheets, outlook)
        inner = replace(look, gone=True) if element.tag == "details" and element.get("open") is None else look
        if element.text and _is_hidden(inner):
            hidden.add(element.text)
            element.text = None
        for child in reversed(element):
            if child.tail:
                stack.append((child, inner, True))
            stack.append((child, look if child.tag == "summary" else inner, False))
    return hidden


def _blank_all(element: Any, hidden: Hidden) -> None:
    """Blank an element whose content is never shown. The words of most of them are kept."""
    if element.tag not in _ODD_TAGS:
        piece = " ".join(_own_words(part, last=part is element) for part in element.iter())
        if not is_fallback(piece):
            hidden.add(piece)
    for part in element.iter():
        part.text = None
        if part is not element:
            part.tail = None


def _own_words(part: Any, *, last: bool) -> str:
    inner = part.text or "" if isinstance(part.tag, str) and part.tag not in _ODD_TAGS else ""
    return inner if last else f"{inner} {part.tail or ''}"


def _look(element: Any, outer: _Look, sheets: Sheets, outlook: str) -> _Look:
    style, variables = _style(element, outer, sheets)
    if outlook and style.get("mso-hide") == "all" and _is_twin(element, outlook):
        del style["mso-hide"]  # Outlook shows the same words by other means
    look = replace(outer, variables=variables) if variables != outer.variables else outer
    if not style and not _HIDES & set(element.keys()) and element.tag not in ("dialog", "head", "bdo"):
        return look
    if (
        element.tag == "head"
        or _HIDES & set(element.keys())
        or (element.tag == "dialog" and element.get("open") is None)
    ):
        look = replace(look, gone=True)
    size = style.get("font-size") or (size_in_font(style["font"]) if "font" in style else None)
    if size:
        look = replace(look, size=font_size(size, outer.size))
    if "visibility" in style and style["visibility"] not in _KEEP:
        look = replace(look, invisible=style["visibility"] in ("hidden", "collapse"))
    look = _painted(look, style)
    opacity = length(style.get("opacity"), whole=1.0)
    if opacity is not None and opacity < 1:
        look = replace(look, opacity=look.opacity * max(0.0, opacity))
    if is_see_through(style):
        look = replace(look, opacity=0.0)
    if not look.gone and is_out_of_sight(style, em=look.size, tag=element.tag):
        look = replace(look, gone=True)
    return look


def _is_twin(element: Any, outlook: str) -> bool:
    pieces = list(islice(element.itertext(), 21))
    return len(pieces) <= 20 and words("".join(pieces)[:1000]) in outlook


def _painted(look: _Look, style: dict[str, str]) -> _Look:
    """Set the colours of text and ground. An opacity mixes both into what is behind, so it is kept apart."""
    front = style.get("-webkit-text-fill-color") or style.get("color")
    if front and front not in _KEEP:
        look = replace(look, colour=colour(front) if front != "initial" else BLACK)
    behind = style.get("background-image", "") if style.get("background-image", "none") != "none" else ""
    behind = behind or style.get("background-color") or style.get("background") or ""
    if behind and behind not in (*_KEEP, "none", "initial", "transparent", "0"):
        found = paint(behind)
        if found is None:
            look = replace(look, ground=None if _paints(behind) else look.ground)
        elif found[3] > 0.06:
            look = replace(
                look, ground=over(found, look.ground) if look.ground else (found if found[3] > 0.9 else None)
            )
    return look


def _paints(value: str) -> bool:
    """Say whether a background that is not understood may still show something behind the text."""
    return "(" in value or "#" in value


def _style(element: Any, outer: _Look, sheets: Sheets) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Put together what applies to an element: attributes, then sheets, then its own style, then what is important."""
    found = _attributes(element)
    rules = sheets.of(element)
    own = element.get("style")
    if not rules and not own:
        return found, outer.variables
    items = [*rules, *(parsed(own) if own else ())]
    for wanted in (False, True):
        for name, value, important in items:
            if important == wanted:
                _set(found, name, value)
    named = {name: value for name, value in found.items() if name.startswith("--")}
    variables = tuple((dict(outer.variables) | named).items()) if named else outer.variables
    if any("var(" in value for value in found.values()):
        found = {name: resolved(value, variables) for name, value in found.items()}
    return found, variables


#: A shorthand and the property that it sets again.
_SHORT = {"background": ("background-color", "background-image"), "font": ("font-size",)}


def _set(found: dict[str, str], name: str, value: str) -> None:
    for longer in _SHORT.get(name, ()):
        found.pop(longer, None)
    found.pop(name, None)
    found[name] = value


def _attributes(element: Any) -> dict[str, str]:
    """Give what the attributes of old HTML say."""
    found: dict[str, str] = {}
    if element.tag == "font" and element.get("color"):
        found["color"] = element.get("color").strip().lower()
    if element.tag == "body" and element.get("text"):
        found["color"] = element.get("text").strip().lower()
    if element.get("bgcolor"):
        found["background-color"] = element.get("bgcolor").strip().lower()
    if element.get("background"):
        found["background-image"] = "url()"
    return found


__all__ = ["UNSEEN_TAGS", "blank_hidden", "declarations"]
