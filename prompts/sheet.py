"""The page that our own documents are set on: who we are at the top, page numbers at the foot, the same bytes for the same input.

It draws only what it is given; figures come from the ledger by `prompts.wording`. Nothing of a text is read as markup.
"""

from __future__ import annotations

import io
import threading
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from prompts.lettering import Lettering
from prompts.wording import supported
from store.company import CompanyProfile
from store.facts import CustomerFacts

INK, SOFT, LINE, SHADE = "#1c2430", "#5b6675", "#c9d0d9", "#f1f4f7"
#: Between the margins of an A4 page, in points.
WIDTH = 495.0
_MARGIN, _HEAD = 50.0, 120.0
_SIZE, _PADDING = 8.0, 5.0
# ReportLab keeps state of a document in the fonts, which all documents share.
_drawing = threading.Lock()


@lru_cache(maxsize=16)
def words(language: str, part: str) -> dict[str, str]:
    """Give the words of a kind of document in a language."""
    text = files("prompts").joinpath(f"papers/{supported(language)}.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(text)[part]
    return found


class Sheet:
    """Sets headings, text and tables in one lettering, and draws them as a PDF."""

    def __init__(self, lettering: Lettering, *, language: str, company: CompanyProfile) -> None:
        """Keep what every page shows."""
        self.lettering, self.company = lettering, company
        self._words = words(language, "sheet")
        self._language = supported(language)
        self._story: list[Any] = []

    def say(self, text: str, *, size: float = 9, bold: bool = False, soft: bool = False, after: float = 4) -> None:
        """Set a paragraph."""
        self._story.append(self.cell(text, size=size, bold=bold, soft=soft, after=after))

    def gap(self, height: float) -> None:
        """Leave room."""
        from reportlab.platypus import Spacer

        self._story.append(Spacer(1, height))

    def plot(self, drawing: Any) -> None:
        """Set a plot (a ReportLab drawing)."""
        self._story.append(drawing)

    def mark(self) -> int:
        """Remember a place, for `keep_together`."""
        return len(self._story)

    def keep_together(self, since: int) -> None:
        """Keep what was set since a mark on one page."""
        from reportlab.platypus import KeepTogether

        self._story[since:] = [KeepTogether(self._story[since:])]

    def address(self, customer: CustomerFacts, *, title: str, subtitle: str = "", dated: str) -> None:
        """Set whom the document is for, what it is, and of which day."""
        name = self.lettering.write(customer.name, instead=customer.id)
        self.say(name, size=11, bold=True, after=2)
        self.say(self._words["customer_number"].format(id=customer.id), soft=True, after=22)
        self.say(title, size=17, bold=True, after=3)
        if subtitle:
            self.say(subtitle, size=11, soft=True, after=3)
        self.say(dated, soft=True, after=12)

    def cell(self, text: str, *, size: float = 8, bold: bool = False, soft: bool = False, after: float = 0) -> Any:
        """Give a text that wraps, for a table or for itself."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        style = ParagraphStyle(
            "text",
            fontName=self.lettering.bold if bold else self.lettering.regular,
            fontSize=size,
            leading=size * 1.32,
            textColor=SOFT if soft else INK,
            spaceAfter=after,
            splitLongWords=1,
        )
        return Paragraph(escape(self.lettering.write(text)), style)

    def table(
        self,
        rows: Sequence[Sequence[Any]],
        widths: Sequence[float],
        *,
        right_from: int,
        heading: bool = True,
        strong: Sequence[int] = (),
    ) -> None:
        """Set a table; columns from `right_from` on are figures. The heading comes again on every page."""
        from reportlab.platypus import Table

        style: list[tuple[Any, ...]] = [
            ("FONTNAME", (0, 0), (-1, -1), self.lettering.regular),
            ("FONTSIZE", (0, 0), (-1, -1), self._fitting(rows, widths)),
            ("TEXTCOLOR", (0, 0), (-1, -1), INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (right_from, 0), (-1, -1), "RIGHT"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 4.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
            ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ]
        if heading:
            style += [
                ("FONTNAME", (0, 0), (-1, 0), self.lettering.bold),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ]
        style += [("FONTNAME", (0, row), (-1, row), self.lettering.bold) for row in strong]
        made = Table(
            [list(row) for row in rows], colWidths=list(widths), style=style, repeatRows=int(heading), hAlign="LEFT"
        )
        self._story.append(made)

    def _fitting(self, rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> float:
        """Give the size at which the longest figure stays in its column: no amount may run into the next one."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        needed = max(
            (
                stringWidth(line, self.lettering.bold, _SIZE) / (width - 2 * _PADDING)
                for row in rows
                for cell, width in zip(row, widths, strict=True)
                if isinstance(cell, str)
                for line in cell.split("\n")
            ),
            default=1.0,
        )
        return _SIZE / max(1.0, float(needed))

    def draw(self, title: str) -> bytes:
        """Give the PDF. The same input gives the same bytes: no time of day and no random mark gets in."""
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

        out = io.BytesIO()
        _, height = A4
        with _drawing:
            document = BaseDocTemplate(
                out,
                pagesize=A4,
                title=self.lettering.write(title),
                author=self.lettering.write(self.company.name),
                lang=self._language,
                invariant=1,
            )
            frame = Frame(_MARGIN, 60, WIDTH, height - 60 - _HEAD, 0, 0, 0, 0)
            document.addPageTemplates(PageTemplate("page", [frame], onPage=self._head))
            maker = numbered(self._words["page"], self.lettering.regular, size=7.5, right=_MARGIN + WIDTH, bottom=38)
            document.build(self._story, canvasmaker=maker)
        return out.getvalue()

    def _head(self, canvas: Any, document: Any) -> None:
        """Draw who we are, as the configuration says it."""
        from reportlab.lib.utils import simpleSplit

        top = document.pagesize[1] - 50
        canvas.setFillColor(INK)
        canvas.setFont(self.lettering.bold, 12)
        canvas.drawString(_MARGIN, top - 8, self.lettering.write(self.company.name))
        canvas.setFillColor(SOFT)
        canvas.setFont(self.lettering.regular, 7.5)
        address = ", ".join(line.strip(" ,") for line in self.company.address.splitlines() if line.strip(" ,"))
        told = [self.lettering.write(line) for line in (address, f"{self.company.team} · {self.company.email}")]
        lines = [part for line in told for part in simpleSplit(line, self.lettering.regular, 7.5, WIDTH)][:4]
        for place, line in enumerate(lines):
            canvas.drawString(_MARGIN, top - 22 - place * 11, line)
        rule = top - 22 - len(lines) * 11
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.line(_MARGIN, rule, _MARGIN + WIDTH, rule)


def drawing_alone() -> threading.Lock:
    """Give the lock under which every document is drawn: the fonts hold state that all of them share."""
    return _drawing


def numbered(text: str, face: str, *, size: float, right: float, bottom: float) -> Any:
    """Give a canvas that numbers its pages when it knows how many there are, in points from the left and from below.

    `text` has the places `page` and `pages`; it ends at `right`.
    """
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]  # ReportLab has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(face, size)
                self.setFillColor(SOFT)
                self.drawRightString(right, bottom, text.format(page=number, pages=len(self._pages)))
                super().showPage()
            super().save()

    return Numbered


def short_day(day: date, *, language: str) -> str:
    """Write a day for a column, as the language's own readers cannot mistake it."""
    from babel.dates import format_date

    from prompts.wording import LOCALES

    return str(format_date(day, format="medium", locale=LOCALES[supported(language)]))
