"""Makes an invoice, a credit note or an unapplied payment of one row of open items. An amount is never made up.

Where a column is missing, what is stored of a known invoice stays; a new one gets what the mapping says stands for it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from ledger.mapping_cells import Reader
from ledger.mapping_content import days_in
from ledger.mapping_names import document
from store.ledger_rows import InvoiceRow, PaymentRow, only_where_new


def read_invoice(reader: Reader, customer_id: str) -> tuple[InvoiceRow | None, PaymentRow | None]:
    """Read a row. What is wrong is noted with the reader; then both are None."""
    meaning = _meaning(reader)
    number, currency = reader.number("invoice_number"), reader.currency()
    if not number and not reader.faults:
        reader.fault("invoice_number", "is empty")
    issued, due = _days(reader, credit=meaning != "invoice")
    amount, balance = _amounts(reader)
    if reader.faults or amount is None or balance is None or issued is None or due is None:
        return None, None
    if meaning == "payment":
        return None, _received(reader, number, customer_id, issued, currency, balance)
    if meaning == "credit":
        amount, balance = -abs(amount), -abs(balance)
    row = InvoiceRow.model_validate(
        {
            "invoice_number": number,
            "customer_id": customer_id,
            "issue_date": issued,
            "due_date": due,
            "currency": currency,
            "amount": amount,
            "balance": balance,
            "po_number": reader.number("po_number"),
            "description": reader.text("description"),
            "product": reader.text("product"),
        }
    )
    lacking = [name for name in ("issue_date", "due_date", "amount") if not reader.has(name)]
    lacking += [name for name in ("po_number", "description", "product") if not reader.has(name)]
    if row.is_credit:
        # A credit note goes in whole.
        lacking = []
    return only_where_new(row, lacking), None


def _meaning(reader: Reader) -> str:
    """Say what the row is. A kind of document that nobody knows is no invoice by default: it could be money."""
    cell = reader.text("document_type")
    if not cell:
        return "invoice"
    meaning = document(cell)
    if meaning is None:
        reader.fault(
            "document_type", f"{cell!r} is no kind of document that is known here: invoice, credit note or payment"
        )
    return meaning or "invoice"


def _days(reader: Reader, *, credit: bool) -> tuple[date | None, date | None]:
    issued = reader.date("issue_date") if reader.has("issue_date") else None
    due = reader.date("due_date") if reader.has("due_date") else None
    if reader.faults:
        return None, None
    days = _terms(reader)
    if due is None and issued is not None:
        due = issued if credit else issued + timedelta(days=days) if days is not None else None
    if issued is None and due is not None:
        issued = due - timedelta(days=days) if days is not None else due if credit else None
    for name, day in (("issue_date", issued), ("due_date", due)):
        if day is None and not reader.faults:
            reader.fault(name, "is empty")
    return issued, due


def _terms(reader: Reader) -> int | None:
    cell = reader.text("terms")
    if not cell:
        return reader.mapping.defaults.terms
    found = days_in(cell)
    if found is None and not (reader.has("issue_date") and reader.has("due_date")):
        reader.fault("terms", f"{cell!r} is no number of days")
    return found


def _amounts(reader: Reader) -> tuple[Decimal | None, Decimal | None]:
    amount = reader.amount("amount") if reader.has("amount") else None
    balance = reader.amount("balance") if reader.has("balance") else None
    if reader.faults:
        return None, None
    if balance is None and reader.has("paid") and amount is not None:
        paid = reader.amount("paid") or Decimal(0)
        balance = amount - abs(paid) if amount >= 0 else amount + abs(paid)
    if amount is None and not reader.has("amount"):
        amount = balance
    for name, value in (("amount", amount), ("balance", balance)):
        if value is None and not reader.faults:
            reader.fault(name, "is empty")
    return amount, balance


def _received(
    reader: Reader, number: str, customer_id: str, day: date, currency: str, balance: Decimal
) -> PaymentRow | None:
    if balance == 0:
        reader.fault("document_type", "is a payment of which nothing is left: leave it out of the open items")
        return None
    return PaymentRow.model_validate(
        {
            "payment_id": number,
            "customer_id": customer_id,
            "invoice_number": "",
            "received_on": day,
            "currency": currency,
            "amount": abs(balance),
            "reference": reader.text("description"),
        }
    )
