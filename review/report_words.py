"""The tables of the reports as people read them: what a column is called, and each cell in its unit. Pure; figures are not changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.tables import Table

#: By column, or by table and column where the same word means another thing.
_HEADINGS: Mapping[str, str] = {
    "all": "total",
    "some": "of these",
    "dso": "DSO, days",
    "best_dso": "best possible, days",
    "cei": "CEI, %",
    "written": "mails",
    "usual_hours": "usual hours to the answer",
    "promises.what": "what",
    "promises.some": "so many",
    "promises.all": "of",
}
_NOTES: Mapping[str, str] = {
    "trend": "DSO: days of sales that are open at the end of the month. Best possible: what the terms alone would make of it. "
    "CEI: of what could be collected in the month, how much was.",
    "answers": "Of the mails that left, how many somebody answered within 14 days.",
}
#: Columns of money: a zero has its cents as well.
_MONEY = frozenset(
    {"not_due", "1_to_30", "31_to_60", "61_to_90", "over_90", "all", "contested"}
    | {"billed", "received", "open", "overdue"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A table to be read. `rows`: text alone; `more`: how many rows stand in the export alone."""

    name: str
    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int
    note: str


def shown(table: Table, *, most: int, names: Mapping[str, str]) -> Shown:
    """Give a table with the words of a page; `names`: customers by their id."""
    heading = [_HEADINGS.get(f"{table.name}.{n}", _HEADINGS.get(n, n.replace("_", " "))) for n in table.heading]
    rows = [
        [_cell(column, value, names) for column, value in zip(table.heading, row, strict=True)]
        for row in table.rows[:most]
    ]
    more = max(0, len(table.rows) - most)
    return Shown(table.name, table.title, heading, rows, more, _NOTES.get(table.name, ""))


def _cell(column: str, value: object, names: Mapping[str, str]) -> str:
    """Write one cell: money with its cents, a share in per cent, nothing where nothing is known."""
    if value is None:
        return "–"
    if column == "customer":
        return f"{names[str(value)]} ({value})" if str(value) in names else str(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if column in _MONEY else f"{value:,}"
    if isinstance(value, float):
        return f"{value:.0%}" if column == "share" else f"{value:,.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("_", " ") if column in ("by", "which") else str(value)
