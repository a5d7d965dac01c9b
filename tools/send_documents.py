"""Send a document that the customer asks for: one of ours, a proof of delivery, or a statement made from the ledger.

Never a bank letter: our bank details reach a customer on the invoice and by a person, and in no other way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from store.documents import plain_name
from store.facts import CaseFacts, DocumentFacts
from store.proposed import Paper
from store.vocabulary import DisputeKind, DocumentKind, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

#: As many documents as one mail carries (rule R-GND-07).
MOST_DOCUMENTS = 5
#: What a proof of delivery can answer.
_DELIVERY = frozenset({DisputeKind.NOT_RECEIVED, DisputeKind.QUANTITY})
#: Kinds that may be the customer's own: kept with one of their invoices they go before the company's.
_ACCOUNT = frozenset({DocumentKind.VENDOR_FORM, DocumentKind.CONTRACT})


class SendDocumentsArguments(Arguments):
    """What goes along, for which invoices. `pause_days`: reminders rest so long while a contested delivery is looked at."""

    documents: tuple[DocumentKind, ...] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    invoices: tuple[str, ...] = Field(default=(), max_length=MOST_DOCUMENTS)
    pause_days: int = Field(default=0, ge=0, le=60)


class SendDocuments(Tool[SendDocumentsArguments]):
    """Send a document that the customer needs and that we hold: W-9, statement of account, proof of delivery, form, contract."""

    name: ClassVar[str] = "send_documents"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.DOCUMENT_REQUEST, Reason.DISPUTE})
    arguments = SendDocumentsArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a kind that we hold, for every invoice meant, and somebody to send it to."""
        if not ask.facts.recipients:
            return "the customer has no verified contact"
        if ask.first.reason is Reason.DISPUTE:
            if ask.first.slots.dispute_kind not in _DELIVERY:
                return "no document of ours answers this complaint"
            return _no_delivery_proof(ask)
        return next((why for kind in _asked(ask) if (why := _missing(kind, ask))), None) if _asked(ask) else _UNNAMED

    def fill(self, ask: Ask) -> SendDocumentsArguments:
        """Take the kinds from the claims; a proof of delivery is that of the invoices meant."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        contested = ask.first.reason is Reason.DISPUTE
        kinds = (DocumentKind.PROOF_OF_DELIVERY,) if contested else _asked(ask)
        about = DocumentKind.PROOF_OF_DELIVERY in kinds
        return SendDocumentsArguments(
            documents=kinds,
            invoices=tuple(i.number for i in ask.invoices) if about else (),
            pause_days=ask.policy.reply_deadline_days if contested else 0,
        )

    def check(self, arguments: SendDocumentsArguments, ask: Ask) -> None:
        """Only what was asked for and is held, about no other invoice."""
        own = self.fill(ask)
        if set(arguments.documents) - set(own.documents):
            raise NotAllowed("the customer did not ask for that document")
        if set(arguments.invoices) - set(own.invoices):
            raise NotAllowed("the document belongs to an invoice that is not meant")
        if DocumentKind.PROOF_OF_DELIVERY in arguments.documents and not arguments.invoices:
            raise NotAllowed("a proof of delivery belongs to an invoice")
        if arguments.pause_days != own.pause_days:
            raise NotAllowed("the pause is not that of the policy")

    def preview(self, arguments: SendDocumentsArguments, facts: CaseFacts) -> str:
        """Name the documents and the invoices."""
        kinds = _named(arguments)
        about = f" of {listed(arguments.invoices)}" if arguments.invoices else ""
        pause = f" Reminders on it rest for {arguments.pause_days} days." if arguments.pause_days else ""
        made = " It is made from the ledger at approval." if DocumentKind.STATEMENT in arguments.documents else ""
        return f"Sends the {kinds}{about} to the customer.{made}{pause}"

    def apply(self, arguments: SendDocumentsArguments, application: Application) -> str:
        """Pause reminders on a contested delivery; the documents have gone with the mail."""
        if arguments.pause_days:
            until = application.today + timedelta(days=arguments.pause_days)
            application.hold(kind="dispute", invoices=arguments.invoices, until=until)
        return f"Sent: {_named(arguments)}."

    def variant(self, arguments: SendDocumentsArguments) -> str:
        """Word each kind by itself."""
        return arguments.documents[0].value if len(arguments.documents) == 1 else "several"

    def says(self, arguments: SendDocumentsArguments) -> str:
        """Tell what the letter says of it."""
        kinds = " and the ".join(kind.value.replace("_", " ") for kind in arguments.documents)
        if arguments.pause_days:
            return f"we enclose the {kinds} and ask the customer to compare it with their own records; no payment is asked for meanwhile"
        return f"we enclose the {kinds} that the customer asked for"

    def papers(self, arguments: SendDocumentsArguments, facts: CaseFacts) -> tuple[Paper, ...]:
        """Give the stored documents by their hash, and the statement as what is rendered at approval."""
        found: list[Paper] = []
        for kind in arguments.documents:
            if kind is DocumentKind.STATEMENT:
                found.append(Paper(kind="statement", filename=f"statement-{facts.today:%Y-%m-%d}.pdf"))
            elif kind is DocumentKind.PROOF_OF_DELIVERY:
                found += [_paper(d) for n in arguments.invoices if (d := held_document(facts, kind, invoices=(n,)))]
            elif document := held_document(facts, kind):
                found.append(_paper(document))
        return tuple(found)


_NAMES = {DocumentKind.W9: "W-9", DocumentKind.STATEMENT: "statement of account"}
_UNNAMED = "it is not clear which document is meant"


def held_document(
    facts: CaseFacts, kind: DocumentKind, *, invoices: tuple[str, ...] | None = None
) -> DocumentFacts | None:
    """Find the newest document of a kind that may go to this customer; with `invoices`, of one of these.

    Never a bank letter.
    """
    if kind is DocumentKind.BANK_LETTER:
        return None
    of_kind = [d for d in facts.documents if d.kind is kind]
    if invoices is not None:
        of_kind = [d for d in of_kind if d.invoice_number in invoices]
    elif kind in _ACCOUNT:
        own = [d for d in of_kind if d.invoice_number is not None]
        of_kind = own or of_kind
    else:
        of_kind = [d for d in of_kind if d.invoice_number is None]
    return of_kind[-1] if of_kind else None


def _named(arguments: SendDocumentsArguments) -> str:
    """Name the documents for a person in the office."""
    return listed([_NAMES.get(kind, kind.value.replace("_", " ")) for kind in arguments.documents])


def _asked(ask: Ask) -> tuple[DocumentKind, ...]:
    return tuple(dict.fromkeys(c.slots.document for c in ask.claims if c.slots.document is not None))


def _missing(kind: DocumentKind, ask: Ask) -> str | None:
    """Say why a kind cannot be sent here."""
    match kind:
        case DocumentKind.BANK_LETTER:
            return "bank details reach a customer on the invoice and by a person only"
        case DocumentKind.OTHER:
            return _UNNAMED
        case DocumentKind.STATEMENT:
            return None if ask.facts.open_invoices else "nothing is open that a statement would show"
        case DocumentKind.PROOF_OF_DELIVERY:
            return _no_delivery_proof(ask)
        case _:
            held = held_document(ask.facts, kind)
            return None if held else f"there is no {kind.value.replace('_', ' ')} in the store"


def _no_delivery_proof(ask: Ask) -> str | None:
    if not ask.invoices:
        return "no open invoice of this customer is meant"
    if set(ask.first.invoices) - {i.number for i in ask.invoices}:
        return "an invoice that is asked about is not open"
    if len(ask.invoices) > MOST_DOCUMENTS:
        return f"more than {MOST_DOCUMENTS} invoices are meant"
    kind = DocumentKind.PROOF_OF_DELIVERY
    without = [i.number for i in ask.invoices if held_document(ask.facts, kind, invoices=(i.number,)) is None]
    return f"there is no proof of delivery of {', '.join(without)} in the store" if without else None


def _paper(document: DocumentFacts) -> Paper:
    """Name a document by what it is, where its own name says too little."""
    name = document.filename
    if document.kind is DocumentKind.PROOF_OF_DELIVERY:
        name = f"proof-of-delivery-{document.invoice_number}"
    return Paper(
        kind="stored",
        filename=plain_name(name),
        sha256=document.sha256,
        invoice_number=document.invoice_number,
    )
