"""What may go along besides stored invoices (R-GND-07): each paper belongs to this customer or to the company, and never is a bank letter."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules.base import Outbound, block
from store.proposed import Finding, Paper
from store.vocabulary import DocumentKind


def own_papers(out: Outbound) -> Iterator[Finding]:
    """R-GND-07: every paper is what it says: in force, of this invoice, with the order number that the customer named."""
    for paper in out.draft.papers:
        why = _refused(paper, out)
        if why is not None:
            yield block("R-GND-07", why)


def _refused(paper: Paper, out: Outbound) -> str | None:
    facts = out.scope.facts
    if paper.kind == "statement":
        return None if facts.open_invoices else "Nothing is open that a statement would show."
    if paper.kind == "corrected_invoice":
        number = paper.invoice_number or ""
        if facts.invoice(number) is None:
            return f"There is no invoice {number} of this customer to copy."
        said = out.scope.purchase_orders.get(number)
        return None if said and said == paper.po_number else f"The copy of {number} bears an order number of nobody's."
    held = [d for d in facts.documents if d.sha256 == paper.sha256 and d.invoice_number == paper.invoice_number]
    if not held:
        return f"{paper.filename} is no document of this customer or of the company that is in force."
    if any(d.kind is DocumentKind.BANK_LETTER for d in held):
        return f"{paper.filename} is a bank letter: bank details reach a customer on the invoice and by a person only."
    return None
