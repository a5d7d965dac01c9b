"""Credit notes among the rows of invoices.csv: money of the customer that no invoice has taken yet, never an open invoice.

They go into the ledger beside the receipts, under their own number. What is open on them is unapplied; one that is used up
stands as applied to itself. Nothing here lowers the balance of an invoice: that is the ERP's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from store.facts import CREDIT_NOTE
from store.ledger_rows import InvoiceRow, PaymentRow

#: Where a row stands.
Where = TypeVar("Where")
Invoices = list[tuple[Where, InvoiceRow]]


def taken_out(invoices: Sequence[tuple[Where, InvoiceRow]]) -> tuple[Invoices[Where], Invoices[Where]]:
    """Part the rows of invoices.csv into invoices and credit notes."""
    return [x for x in invoices if not x[1].is_credit], [x for x in invoices if x[1].is_credit]


def faults_of(
    credits: Sequence[tuple[Where, InvoiceRow]], payments: Sequence[tuple[Where, PaymentRow]]
) -> list[tuple[Where, str, str]]:
    """List what is wrong with credit notes beside the rest of the folder, as (where, column, text)."""
    receipts = {row.payment_id for _, row in payments}
    found = [
        (
            place,
            "invoice_number",
            f"{row.invoice_number!r} is a credit note here and a payment in payments.csv: leave one out",
        )
        for place, row in credits
        if row.invoice_number in receipts
    ]
    return found + [
        (place, "balance", f"{row.balance} does not lie between the credit note's amount {row.amount} and 0.00")
        for place, row in credits
        if not row.amount <= row.balance <= 0
    ]


def as_payments(credits: Sequence[InvoiceRow]) -> list[PaymentRow]:
    """Write credit notes as the ledger holds them."""
    return [
        PaymentRow(
            payment_id=row.invoice_number,
            customer_id=row.customer_id,
            invoice_number="" if row.balance < 0 else row.invoice_number,
            received_on=row.issue_date,
            currency=row.currency,
            amount=-row.balance if row.balance < 0 else -row.amount,
            reference=f"{CREDIT_NOTE} {row.invoice_number}: {row.description}"[:1000],
        )
        for row in credits
    ]
