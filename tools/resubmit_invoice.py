"""Send an invoice again, or have it re-issued with the right order number. Never changes an invoice itself."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts
from store.tables import Resubmission
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

#: As many documents as one mail carries (rule R-GND-07).
MOST_INVOICES = 5


class ResubmitInvoiceArguments(Arguments):
    """Which invoices go again, to whom, and under which order number."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    contact_id: int
    po_number: str | None = Field(default=None, max_length=60)


class ResubmitInvoice(Tool[ResubmitInvoiceArguments]):
    """Send the customer a copy of the invoice; with a new purchase order number, have the invoice re-issued with it."""

    name: ClassVar[str] = "resubmit_invoice"
    reasons: ClassVar[frozenset[Reason]] = frozenset(
        {Reason.PO_MISMATCH, Reason.INVOICE_MISSING, Reason.PORTAL_SUBMISSION, Reason.AWAITING_APPROVAL}
    )
    arguments = ResubmitInvoiceArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need a known invoice, a verified contact, and for a PO mismatch the right order number."""
        if not ask.invoices:
            return "no open invoice of this customer is meant"
        if len(ask.invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        if not ask.facts.recipients:
            return "the customer has no verified contact"
        if ask.first.reason is Reason.PO_MISMATCH and ask.first.slots.po_number is None:
            return "the customer does not name the right order number"
        if ask.first.reason is not Reason.PO_MISMATCH and any(i.document_sha256 is None for i in ask.invoices):
            return "the PDF of the invoice is not in the store"
        if (
            ask.first.reason in (Reason.AWAITING_APPROVAL, Reason.PORTAL_SUBMISSION)
            and not ask.first.slots.contact_email
        ):
            return "nobody asked for a copy"
        return None

    def fill(self, ask: Ask) -> ResubmitInvoiceArguments:
        """Send to the writer when verified, else to the first verified contact."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        po_number = ask.first.slots.po_number if ask.first.reason is Reason.PO_MISMATCH else None
        return ResubmitInvoiceArguments(
            invoices=tuple(i.number for i in ask.invoices), contact_id=ask.facts.recipients[0].id, po_number=po_number
        )

    def check(self, arguments: ResubmitInvoiceArguments, ask: Ask) -> None:
        """Only open invoices of this customer, only to a verified contact of theirs."""
        for number in arguments.invoices:
            invoice = ask.facts.invoice(number)
            if invoice is None or invoice.balance <= 0:
                raise NotAllowed(f"{number} is no open invoice of this customer")
        if arguments.contact_id not in {c.id for c in ask.facts.recipients}:
            raise NotAllowed("the contact is not verified")
        if arguments.po_number is not None and arguments.po_number not in {c.slots.po_number for c in ask.claims}:
            raise NotAllowed("the order number is not the one that the customer named")

    def preview(self, arguments: ResubmitInvoiceArguments, facts: CaseFacts) -> str:
        """Tell a copy from a re-issue."""
        contact = next((c for c in facts.contacts if c.id == arguments.contact_id), None)
        whom = f"{contact.name} <{contact.email}>" if contact else "a contact that is gone"
        if arguments.po_number:
            return (
                f"Requests a re-issue of {listed(arguments.invoices)} with order number {arguments.po_number}, "
                f"addressed to {whom}."
            )
        return f"Sends the stored PDF of {listed(arguments.invoices)} to {whom} and notes the resubmission."

    def apply(self, arguments: ResubmitInvoiceArguments, application: Application) -> str:
        """Note each resubmission: a copy has gone with the mail, a re-issue waits for the ERP."""
        kind = "reissue" if arguments.po_number else "copy"
        for number in arguments.invoices:
            application.session.add(
                Resubmission(
                    customer_id=application.customer_id,
                    invoice_number=number,
                    po_number=arguments.po_number,
                    kind=kind,
                    effect_id=application.effect_id,
                )
            )
        if arguments.po_number:
            return f"Re-issue of {listed(arguments.invoices)} with order number {arguments.po_number} requested."
        return f"Copy of {listed(arguments.invoices)} sent."

    def says(self, arguments: ResubmitInvoiceArguments) -> str:
        """Tell what the letter says of it."""
        return "we send the invoice again (attached), or have it re-issued with the customer's new order number"

    def attachments(self, arguments: ResubmitInvoiceArguments) -> tuple[str, ...]:
        """Name the invoices whose stored PDF goes along: none for a re-issue, as the stored one is wrong."""
        return () if arguments.po_number else arguments.invoices
