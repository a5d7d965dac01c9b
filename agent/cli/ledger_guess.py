"""Shows how a file would be read: what each column is taken for, how sure that is, what is missing and what is asked. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from agent.cli.mapping_options import Asked
from agent.cli.output import console, input_refused, print_json, say
from ledger.mapping_guess import guess
from ledger.mapping_guessed import SURE, Guess, Guessed
from ledger.mapping_sheet import NotATable, Sheet, read_sheet

_PARTS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "": "a workbook"}


def sheet_of(file: Path, asked: Asked) -> Sheet:
    """Read a file, or fail in plain words."""
    with input_refused(NotATable):
        return read_sheet(file, encoding=asked.encoding, sheet=asked.sheet)


def guess_of(sheet: Sheet, asked: Asked, *, several: bool = False) -> Guess:
    """Guess a file's columns, or fail in plain words."""
    with input_refused(ValueError):
        return guess(sheet, said=asked.said(sheet.headings if several else None), defaults=asked.standing())


def show_guess(file: Path, *, asked: Asked, as_json: bool) -> Guess:
    """Print a guess: for a person, or as JSON."""
    found = guess_of(sheet_of(file, asked), asked)
    if as_json:
        print_json(document(found))
    else:
        print_guess(found)
    return found


def print_guess(found: Guess) -> None:
    """Print a guess for a person."""
    sheet = found.sheet
    parts = _PARTS.get(sheet.delimiter, repr(sheet.delimiter))
    say(
        f"{sheet.file}: {len(sheet.rows):,} rows of {found.kind}; {sheet.encoding}, {parts}, heading in line {sheet.heading_line}"
    )
    extra = [
        f"{sheet.blank:,} blank lines" if sheet.blank else "",
        f"{sheet.repeated:,} repeated headings" if sheet.repeated else "",
    ]
    if told := ", ".join(filter(None, extra)):
        say(f"left out: {told}")
    for line in sheet.above:
        say(f"above the heading: {line}")
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), width=min(console().width, 118))
    for name, ratio in (("column", 5), ("taken for", 4), ("sure", 2), ("written as", 5), ("cells", 8)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for column in found.columns:
        table.add_row(*(Text(cell) for cell in _row(column)))
    console().print(table)
    _list("taken for what is missing", found.defaulted)
    _list("missing", found.missing)
    _list("to settle", found.questions)
    if found.certain:
        say("nothing is left to ask: dunwell import reads the file so")


def _row(column: Guessed) -> tuple[str, ...]:
    cells = " | ".join(_short(cell) for cell in column.content.sample)
    if column.name is None:
        return column.heading, "-", "", "", cells
    doubt = "" if column.sure >= SURE else "?"
    return column.heading, column.name, f"{column.sure:.0%}{doubt}", _format(column), cells


def _format(column: Guessed) -> str:
    if column.dates is not None:
        names = column.dates.formats() + (["several ways"] if column.dates.open or column.dates.mixed else [])
        return ", ".join(names) or "no date"
    if column.numbers is not None:
        codes = " ".join(sorted(column.numbers.currencies))
        return " ".join(
            filter(
                None, ("open" if column.numbers.open and not column.numbers.mixed else column.numbers.format(), codes)
            )
        )
    return ""


def _short(cell: str) -> str:
    one_line = " ".join(cell.split())
    return one_line if len(one_line) <= 26 else f"{one_line[:25]}…"


def _list(title: str, lines: Sequence[str]) -> None:
    if lines:
        say(f"{title}:")
        for line in lines:
            console().print(Text(f"  {line}"), soft_wrap=False)


def document(found: Guess) -> dict[str, Any]:
    """Give a guess as plain values."""
    sheet = found.sheet
    return {
        "file": sheet.file,
        "kind": str(found.kind),
        "rows": len(sheet.rows),
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "heading_line": sheet.heading_line,
        "blank_lines": sheet.blank,
        "repeated_headings": sheet.repeated,
        "certain": found.certain,
        "columns": [
            {
                "heading": column.heading,
                "taken_for": column.name,
                "sure": round(column.sure, 2),
                "why": column.why,
                "written_as": _format(column),
                "cells": list(column.content.sample),
            }
            for column in found.columns
        ],
        "missing": found.missing,
        "questions": found.questions,
        "defaulted": found.defaulted,
    }
