"""What the lines and fields of QuickBooks' papers say: which invoice money lies on, what of it came from credits, the order's number."""

from __future__ import annotations

from decimal import Decimal

from ledger.connectors import values
from ledger.connectors.paging import Record


def applied_by(record: Record) -> tuple[dict[str, Decimal], Decimal]:
    """Give what a payment's lines put on which invoice, and what of it came from credit memos: that is no money."""
    applied: dict[str, Decimal] = {}
    credits = Decimal(0)
    for line in record.get("Line") or ():
        amount = values.amount(line, "Amount")
        linked = list(line.get("LinkedTxn") or [])
        kinds = {values.text(each, "TxnType") for each in linked}
        if kinds == {"CreditMemo"}:
            credits += amount
            continue
        key = values.text(linked[0], "TxnId") if kinds == {"Invoice"} and len(linked) == 1 else ""
        applied[key] = applied.get(key, Decimal(0)) + amount
    return applied, credits


def without_credits(applied: dict[str, Decimal], credits: Decimal) -> dict[str, Decimal]:
    """Take what credits covered off, the last line first: QuickBooks does not tell which invoice got the credit."""
    left: dict[str, Decimal] = {}
    for key, amount in reversed(applied.items()):
        taken = min(amount, credits)
        credits -= taken
        if amount > taken:
            left[key] = amount - taken
    return dict(reversed(left.items()))


def po_number(record: Record) -> str:
    """Give the customer's order number: a field of the company's own that is named so."""
    for custom in record.get("CustomField") or ():
        name = values.text(custom, "Name").lower().replace(".", "").replace("#", "")
        if name.strip() in ("po", "po number", "purchase order", "p o number", "order number"):
            return values.text(custom, "StringValue")
    return ""
