"""What the rows of a file hold, line by line, and what was refused of them. Values only; `ledger.mapping_rows` fills them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.mapping_fields import Kind
from ledger.mapping_profile import Mapping as Settled
from ledger.mapping_sheet import Sheet
from store.ledger_checking import Place, PlacedRows
from store.ledger_faults import Fault
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow


@dataclass(slots=True)
class Draft:
    """What one line of a file holds."""

    line: int
    customer: CustomerRow | None = None
    contacts: list[ContactRow] = field(default_factory=list)
    invoice: InvoiceRow | None = None
    payment: PaymentRow | None = None


@dataclass(slots=True)
class Applied:
    """A file as rows of ours. `refused`: lines with what is wrong with them; `twice`: lines that repeat another word for word."""

    sheet: Sheet
    mapping: Settled
    drafts: list[Draft] = field(default_factory=list)
    refused: dict[int, list[Fault]] = field(default_factory=dict)
    sums: list[tuple[int, Decimal | None]] = field(default_factory=list)
    twice: int = 0
    replaced: int = 0
    notes: list[str] = field(default_factory=list)
    #: Cells that were passed over: line, heading, cell, reason.
    left_out: list[tuple[int, str, str, str]] = field(default_factory=list)

    def tell_left_out(self) -> None:
        """Note what was passed over: a line for each column and reason, with the first cells."""
        alike: dict[tuple[str, str], list[str]] = {}
        for line, heading, cell, reason in self.left_out:
            alike.setdefault((heading, reason), []).append(f"line {line} {cell[:40]!r}")
        for (heading, reason), cells in alike.items():
            more = ", …" if len(cells) > 3 else ""
            many = f"{len(cells):,} cells of {heading!r} are" if len(cells) > 1 else f"a cell of {heading!r} is"
            self.notes.append(f"{self.sheet.file}: {many} left out: {', '.join(cells[:3])}{more}: {reason}")

    def rows(self, *, without: Collection[int] = ()) -> PlacedRows:
        """Give the rows of all lines but some, customers and contacts each once."""
        left_out = frozenset(without)
        file = self.sheet.file
        customers: dict[str, tuple[Place, CustomerRow]] = {}
        contacts: dict[tuple[str, str], tuple[Place, ContactRow]] = {}
        invoices, payments = [], []
        once = self.mapping.kind is not Kind.CUSTOMERS
        for draft in self.drafts:
            if draft.line in left_out:
                continue
            place = Place(file, draft.line)
            if draft.customer is not None:
                key = draft.customer.customer_id if once else f"{draft.line}"
                customers.setdefault(key, (place, draft.customer))
            for contact in draft.contacts:
                known = contacts.setdefault((contact.customer_id, contact.email.lower()), (place, contact))
                if contact.phone and not known[1].phone:
                    contacts[contact.customer_id, contact.email.lower()] = (place, contact)
            if draft.invoice is not None:
                invoices.append((place, draft.invoice))
            if draft.payment is not None:
                payments.append((place, draft.payment))
        return PlacedRows([*customers.values()], [*contacts.values()], invoices, payments)

    def faults(self) -> list[Fault]:
        """List all faults, by line."""
        return [fault for line in sorted(self.refused) for fault in self.refused[line]]
