"""Stop all writing to a customer, at once, and tell a person. Only a person lifts it: nothing in a mail ever does."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts
from store.tables import Customer, Escalation
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool
from tools.escalate_to_human import ROUTES


class StopContactArguments(Arguments):
    """Why nothing is written any more, in the customer's own words."""

    reason: Reason
    summary: str = Field(max_length=2000)


class StopContact(Tool[StopContactArguments]):
    """Stop every reminder and letter to this customer until a person in charge lifts it, and hand the matter over."""

    name: ClassVar[str] = "stop_contact"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.STOP_CONTACT, Reason.LEGAL_THREAT, Reason.INSOLVENCY})
    arguments = StopContactArguments
    at_approval: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Never refuse: writing less is always more careful."""
        return None

    def fill(self, ask: Ask) -> StopContactArguments:
        """Take the claim's reason and words."""
        words = " / ".join(claim.evidence for claim in ask.claims)
        return StopContactArguments(reason=ask.first.reason, summary=words[:2000])

    def check(self, arguments: StopContactArguments, ask: Ask) -> None:
        """Only for what the customer wrote."""
        if arguments.reason not in self.reasons or arguments.reason not in {claim.reason for claim in ask.claims}:
            raise NotAllowed("the stop is about something that the customer did not write")

    def preview(self, arguments: StopContactArguments, facts: CaseFacts) -> str:
        """Say what stops, who is told and whether a last mail goes out."""
        role, _ = ROUTES[arguments.reason]
        last = "One mail confirms it" if self.tells(arguments) else "Nothing is sent"
        return (
            f"Stops all writing to the customer until a person lifts it ({arguments.reason.value.replace('_', ' ')}) "
            f"and hands over to {role.value}, today. {last}."
        )

    def apply(self, arguments: StopContactArguments, application: Application) -> str:
        """Mark the customer, hold the whole account and tell the person in charge; an older stop keeps its reason."""
        customer = application.session.get_one(Customer, application.customer_id)
        customer.stopped_reason = customer.stopped_reason or arguments.reason
        application.hold(kind=arguments.reason, invoices=[None])
        role, urgency = ROUTES[arguments.reason]
        application.session.add(
            Escalation(
                customer_id=application.customer_id,
                role=role,
                urgency=urgency,
                reason=arguments.reason,
                summary=arguments.summary,
                effect_id=application.effect_id,
            )
        )
        return f"All writing to the customer stopped; handed over to {role.value}."

    def tells(self, arguments: StopContactArguments) -> bool:
        """Confirm a wish not to be written to, once. What lawyers and administrators get, a person writes."""
        return arguments.reason is Reason.STOP_CONTACT
