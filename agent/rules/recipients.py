"""Who a draft may go to (R-RCP), and what may go along (R-GND-07)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from agent.rules.base import Outbound, Stage, block, manager
from prompts.slots import ledger_slots
from store.company import PUBLIC_PROVIDERS
from store.facts import ContactFacts
from store.outreach_words import Channel
from store.proposed import Finding
from store.vocabulary import ContactStatus, Delivery
from tools.remind_ground import way_of

MAX_RECIPIENTS = 3
MAX_DOCUMENTS = 5
#: Roles of people who are not the debtor: nothing is told to them.
_THIRD_PARTIES = frozenset(
    {
        "employer",
        "family",
        "relative",
        "spouse",
        "neighbour",
        "neighbor",
        "reference",
        "landlord",
        "third party",
        "other",
    }
)
#: How a ledger says that a person's own address is the right one.
_PRIVATE_ROLES = frozenset({"owner", "private", "sole trader", "proprietor", "director"})


def verified_recipients(out: Outbound) -> Iterator[Finding]:
    """R-RCP-01: every recipient is a verified contact of this customer, at most three; the mail itself names no others."""
    if not out.draft.recipients and way_of(out.scope.facts) is Channel.MAIL:
        yield block("R-RCP-01", "The mail has no recipient: verify a contact of this customer first.")
    if len(out.draft.recipients) > MAX_RECIPIENTS:
        yield block("R-RCP-01", f"More than {MAX_RECIPIENTS} recipients.")
    for address in out.draft.recipients:
        contact = out.scope.facts.contact(address)
        if contact is None or contact.status is not ContactStatus.VERIFIED:
            yield block("R-RCP-01", f"{address} is not a verified contact of this customer.")
    if out.wire is not None:
        named = [a.lower() for a in out.wire.recipients]
        if named != [a.lower() for a in out.draft.recipients] or named != [
            a.lower() for a in out.wire.meant_recipients
        ]:
            yield block("R-RCP-01", "The mail is addressed to others than the draft says.")
        if out.wire.all("Cc") or out.wire.all("Bcc"):
            yield block("R-RCP-01", "The mail has a Cc or Bcc: nobody else gets a copy.")


def reachable_recipients(out: Outbound) -> Iterator[Finding]:
    """R-RCP-03: no recipient from whom mail comes back, who complained, or who was replaced."""
    for contact in _contacts(out):
        since = f" since {contact.delivery_since:%Y-%m-%d}" if contact.delivery_since else ""
        if contact.delivery is Delivery.COMPLAINED:
            text = f"has reported our mail as unwanted{since}: nothing is sent there until a person lifts that."
            yield block("R-RCP-03", f"{contact.email} {text}")
        elif contact.delivery is not Delivery.OK:
            text = f"does not work: mail comes back from there{since}. Write to another contact."
            yield block("R-RCP-03", f"{contact.email} {text}")


def no_figures_to_strangers(out: Outbound) -> Iterator[Finding]:
    """R-RCP-02: an answer to an unproven sender holds nothing from the ledger and no attachment."""
    if out.proven:
        return
    for slot in ledger_slots(out.draft.body):
        yield block("R-RCP-02", f"The sender is not surely the customer: {slot} must not be told.")
    if out.draft.attachments or out.draft.papers:
        yield block("R-RCP-02", "The sender is not surely the customer: no document may go along.")


def contact_not_new(out: Outbound) -> Iterator[Finding]:
    """R-RCP-04: a contact that was verified a short while ago is a manager's to write to."""
    rest = timedelta(hours=out.policy.sending.contact_rest_hours)
    for contact in _contacts(out):
        if contact.verified_at is not None and out.scope.facts.as_of - contact.verified_at < rest:
            text = f"{contact.email} was verified less than {out.policy.sending.contact_rest_hours} hours ago."
            yield manager("R-RCP-04", text)


def business_recipients(out: Outbound) -> Iterator[Finding]:
    """R-RCP-05: no free-mail address that the ledger does not know, nobody but the debtor, and not ourselves."""
    for contact in _contacts(out):
        role = contact.role.strip().lower()
        domain = contact.email.rpartition("@")[2].lower()
        if role in _THIRD_PARTIES:
            yield block(
                "R-RCP-05", f"{contact.email} is a third party ({contact.role}): the debt is not told to others."
            )
        if out.scope.company.owns(contact.email):
            yield block("R-RCP-05", f"{contact.email} is an address of ours.")
        elif domain in PUBLIC_PROVIDERS and contact.source != "import" and role not in _PRIVATE_ROLES:
            yield block(
                "R-RCP-05",
                f"{contact.email} is at a free mail provider and stands in no ledger: add it to contacts.csv, or write to another contact.",
            )


def _contacts(out: Outbound) -> list[ContactFacts]:
    found = (out.scope.facts.contact(address) for address in out.draft.recipients)
    return [contact for contact in found if contact is not None]


def own_attachments(out: Outbound) -> Iterator[Finding]:
    """R-GND-07: only stored PDFs of this customer's invoices and papers of ours, at most five; what is in the mail is they."""
    if len(out.draft.attachments) + len(out.draft.papers) > MAX_DOCUMENTS:
        yield block("R-GND-07", "More than five attachments: send them in several mails.")
    for number in out.draft.attachments:
        invoice = out.scope.facts.invoice(number)
        if invoice is None or invoice.document_sha256 is None:
            yield block("R-GND-07", f"There is no stored PDF of {number} for this customer.")
    known = {document.sha256 for document in out.scope.facts.documents}
    for paper in out.draft.papers:
        if paper.invoice_number is not None and out.scope.facts.invoice(paper.invoice_number) is None:
            yield block("R-GND-07", f"{paper.filename} is about an invoice that is not this customer's.")
        if paper.kind == "stored" and paper.sha256 not in known:
            yield block("R-GND-07", f"{paper.filename} is no document that may go to this customer.")
        if not paper.filename.lower().endswith(".pdf"):
            yield block("R-GND-07", f"{paper.filename} is not a PDF.")
    yield from _enclosed(out)


def _enclosed(out: Outbound) -> Iterator[Finding]:
    """Compare what is in the mail with what is stored: as many documents, each a PDF, each stored one the very file."""
    if out.wire is None:
        return
    inside = [part for part in out.wire.parts if part.filename]
    if len(inside) != len(out.draft.attachments) + len(out.draft.papers):
        yield block("R-GND-07", "The mail does not hold the documents that it should.")
    for part in inside:
        if part.kind != "application/pdf" or not part.pdf:
            yield block("R-GND-07", f"{part.filename} is not a PDF.")
    found = {part.sha256 for part in inside}
    invoices = (out.scope.facts.invoice(number) for number in out.draft.attachments)
    wanted = {i.document_sha256 for i in invoices if i is not None}
    wanted |= {paper.sha256 for paper in out.draft.papers if paper.kind == "stored"}
    if not wanted <= found:
        changed = "since it was approved" if out.stage is Stage.SENDING else "in the store"
        yield block("R-GND-07", f"A document in the mail is not the stored one: it was changed {changed}.")
