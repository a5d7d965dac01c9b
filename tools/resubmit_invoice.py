"""Send an invoice again, as a copy or with the order number amended, or have the ERP re-issue it. Never changes an invoice itself.

The customer is asked to confirm; a resubmission that stays unanswered wakes the case on its `answer_due`.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from store.documents import plain_name
from store.facts import CaseFacts, InvoiceFacts
from store.proposed import Paper
from store.tables import Resubmission
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

#: As many documents as one mail carries (rule R-GND-07).
MOST_INVOICES = 5
#: A copy that was sent so often and still is said to be missing is a person's matter.
MOST_COPIES = 2


class Way(StrEnum):
    """How an invoice goes again: the stored PDF, a copy with the order number amended, or by the ERP."""

    COPY = "copy"
    CORRECTED = "corrected"
    REISSUE = "reissue"


class ResubmitInvoiceArguments(Arguments):
    """Which invoices go again, how, to whom, under which order number, and whose stored PDF goes along."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    way: Way
    contact_id: int
    po_number: str | None = Field(default=None, max_length=60)
    documents: tuple[str, ...] = Field(default=(), max_length=MOST_INVOICES)
    answer_days: int = Field(default=7, ge=1, le=60)


class ResubmitInvoice(Tool[ResubmitInvoiceArguments]):
    """Send the customer a copy of the invoice; with a new purchase order number, one that bears it, or have the invoice re-issued."""

    name: ClassVar[str] = "resubmit_invoice"
    reasons: ClassVar[frozenset[Reason]] = frozenset(
        {Reason.PO_MISMATCH, Reason.INVOICE_MISSING, Reason.PORTAL_SUBMISSION, Reason.AWAITING_APPROVAL}
    )
    arguments = ResubmitInvoiceArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a known invoice, a verified contact, and for a PO mismatch the right order number."""
        if not ask.invoices:
            return "no open invoice of this customer is meant"
        if len(ask.invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        if not ask.facts.recipients:
            return "the customer has no verified contact"
        if ask.first.reason is Reason.PO_MISMATCH:
            return _without_order_number(ask)
        if any(i.document_sha256 is None for i in ask.invoices):
            return "the PDF of the invoice is not in the store"
        if ask.first.reason is Reason.INVOICE_MISSING:
            return _sent_too_often(ask)
        return None if ask.first.slots.contact_email else "nobody asked for a copy"

    def fill(self, ask: Ask) -> ResubmitInvoiceArguments:
        """Send to the writer when verified, else to the first verified contact; in the way that the policy allows."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        way = _way(ask)
        return ResubmitInvoiceArguments(
            invoices=tuple(i.number for i in ask.invoices),
            way=way,
            contact_id=ask.facts.recipients[0].id,
            po_number=None if way is Way.COPY else ask.first.slots.po_number,
            documents=_stored(way, ask.invoices),
            answer_days=ask.policy.resubmission_answer_days,
        )

    def check(self, arguments: ResubmitInvoiceArguments, ask: Ask) -> None:
        """Only open invoices of this customer, only to a verified contact of theirs, only as the policy allows."""
        for number in arguments.invoices:
            invoice = ask.facts.invoice(number)
            if invoice is None or invoice.balance <= 0:
                raise NotAllowed(f"{number} is no open invoice of this customer")
        if arguments.contact_id not in {c.id for c in ask.facts.recipients}:
            raise NotAllowed("the contact is not verified")
        if arguments.po_number is not None and arguments.po_number not in {c.slots.po_number for c in ask.claims}:
            raise NotAllowed("the order number is not the one that the customer named")
        if (arguments.po_number is None) != (arguments.way is Way.COPY):
            raise NotAllowed("a new order number takes a corrected copy or a re-issue, and only that")
        if arguments.way is Way.CORRECTED and not ask.policy.profile().corrected_document:
            raise NotAllowed("the policy has the ERP re-issue invoices: no corrected copy may be made")
        if arguments.answer_days != ask.policy.resubmission_answer_days:
            raise NotAllowed("the answer is not awaited for as long as the policy says")
        if set(arguments.documents) - set(arguments.invoices):
            raise NotAllowed("a document that goes along is not of these invoices")

    def preview(self, arguments: ResubmitInvoiceArguments, facts: CaseFacts) -> str:
        """Tell a copy, a corrected copy and a re-issue apart."""
        contact = next((c for c in facts.contacts if c.id == arguments.contact_id), None)
        whom = f"{contact.name} <{contact.email}>" if contact else "a contact that is gone"
        numbers = listed(arguments.invoices)
        match arguments.way:
            case Way.REISSUE:
                return (
                    f"Asks the ERP to re-issue {numbers} with order number {arguments.po_number}, addressed to {whom}."
                )
            case Way.CORRECTED:
                return (
                    f"Sends a copy of {numbers} with the order reference amended to {arguments.po_number} to {whom}; "
                    f"number, dates and amounts stay as they are."
                )
            case _:
                return f"Sends the stored PDF of {numbers} to {whom} and notes the resubmission."

    def apply(self, arguments: ResubmitInvoiceArguments, application: Application) -> str:
        """Note each resubmission: a copy has gone with the mail, a re-issue waits for the ERP's export."""
        due = answer_due(application.today, arguments.answer_days)
        if arguments.way is Way.REISSUE:
            # The customer can say nothing before the ERP was told: its export sets the day.
            due = date.max
        for number in arguments.invoices:
            application.session.add(
                Resubmission(
                    customer_id=application.customer_id,
                    invoice_number=number,
                    po_number=arguments.po_number,
                    kind=arguments.way,
                    answer_due=due,
                    effect_id=application.effect_id,
                )
            )
        match arguments.way:
            case Way.REISSUE:
                return f"Re-issue of {listed(arguments.invoices)} with order number {arguments.po_number} requested."
            case Way.CORRECTED:
                return f"Copy of {listed(arguments.invoices)} with order number {arguments.po_number} sent."
            case _:
                return f"Copy of {listed(arguments.invoices)} sent."

    def done_by_letter(self, arguments: ResubmitInvoiceArguments) -> bool:
        """Say so of a copy and of a corrected document; what the ERP must issue anew is still to be asked of it."""
        return arguments.way is not Way.REISSUE

    def variant(self, arguments: ResubmitInvoiceArguments) -> str:
        """Word each way by itself."""
        return arguments.way.value

    def says(self, arguments: ResubmitInvoiceArguments) -> str:
        """Tell what the letter says of it."""
        if arguments.way is Way.REISSUE:
            return "we have the invoice re-issued with the customer's new order number, and come back by {{ deadline.date }}"
        what = (
            "a copy of the invoice that bears the customer's new order number"
            if arguments.way is Way.CORRECTED
            else "the invoice again"
        )
        return f"we enclose {what}, and ask the customer to confirm by {{{{ deadline.date }}}} that they have it and when it will be paid"

    def attachments(self, arguments: ResubmitInvoiceArguments) -> tuple[str, ...]:
        """Name the invoices whose stored PDF goes along: none for a re-issue, as the stored one is wrong."""
        return arguments.documents

    def papers(self, arguments: ResubmitInvoiceArguments, facts: CaseFacts) -> tuple[Paper, ...]:
        """Give the corrected copies, which are rendered at approval."""
        if arguments.way is not Way.CORRECTED:
            return ()
        return tuple(
            Paper(
                kind="corrected_invoice",
                filename=plain_name(f"{number}-order-reference"),
                invoice_number=number,
                po_number=arguments.po_number,
            )
            for number in arguments.invoices
        )


def answer_due(day: date, days: int) -> date:
    """Give the day by which an answer is awaited: no Saturday and no Sunday."""
    due = day + timedelta(days=days)
    while due.weekday() >= 5:
        due += timedelta(days=1)
    return due


def _without_order_number(ask: Ask) -> str | None:
    wanted = ask.first.slots.po_number
    if wanted is None:
        return "the customer does not name the right order number"
    meant = {i.number for i in ask.invoices}
    if any(
        r.invoice_number in meant and r.kind == Way.REISSUE and r.status == "open" and r.po_number == wanted
        for r in ask.facts.resubmissions
    ):
        return "its re-issue with that order number is asked for already"
    return None


def _sent_too_often(ask: Ask) -> str | None:
    meant = {i.number for i in ask.invoices}
    copies = [r.invoice_number for r in ask.facts.resubmissions if r.invoice_number in meant and r.kind == Way.COPY]
    often = sorted(number for number in set(copies) if copies.count(number) >= MOST_COPIES)
    return f"{', '.join(often)} was sent again {MOST_COPIES} times already" if often else None


def _way(ask: Ask) -> Way:
    if ask.first.reason is not Reason.PO_MISMATCH:
        return Way.COPY
    return Way.CORRECTED if ask.policy.profile().corrected_document else Way.REISSUE


def _stored(way: Way, invoices: tuple[InvoiceFacts, ...]) -> tuple[str, ...]:
    """Name the invoices whose stored PDF goes along: with a corrected copy the original, where the mail has room for all."""
    numbers = tuple(i.number for i in invoices if i.document_sha256 is not None)
    if way is Way.REISSUE:
        return ()
    if way is Way.CORRECTED and (len(numbers) < len(invoices) or 2 * len(invoices) > MOST_INVOICES):
        return ()
    return numbers
