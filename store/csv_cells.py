"""Writes CSV that a spreadsheet opens as text and numbers, never as formulas (OWASP ASVS 1.2.10, RFC 4180). The only place that does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

#: What a spreadsheet takes for the beginning of a formula, also in its full-width forms.
_STARTS = tuple("=+-@\t\r\n\x00＝＋－＠")
#: Signs that may part a cell in two, quoted or not, where a comma is the decimal sign; and what begins a formula after them.
_PARTS, _FORMULA = frozenset(";\t\r\n"), frozenset("=+-@＝＋－＠")
#: By this Excel knows that a file is UTF-8.
MARK = "\ufeff"
_CHUNK = 500


def safe_cell(value: object) -> str:
    """Write one cell; what would begin a formula gets an apostrophe before it, also within. None is an empty cell."""
    text = _defused("" if value is None else str(value).replace("\x00", ""))
    return f"'{text}" if text.startswith(_STARTS) else text


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give a heading and rows with CRLF line ends, some rows at a time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in heading])
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) for cell in row])
        if not number % _CHUNK:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _defused(text: str) -> str:
    """Put an apostrophe before every sign that would begin a formula behind a parting sign and blanks."""
    kept: list[str] = []
    parted = False
    for sign in text:
        if sign in _PARTS:
            parted = True
        elif parted and not sign.isspace():
            kept += ["'"] if sign in _FORMULA else []
            parted = False
        kept.append(sign)
    return "".join(kept)
