"""Ask the customer the one thing that is missing. Never more than one question, and never the same case for ever."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts
from store.proposed import Claim
from store.vocabulary import MissingPiece, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

#: With more than these the letter says "the invoices concerned".
MOST_INVOICES = 10

_WORDS: dict[MissingPiece, str] = {
    MissingPiece.MEANING: "what is meant",
    MissingPiece.PAYMENT_DATE: "on which day the payment will be made",
    MissingPiece.ORDER_NUMBER: "which order number the invoice should carry",
    MissingPiece.CONTACT: "whom to write to",
    MissingPiece.DOCUMENT: "which document is needed",
}


class AskBackArguments(Arguments):
    """The one question, and the invoices that it is about."""

    question: MissingPiece
    invoices: tuple[str, ...] = Field(default=(), max_length=MOST_INVOICES)


class AskBack(Tool[AskBackArguments]):
    """Ask the customer one question, where what they wrote is not clear or the one needed detail is missing."""

    name: ClassVar[str] = "ask_back"
    reasons: ClassVar[frozenset[Reason]] = frozenset(
        {Reason.UNCLEAR, Reason.PROMISE_TO_PAY, Reason.PO_MISMATCH, Reason.WRONG_CONTACT, Reason.DOCUMENT_REQUEST}
    )
    arguments = AskBackArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a missing piece, and a case that was not asked back already."""
        if missing_piece(ask.first) is None:
            return "nothing is missing that a question would bring"
        asked = sum(self.name in mail.tools for mail in ask.facts.history if mail.direction == "out")
        if asked >= ask.policy.ask_back_times:
            return "we asked back before"
        if ask.first.invoices and not ask.invoices:
            return "no open invoice of this customer is meant"
        return None

    def fill(self, ask: Ask) -> AskBackArguments:
        """Ask for what the claim lacks."""
        refused = self.refusal(ask)
        piece = missing_piece(ask.first)
        if refused or piece is None:
            raise NotAllowed(refused or "nothing is missing")
        return AskBackArguments(question=piece, invoices=_about(ask))

    def check(self, arguments: AskBackArguments, ask: Ask) -> None:
        """Only the question that fits, about the customer's own invoices."""
        own = self.fill(ask)
        if arguments.question is not own.question:
            raise NotAllowed("the question does not fit what is missing")
        if set(arguments.invoices) - {i.number for i in ask.facts.open_invoices}:
            raise NotAllowed("the question is about an invoice that is not open")

    def preview(self, arguments: AskBackArguments, facts: CaseFacts) -> str:
        """Name the question."""
        about = f" ({listed(arguments.invoices)})" if arguments.invoices else ""
        return f"Asks the customer {_WORDS[arguments.question]}{about}."

    def apply(self, arguments: AskBackArguments, application: Application) -> str:
        """Note that it was asked: the mail is the whole effect."""
        return f"Asked {_WORDS[arguments.question]}."

    def says(self, arguments: AskBackArguments) -> str:
        """Tell what the letter says of it."""
        return f"we ask one question and nothing else: {_QUESTIONS[arguments.question]}; the answer is wanted by {{{{ deadline.date }}}}"


_QUESTIONS: dict[MissingPiece, str] = {
    MissingPiece.MEANING: "what they need from us",
    MissingPiece.PAYMENT_DATE: "on which day they will pay",
    MissingPiece.ORDER_NUMBER: "which purchase order number the invoice should carry",
    MissingPiece.CONTACT: "to whom we should write, with name and e-mail address",
    MissingPiece.DOCUMENT: "which document they need",
}


def missing_piece(claim: Claim) -> MissingPiece | None:
    """Name what a claim lacks to be acted on; None where it lacks nothing that the customer could simply tell."""
    slots = claim.slots
    match claim.reason:
        case Reason.UNCLEAR:
            return MissingPiece.MEANING
        case Reason.PROMISE_TO_PAY if slots.date is None:
            return MissingPiece.PAYMENT_DATE
        case Reason.PO_MISMATCH if slots.po_number is None:
            return MissingPiece.ORDER_NUMBER
        case Reason.WRONG_CONTACT if slots.contact_email is None:
            return MissingPiece.CONTACT
        case Reason.DOCUMENT_REQUEST if slots.document is None:
            return MissingPiece.DOCUMENT
        case _:
            return None


def _about(ask: Ask) -> tuple[str, ...]:
    """List the invoices that the letter names: those that the mail or its thread names, where they are few."""
    named = {number for claim in ask.claims for number in claim.invoices} | set(ask.facts.mentioned)
    numbers = tuple(i.number for i in ask.invoices if i.number in named)
    return numbers if len(numbers) <= MOST_INVOICES else ()
