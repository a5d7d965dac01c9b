"""Open a dispute on an invoice and stop outreach on the disputed part. Never grants a credit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts
from store.tables import Dispute
from store.vocabulary import DisputeKind, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money

MOST_INVOICES = 20


class OpenDisputeArguments(Arguments):
    """What is contested, how much of it (None: all), and the customer's own words."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    kind: DisputeKind
    amount: Decimal | None = Field(default=None, gt=0)
    currency: str
    statement: str = Field(max_length=2000)
    owner: str = Field(default="", max_length=300)
    due: dt.date | None = None


class OpenDispute(Tool[OpenDisputeArguments]):
    """Open a dispute: a person in charge examines the complaint, and the disputed part is not chased meanwhile."""

    name: ClassVar[str] = "open_dispute"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.DISPUTE, Reason.DEDUCTION})
    arguments = OpenDisputeArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need to know which invoice is contested."""
        if ask.taken and not ask.first.invoices:
            return "it is not clear which invoice is contested: another claim names one"
        if not ask.invoices:
            return "no open invoice of this customer is meant"
        if len({i.currency for i in ask.invoices}) > 1:
            return "the invoices are in several currencies"
        if any(i.disputed > 0 for i in ask.invoices):
            return "a dispute is open on it already"
        if len(ask.invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        return None

    def fill(self, ask: Ask) -> OpenDisputeArguments:
        """Take kind, amount and words from the claim; a part larger than an invoice contests all of it."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        slots, invoices = ask.first.slots, ask.invoices
        open_sum = sum((i.balance for i in invoices), Decimal(0))
        single = len(invoices) == 1
        ours = slots.currency in (None, invoices[0].currency)
        amount = slots.amount if single and ours and slots.amount and 0 < slots.amount < open_sum else None
        return OpenDisputeArguments(
            invoices=tuple(i.number for i in invoices),
            kind=slots.dispute_kind or DisputeKind.OTHER,
            amount=amount,
            currency=invoices[0].currency,
            statement=ask.first.evidence[:2000],
            owner=ask.facts.customer.owner if ask.facts.customer else "",
            due=ask.facts.today + dt.timedelta(days=ask.policy.dispute_days),
        )

    def check(self, arguments: OpenDisputeArguments, ask: Ask) -> None:
        """Only the customer's words, amounts and invoices; the kind may be chosen."""
        own = self.fill(ask)
        if arguments.model_copy(update={"kind": own.kind, "due": own.due}) != own:
            raise NotAllowed("the dispute differs from what the customer wrote")
        if arguments.due is None or own.due is None or arguments.due > own.due:
            raise NotAllowed(f"the dispute must be answered by {own.due}")

    def preview(self, arguments: OpenDisputeArguments, facts: CaseFacts) -> str:
        """Name the contested part."""
        part = money(arguments.amount, arguments.currency) if arguments.amount else "the whole balance"
        kind = arguments.kind.value.replace("_", " ")
        return (
            f"Opens a dispute ({kind}) on {part} of {listed(arguments.invoices)}; that part is not chased meanwhile, "
            f"the rest stays due. {arguments.owner or 'The team'} answers it by {arguments.due}."
        )

    def apply(self, arguments: OpenDisputeArguments, application: Application) -> str:
        """Write one dispute an invoice; a wholly contested invoice is held."""
        for number in arguments.invoices:
            application.session.add(
                Dispute(
                    customer_id=application.customer_id,
                    invoice_number=number,
                    kind=arguments.kind,
                    amount=arguments.amount,
                    statement=arguments.statement,
                    owner=arguments.owner,
                    due=arguments.due,
                    effect_id=application.effect_id,
                )
            )
        if arguments.amount is None:
            application.hold(kind="dispute", invoices=arguments.invoices)
        return f"Dispute on {listed(arguments.invoices)} opened."

    def variant(self, arguments: OpenDisputeArguments) -> str:
        """Tell a contested part from a contested whole."""
        return "part" if arguments.amount is not None else ""

    def says(self, arguments: OpenDisputeArguments) -> str:
        """Tell what the letter says of it."""
        return "we have opened a dispute, a colleague examines it and comes back by {{ deadline.date }}; no payment is asked for the disputed part"
