"""Answer what our own books know: how to pay, what is open, when it is due, on which terms. All else is a person's.

No bank details are ever written: they stand on the invoice, whose stored copy goes along.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts, InvoiceFacts
from store.vocabulary import QuestionTopic, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

MOST_INVOICES = 20
#: As many documents as one mail carries (rule R-GND-07).
MOST_DOCUMENTS = 5


class AnswerQuestionArguments(Arguments):
    """What is answered, for which invoices, and whose stored PDF goes along."""

    topic: QuestionTopic
    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    documents: tuple[str, ...] = Field(default=(), max_length=MOST_DOCUMENTS)


class AnswerQuestion(Tool[AnswerQuestionArguments]):
    """Answer a plain question from the ledger: how to pay, due date, open balance, payment terms, open items."""

    name: ClassVar[str] = "answer_question"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.QUESTION, Reason.PAYMENT_IN_PROCESS})
    arguments = AnswerQuestionArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a question that the books answer, about open invoices in one currency."""
        topic = ask.first.slots.topic
        if topic is None:
            return "the ledger does not know what is asked"
        if ask.first.reason is Reason.PAYMENT_IN_PROCESS and topic is not QuestionTopic.HOW_TO_PAY:
            return "the customer does not ask how to pay"
        invoices = answered_invoices(ask)
        if not invoices:
            return "no open invoice of this customer is meant"
        if set(ask.first.invoices) - {i.number for i in invoices}:
            return "an invoice that is asked about is not open"
        if len(invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        if _answered_topic(ask) is QuestionTopic.STATEMENT and len({i.currency for i in invoices}) > 1:
            return "the invoices are in several currencies"
        if topic is QuestionTopic.TERMS and any((i.due_date - i.issue_date).days < 2 for i in invoices):
            return "the ledger shows no payment terms"
        return None

    def fill(self, ask: Ask) -> AnswerQuestionArguments:
        """Choose the invoices, and for a payment the copies that carry our bank details."""
        refused = self.refusal(ask)
        topic = _answered_topic(ask)
        if refused or topic is None:
            raise NotAllowed(refused or "nothing is asked")
        invoices = answered_invoices(ask)
        return AnswerQuestionArguments(
            topic=topic,
            invoices=tuple(i.number for i in invoices),
            documents=_documents(invoices) if topic is QuestionTopic.HOW_TO_PAY else (),
        )

    def check(self, arguments: AnswerQuestionArguments, ask: Ask) -> None:
        """Only the question that was asked, and only open invoices of this customer."""
        own = self.fill(ask)
        if arguments.topic is not own.topic:
            raise NotAllowed("the customer asked something else")
        if set(arguments.invoices) - set(own.invoices) or set(arguments.documents) - set(own.documents):
            raise NotAllowed("the answer is about an invoice that it may not name")

    def preview(self, arguments: AnswerQuestionArguments, facts: CaseFacts) -> str:
        """Name the topic and the invoices."""
        along = f"; the PDF of {listed(arguments.documents)} goes along" if arguments.documents else ""
        return (
            f"Answers from the ledger: {arguments.topic.value.replace('_', ' ')}, {listed(arguments.invoices)}{along}."
        )

    def apply(self, arguments: AnswerQuestionArguments, application: Application) -> str:
        """Note it: the mail is the whole effect."""
        return f"Answered: {arguments.topic.value.replace('_', ' ')}."

    def says(self, arguments: AnswerQuestionArguments) -> str:
        """Tell what the letter says of it."""
        return "we answer the question with the facts in the slots, and ask by {{ deadline.date }} when we may expect the payment"

    def attachments(self, arguments: AnswerQuestionArguments) -> tuple[str, ...]:
        """Send the copies along."""
        return arguments.documents


def answered_invoices(ask: Ask) -> tuple[InvoiceFacts, ...]:
    """List the invoices that an answer tells of: those meant; in a statement, every open one."""
    return ask.facts.open_invoices if _answered_topic(ask) is QuestionTopic.STATEMENT else ask.invoices


def _answered_topic(ask: Ask) -> QuestionTopic | None:
    """Answer with a statement whoever asks how much is open, but not on which invoice."""
    topic = ask.first.slots.topic
    named = any(claim.invoices for claim in ask.claims) or bool(ask.facts.mentioned)
    return QuestionTopic.STATEMENT if topic is QuestionTopic.BALANCE and not named else topic


def _documents(invoices: tuple[InvoiceFacts, ...]) -> tuple[str, ...]:
    """Name the stored copies, all or none: a part of them would look like the whole."""
    stored = tuple(i.number for i in invoices if i.document_sha256 is not None)
    return stored if len(stored) == len(invoices) <= MOST_DOCUMENTS else ()
