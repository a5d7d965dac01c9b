"""What to type into a customer's portal for one invoice: the portal's own fields with the ledger's and our own values.

Amounts are the ledger's as they stand, never changed. What is not known is listed as missing, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from store.aftermath import Portal
from store.company import CompanyProfile
from store.facts import CustomerFacts, InvoiceFacts
from store.portal_names import title_of
from tools.portal_fields import FIELDS, Holds, PortalField


class Piece(StrEnum):
    """What an invoice can lack for a portal. The first two the customer knows; the document is ours to find."""

    SUPPLIER_NUMBER = "supplier_number"
    PO_NUMBER = "po_number"
    DOCUMENT = "document"


#: What a customer can be asked for, the first of these first.
ASKABLE: tuple[Piece, ...] = (Piece.SUPPLIER_NUMBER, Piece.PO_NUMBER)
_HOLDS = {
    Piece.SUPPLIER_NUMBER: Holds.SUPPLIER_NUMBER,
    Piece.PO_NUMBER: Holds.PO_NUMBER,
    Piece.DOCUMENT: Holds.DOCUMENT,
}
#: What is told of a piece that is missing.
MISSING_WORDS: dict[Piece, str] = {
    Piece.SUPPLIER_NUMBER: "our supplier number at the customer (customers.csv, supplier_number)",
    Piece.PO_NUMBER: "the purchase order number (invoices.csv, po_number)",
    Piece.DOCUMENT: "the invoice's PDF (folder documents of the ledger)",
}


class Entry(NamedTuple):
    """One line of the sheet. `value` "": to be filled in by hand. `note`: how, or what is wrong with the value."""

    name: str
    value: str
    mandatory: bool
    note: str


def sheet(
    portal: Portal,
    invoice: InvoiceFacts,
    customer: CustomerFacts,
    *,
    portal_name: str = "",
    po_number: str | None = None,
) -> dict[str, str]:
    """Give the values that the ledger has, by the portal's own field names; "" where it has none.

    `po_number`: the one that the customer named, in place of the ledger's.
    """
    values = {
        Holds.PORTAL: title_of(portal, written=portal_name),
        Holds.INVOICE_NUMBER: invoice.number,
        Holds.INVOICE_DATE: invoice.issue_date.isoformat(),
        Holds.DUE_DATE: invoice.due_date.isoformat(),
        Holds.CURRENCY: invoice.currency,
        Holds.GROSS: f"{invoice.amount:.2f}",
        Holds.PO_NUMBER: po_number or invoice.po_number,
        Holds.SUPPLIER_NUMBER: customer.supplier_number,
        Holds.CUSTOMER: customer.name,
        Holds.DESCRIPTION: invoice.description,
        Holds.DOCUMENT: _document(invoice),
    }
    return {field.name: values.get(field.holds, "").strip() for field in FIELDS[portal]}


def lacking(
    portal: Portal, invoice: InvoiceFacts, customer: CustomerFacts, *, po_number: str | None = None
) -> tuple[Piece, ...]:
    """List what is not known of an invoice, whether or not this portal insists on it."""
    known = sheet(portal, invoice, customer, po_number=po_number)
    return tuple(piece for piece in Piece if any(not known[f.name] for f in FIELDS[portal] if f.holds is _HOLDS[piece]))


def must_ask(portal: Portal, pieces: tuple[Piece, ...]) -> Piece | None:
    """Give the one thing that the customer is to be asked for: only what this portal cannot do without."""
    needed = {f.holds for f in FIELDS[portal] if f.mandatory}
    return next((piece for piece in ASKABLE if piece in pieces and _HOLDS[piece] in needed), None)


def field_for(portal: Portal, piece: Piece) -> str:
    """Name the field of a portal that takes a piece."""
    return next(f.name for f in FIELDS[portal] if f.holds is _HOLDS[piece])


def entries(portal: Portal, values: Mapping[str, Any], company: CompanyProfile) -> tuple[Entry, ...]:
    """Put what an item holds into the portal's order, with our own name and tax numbers as they are now."""
    own = {
        Holds.COMPANY: company.name,
        Holds.COMPANY_ADDRESS: ", ".join(line.strip(" ,") for line in company.address.splitlines() if line.strip()),
        Holds.COMPANY_CONTACT: company.team,
        Holds.VAT_ID: company.vat_id,
        Holds.REGISTRATION: company.registration,
    }
    return tuple(_entry(field, own.get(field.holds) or str(values.get(field.name) or "")) for field in FIELDS[portal])


def _entry(field: PortalField, value: str) -> Entry:
    if field.longest is not None and len(value) > field.longest:
        return Entry(
            field.name, value, field.mandatory, f"longer than {field.longest} characters: {field.hint}".rstrip(": ")
        )
    if not value and field.holds in (Holds.VAT_ID, Holds.REGISTRATION):
        return Entry(field.name, value, field.mandatory, f"set company.{field.holds.value} in dunwell.toml")
    return Entry(field.name, value, field.mandatory, field.hint)


def _document(invoice: InvoiceFacts) -> str:
    """Name the stored PDF, by file name and hash."""
    return f"{invoice.number}.pdf (sha256 {invoice.document_sha256})" if invoice.document_sha256 else ""
