"""Writes CSV to a terminal or a file, safe for spreadsheets (`store.csv_cells`)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from store.csv_cells import csv_text, safe_cell

__all__ = ["safe_cell", "write_csv"]


def write_csv(heading: Sequence[str], rows: Iterable[Sequence[object]], *, to: TextIO | None = None) -> None:
    """Write a heading and rows with CRLF line ends, to standard output by default."""
    for part in csv_text(heading, rows):
        (to or sys.stdout).write(part)
