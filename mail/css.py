"""Read the values of CSS that can hide text: declarations, colours, lengths. What is not understood is None, never a guess.

Parsing is tinycss2's. Nothing is loaded, nothing is computed that depends on a window, except that a desk is taken for one.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from tinycss2 import parse_blocks_contents, serialize
from tinycss2.color4 import parse_color

#: Red, green, blue from 0 to 255, and how opaque from 0 to 1.
Colour = tuple[float, float, float, float]
#: Name, value in lower case, whether it is `!important`.
Declaration = tuple[str, str, bool]

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)

_PLAIN = re.compile(r"[^\\\"'{}()/@]*")
_NUMBER = re.compile(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:e[+-]?\d{1,2})?)\s?([a-z%]{0,5})")
_BOUNDS = re.compile(r"(min|max|clamp)\(([^()]{1,200})\)")
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "rem": 16.0,
    "vw": 12.8,
    "vh": 8.0,
}
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_PAINT = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl|hwb)a?\([^()]{1,80}\)|[a-z]{3,24}")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]{1,60})\s*(?:,([^()]{0,80}(?:\([^()]{0,80}\))?[^()]{0,20}))?\)")


#: Newer names of what older properties say, for text from left to right.
_OLDER = {
    "block-size": "height",
    "inline-size": "width",
    "max-block-size": "max-height",
    "max-inline-size": "max-width",
    "min-block-size": "min-height",
    "min-inline-size": "min-width",
    "overflow-block": "overflow-y",
    "overflow-inline": "overflow-x",
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-inline-end": "margin-right",
    "margin-block-start": "margin-top",
    "padding-inline-start": "padding-left",
    "-webkit-filter": "filter",
    "-webkit-clip-path": "clip-path",
    "-webkit-opacity": "opacity",
}


@lru_cache(maxsize=4096)
def parsed(style: str) -> tuple[Declaration, ...]:
    """Split a block of declarations, in order; a browser leaves out what is broken, and so does this."""
    found = _split(style) if _PLAIN.fullmatch(style) else _parse(style)
    return tuple((_OLDER.get(name, name), value, important) for name, value, important in found if name)


def _split(style: str) -> list[Declaration]:
    """Split a style without strings, comments, brackets and escapes, which nearly all of them are."""
    found = []
    for item in style.split(";"):
        name, colon, value = item.lower().partition(":")
        value, _, important = value.partition("!")
        if colon:
            found.append((name.strip(), value.strip(), important.strip() == "important"))
    return found


def _parse(style: str) -> list[Declaration]:
    try:
        items = parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
        return [
            (item.lower_name, _without_comments(serialize(item.value)).strip().lower(), item.important)
            for item in items
            if item.type == "declaration"
        ]
    except RecursionError:
        return []


def _without_comments(value: str) -> str:
    first, *others = value.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def declarations(style: str) -> dict[str, str]:
    """Give an inline style as names and values in lower case; the last one wins, unless one before it is important."""
    found: dict[str, str] = {}
    for wanted in (False, True):
        found |= {name: value for name, value, important in parsed(style) if important == wanted}
    return found


@lru_cache(maxsize=1024)
def resolved(value: str, variables: tuple[tuple[str, str], ...]) -> str:
    """Put the values of custom properties into a value, a few levels deep."""
    known = dict(variables)
    for _ in range(4):
        if "var(" not in value or len(value) > 2000:
            break
        value = _VARIABLE.sub(lambda match: known.get(match[1]) or (match[2] or "").strip() or "unset", value)
    return value


@lru_cache(maxsize=1024)
def colour(value: str) -> Colour | None:
    """Read one CSS colour, as `#fff`, `white`, `rgb(100%, 0, 0)`, `hsl(0 0% 100% / 5%)`; also HTML's `ffffff`."""
    value = value.strip().removesuffix("!important").strip()[:100]
    try:
        found = parse_color(value) or (parse_color(f"#{value}") if re.fullmatch(r"[0-9a-f]{6}", value) else None)
        if found is None or isinstance(found, str):
            return None
        if found.space in _GREYS:
            return _grey(found)
        red, green, blue = (255 * max(0.0, min(1.0, part or 0.0)) for part in found.to("srgb").coordinates)
        return red, green, blue, float(found.alpha)
    except (NotImplementedError, ValueError, AttributeError, RecursionError):
        return None


#: Colour spaces that tinycss2 does not convert: how light white is, and how far from grey a colour is that is no grey.
_GREYS = {"lab": (100.0, 3.0), "lch": (100.0, 3.0), "oklab": (1.0, 0.02), "oklch": (1.0, 0.02)}


def _grey(found: Any) -> Colour | None:
    """Give white, black and greys of these spaces; other colours are not known."""
    white, far = _GREYS[found.space]
    light, *rest = (part or 0.0 for part in found.coordinates)
    if any(abs(part) > far for part in (rest[:1] if found.space.endswith("lch") else rest)):
        return None
    light = max(0.0, min(1.0, light / white))
    linear = light**3 if white == 1.0 else ((100 * light + 16) / 116) ** 3 if light > 0.08 else light * 100 / 903.3
    level = 255 * (1.055 * linear ** (1 / 2.4) - 0.055 if linear > 0.0031308 else 12.92 * linear)
    return level, level, level, float(found.alpha)


@lru_cache(maxsize=1024)
def paint(value: str) -> Colour | None:
    """Read the colour of a `background`: the only one in it, or the one that all its stops nearly have."""
    if "url(" in value or "var(" in value:
        return None
    found = [each for each in (colour(part) for part in _PAINT.findall(value[:1000])) if each is not None]
    if not found or any(not alike(found[0], other) for other in found[1:]):
        return None
    return found[0]


def over(front: Colour, ground: Colour) -> Colour:
    """Lay a colour over another."""
    alpha = front[3]
    red, green, blue = (alpha * one + (1 - alpha) * other for one, other in zip(front[:3], ground[:3], strict=True))
    return red, green, blue, 1.0


def alike(one: Colour, other: Colour) -> bool:
    """Say whether nobody could read text of the one colour on the other (contrast as in WCAG 2.2, below 1.2)."""
    if max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True)) > 45 or abs(one[3] - other[3]) > 0.5:
        return False
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05) < 1.2


def _luminance(found: Colour) -> float:
    parts = [part / 255 for part in found[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def length(value: str | None, *, em: float = 16.0, whole: float = 600.0) -> float | None:
    """Give a length in pixels; `whole` is what a hundred per cent are. None for words and what is no length."""
    match = _NUMBER.match(value.strip()) if value else None
    if match is None:
        return _bounded(value, em=em, whole=whole) if value and "(" in value else None
    number, unit = float(match[1]), match[2]
    if unit == "%":
        return number * whole / 100
    factor = em if unit in ("em", "ex", "ch") else _UNITS.get(unit)
    return None if factor is None or not math.isfinite(number) else number * factor


def _bounded(value: str, *, em: float, whole: float) -> float | None:
    """Give the length that min(), max() or clamp() leaves, where all in it are plain lengths."""
    match = _BOUNDS.fullmatch(value.strip())
    if match is None:
        return None
    found = [length(part, em=em, whole=whole) for part in match[2].split(",")]
    known = [one for one in found if one is not None]
    if len(known) != len(found) or (match[1] == "clamp" and len(known) != 3):
        return None
    if match[1] == "clamp":
        return max(known[0], min(known[1], known[2]))
    return min(known) if match[1] == "min" else max(known)


def font_size(value: str, outer: float) -> float:
    """Give a font size in pixels, seen from the size outside; what is no size changes nothing."""
    if value in _SIZES:
        return _SIZES[value]
    if value in ("smaller", "larger"):
        return outer * (0.83 if value == "smaller" else 1.2)
    if value in ("initial", "unset"):
        return 16.0 if value == "initial" else outer
    found = length(value, em=outer, whole=outer)
    return outer if found is None or found < 0 else found


def size_in_font(value: str) -> str | None:
    """Give the size in a `font` shorthand: its first length with a unit, or a bare 0."""
    for word in value.split():
        size = word.partition("/")[0]
        match = _NUMBER.fullmatch(size)
        if size in _SIZES or (match and (match[2] or float(match[1]) == 0)):
            return size
    return None
