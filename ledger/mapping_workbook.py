"""Reads the rows of an Excel workbook as text, within bounds: a small file may unpack to what no machine holds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

#: A hundred thousand rows of thirty columns unpack to a tenth of it.
_MOST_UNPACKED = 600_000_000
#: Excel has no more rows.
_MOST_ROWS = 1_048_576
_MOST_CELLS = 20_000_000

Rows = list[tuple[int, list[str]]]


class NotATable(ValueError):
    """A file could not be read as a table. The text says why and what to do."""


def workbook_rows(path: Path, sheet: str) -> tuple[Rows, list[str]]:
    """Give the rows of one sheet (the first that holds a table where none is named), and what a person should know. Raises NotATable."""
    unreadable = f"{path.name} is no Excel workbook that can be read: save it as CSV"
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise NotATable(
                    f"{path.name} unpacks to more than {_MOST_UNPACKED // 1_000_000} MB: split it, or save it as CSV"
                )
        return _read(path, sheet)
    except NotATable:
        raise
    except Exception:  # the library raises what its depths raise: of XML, of ZIP, KeyError, TypeError and others
        raise NotATable(unreadable) from None


def _read(path: Path, sheet: str) -> tuple[Rows, list[str]]:
    from openpyxl import load_workbook  # here: few files are workbooks

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        if sheet and sheet not in book.sheetnames:
            raise NotATable(f"{path.name} has no sheet {sheet!r}; there are {', '.join(book.sheetnames)}")
        names = [sheet] if sheet else [one.title for one in book.worksheets]
        for at, name in enumerate(names):
            rows = _rows(book[name], path.name)
            if sum(any(cells) for _, cells in rows) >= 2:
                return rows, _told(name, [other for other in names[at + 1 :] if _filled(book[other])])
    finally:
        book.close()
    raise NotATable(f"{path.name} has no sheet with a table")


def _rows(sheet: Any, file: str) -> Rows:
    # What the sheet says of its own size is not believed: each row would be filled up to it.
    sheet.reset_dimensions()
    rows: Rows = []
    kept = 0
    for at, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(cell) for cell in values]
        while cells and not cells[-1]:
            cells.pop()
        kept += len(cells)
        if at > _MOST_ROWS or kept > _MOST_CELLS:
            raise NotATable(f"{file} has more rows or cells than can be read: split it, or save it as CSV")
        rows.append((at, cells))
    return rows


def _filled(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = zip(range(_MOST_ROWS), sheet.iter_rows(values_only=True), strict=False)
    found = (at for at, values in rows if sum(value is not None for value in values) > 1)
    return next(found, None) is not None and next(found, None) is not None


def _told(read: str, others: Iterable[str]) -> list[str]:
    names = ", ".join(repr(name) for name in others)
    return [f"only the sheet {read!r} is read: {names} holds rows too; bring it with --sheet"] if names else []


def _text(value: object) -> str:
    """Write a cell of a workbook so that it reads in one way only."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # A float that ends in three digits would read like thousands.
        return str(int(value)) if value.is_integer() else f"{value:.4f}"
    return str(value)
