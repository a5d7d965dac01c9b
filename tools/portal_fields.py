"""What each portal asks for, under its own field names: data for a person who types or pastes it. Nothing is sent from here.

Written in our own words from what the vendors tell suppliers in public; each list names its source. Customers add fields and
rules of their own in every one of these portals: the form on the screen is always right.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from store.aftermath import Portal


class Holds(StrEnum):
    """What of ours a field takes."""

    PORTAL = "portal"
    INVOICE_NUMBER = "invoice_number"
    INVOICE_DATE = "invoice_date"
    DUE_DATE = "due_date"
    CURRENCY = "currency"
    NET = "net"
    TAX = "tax"
    GROSS = "gross"
    PO_NUMBER = "po_number"
    PO_LINE = "po_line"
    SUPPLIER_NUMBER = "supplier_number"
    CUSTOMER = "customer"
    DESCRIPTION = "description"
    COMPANY = "company"
    COMPANY_ADDRESS = "company_address"
    COMPANY_CONTACT = "company_contact"
    VAT_ID = "vat_id"
    REGISTRATION = "registration"
    DOCUMENT = "document"
    BY_HAND = "by_hand"


class PortalField(NamedTuple):
    """One field of a portal's form. `longest`: characters that it takes; `hint`: how it is written, or where it is picked."""

    name: str
    holds: Holds
    mandatory: bool = False
    longest: int | None = None
    hint: str = ""


_LINE = "each invoice line names the order line that it bills; see the order in the portal"
_TOTAL = "the portal adds up the lines: compare it with the document"
_SPLIT = "from the document: the ledger holds the gross amount alone"
_DATE = "pick it in the calendar; written as the portal's language setting does"
_REMIT = "picked from what is set up for our company in the portal; never typed from a mail"

# Coupa Supplier Portal: docs.coupa.com, supplier documentation, "Create or Edit an Invoice" and "View and Manage Invoices";
# required fields bear a red asterisk there. The number's length: Coupa's API reference, resource Invoices.
_COUPA = (
    PortalField(
        "PO #", Holds.PO_NUMBER, True, hint="open the order and choose Create Invoice: then the lines are filled"
    ),
    PortalField("Invoice #", Holds.INVOICE_NUMBER, True, 40, "never used before for this customer"),
    PortalField("Invoice Date", Holds.INVOICE_DATE, True, hint=f"{_DATE}; never in the future"),
    PortalField("Currency", Holds.CURRENCY, True, 3, "the order's currency"),
    PortalField("Image Scan", Holds.DOCUMENT, True, hint="the invoice's PDF; supporting papers go under Attachments"),
    PortalField("Supplier Note", Holds.DESCRIPTION),
    PortalField("Supplier", Holds.COMPANY, True, hint="the legal entity that is set up under E-Invoicing"),
    PortalField("Supplier VAT ID", Holds.VAT_ID),
    PortalField("Invoice From Address", Holds.COMPANY_ADDRESS, True),
    PortalField("Remit-To Address", Holds.BY_HAND, True, hint=_REMIT),
    PortalField("Ship From Address", Holds.COMPANY_ADDRESS, True),
    PortalField("Customer", Holds.CUSTOMER, True),
    PortalField("Supplier #", Holds.SUPPLIER_NUMBER, hint="not typed: the customer's connection carries it"),
    PortalField("PO Line", Holds.PO_LINE, True, hint=_LINE),
    PortalField("Net Total", Holds.NET, hint=_SPLIT),
    PortalField("Total Tax", Holds.TAX, hint=_SPLIT),
    PortalField("Total", Holds.GROSS, True, hint=_TOTAL),
)

# SAP Business Network (Ariba Network): SAP's "Guide to Invoicing" for suppliers and the lessons on invoice rules at
# learning.sap.com. Sixteen characters: what SAP's own ledgers keep of a number, and what customers' rules therefore ask for.
_ARIBA = (
    PortalField(
        "Purchase Order", Holds.PO_NUMBER, True, hint="open the order and choose Create Invoice > Standard Invoice"
    ),
    PortalField("Invoice #", Holds.INVOICE_NUMBER, True, 16, "many customers take 16 characters at most"),
    PortalField("Invoice Date", Holds.INVOICE_DATE, True, hint=f"{_DATE}; many customers allow a few days back only"),
    PortalField("Service Description", Holds.DESCRIPTION),
    PortalField("Supplier", Holds.COMPANY, True),
    PortalField("Supplier Tax ID", Holds.VAT_ID, True),
    PortalField("Supplier Commercial Identifier", Holds.REGISTRATION),
    PortalField("Remit To", Holds.BY_HAND, True, hint=_REMIT),
    PortalField("Bill To", Holds.CUSTOMER, True),
    PortalField("Vendor ID", Holds.SUPPLIER_NUMBER, hint="not typed: the customer's relationship carries it"),
    PortalField("Line #", Holds.PO_LINE, True, hint=_LINE),
    PortalField("Currency", Holds.CURRENCY, True, 3, "the order's currency"),
    PortalField("Subtotal", Holds.NET, True, hint=_SPLIT),
    PortalField("Total Tax", Holds.TAX, True, hint=_SPLIT),
    PortalField("Amount Due", Holds.GROSS, True, hint=_TOTAL),
    PortalField("Attachments", Holds.DOCUMENT, hint="Add to Header > Attachment; some customers require it"),
)

# Tungsten Network (Kofax): the "Web Form Invoice Submission Guide" and the portal's tutorials for suppliers.
_TUNGSTEN = (
    PortalField("Customer", Holds.CUSTOMER, True, hint="the buyer's number is picked from those linked to our account"),
    PortalField("Invoice Number", Holds.INVOICE_NUMBER, True),
    PortalField("Invoice Date", Holds.INVOICE_DATE, True, hint=_DATE),
    PortalField(
        "Purchase Order Number", Holds.PO_NUMBER, True, hint="orders that came through the portal: My POs > Convert"
    ),
    PortalField("PO Line Number", Holds.PO_LINE, hint=_LINE),
    PortalField("Supplier Number", Holds.SUPPLIER_NUMBER, hint="our number at this buyer, where the buyer asks for it"),
    PortalField("Supplier", Holds.COMPANY, True),
    PortalField("Supplier Address", Holds.COMPANY_ADDRESS, True),
    PortalField("VAT Registration Number", Holds.VAT_ID, True),
    PortalField("Company Registration Number", Holds.REGISTRATION),
    PortalField("Bill To", Holds.CUSTOMER, True),
    PortalField("Description", Holds.DESCRIPTION, True),
    PortalField("Currency", Holds.CURRENCY, True, 3),
    PortalField("Net Amount", Holds.NET, True, hint=_SPLIT),
    PortalField("Tax Amount", Holds.TAX, True, hint=_SPLIT),
    PortalField("Gross Amount", Holds.GROSS, True, hint=_TOTAL),
    PortalField("Attachments", Holds.DOCUMENT, hint="in a file type that the buyer takes, then Release"),
)

# Basware Portal: portal.basware.com, help page "Field names and descriptions: Invoices" and "Create an invoice".
_BASWARE = (
    PortalField("Sender", Holds.COMPANY, True),
    PortalField("Recipient", Holds.CUSTOMER, True, hint="its eInvoicing Address is filled in: do not edit it"),
    PortalField("Invoice Number", Holds.INVOICE_NUMBER, True),
    PortalField("Invoice Date", Holds.INVOICE_DATE, True, hint=f"{_DATE}; some recipients limit how far back"),
    PortalField("Due Date", Holds.DUE_DATE, True, hint=_DATE),
    PortalField("Purchase Order Number", Holds.PO_NUMBER, True, hint="required wherever the recipient shows the field"),
    PortalField(
        "Supplier's Reference Number", Holds.SUPPLIER_NUMBER, hint="our number at this customer, where they ask for it"
    ),
    PortalField("Sales Tax Number", Holds.VAT_ID, True),
    PortalField("Supplier's Contact Person", Holds.COMPANY_CONTACT),
    PortalField("Line: Order Line", Holds.PO_LINE, hint=_LINE),
    PortalField("Line: Description", Holds.DESCRIPTION, True),
    PortalField("Currency", Holds.CURRENCY, True, 3),
    PortalField("Net total", Holds.NET, hint=_SPLIT),
    PortalField("Tax total", Holds.TAX, hint=_SPLIT),
    PortalField("Gross total", Holds.GROSS, True, hint=f"{_TOTAL}; mind the decimal separator of your language"),
    PortalField("Attachments", Holds.DOCUMENT),
)

# What every supplier portal asks for, in plain words.
_COMMON = (
    PortalField("Portal", Holds.PORTAL),
    PortalField("Supplier number", Holds.SUPPLIER_NUMBER, True, hint="our number at this customer"),
    PortalField("Customer", Holds.CUSTOMER, True),
    PortalField("Purchase order", Holds.PO_NUMBER, True),
    PortalField("Order line", Holds.PO_LINE, hint=_LINE),
    PortalField("Invoice number", Holds.INVOICE_NUMBER, True),
    PortalField("Invoice date", Holds.INVOICE_DATE, True, hint=_DATE),
    PortalField("Due date", Holds.DUE_DATE, hint=_DATE),
    PortalField("Supplier", Holds.COMPANY, True),
    PortalField("Supplier address", Holds.COMPANY_ADDRESS, True),
    PortalField("VAT ID", Holds.VAT_ID, True),
    PortalField("Company registration", Holds.REGISTRATION),
    PortalField("Description", Holds.DESCRIPTION),
    PortalField("Currency", Holds.CURRENCY, True, 3),
    PortalField("Net amount", Holds.NET, hint=_SPLIT),
    PortalField("Tax amount", Holds.TAX, hint=_SPLIT),
    PortalField("Gross amount", Holds.GROSS, True, hint=_TOTAL),
    PortalField("Invoice document", Holds.DOCUMENT, True, hint="PDF"),
)

FIELDS: dict[Portal, tuple[PortalField, ...]] = {
    Portal.COUPA: _COUPA,
    Portal.ARIBA: _ARIBA,
    Portal.TUNGSTEN: _TUNGSTEN,
    Portal.BASWARE: _BASWARE,
    Portal.OTHER: _COMMON,
}
