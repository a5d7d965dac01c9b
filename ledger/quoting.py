"""Reads the records of CSV text, and notices a quote that is opened and never closed: the rows after it would be one cell's words.

Then nothing is read: those rows would be lost without a trace, or their amounts taken for another row's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

#: No cell that a person wrote has so many lines.
_MOST_LINES = 30
#: Below so many cells a line of words may look like a row.
_FEWEST = 3


class OpenQuote(ValueError):
    """A cell holds whole rows. The text names the line."""

    def __init__(self, line: int) -> None:
        """Keep the line."""
        super().__init__("a quote is opened here and never closed")
        self.line = line


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with its first line. Raises OpenQuote, csv.Error."""
    raw: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            raw.append(line)
            yield line

    first, width = 1, 0
    reader = csv.reader(lines(), delimiter=delimiter)
    for cells in reader:
        if len(raw) > 1 and not _closed(raw, delimiter, cells, width):
            raise OpenQuote(first)
        yield first, cells
        width = max(width, len(cells))
        first = reader.line_num + 1
        raw.clear()


def _closed(raw: Sequence[str], delimiter: str, cells: Sequence[str], width: int) -> bool:
    """Say whether a record of several lines is one: every quote ends where a cell does, and no line of a cell is a row."""
    if len(raw) > _MOST_LINES:
        return False
    try:
        list(csv.reader(raw, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    further = (line for cell in cells for line in cell.splitlines()[1:])
    return width < _FEWEST or not any(line.count(delimiter) >= width - 1 for line in further)
