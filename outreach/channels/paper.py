"""The sheets that letters are set on: where the window, the marks, the facts and the text stand. Measures in points, from the top left.

DIN 5008:2020 form B: address field 45 mm from the top, 85 x 45 mm, 20 mm from the left; information block from 125 mm; fold marks at
105 and 210 mm. US: Letter, one inch of margin, address for the left window of a #10 envelope when folded in three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from prompts.lettering import Lettering
from prompts.sheet import INK, SOFT, numbered
from store.company import CompanyProfile

MM, INCH = 72 / 25.4, 72.0


@dataclass(frozen=True, slots=True)
class Layout:
    """One sheet. `window`: left, top, width and height of the address; `facts_at`: left and top of our references; `marks`: folds."""

    name: str
    width: float
    height: float
    left: float
    right: float
    window: tuple[float, float, float, float]
    facts_at: tuple[float, float]
    text_top: float
    foot: float
    marks: tuple[float, ...]
    sender_line: bool

    @property
    def text_width(self) -> float:
        """The width between the margins."""
        return self.width - self.left - self.right


DIN = Layout(
    name="din5008",
    width=210 * MM,
    height=297 * MM,
    left=25 * MM,
    right=20 * MM,
    window=(25 * MM, 45 * MM, 80 * MM, 45 * MM),
    facts_at=(125 * MM, 50 * MM),
    text_top=103 * MM,
    foot=25 * MM,
    marks=(105 * MM, 148.5 * MM, 210 * MM),
    sender_line=True,
)
US = Layout(
    name="us",
    width=8.5 * INCH,
    height=11 * INCH,
    left=1 * INCH,
    right=1 * INCH,
    window=(1 * INCH, 2.05 * INCH, 3.5 * INCH, 1.0 * INCH),
    facts_at=(4.9 * INCH, 1.35 * INCH),
    text_top=3.55 * INCH,
    foot=1 * INCH,
    marks=(),
    sender_line=False,
)
#: Points from line to line of an address, and the height that the window has for all of them.
_LEADING, _ADDRESS_HEIGHT = 12.2, 6 * 12.2


def drawn(
    out: IO[bytes],
    story: Sequence[Any],
    *,
    layout: Layout,
    face: Lettering,
    company: CompanyProfile,
    recipient: Sequence[str],
    facts: Sequence[tuple[str, str]],
    page_words: str,
    language: str,
    title: str,
) -> None:
    """Draw a letter's pages into `out`: the first with window and references, the others with their number."""
    from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate

    def first(canvas: Any, _: Any) -> None:
        _head(canvas, layout, face, company)
        _window(canvas, layout, face, company, recipient)
        _references(canvas, layout, face, facts)

    def later(canvas: Any, _: Any) -> None:
        canvas.setFont(face.regular, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(layout.left, layout.height - 45, face.write(f"{company.name} · {facts[0][1]}"))

    document = BaseDocTemplate(
        out,
        pagesize=(layout.width, layout.height),
        title=face.write(title),
        author=face.write(company.name),
        lang=language,
        invariant=1,
    )
    top = Frame(layout.left, layout.foot, layout.text_width, layout.height - layout.text_top - layout.foot, 0, 0, 0, 0)
    rest = Frame(layout.left, layout.foot, layout.text_width, layout.height - 70 - layout.foot, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("first", [top], onPage=first), PageTemplate("later", [rest], onPage=later)])
    maker = numbered(page_words, face.regular, size=8, right=layout.width - layout.right, bottom=layout.foot - 24)
    document.build([NextPageTemplate("later"), *story], canvasmaker=maker)


def _head(canvas: Any, layout: Layout, face: Lettering, company: CompanyProfile) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(face.bold, 13)
    canvas.drawString(layout.left, layout.height - 50, face.write(company.name)[:70])
    canvas.setFillColor(SOFT)
    canvas.setFont(face.regular, 8)
    for place, line in enumerate(_lines(company.address)[:4] if not layout.sender_line else []):
        canvas.drawString(layout.left, layout.height - 63 - place * 10, face.write(line))
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.4)
    for mark in layout.marks:
        canvas.line(4 * MM, layout.height - mark, (9 if mark == 148.5 * MM else 7) * MM, layout.height - mark)


def _window(canvas: Any, layout: Layout, face: Lettering, company: CompanyProfile, recipient: Sequence[str]) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    left, top, width, _ = layout.window
    at = layout.height - top
    if layout.sender_line:
        line = face.write(" · ".join([company.name, *_lines(company.address)]))
        size = min(7.0, 7.0 * width / max(width, stringWidth(line, face.regular, 7.0)))
        canvas.setFillColor(SOFT)
        canvas.setFont(face.regular, size)
        canvas.drawString(left, at - 12.7 * MM, line)
        canvas.setStrokeColor(SOFT)
        canvas.setLineWidth(0.3)
        canvas.line(left, at - 13.4 * MM, left + min(width, stringWidth(line, face.regular, size)), at - 13.4 * MM)
        at -= 17.7 * MM
    canvas.setFillColor(INK)
    lines = [face.write(line) for line in recipient if line.strip()]
    # Every line is printed: without its last one, the town or the country, a letter does not arrive.
    leading = min(_LEADING, _ADDRESS_HEIGHT / max(len(lines), 1))
    narrow = (10.0 * width / w for line in lines if (w := stringWidth(line, face.regular, 10.0)) > width)
    size = min([10.0, leading * 0.82, *narrow])
    canvas.setFont(face.regular, size)
    for place, line in enumerate(lines):
        canvas.drawString(left, at - size - place * leading, line)


def _references(canvas: Any, layout: Layout, face: Lettering, facts: Sequence[tuple[str, str]]) -> None:
    from reportlab.lib.utils import simpleSplit

    left, top = layout.facts_at
    width, at = layout.width - layout.right - left, layout.height - top
    for label, value in facts:
        canvas.setFillColor(SOFT)
        canvas.setFont(face.regular, 7)
        canvas.drawString(left, at, face.write(label))
        canvas.setFillColor(INK)
        canvas.setFont(face.regular, 9)
        for line in simpleSplit(face.write(value), face.regular, 9, width)[:2]:
            at -= 10.5
            canvas.drawString(left, at, line)
        at -= 11.5


def _lines(address: str) -> list[str]:
    return [line.strip(" ,") for line in address.splitlines() if line.strip(" ,")]
