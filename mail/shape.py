"""Say whether a box is out of sight: not shown, cut to nothing, moved off the screen, shrunk, or turned edge-on."""

from __future__ import annotations

import re

from mail.css import length

_FLAT = 2.0
_SHRUNK = 0.15
#: Boxes of a table grow with what is in them: a height is the least that they have.
_GROWING = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_FAR = 300.0
_OFF_THE_RIGHT = 2000.0
_FUNCTION = re.compile(r"([a-z0-9-]{3,20})\(([^()]{0,200})\)")
_ALPHA = re.compile(r"alpha\(\s*opacity\s*=\s*([0-9]{1,3})\s*\)")


def is_see_through(style: dict[str, str]) -> bool:
    """Say whether an opacity leaves nothing to be seen."""
    opacity = length(style.get("opacity"), whole=1.0)
    if opacity is not None and opacity < 0.1:
        return True
    filters = style.get("filter", "")
    if match := _ALPHA.search(filters):
        return int(match[1]) < 10
    return any(
        name == "opacity" and (length(value, whole=1.0) or 0.0) < 0.1 for name, value in _FUNCTION.findall(filters)
    )


def is_out_of_sight(style: dict[str, str], *, em: float, tag: str) -> bool:
    """Say whether the element and all inside it are not seen, whatever is set further in."""
    if style.get("display") == "none" or style.get("mso-hide") in ("all", "screen"):
        return True
    if "bidi-override" in style.get("unicode-bidi", "") or tag == "bdo":
        return True  # seen from right to left, it says something else
    zoom = length(style.get("zoom"), whole=1.0)
    if style.get("content-visibility") == "hidden" or (zoom is not None and zoom < _SHRUNK):
        return True
    return (
        _is_flat(style, em=em, tag=tag)
        or _is_clipped(style, em=em)
        or _is_away(style, em=em)
        or _is_turned(style, em=em)
        or _is_squeezed(style, em=em)
    )


def _is_flat(style: dict[str, str], *, em: float, tag: str) -> bool:
    """Say whether nothing fits into the box and what runs over is cut off."""
    hides = [style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y")]
    if not any("hidden" in value or "clip" in value for value in hides):
        return False
    for side in ("width",) if tag in _GROWING else ("height", "width"):
        least = length(style.get(f"min-{side}"), em=em) or 0.0  # wins over both others
        sizes = [length(style.get(name), em=em) for name in (side, f"max-{side}")]
        if least <= _FLAT and any(size is not None and size <= _FLAT for size in sizes):
            return True
    return length(style.get("line-height"), em=em, whole=em) == 0 and tag not in ("td", "th", "table", "tr", "body")


def _is_clipped(style: dict[str, str], *, em: float) -> bool:
    for name, value in _FUNCTION.findall(f"{style.get('clip', '')} {style.get('clip-path', '')}"):
        sizes = [length(part, em=em, whole=100.0) for part in re.split(r"[\s,]+", value.strip()) if part]
        known = [size for size in sizes if size is not None]
        if name == "rect" and len(sizes) == 4 and _no_room(sizes):
            return True
        if name == "inset" and known and (max(known) >= 99 or (min(known) >= 49 and "%" in value)):
            return True
        if name in ("circle", "ellipse") and known[:1] == [0.0]:
            return True
        if name == "polygon" and known and len(set(known)) == 1:
            return True
    return False


def _no_room(sizes: list[float | None]) -> bool:
    top, right, bottom, left = sizes
    high = top is not None and bottom is not None and bottom - top <= _FLAT
    return high or (left is not None and right is not None and right - left <= _FLAT)


def _is_away(style: dict[str, str], *, em: float) -> bool:
    placed = style.get("position") in ("absolute", "fixed", "relative")
    if placed and (length(style.get("z-index")) or 0) < 0:
        return True
    if _hangs(style, em=em):
        return False
    moved = ["text-indent", "margin-left", "margin-top", "margin-right", "margin", "padding-left"]
    if placed:
        moved += ["left", "top", "right", "bottom", "inset"]
    for name in moved:
        for part in style.get(name, "").split():
            found = length(part, em=em, whole=1000.0)
            if found is not None and (found <= -_FAR or found >= _OFF_THE_RIGHT):
                return True
    return False


def _hangs(style: dict[str, str], *, em: float) -> bool:
    """Say whether a first line only stands out from its paragraph, as Word writes it for what is set with tabs."""
    indent, *inward = (length(style.get(name), em=em) or 0.0 for name in ("text-indent", "margin-left", "padding-left"))
    return indent < 0 and indent + sum(inward) >= -_FLAT and max(inward) < _OFF_THE_RIGHT


def _is_turned(style: dict[str, str], *, em: float) -> bool:
    transform = f"{style.get('transform', '')} {style.get('-webkit-transform', '')}"
    alone = [(name, style[name]) for name in ("translate", "scale") if name in style]
    for name, value in (*_FUNCTION.findall(transform), *alone):
        parts = re.split(r"[\s,]+", value.strip())
        sizes = [length(part, em=em, whole=1000.0) for part in parts]
        if name.startswith("translate") and any(size is not None and abs(size) >= 900 for size in sizes):
            return True
        if name.startswith("scale") and any(size is not None and abs(size) < 0.1 for size in sizes[:2]):
            return True
        if name in ("rotatex", "rotatey") and parts[0] in ("90deg", "270deg", "-90deg"):
            return True
        if name == "matrix" and len(sizes) == 6 and (_zero(sizes[0], sizes[1]) or _zero(sizes[2], sizes[3])):
            return True
    return False


def _zero(*sizes: float | None) -> bool:
    return all(size is not None and abs(size) < 0.05 for size in sizes)


def _is_squeezed(style: dict[str, str], *, em: float) -> bool:
    spaces = [length(style.get(name), em=em) for name in ("letter-spacing", "word-spacing")]
    return any(space is not None and space <= -0.5 * em for space in spaces[:1]) or (spaces[1] or 0) <= -_FAR
