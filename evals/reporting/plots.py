"""Calibration and risk-coverage as SVG that stands inside a page: the page's colours, real text, the same bytes for the same figures.

Drawn by matplotlib without its global state. Nothing in a drawing asks for anything outside the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

from lxml import etree

from evals.figures.values import BinFigure, RiskFigure

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
#: matplotlib writes fixed colours; these stand for colours of the page, which differ by light and dark.
_INK, _SOFT, _LINE, _MAIN, _OTHER = "#010101", "#020202", "#030303", "#040404", "#050505"
_COLOURS = {
    _INK: "var(--ink)",
    _SOFT: "var(--soft)",
    _LINE: "var(--line)",
    _MAIN: "var(--accent)",
    _OTHER: "var(--warn)",
}
_SIZE = (5.2, 3.6)
_FONT = re.compile(r"font: ([\d.]+px)[^;]*;|font-family: [^;]*; ?")


def calibration_svg(bins: Sequence[BinFigure], *, title: str, description: str) -> str:
    """Draw how often readings were right against how sure the agent was; the line is where the two agree."""
    with _drawing("calibration"):
        figure, axes = _axes("Confidence", "Share that was right")
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    most = max((one.count for one in bins), default=1)
    sizes = [20 + 160 * one.count / most for one in bins]
    axes.scatter([one.confidence for one in bins], [one.right for one in bins], s=sizes, color=_MAIN, linewidths=0)
    axes.set_ylim(-0.02, 1.05)
    return _inline(figure, name="calibration", title=title, description=description)


def risk_svg(points: Sequence[RiskFigure], *, allowed: float, title: str, description: str) -> str:
    """Draw the share of errors against the share that is handled; the line is the share of errors that is allowed."""
    with _drawing("risk"):
        figure, axes = _axes("Share handled by the agent, surest first", "Share of those that is wrong")
    axes.axhline(allowed, color=_OTHER, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.plot(
        [p.coverage for p in points], [p.risk for p in points], color=_MAIN, linewidth=1.6, drawstyle="steps-post"
    )
    axes.set_ylim(0, max([allowed * 2, *(p.risk * 1.1 for p in points)]))
    return _inline(figure, name="risk", title=title, description=description)


def _drawing(name: str) -> AbstractContextManager[None]:
    """Draw alike everywhere: matplotlib's own settings and letters, whatever the machine has set."""
    from matplotlib import style

    own = {"svg.fonttype": "none", "svg.hashsalt": f"dunwell-{name}", "font.family": "DejaVu Sans"}
    return style.context(["default", own])


def _axes(across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_facecolor("none")
    axes.set_xlim(-0.02, 1.02)
    axes.grid(color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_SOFT)
    axes.tick_params(colors=_SOFT, labelcolor=_INK, labelsize=9)
    axes.set_xlabel(across, color=_INK, fontsize=10)
    axes.set_ylabel(up, color=_INK, fontsize=10)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    return figure, axes


def _inline(figure: Any, *, name: str, title: str, description: str) -> str:
    """Give the drawing as an element: no metadata, ids of its own, colours of the page, and words for who cannot see it."""
    out = BytesIO()
    with _drawing(name):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    root = etree.fromstring(out.getvalue(), etree.XMLParser(resolve_entities=False, no_network=True))
    for part in (*root.findall(f"{_SVG}metadata"), *root.findall(f"{_SVG}defs/{_SVG}style")):
        part.getparent().remove(part)
    for element in root.iter(etree.Element):
        _own(element, name)
    _named(root, name, title=title, description=description)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _own(element: Any, name: str) -> None:
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key == _XLINK:
            # SVG 2 has plain href; without the old namespace the element stands in HTML as it is.
            del element.attrib[key]
            element.set("href", f"#{name}-{value.removeprefix('#')}")
        else:
            element.set(key, _colours(re.sub(r"url\(#", f"url(#{name}-", value)))
    if element.tag == f"{_SVG}text":
        # The page's own letters: only their size is kept.
        element.set(
            "style", _FONT.sub(lambda found: f"font-size: {found[1]};" if found[1] else "", element.get("style", ""))
        )


def _colours(value: str) -> str:
    for fixed, own in _COLOURS.items():
        value = value.replace(fixed, own)
    return value


def _named(root: Any, name: str, *, title: str, description: str) -> None:
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.set("id", f"{name}-plot")
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for tag, text in (("desc", description), ("title", title)):
        part = etree.Element(f"{_SVG}{tag}", id=f"{name}-{tag}")
        part.text = text
        root.insert(0, part)
