"""Blank out what a reader of an HTML mail cannot see, so that nobody writes to a machine behind a person's back.

Works on an lxml tree with inline styles, the old attributes and the simple rules of style sheets. This never removes
an element that is seen: sizes, colours and visibility are inherited and can be set again further in, as in a browser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

Colour = tuple[int, int, int]

_UNSEEN_TAGS = frozenset({"script", "style", "title", "template", "head", "object", "iframe", "datalist"})
_NAMED: dict[str, Colour] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255),
    "silver": (192, 192, 192),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "green": (0, 128, 0),
    "yellow": (255, 255, 0),
}
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\(\s*([\d.]{1,9})%?[\s,]+([\d.]{1,9})%?[\s,]+([\d.]{1,9})%?(?:[\s,/]+([\d.]{1,9})(%?))?\s*\)")
_NUMBER = re.compile(r"(-?\d{0,6}(?:\.\d{1,6})?)\s*(px|pt|em|rem|ex|vw|vh|in|cm|mm|%)?")
_SIMPLE = re.compile(r"[a-z0-9]*(?:[.#][\w-]+)?")
_CLOSE = 16  # colours nearer than this in every channel look the same


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at one place of the tree. A colour of None is not known and counts as seen."""

    gone: bool = False
    tiny: bool = False
    invisible: bool = False
    clear: bool = False
    colour: Colour | None = (0, 0, 0)
    ground: Colour | None = (255, 255, 255)

    @property
    def hidden(self) -> bool:
        if self.gone or self.tiny or self.invisible or self.clear:
            return True
        if self.colour is None or self.ground is None:
            return False
        return all(abs(one - other) <= _CLOSE for one, other in zip(self.colour, self.ground, strict=True))


def blank_hidden(root: Any) -> bool:
    """Blank the text that is not seen, in place; say whether any of it had words."""
    rules = _rules(root)
    found = False
    stack = [(root, _Look())]
    while stack:
        element, outer = stack.pop()
        if not isinstance(element.tag, str):
            element.text = None
            continue
        look = _look(element, outer, rules)
        unseen = element.tag in _UNSEEN_TAGS
        if look.hidden or unseen:
            found = (_has_words(element.text) and not unseen) or found
            element.text = None
        for child in element:
            if look.hidden or unseen:
                found = (_has_words(child.tail) and not unseen) or found
                child.tail = None
            stack.append((child, replace(look, gone=True) if unseen else look))
    return found


def _has_words(text: str | None) -> bool:
    return bool(text) and any(char.isalnum() for char in text or "")


def declarations(style: str) -> dict[str, str]:
    """Split an inline style into its declarations, names and values in lower case; the last one wins."""
    found = {}
    for item in style[:4000].lower().split(";"):
        name, colon, value = item.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _look(element: Any, outer: _Look, rules: list[tuple[str, str, dict[str, str]]]) -> _Look:
    style = _style(element, rules)
    if element.tag == "font" and element.get("color"):
        style.setdefault("color", element.get("color").lower())
    if element.get("bgcolor"):
        style.setdefault("background-color", element.get("bgcolor").lower())
    look = outer
    if _gone(element, style):
        look = replace(look, gone=True)
    if "font-size" in style:
        look = replace(look, tiny=_is_tiny(style["font-size"], outer))
    if "visibility" in style:
        look = replace(look, invisible=style["visibility"] in ("hidden", "collapse"))
    if "color" in style:
        look = replace(look, colour=_colour(style["color"]), clear=_is_clear(style["color"]))
    ground = style.get("background-color") or style.get("background")
    if element.get("background"):
        return replace(look, ground=None)
    if ground and not _is_clear(ground) and ground not in ("none", "inherit", "initial"):
        look = replace(look, ground=None if "url(" in ground or "gradient" in ground else _colour(ground))
    return look


def _gone(element: Any, style: dict[str, str]) -> bool:
    """Say whether the element and all inside it are not seen, whatever is set further in."""
    if element.get("hidden") is not None or style.get("display") == "none":
        return True
    if (_length(style.get("opacity")) or 0) < 0.06 and "opacity" in style and _length(style["opacity"]) is not None:
        return True
    clipped = style.get("overflow", style.get("overflow-y", "")) in ("hidden", "clip")
    flat = any(_length(style.get(name)) == 0 for name in ("max-height", "height", "max-width", "width"))
    if clipped and flat:
        return True
    if re.search(r"rect\(\s*0|inset\(\s*(?:50|100)%", style.get("clip", "") + style.get("clip-path", "")):
        return True
    if re.search(r"scale\(\s*0(?:\.0+)?\s*[,)]", style.get("transform", "")):
        return True
    away = ("left", "top", "right", "bottom") if style.get("position") in ("absolute", "fixed", "relative") else ()
    return any((_length(style.get(name)) or 0) <= -300 for name in (*away, "text-indent", "margin-left", "margin-top"))


def _length(value: str | None) -> float | None:
    match = _NUMBER.match(value) if value else None
    if match is None or match[1] in ("", "-"):
        return None
    return float(match[1]) * {"em": 16, "rem": 16, "%": 0.01, "in": 96, "cm": 38}.get(match[2] or "", 1)


def _is_tiny(value: str, outer: _Look) -> bool:
    size = _length(value)
    if size is None:
        return outer.tiny and value in ("inherit", "smaller", "larger", "")
    relative = value.rstrip().endswith(("em", "%")) and not value.rstrip().endswith("rem")
    if relative and outer.tiny:
        return True
    return size <= (0.1 if value.rstrip().endswith("%") else 1.4)


def _is_clear(value: str) -> bool:
    match = _RGB.search(value)
    alpha = float(match[4]) / (100 if match[5] else 1) if match and match[4] and _length(match[4]) is not None else 1.0
    return value.strip() == "transparent" or alpha < 0.06


def _colour(value: str) -> Colour | None:
    """Read a CSS colour; None for what is not understood."""
    for word in value.split():
        if word in _NAMED:
            return _NAMED[word]
    if match := _RGB.search(value):
        try:
            red, green, blue = (min(255, int(float(part))) for part in match.group(1, 2, 3))
        except ValueError:
            return None
        return red, green, blue
    if match := _HEX.search(value if "#" in value else f"#{value}"):
        digits = match[1]
        if len(digits) in (3, 4):
            digits = "".join(char * 2 for char in digits)
        if len(digits) >= 6:
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    return None


def _style(element: Any, rules: list[tuple[str, str, dict[str, str]]]) -> dict[str, str]:
    style: dict[str, str] = {}
    if rules:
        names = {f".{name}" for name in (element.get("class") or "").lower().split()}
        names |= {f"#{(element.get('id') or '').lower()}", ""}
        for tag, name, found in rules:
            if tag in ("", element.tag) and name in names:
                style |= found
    return style | declarations(element.get("style") or "")


def _rules(root: Any) -> list[tuple[str, str, dict[str, str]]]:
    """Read the simple selectors (`tag`, `.class`, `#id`, `tag.class`) of the style sheets that can hide text."""
    sheet = _without_comments("\n".join(element.text or "" for element in root.iter("style"))[:100_000].lower())
    rules: list[tuple[str, str, dict[str, str]]] = []
    for block in _without_narrow_media(sheet).split("}"):
        selectors, _, body = block.partition("{")
        found = declarations(body)
        if not found.keys() & _HIDING:
            continue
        for selector in selectors.split(",")[:50]:
            if (selector := selector.strip()) and _SIMPLE.fullmatch(selector) and len(rules) < 500:
                tag = re.split(r"[.#]", selector, maxsplit=1)[0]
                rules.append((tag, selector[len(tag) :], found))
    return rules


def _without_comments(sheet: str) -> str:
    first, *others = sheet.replace("<!--", " ").replace("-->", " ").split("/*")
    return first + " ".join(other.partition("*/")[2] for other in others)


_HIDING = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "font-size",
        "color",
        "background",
        "background-color",
        "overflow",
        "max-height",
        "height",
        "position",
        "left",
        "top",
        "text-indent",
        "clip",
        "clip-path",
        "transform",
    ]
)


def _without_narrow_media(sheet: str) -> str:
    """Leave out the rules for small screens, print and dark mode: they do not apply at a desk."""
    kept, position = [], 0
    for match in re.finditer(r"@media([^{}]{0,500})\{", sheet):
        if match.start() < position:
            continue
        end, depth = match.end(), 1
        while end < len(sheet) and depth:
            depth += {"{": 1, "}": -1}.get(sheet[end], 0)
            end += 1
        kept.append(sheet[position : match.start()])
        if not re.search(r"max-(?:device-)?width|print|prefers-color", match[1]):
            kept.append(sheet[match.end() : end - 1])
        position = end
    return " ".join([*kept, sheet[position:]])
