"""Loads the ledger from a folder of CSV files. All of it goes in, or none: every fault is named by file, line and column.

Import is idempotent: the same folder again changes nothing; rows that are gone from the files stay in the tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from store import audit
from store.ledger_changes import ChangeKind, put_changes, remember_name
from store.ledger_checking import FOLDER, Known, Place, Placed, PlacedRows, Row, credit_faults, link_faults
from store.ledger_credits import as_payments, taken_out
from store.ledger_differences import Differences, compare
from store.ledger_faults import Fault, LedgerFaults
from store.ledger_moving import let_go
from store.ledger_papers import put_delivery, put_invoice_pdf, read_papers
from store.ledger_putting import chunks, put
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow
from store.queue_filling import unkey
from store.scoping import whole_house
from store.tables import Contact, Customer, Invoice, Payment

__all__ = ["Fault", "Known", "Ledger", "LedgerFaults", "Place", "checked_ledger", "import_ledger", "read_ledger"]


@dataclass(slots=True)
class Ledger:
    """Rows that were read and found right. `source`: what brought them; `keep_same_money`: a payment that reads like another counts."""

    customers: list[CustomerRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    invoices: list[InvoiceRow] = field(default_factory=list)
    payments: list[PaymentRow] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    deliveries: dict[str, bytes] = field(default_factory=dict)
    credits: list[PaymentRow] = field(default_factory=list)
    source: str = FOLDER
    keep_same_money: bool = False

    def summary(self) -> dict[str, int]:
        """Count what was read."""
        return {
            name: len(getattr(self, name))
            for name in ("customers", "contacts", "invoices", "payments", "documents", "deliveries", "credits")
        }


def read_ledger(folder: Path, *, known: Known | None = None) -> Ledger:
    """Read and check a whole folder. Raises LedgerFaults with every fault found.

    `known`: what is stored already may then be named without standing in the files again.
    """
    faults: list[Fault] = []
    rows = PlacedRows(
        customers=_read_csv(folder / "customers.csv", CustomerRow, faults),
        contacts=_read_csv(folder / "contacts.csv", ContactRow, faults),
        invoices=_read_csv(folder / "invoices.csv", InvoiceRow, faults),
        payments=_read_csv(folder / "payments.csv", PaymentRow, faults),
    )
    faults += link_faults(rows, source=FOLDER, known=known or Known()) + credit_faults(rows)
    papers = read_papers(folder / "documents", {row.invoice_number for _, row in rows.invoices})
    faults += [Fault(file, 0, "", text) for file, text in papers.faults]
    if faults:
        raise LedgerFaults(faults)
    ledger = _ledger_of(rows, source=FOLDER)
    credits = {credit.payment_id for credit in ledger.credits}
    ledger.documents = {number: pdf for number, pdf in papers.invoices.items() if number not in credits}
    ledger.deliveries = {number: pdf for number, pdf in papers.deliveries.items() if number not in credits}
    return ledger


def checked_ledger(
    *,
    customers: Sequence[Placed[CustomerRow]] = (),
    contacts: Sequence[Placed[ContactRow]] = (),
    invoices: Sequence[Placed[InvoiceRow]] = (),
    payments: Sequence[Placed[PaymentRow]] = (),
    source: str,
    known: Known | None = None,
) -> Ledger:
    """Check rows of any source together, each with its place, and give what `import_ledger` takes. Raises LedgerFaults.

    `source` is named in faults and in the record of changes. `known` (`store.ledger_known.known_to`): what is stored already
    counts, so that a source may bring changed rows only.
    """
    rows = PlacedRows(customers=customers, contacts=contacts, invoices=invoices, payments=payments)
    if faults := link_faults(rows, source=source, known=known or Known()) + credit_faults(rows):
        raise LedgerFaults(faults)
    return _ledger_of(rows, source=source)


def _ledger_of(rows: PlacedRows, *, source: str) -> Ledger:
    invoices, credits = taken_out(rows.invoices)
    return Ledger(
        customers=[row for _, row in rows.customers],
        contacts=[row for _, row in rows.contacts],
        invoices=[row for _, row in invoices],
        payments=[row for _, row in rows.payments],
        credits=as_payments([row for _, row in credits]),
        source=source,
    )


def _read_csv(path: Path, model: type[Row], faults: list[Fault]) -> list[Placed[Row]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        faults.append(Fault(path.name, 0, "", f"is missing in {path.parent}"))
        return []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(path.name, line, "", "is not UTF-8: save the file with UTF-8 encoding"))
        return []
    except OSError as error:
        faults.append(Fault(path.name, 0, "", f"cannot be read: {error.strerror}"))
        return []
    # A cell may hold what str.splitlines takes for the end of a line, such as U+2028.
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[Placed[Row]] = []
    try:
        heading = reader.fieldnames or []
        missing = [name for name, f in model.model_fields.items() if f.is_required() and name not in heading]
        if missing:
            faults.append(Fault(path.name, 1, ", ".join(missing), "missing in the heading line"))
            return []
        for cells in reader:
            _read_row(path.name, reader.line_num, cells, model, rows, faults)
    except csv.Error as error:
        faults.append(Fault(path.name, reader.line_num, "", f"is not CSV: {error}"))
    return rows


def _read_row(
    file: str,
    line: int,
    cells: dict[str, Any],
    model: type[Row],
    rows: list[Placed[Row]],
    faults: list[Fault],
) -> None:
    short = [name for name, cell in cells.items() if name is not None and cell is None]
    if short or None in cells:
        faults.append(Fault(file, line, short[0] if short else "", "the row has more or fewer cells than the heading"))
        return
    if any("\x00" in str(cell) for cell in cells.values()):
        faults.append(Fault(file, line, "", "holds a NUL character"))
        return
    try:
        rows.append((Place(file, line), model.model_validate(cells)))
    except ValidationError as error:
        for detail in error.errors():
            column = str(detail["loc"][0])
            message = detail["msg"].removeprefix("Value error, ")
            faults.append(Fault(file, line, column, f"{cells[column]!r}: {message}"))


def import_ledger(session: Session, ledger: Ledger, *, actor: str, now: datetime) -> dict[str, int]:
    """Write a checked ledger in the caller's transaction; give how many rows were new or changed, a table each.

    Raises LedgerFaults where a credit note has the number of an invoice that is stored.
    """
    return put_ledger(session, ledger, actor=actor, now=now)[0]


def put_ledger(session: Session, ledger: Ledger, *, actor: str, now: datetime) -> tuple[dict[str, int], Differences]:
    """Write a checked ledger as `import_ledger` does, and give as well what was different."""
    whole_house(session)
    audit.take_turn(session)
    refuse_turned(session, ledger)
    session.flush()
    found = compare(session, ledger, actor=actor, now=now)
    changed = dict.fromkeys(Ledger().summary(), 0) | found.counts()
    put(session, Customer, found.customers, key="id")
    put(session, Contact, found.contacts, key="id")
    for number, content in ledger.documents.items():
        changed["documents"] += put_invoice_pdf(session, number, content)
    session.flush()
    put(session, Invoice, found.invoices, key="number")
    put(session, Payment, found.payments, key="id")
    put(session, Payment, found.credits, key="id")
    session.expire_all()
    for number, content in ledger.deliveries.items():
        changed["deliveries"] += put_delivery(session, number, content, actor=actor, now=now)
    for change in found.changes:
        if change.kind == ChangeKind.NAME:
            remember_name(session, change.customer_id, change.before, actor=actor, now=now)
    put_changes(session, found.changes)
    let_go(session, found, actor=actor, now=now)
    unkey(session, found.customers_moved())
    audit.append(session, at=now, actor=actor, event="ledger.imported", subject="ledger", payload=changed)
    return changed, found


def refuse_turned(session: Session, ledger: Ledger) -> None:
    """Raise LedgerFaults where a credit note has the number of an invoice that is stored."""
    numbers = [credit.payment_id for credit in ledger.credits]
    turned = {
        n for some in chunks(numbers) for n in session.exec(select(Invoice.number).where(col(Invoice.number).in_(some)))
    }
    if turned:
        told = "was imported as an invoice before: give the credit note a number of its own"
        raise LedgerFaults(
            [Fault("invoices.csv", 0, "invoice_number", f"{n!r} {told}") for n in numbers if n in turned]
        )
