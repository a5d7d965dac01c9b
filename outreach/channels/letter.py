"""The letter as a PDF: the approved words on our paper, the customer's address where the envelope's window is, the invoices as a table.

Two layouts: DIN 5008 form B on A4, and the American business letter on Letter for a #10 window envelope; which one is told by the
recipient's country. It changes no word and no figure of what was approved, and the same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from xml.sax.saxutils import escape

from outreach.channels.paper import DIN, US, Layout, drawn
from prompts.lettering import Lettering, lettering_for
from prompts.sheet import INK, LINE, SHADE, drawing_alone, short_day, words
from prompts.subjects import first_subject
from prompts.wording import long_date, money, supported
from store.company import CompanyProfile

#: Where business letters are folded into #10 envelopes.
_LETTER_PAPER = frozenset({"US", "CA", "PH", "MX", "CO", "CL"})
_SIZE, _LEADING = 10.0, 13.5


class Asked(Protocol):
    """One invoice as the letter asks for it."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def due(self) -> date:
        """When it is, or was, due."""

    @property
    def open(self) -> Decimal:
        """What we ask for: never a part that is contested."""

    @property
    def currency(self) -> str:
        """ISO 4217."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a letter shows. `recipient`: the address, a line a line, the name first. `words`: the approved text."""

    recipient: tuple[str, ...]
    country: str
    customer_id: str
    reference: str
    day: date
    language: str
    words: str
    contact: str
    company: CompanyProfile
    asked: tuple[Asked, ...] = ()


def layout_for(country: str) -> Layout:
    """Choose the paper and its marks by the recipient's country; A4 where it is not known."""
    return US if country.upper() in _LETTER_PAPER else DIN


def letter_pdf(letter: Letter) -> bytes:
    """Draw a letter. Raises ValueError for one without an address."""
    if not [line for line in letter.recipient[1:] if line.strip()]:
        raise ValueError(
            "the customer has no postal address: bring one with the ledger (customers.csv, column address)"
        )
    layout = layout_for(letter.country)
    face = lettering_for(*letter.recipient, letter.words, letter.company.name, letter.company.address, letter.contact)
    out = io.BytesIO()
    with drawing_alone():
        drawn(
            out,
            _story(letter, layout, face),
            layout=layout,
            face=face,
            company=letter.company,
            recipient=letter.recipient,
            facts=_facts(letter),
            page_words=words(letter.language, "sheet")["page"],
            language=supported(letter.language),
            title=f"{letter.reference} {letter.customer_id}",
        )
    return out.getvalue()


def with_copies(letter: bytes, copies: Sequence[tuple[str, bytes]]) -> bytes:
    """Put the stored PDFs that the letter speaks of behind it, to be printed in one go. Raises ValueError for one that cannot be read."""
    if not copies:
        return letter
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    whole = PdfWriter(clone_from=io.BytesIO(letter))
    for number, content in copies:
        try:
            for page in PdfReader(io.BytesIO(content)).pages:
                whole.add_page(page)
        except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(
                f"the stored PDF of {number} cannot be put behind the letter: bring a sound one"
            ) from error
    out = io.BytesIO()
    whole.write(out)
    return out.getvalue()


def _facts(letter: Letter) -> tuple[tuple[str, str], ...]:
    said = words(letter.language, "letter")
    return (
        (said["reference"], letter.reference),
        (said["customer_number"], letter.customer_id),
        (said["contact"], letter.contact),
        (said["email"], letter.company.email),
        (said["date"], long_date(letter.day, language=letter.language)),
    )


def _story(letter: Letter, layout: Layout, face: Lettering) -> list[Any]:
    from reportlab.platypus import Spacer

    story: list[Any] = [_text(first_subject(letter.language), face, bold=True), Spacer(1, 2 * _LEADING)]
    table = _table(letter, layout, face) if letter.asked else None
    for block in re.split(r"\n\s*\n", letter.words.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if table is not None and _lists_them(lines, letter.asked):
            story += [table, Spacer(1, _LEADING)]
            table = None
            continue
        story += [*(_text(line, face) for line in lines), Spacer(1, _LEADING * 0.8)]
    return story if table is None else [*story, table]


def _lists_them(lines: Sequence[str], asked: Sequence[Asked]) -> bool:
    """Say whether a paragraph is the list of exactly the invoices that the table shows."""
    return len(lines) == len(asked) and all(
        line.startswith("- ") and each.number in line for line, each in zip(lines, asked, strict=True)
    )


def _text(text: str, face: Lettering, *, bold: bool = False, size: float = _SIZE) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "letter",
        fontName=face.bold if bold else face.regular,
        fontSize=size,
        leading=size * _LEADING / _SIZE,
        textColor=INK,
        splitLongWords=1,
    )
    return Paragraph(escape(face.write(text)), style)


def _table(letter: Letter, layout: Layout, face: Lettering) -> Any:
    from reportlab.platypus import Table

    said = words(letter.language, "statement")
    heads = [_text(said[name], face, bold=True, size=9) for name in ("number", "due")]
    rows: list[list[Any]] = [[*heads, said["open"]]]
    for each in letter.asked:
        day = short_day(each.due, language=letter.language)
        amount = money(each.open, each.currency, language=letter.language)
        rows.append([_text(each.number, face, size=9), day, amount])
    currencies = {each.currency for each in letter.asked}
    if len(letter.asked) > 1 and len(currencies) == 1:
        total = sum((each.open for each in letter.asked), Decimal(0))
        rows.append(
            [
                _text(said["total"], face, bold=True, size=9),
                "",
                money(total, currencies.pop(), language=letter.language),
            ]
        )
    width = layout.text_width
    style = [
        ("FONTNAME", (0, 0), (-1, -1), face.regular),
        ("FONTSIZE", (0, 0), (-1, -1), 9),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("ALIGN", (2, 0), (2, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("FONTNAME", (0, 0), (-1, 0), face.bold),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
    ]
    if len(rows) > len(letter.asked) + 1:
        style.append(("FONTNAME", (0, -1), (-1, -1), face.bold))
    return Table(rows, colWidths=[width * 0.45, width * 0.25, width * 0.3], style=style, repeatRows=1, hAlign="LEFT")
