"""Makes one checked ledger of several files: all of it, or, where a person says so, all but the rows that cannot be.

Rows that are set aside keep their line and the reasons; taking one out may make another one impossible, which then goes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.mapping_drafts import Applied
from store.csv_cells import csv_text
from store.ledger import Ledger, checked_ledger
from store.ledger_checking import Known, PlacedRows, credit_faults, link_faults
from store.ledger_faults import Fault, LedgerFaults


@dataclass(slots=True)
class Taken:
    """A ledger that can go in, and what was set aside, by file and line."""

    ledger: Ledger
    refused: dict[str, dict[int, list[Fault]]] = field(default_factory=dict)

    @property
    def refused_rows(self) -> int:
        """Count the rows that were set aside."""
        return sum(len(lines) for lines in self.refused.values())


def take(
    files: Sequence[Applied], *, source: str, known: Known, set_aside: bool = False, keep_same_money: bool = False
) -> Taken:
    """Check the rows of all files together. Raises LedgerFaults with every fault, unless `set_aside`."""
    refused = {done.sheet.file: dict(done.refused) for done in files}
    while faults := _faults(files, refused, source=source, known=known):
        for fault in faults:
            refused[fault.file].setdefault(fault.line, []).append(fault)
        if not set_aside:
            break
    found = [fault for lines in refused.values() for line in sorted(lines) for fault in lines[line]]
    if found and not set_aside:
        raise LedgerFaults(found)
    rows = _rows(files, refused)
    ledger = checked_ledger(
        customers=rows.customers,
        contacts=rows.contacts,
        invoices=rows.invoices,
        payments=rows.payments,
        source=source,
        known=known,
    )
    ledger.keep_same_money = keep_same_money
    return Taken(ledger, {file: lines for file, lines in refused.items() if lines})


def _rows(files: Iterable[Applied], refused: dict[str, dict[int, list[Fault]]]) -> PlacedRows:
    """Put the rows of all files together; a customer that several invoice files name is taken from the first."""
    parts = [done.rows(without=refused[done.sheet.file].keys()) for done in files]
    customers = [row for part in parts for row in part.customers]
    stated = {row.customer_id: place.file for place, row in customers}
    if len(stated) < len(customers):
        own = {done.sheet.file for done in files if done.mapping.kind == "customers"}
        first: dict[str, str] = {}
        for place, row in sorted(customers, key=lambda each: each[0].file not in own):
            first.setdefault(row.customer_id, place.file)
        customers = [
            (place, row) for place, row in customers if place.file in own or first[row.customer_id] == place.file
        ]
    return PlacedRows(
        customers,
        [row for part in parts for row in part.contacts],
        [row for part in parts for row in part.invoices],
        [row for part in parts for row in part.payments],
    )


def _faults(
    files: Sequence[Applied], refused: dict[str, dict[int, list[Fault]]], *, source: str, known: Known
) -> list[Fault]:
    rows = _rows(files, refused)
    return link_faults(rows, source=source, known=known) + credit_faults(rows)


def write_refused(done: Applied, lines: dict[int, list[Fault]], to: Path) -> None:
    """Write the rows of a file that were set aside as they stood, with line and reason beside each: mended, it can be imported."""
    cells = {line: row for line, row in done.sheet.rows if line in lines}
    heading = [*done.sheet.headings, "line", "reason"]
    width = len(done.sheet.headings)
    rows = (
        [*(cells[line] + [""] * width)[:width], line, "; ".join(_reason(fault) for fault in lines[line])]
        for line in sorted(lines)
    )
    to.write_text("\ufeff" + "".join(csv_text(heading, rows)), "utf-8", newline="")


def write_faults(faults: Iterable[Fault], to: Path) -> None:
    """Write every fault as a row: file, line, column, what is wrong."""
    rows = ((fault.file, fault.line or "", fault.column, fault.text) for fault in faults)
    to.write_text("\ufeff" + "".join(csv_text(["file", "line", "column", "what is wrong"], rows)), "utf-8", newline="")


def _reason(fault: Fault) -> str:
    return f"{fault.column}: {fault.text}" if fault.column else fault.text
