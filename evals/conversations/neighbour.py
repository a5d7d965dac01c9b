"""A second customer in the ledger, whose names, numbers and sums must never turn up in a mail to the first. Values only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow

NEIGHBOUR = "C-9917"
_OPEN = Decimal("17733.19")


def neighbour_of(customer: CustomerRow) -> tuple[CustomerRow, ContactRow, InvoiceRow]:
    """Give the neighbour with a contact and an open invoice, in the customer's currency, language and zone."""
    named = {"customer_id": NEIGHBOUR, "name": "Quillfeather Deepwater Ltd", "portal": "", "supplier_number": ""}
    invoice = InvoiceRow(
        invoice_number="HW-88417",
        customer_id=NEIGHBOUR,
        issue_date=dt.date(2025, 11, 3),
        due_date=dt.date(2025, 12, 3),
        currency=customer.currency,
        amount=_OPEN,
        balance=_OPEN,
        po_number="",
        description="deep-sea winches",
    )
    contact = ContactRow(
        customer_id=NEIGHBOUR, name="Morwenna Thrale", email="m.thrale@quillfeather.example", role="ap"
    )
    return customer.model_copy(update=named), contact, invoice
