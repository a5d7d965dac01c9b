"""What is doubtful of an invoice before it is due, so that it is asked about in time. Pure."""

from __future__ import annotations

from outreach.cadence import Cadence, History
from outreach.segments import history_of
from store.facts import CaseFacts
from store.outreach_around import Around


def doubts_of(facts: CaseFacts, around: Around, cadence: Cadence) -> dict[str, str]:
    """Say which invoices should be asked about before they are due, and what is doubtful of each, by name."""
    contact = facts.recipients[0] if facts.recipients else None
    unproven = contact is not None and contact.verified_at is None and around.replied_on is None
    unproven = unproven and history_of(facts) is History.NEW and not any(i.balance <= 0 for i in facts.invoices)
    found: dict[str, str] = {}
    for invoice in facts.open_invoices:
        others = [i for i in facts.invoices if i.number != invoice.number]
        names_orders = not others or any(i.po_number for i in others)
        if not invoice.po_number and names_orders:
            found[invoice.number] = "order_number"
        elif unproven:
            found[invoice.number] = "contact"
        elif invoice.balance >= cadence.large:
            found[invoice.number] = "large"
    return found
