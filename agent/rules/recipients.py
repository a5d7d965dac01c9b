"""Who a draft may go to (R-RCP), and whether anybody may be written to at all (R-STA-02)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules.base import Outbound, block
from prompts.slots import ledger_slots
from store.proposed import Finding
from store.vocabulary import ContactStatus, Delivery

MAX_RECIPIENTS = 3


def verified_recipients(out: Outbound) -> Iterator[Finding]:
    """R-RCP-01: every recipient is a verified contact of this customer whom mail reaches, at most three."""
    verified = {contact.email.lower() for contact in out.scope.facts.recipients}
    if not out.draft.recipients:
        yield block("R-RCP-01", "The mail has no recipient: verify a contact of this customer first.")
    if len(out.draft.recipients) > MAX_RECIPIENTS:
        yield block("R-RCP-01", f"More than {MAX_RECIPIENTS} recipients.")
    for address in out.draft.recipients:
        if address.lower() not in verified:
            yield block("R-RCP-01", f"{address} {_why_not(out, address)}")


def _why_not(out: Outbound, address: str) -> str:
    contact = out.scope.facts.contact(address)
    if contact is None or contact.status is not ContactStatus.VERIFIED:
        return "is not a verified contact of this customer."
    since = f" since {contact.delivery_since:%Y-%m-%d}" if contact.delivery_since else ""
    if contact.delivery is Delivery.COMPLAINED:
        return f"has reported our mail as unwanted{since}: nothing is sent there until a person lifts that."
    return f"does not work: mail comes back from there{since}. Write to another contact."


def no_figures_to_strangers(out: Outbound) -> Iterator[Finding]:
    """R-RCP-02: an answer to an unproven sender holds nothing from the ledger and no attachment."""
    if out.proven:
        return
    for slot in ledger_slots(out.draft.body):
        yield block("R-RCP-02", f"The sender is not surely the customer: {slot} must not be told.")
    if out.draft.attachments:
        yield block("R-RCP-02", "The sender is not surely the customer: no document may go along.")


def own_attachments(out: Outbound) -> Iterator[Finding]:
    """R-GND-07: only stored PDFs of this customer's invoices, at most five."""
    if len(out.draft.attachments) > 5:
        yield block("R-GND-07", "More than five attachments: send them in several mails.")
    for number in out.draft.attachments:
        invoice = out.scope.facts.invoice(number)
        if invoice is None or invoice.document_sha256 is None:
            yield block("R-GND-07", f"There is no stored PDF of {number} for this customer.")
