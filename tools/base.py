"""What every tool is: arguments with limits, a test whether it may be proposed, a preview, and an effect.

A tool never acts while the agent thinks. `apply` runs once, after a person's approval, in the transaction that records
that the answer was sent (or that nothing was to be sent).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session

from store.facts import CaseFacts, InvoiceFacts
from store.proposed import Claim, Paper
from store.tables import Effect, Hold
from store.terms import Term
from store.vocabulary import Reason
from tools.limits import Policy


class Arguments(BaseModel):
    """The arguments of a tool: enums and plain types, checked again by the tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Arguments)


class NotAllowed(ValueError):
    """A tool may not do this. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a tool is asked to answer: claims about one customer, under one policy.

    `taken` are the invoices that other claims of the same reply name.
    """

    facts: CaseFacts
    claims: tuple[Claim, ...]
    policy: Policy
    taken: frozenset[str] = frozenset()

    @property
    def first(self) -> Claim:
        """The claim that called for the tool."""
        return self.claims[0]

    @property
    def invoices(self) -> tuple[InvoiceFacts, ...]:
        """The open invoices that the claims are about.

        Those that the claims name, and no others, when they name any. Else those that the mail or its thread mentions,
        else every open invoice that is due; never one that another claim of the same reply speaks of.
        """
        named = {number for claim in self.claims for number in claim.invoices}
        if named:
            return tuple(i for i in self.facts.open_invoices if i.number in named)
        free = [i for i in self.facts.open_invoices if i.number not in self.taken]
        mentioned = tuple(i for i in free if i.number in self.facts.mentioned)
        return mentioned or tuple(i for i in free if i.due_date <= self.facts.today)


@dataclass(frozen=True, slots=True)
class Application:
    """One approved tool call that is carried out."""

    session: Session
    effect: Effect
    customer_id: str
    approved_by: str
    now: datetime
    today: date

    @property
    def effect_id(self) -> int:
        """The key of the effect that rows made by the tool point at."""
        assert self.effect.id is not None
        return self.effect.id

    def hold(self, *, kind: str, invoices: Sequence[str | None], until: date | None = None) -> None:
        """Pause outreach on invoices (None: on the whole account)."""
        for number in invoices:
            self.session.add(
                Hold(
                    customer_id=self.customer_id,
                    invoice_number=number,
                    kind=kind,
                    until=until,
                    effect_id=self.effect_id,
                )
            )


class Tool(ABC, Generic[A]):
    """One tool. The class docstring is what the model reads."""

    name: ClassVar[str]
    reasons: ClassVar[frozenset[Reason]]
    arguments: type[A]
    #: False for tools after which nothing is written to the customer.
    answers: ClassVar[bool] = True
    #: True where the letter is the act: where a colleague has written already, there is nothing left to do.
    by_letter: ClassVar[bool] = False
    #: True for effects that protect the customer or us: they must not wait until a mail has gone out.
    at_approval: ClassVar[bool] = False

    @abstractmethod
    def refusal(self, ask: Ask) -> str | None:
        """Say why this tool may not be proposed here; None when it may."""

    @abstractmethod
    def fill(self, ask: Ask) -> A:
        """Compute the arguments from the claims and the ledger. Raises NotAllowed."""

    @abstractmethod
    def check(self, arguments: A, ask: Ask) -> None:
        """Raise NotAllowed when the arguments break a limit. Runs on every proposal, whoever chose the arguments."""

    @abstractmethod
    def preview(self, arguments: A, facts: CaseFacts) -> str:
        """Say in one sentence what approving will do."""

    @abstractmethod
    def apply(self, arguments: A, application: Application) -> str:
        """Carry it out; give one sentence of what was done."""

    def tells(self, arguments: A) -> bool:
        """Say whether the customer is told of it; most tools always do, or never."""
        return self.answers

    def done_by_letter(self, arguments: A) -> bool:
        """Say whether nothing is left to do of this act where a colleague has written to the customer already."""
        return self.by_letter

    def variant(self, arguments: A) -> str:
        """Name which wording of the tool's templates fits; "" where there is only one."""
        return ""

    def says(self, arguments: A) -> str:
        """Tell a writing model in one sentence what this act is: with slots, never with a figure."""
        return "a colleague looks into it and comes back by {{ deadline.date }}"

    def terms(self, arguments: A, facts: CaseFacts) -> dict[str, Term]:
        """Give the values that only this answer has, by their names in `prompts.terms`."""
        return {}

    def papers(self, arguments: A, facts: CaseFacts) -> tuple[Paper, ...]:
        """List the documents, other than stored invoices, that go along."""
        return ()

    def attachments(self, arguments: A) -> tuple[str, ...]:
        """Name the invoices whose stored PDF goes along."""
        return ()

    def parse(self, raw: dict[str, Any]) -> A:
        """Read stored or model-given arguments. Raises NotAllowed."""
        try:
            return self.arguments.model_validate(raw)
        except ValidationError as error:
            raise NotAllowed(f"{self.name}: {error.errors()[0]['msg']}") from error


def money(amount: object, currency: str) -> str:
    """Write an amount for a person in the office (never for a customer: there Babel does it)."""
    return f"{currency} {amount:,.2f}"


def listed(numbers: Sequence[str]) -> str:
    """Write invoice numbers for a person."""
    return ", ".join(numbers) if numbers else "the whole account"
