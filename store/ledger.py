"""Loads the ledger from a folder of CSV files. All of it goes in, or none: every fault is named by file, line and column.

Import is idempotent: the same folder again changes nothing; rows that are gone from the files stay in the tables.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from store import audit
from store.ledger_credits import as_payments, faults_of, taken_out
from store.ledger_faults import Fault, LedgerFaults
from store.ledger_papers import put_delivery, put_invoice_pdf, read_papers
from store.ledger_putting import put, put_contact
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow
from store.queue_filling import unkey
from store.scoping import whole_house
from store.tables import Customer, Invoice, Payment

__all__ = ["Fault", "Ledger", "LedgerFaults", "import_ledger", "read_ledger"]


@dataclass(slots=True)
class Ledger:
    """A folder that was read and found right."""

    customers: list[CustomerRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    invoices: list[InvoiceRow] = field(default_factory=list)
    payments: list[PaymentRow] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    deliveries: dict[str, bytes] = field(default_factory=dict)
    credits: list[PaymentRow] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """Count what was read."""
        return {
            name: len(getattr(self, name))
            for name in ("customers", "contacts", "invoices", "payments", "documents", "deliveries", "credits")
        }


def read_ledger(folder: Path) -> Ledger:
    """Read and check a whole folder. Raises LedgerFaults with every fault found."""
    faults: list[Fault] = []
    lines: dict[str, list[tuple[int, Any]]] = {}
    for name, model in (
        ("customers", CustomerRow),
        ("contacts", ContactRow),
        ("invoices", InvoiceRow),
        ("payments", PaymentRow),
    ):
        lines[name] = _read_csv(folder / f"{name}.csv", model, faults)
    _check_links(lines, faults)
    numbers = {row.invoice_number for _, row in lines["invoices"]}
    lines["invoices"], credits = taken_out(lines["invoices"])
    faults += [Fault("invoices.csv", *told) for told in faults_of(credits, lines["payments"])]
    papers = read_papers(folder / "documents", numbers)
    for _, credit in credits:
        papers.invoices.pop(credit.invoice_number, None)
        papers.deliveries.pop(credit.invoice_number, None)
    faults += [Fault(file, 0, "", text) for file, text in papers.faults]
    if faults:
        raise LedgerFaults(faults)
    return Ledger(
        documents=papers.invoices,
        deliveries=papers.deliveries,
        **{name: [row for _, row in rows] for name, rows in lines.items()},
        credits=as_payments([row for _, row in credits]),
    )


def _read_csv(path: Path, model: type[BaseModel], faults: list[Fault]) -> list[tuple[int, Any]]:
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
    rows: list[tuple[int, Any]] = []
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
    model: type[BaseModel],
    rows: list[tuple[int, Any]],
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
        rows.append((line, model.model_validate(cells)))
    except ValidationError as error:
        for detail in error.errors():
            column = str(detail["loc"][0])
            message = detail["msg"].removeprefix("Value error, ")
            faults.append(Fault(file, line, column, f"{cells[column]!r}: {message}"))


def _check_links(lines: dict[str, list[tuple[int, Any]]], faults: list[Fault]) -> None:
    for name, key in (("customers", "customer_id"), ("invoices", "invoice_number"), ("payments", "payment_id")):
        _check_unique(f"{name}.csv", key, lines[name], faults)
    customers = {row.customer_id for _, row in lines["customers"]}
    owners = {row.invoice_number: row for _, row in lines["invoices"]}
    for name in ("contacts", "invoices", "payments"):
        for line, row in lines[name]:
            if row.customer_id not in customers:
                faults.append(Fault(f"{name}.csv", line, "customer_id", f"{row.customer_id!r} is not in customers.csv"))
    for line, row in lines["invoices"]:
        if row.is_credit:
            continue
        if row.due_date < row.issue_date:
            faults.append(
                Fault("invoices.csv", line, "due_date", f"{row.due_date} is before the issue date {row.issue_date}")
            )
        if row.balance < 0:
            text = f"{row.balance}: bring what was paid too much as a row of payments.csv without an invoice, and 0.00 here"
            faults.append(Fault("invoices.csv", line, "balance", text))
        if row.balance > row.amount:
            faults.append(Fault("invoices.csv", line, "balance", f"{row.balance} is more than the amount {row.amount}"))
    for line, row in lines["payments"]:
        invoice = owners.get(row.invoice_number)
        if row.invoice_number and invoice is None:
            faults.append(
                Fault("payments.csv", line, "invoice_number", f"{row.invoice_number!r} is not in invoices.csv")
            )
        elif invoice is not None and invoice.customer_id != row.customer_id:
            faults.append(
                Fault("payments.csv", line, "invoice_number", f"{row.invoice_number!r} belongs to another customer")
            )


def _check_unique(file: str, key: str, rows: list[tuple[int, Any]], faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for line, row in rows:
        value = getattr(row, key)
        if value in first:
            faults.append(Fault(file, line, key, f"{value!r} stands already in line {first[value]}"))
        first.setdefault(value, line)


def import_ledger(session: Session, ledger: Ledger, *, actor: str, now: datetime) -> dict[str, int]:
    """Write a checked ledger in the caller's transaction; give how many rows were new or changed, a table each.

    Raises LedgerFaults where a credit note has the number of an invoice that is stored.
    """
    whole_house(session)
    audit.take_turn(session)
    if turned := [c.payment_id for c in ledger.credits if session.get(Invoice, c.payment_id) is not None]:
        told = "was imported as an invoice before: give the credit note a number of its own"
        raise LedgerFaults([Fault("invoices.csv", 0, "invoice_number", f"{number!r} {told}") for number in turned])
    changed = dict.fromkeys(Ledger().summary(), 0)
    moved: set[str] = set()
    for customer in ledger.customers:
        values = customer.model_dump(exclude={"customer_id"}, exclude_unset=True)
        if put(session, Customer, customer.customer_id, values, key="id"):
            changed["customers"] += 1
            moved.add(customer.customer_id)
    session.flush()
    for contact in ledger.contacts:
        changed["contacts"] += put_contact(session, contact, now=now)
    for number, content in ledger.documents.items():
        changed["documents"] += put_invoice_pdf(session, number, content)
    session.flush()
    for invoice in ledger.invoices:
        values = invoice.model_dump(exclude={"invoice_number"}, exclude_unset=True)
        if invoice.invoice_number in ledger.documents:
            values["document_sha256"] = hashlib.sha256(ledger.documents[invoice.invoice_number]).hexdigest()
        before = session.get(Invoice, invoice.invoice_number)
        whose = {invoice.customer_id} | ({before.customer_id} if before is not None else set())
        if put(session, Invoice, invoice.invoice_number, values, key="number"):
            changed["invoices"] += 1
            moved |= whose
    for name, rows in (("payments", ledger.payments), ("credits", ledger.credits)):
        for payment in rows:
            values = payment.model_dump(exclude={"payment_id"}) | {"invoice_number": payment.invoice_number or None}
            changed[name] += put(session, Payment, payment.payment_id, values, key="id")
    session.flush()
    for number, content in ledger.deliveries.items():
        changed["deliveries"] += put_delivery(session, number, content, actor=actor, now=now)
    unkey(session, moved)
    audit.append(session, at=now, actor=actor, event="ledger.imported", subject="ledger", payload=changed)
    return changed
