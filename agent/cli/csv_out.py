"""Writes CSV that a spreadsheet opens as text and numbers, never as formulas (OWASP ASVS 1.2.10, RFC 4180)."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

#: What a spreadsheet takes for the beginning of a formula, also in its full-width forms.
_STARTS = tuple("=+-@\t\r\n\x00＝＋－＠")
#: Signs that may part a cell in two, quoted or not, where a comma is the decimal sign; and what begins a formula after them.
_PARTS, _FORMULA = frozenset(";\t\r\n"), frozenset("=+-@＝＋－＠")


def safe_cell(value: object) -> str:
    """Write one cell; what would begin a formula gets an apostrophe before it, also within. None is an empty cell."""
    text = _defused("" if value is None else str(value).replace("\x00", ""))
    return f"'{text}" if text.startswith(_STARTS) else text


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


def write_csv(heading: Sequence[str], rows: Iterable[Sequence[object]], *, to: TextIO | None = None) -> None:
    """Write a heading and rows with CRLF line ends, to standard output by default."""
    out = csv.writer(to or sys.stdout, lineterminator="\r\n")
    out.writerow([safe_cell(cell) for cell in heading])
    out.writerows([safe_cell(cell) for cell in row] for row in rows)
