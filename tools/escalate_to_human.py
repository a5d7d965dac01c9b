"""Hand a matter to a person. Always allowed: more care is never refused."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts
from store.tables import Customer, Escalation
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed


class Role(StrEnum):
    """Who takes it over."""

    COLLECTOR = "collector"
    MANAGER = "manager"
    LEGAL = "legal"
    SECURITY = "security"


class Urgency(StrEnum):
    """How soon."""

    TODAY = "today"
    SOON = "soon"


class Matter(StrEnum):
    """What is handed over: what a customer wrote, or what a machine reports about our own mail."""

    REPLY = "reply"
    UNDELIVERED = "undelivered"
    COMPLAINT = "complaint"


#: Who must see what, and how soon; everything else is the collector's.
ROUTES: dict[Reason, tuple[Role, Urgency]] = {
    Reason.PAYMENT_FRAUD_RISK: (Role.SECURITY, Urgency.TODAY),
    Reason.INSOLVENCY: (Role.LEGAL, Urgency.TODAY),
    Reason.LEGAL_THREAT: (Role.LEGAL, Urgency.TODAY),
    Reason.STOP_CONTACT: (Role.MANAGER, Urgency.TODAY),
    Reason.REFUSAL: (Role.MANAGER, Urgency.SOON),
    Reason.SETTLEMENT_OFFER: (Role.MANAGER, Urgency.SOON),
}

#: Nothing is written to the customer after these until a person has decided.
STOPS: frozenset[Reason] = frozenset({Reason.INSOLVENCY, Reason.LEGAL_THREAT, Reason.STOP_CONTACT})

#: Outreach rests on the invoices, or the account, while a person looks.
HOLDS: frozenset[Reason] = STOPS | {Reason.PAYMENT_FRAUD_RISK, Reason.ALREADY_PAID, Reason.DISPUTE, Reason.DEDUCTION}


#: What the person is asked to do about a machine's report.
_TASKS: dict[Matter, str] = {
    Matter.UNDELIVERED: "mail to a contact comes back; find another contact, or correct the address.",
    Matter.COMPLAINT: "a recipient reported our mail as unwanted; nothing goes to that contact until somebody has looked.",
}


class EscalateToHumanArguments(Arguments):
    """Who, how soon, why, about what, and what was understood so far."""

    role: Role
    urgency: Urgency
    reason: Reason
    invoices: tuple[str, ...] = ()
    summary: str = Field(max_length=2000)
    matter: Matter = Matter.REPLY


class EscalateToHuman(Tool[EscalateToHumanArguments]):
    """Give the matter to a person in charge, with what the customer said."""

    name: ClassVar[str] = "escalate_to_human"
    reasons: ClassVar[frozenset[Reason]] = frozenset(Reason)
    arguments = EscalateToHumanArguments
    at_approval: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Never refuse: asking a person is always right."""
        return None

    def fill(self, ask: Ask) -> EscalateToHumanArguments:
        """Route by the claim's reason; a large account goes to a manager at least."""
        claim = ask.first
        role, urgency = ROUTES.get(claim.reason, (Role.COLLECTOR, Urgency.SOON))
        if role is Role.COLLECTOR and any(i.balance > ask.policy.manager_above for i in ask.invoices):
            role = Role.MANAGER
        words = " / ".join(c.evidence for c in ask.claims)
        return EscalateToHumanArguments(
            role=role,
            urgency=urgency,
            reason=claim.reason,
            invoices=claim.invoices or tuple(i.number for i in ask.invoices if i.number in ask.facts.mentioned),
            summary=words[:2000],
        )

    def check(self, arguments: EscalateToHumanArguments, ask: Ask) -> None:
        """Any role and urgency; the reason and the invoices must be the claim's own."""
        own = self.fill(ask)
        if arguments.reason not in {c.reason for c in ask.claims} or set(arguments.invoices) - set(own.invoices):
            raise NotAllowed("the escalation is about something that the customer did not write")
        if own.urgency is Urgency.TODAY and (arguments.urgency, arguments.role) != (own.urgency, own.role):
            raise NotAllowed("an urgent matter may not be made less urgent")

    def preview(self, arguments: EscalateToHumanArguments, facts: CaseFacts) -> str:
        """Name the person's role, the reason and what rests meanwhile."""
        when = "today" if arguments.urgency is Urgency.TODAY else "in the normal course"
        if arguments.matter is not Matter.REPLY:
            return f"Hands over to {arguments.role.value}, {when}: {_TASKS[arguments.matter]}"
        what = arguments.reason.value.replace("_", " ")
        rest = ""
        if arguments.reason in STOPS:
            rest = " All writing to the customer stops until a person lifts it."
        elif arguments.reason in HOLDS:
            rest = " Reminders rest meanwhile."
        return f"Hands over to {arguments.role.value}, {when}: {what}, {listed(arguments.invoices)}.{rest}"

    def apply(self, arguments: EscalateToHumanArguments, application: Application) -> str:
        """Write the escalation, and the hold or the stop that the reason asks for."""
        application.session.add(
            Escalation(
                customer_id=application.customer_id,
                role=arguments.role,
                urgency=arguments.urgency,
                reason=arguments.reason if arguments.matter is Matter.REPLY else arguments.matter,
                summary=arguments.summary,
                effect_id=application.effect_id,
            )
        )
        if arguments.matter is not Matter.REPLY:
            # The contact was taken out of use when the report came; the account is nobody's to stop on a machine's word.
            return f"Handed over to {arguments.role.value}: {_TASKS[arguments.matter]}"
        if arguments.reason in STOPS:
            customer = application.session.get_one(Customer, application.customer_id)
            customer.stopped_reason = customer.stopped_reason or arguments.reason
        if arguments.reason in HOLDS:
            invoices: list[str | None] = [*arguments.invoices] or [None]
            application.hold(kind=arguments.reason, invoices=[None] if arguments.reason in STOPS else invoices)
        return f"Handed over to {arguments.role.value}: {arguments.reason.value.replace('_', ' ')}."
