"""Reads a table out of a file as it is: its encoding, what parts the cells, where the heading stands. Cells stay text.

Nothing is left out silently: blank lines, lines above the heading and repeated headings are counted.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.mapping_fields import Kind
from ledger.mapping_names import knows
from ledger.mapping_workbook import NotATable, workbook_rows
from ledger.quoting import OpenQuote, records

__all__ = ["NotATable", "Sheet", "decoded", "read_sheet"]

_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Where a file is not UTF-8, it is one of these: what office programs of the last thirty years write.
_OLD = ["cp1252", "cp1250", "cp850", "mac_roman", "utf_16_le", "utf_16_be"]
_LOOKED_AT = 60
_MOST_BYTES = 300_000_000
#: Before these a spreadsheet's text, and our own files of refused rows, have an apostrophe.
_GUARDED = frozenset("=+-@")


@dataclass(slots=True)
class Sheet:
    """A file as rows of text. `rows`: line number and cells, each as wide as the heading or wider."""

    file: str
    encoding: str
    delimiter: str
    heading_line: int
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    above: list[str] = field(default_factory=list)
    blank: int = 0
    repeated: int = 0
    notes: list[str] = field(default_factory=list)

    def column(self, heading: str) -> list[str]:
        """Give the cells of a column."""
        at = self.headings.index(heading)
        return [cells[at] for _, cells in self.rows]


def read_sheet(path: Path, *, encoding: str = "", sheet: str = "") -> Sheet:
    """Read a CSV, TSV or semicolon file, or the first sheet of an Excel workbook that holds a table. Raises NotATable."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise NotATable(f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB: split it")
        data = path.read_bytes()
    except OSError as error:
        raise NotATable(f"{path} cannot be read: {error.strerror}") from None
    if not data.strip():
        raise NotATable(f"{path.name} is empty")
    if data.startswith(b"PK\x03\x04"):
        rows, notes = workbook_rows(path, sheet)
        read = _headed(path.name, "Excel", "", rows)
        read.notes += notes
        return read
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATable(f"{path.name} is an Excel file of before 2007: save it as .xlsx or as CSV")
    text, found = decoded(data, path.name, encoding)
    if "\x00" in text:
        raise NotATable(f"{path.name} holds NUL characters: it is no text, or needs --encoding")
    if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html", "<table", "<?xml")):
        raise NotATable(f"{path.name} is a web page or XML: open it in a spreadsheet and save it as .xlsx or CSV")
    delimiter, text = _delimiter(text, path.name)
    return _headed(path.name, found, delimiter, _records(text, delimiter, path.name))


def decoded(data: bytes, file: str, encoding: str = "") -> tuple[str, str]:
    """Give the text of a file and the encoding that it was found to have. Raises NotATable."""
    if encoding:
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            raise NotATable(f"{file} is not {encoding}: leave --encoding out to have it found") from None
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding = name
    try:
        return data.decode(encoding or "utf-8"), encoding or "utf-8"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # here: most files are UTF-8

    best = from_bytes(data[:200_000], cp_isolation=_OLD, threshold=0.5).best()
    name = best.encoding if best is not None else "cp1252"
    if name != "cp1252" and _same_as_cp1252(data, name):
        name = "cp1252"
    try:
        return data.decode(name), name
    except UnicodeDecodeError:
        raise NotATable(f"{file} is neither UTF-8 nor {name}: save it as UTF-8, or say --encoding") from None


def _same_as_cp1252(data: bytes, name: str) -> bool:
    try:
        return data.decode("cp1252") == data.decode(name)
    except UnicodeDecodeError:
        return False


def _delimiter(text: str, file: str) -> tuple[str, str]:
    """Find what parts the cells: what gives most lines the same number of cells."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest
    head = text[:200_000].splitlines()[: _LOOKED_AT * 2]
    best, score = "", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if any(c.strip() for c in row)]
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))
        found = count / len(widths) * (width - 1)
        if found > score:
            best, score = delimiter, found
    if not best:
        raise NotATable(f"{file} is no table: no comma, semicolon, tab or bar parts its cells")
    return best, text


def _records(text: str, delimiter: str, file: str) -> Iterable[tuple[int, list[str]]]:
    try:
        yield from records(text, delimiter)
    except OpenQuote as error:
        raise NotATable(f"{file}:{error.line}: {error}") from None
    except csv.Error as error:
        raise NotATable(f"{file}: is not CSV: {error}") from None


def _headed(file: str, encoding: str, delimiter: str, records: Iterable[tuple[int, list[str]]]) -> Sheet:
    """Part a table into what stands above the heading, the heading, and the rows."""
    filled: list[tuple[int, list[str]]] = []
    blank = 0
    for line, cells in records:
        if any(cell.strip() for cell in cells):
            filled.append((line, cells))
        else:
            blank += 1
    if not filled:
        raise NotATable(f"{file} is empty")
    at = _heading_at([cells for _, cells in filled[:_LOOKED_AT]], file)
    line, cells = filled[at]
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    headings = _named(cells)
    width = len(headings)
    sheet = Sheet(file, encoding, delimiter, line, headings, [], blank=blank)
    sheet.above = [" ".join(filter(None, map(str.strip, row))) for _, row in filled[:at]]
    bare = [cell.strip() for cell in cells]
    for number, row in filled[at + 1 :]:
        if [cell.strip() for cell in row[:width]] == bare:
            sheet.repeated += 1
            continue
        while len(row) > width and not row[-1].strip():
            row.pop()
        whole = [_unguarded(cell) if cell[:1] in ("'", "=") else cell for cell in row]
        sheet.rows.append((number, whole + [""] * (width - len(row))))
    return sheet


def _unguarded(cell: str) -> str:
    """Take off what keeps a spreadsheet from reading a cell as a formula, or as a number: '=x, ="0012"."""
    if cell[:1] == "'" and cell[1:2] in _GUARDED:
        return cell[1:]
    return found[1] if (found := re.fullmatch(r'="([^"]*)"', cell.strip())) else cell


def _heading_at(rows: Sequence[Sequence[str]], file: str) -> int:
    """Find the heading: the line with most words that are known, else the first as wide as the rows after it."""
    known = [max(sum(knows(cell, kind) for cell in row) for kind in Kind) for row in rows]
    best = max(known)
    if best >= 2:
        return known.index(best)
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = Counter(widths).most_common(1)[0][0]
    at = next((n for n, width in enumerate(widths) if width >= usual > 1), None)
    if at is None:
        raise NotATable(f"{file} has no line that could be a heading")
    return at


def _named(cells: Sequence[str]) -> list[str]:
    """Give each column a name of its own: a second "Date" is "Date (2)", one without a heading "column 4"."""
    found: list[str] = []
    for at, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {at}"
        count = 2
        unique = name
        while unique in found:
            unique, count = f"{name} ({count})", count + 1
        found.append(unique)
    return found
