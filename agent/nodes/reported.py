"""What a bounce or a complaint asks of a person. The contact was marked, or was not, when the mail was matched; here it is said.

No model, and nothing that a machine reports is taken for a customer's word.
"""

from __future__ import annotations

from agent.policy import ESCALATE, SILENT
from agent.state import Thought
from store.facts import CaseFacts, ContactFacts
from store.inbound import InboundEmail
from store.proposed import ProposedAction
from store.vocabulary import ContactStatus, Delivery, MessageKind, Reason, Verdict
from tools.escalate_to_human import EscalateToHumanArguments, Matter, Role, Urgency
from tools.registry import tools

#: How many of the other contacts are named.
_NAMED = 5


def reported(state: Thought) -> dict[str, object]:
    """Give the verdict on a report, and what a person is asked to do about it."""
    email, facts = state.message.email, state.facts
    complaint = email.kind is MessageKind.COMPLAINT
    verdict = Verdict.COMPLAINT if complaint else Verdict.BOUNCE
    if facts.customer is None:
        return _noted(facts, verdict) | {"needs_person": f"{_what_it_says(email)}, but it names no mail of ours"}
    if "contact_marked" in state.flags:
        summary = f"{_what_it_says(email)}{_why(email)}. {_others(facts)}"
        matter = Matter.COMPLAINT if complaint else Matter.UNDELIVERED
        return _handed_over(facts, verdict, matter, summary) | {"needs_person": summary.rstrip(".")}
    if "report_unproven" in state.flags:
        told = (
            f"{_what_it_says(email)}, but not about a mail that we wrote there: mark the contact only if you are sure"
        )
        return _noted(facts, verdict) | {"needs_person": told}
    # For now only: the contact stays in use, and nobody needs to do anything.
    unsure = not complaint and (email.bounce is None or email.bounce.hard is None)
    question = f"{_what_it_says(email)}{_why(email)}; the report does not say whether for good" if unsure else None
    return _noted(facts, verdict) | {"needs_person": question}


def silent_action(facts: CaseFacts, *, why: str, claims: tuple[int, ...] = ()) -> ProposedAction:
    """Propose to write nothing."""
    tool = tools()[SILENT]
    return ProposedAction(
        tool=SILENT,
        arguments={},
        claims=claims,
        preview=tool.preview(tool.parse({}), facts),
        allowed=(SILENT,),
        why=why,
    )


def _noted(facts: CaseFacts, verdict: Verdict) -> dict[str, object]:
    return {"verdict": verdict, "actions": (silent_action(facts, why=verdict.value),), "reader": "rules"}


def _handed_over(facts: CaseFacts, verdict: Verdict, matter: Matter, summary: str) -> dict[str, object]:
    complaint = matter is Matter.COMPLAINT
    arguments = EscalateToHumanArguments(
        role=Role.MANAGER if complaint else Role.COLLECTOR,
        urgency=Urgency.TODAY if complaint else Urgency.SOON,
        reason=Reason.STOP_CONTACT if complaint else Reason.WRONG_CONTACT,
        invoices=tuple(number for number in facts.mentioned if facts.invoice(number) is not None),
        summary=summary[:2000],
        matter=matter,
    )
    action = ProposedAction(
        tool=ESCALATE,
        arguments=arguments.model_dump(mode="json"),
        claims=(),
        preview=tools()[ESCALATE].preview(arguments, facts),
        allowed=(ESCALATE, SILENT),
        why=verdict.value,
    )
    return {"verdict": verdict, "actions": (action,), "reader": "rules"}


def _what_it_says(email: InboundEmail) -> str:
    bounce = email.bounce
    whom = bounce.recipient if bounce and bounce.recipient else "an unnamed recipient"
    if email.kind is MessageKind.COMPLAINT and bounce is not None and not bounce.objects:
        return f"a provider reports on a mail of ours to {whom}, and does not complain of it"
    if email.kind is MessageKind.COMPLAINT:
        return f"a mail of ours to {whom} was reported as unwanted"
    how = {
        True: "could not be delivered for good",
        False: "could not be delivered for now",
        None: "could not be delivered",
    }
    return f"a mail of ours to {whom} {how[bounce.hard if bounce else None]}"


def _why(email: InboundEmail) -> str:
    bounce = email.bounce
    words = (bounce.diagnostic or (bounce.reason or "").replace("_", " ")) if bounce else ""
    return f" ({words[:200]})" if words else ""


def _others(facts: CaseFacts) -> str:
    """Name the contacts that could be written to instead, or that could become one."""
    reached = [_named(contact) for contact in facts.recipients]
    if reached:
        more = f" and {len(reached) - _NAMED} more" if len(reached) > _NAMED else ""
        return f"Other verified contacts: {', '.join(reached[:_NAMED])}{more}"
    waiting = [_named(c) for c in facts.contacts if c.status is ContactStatus.TO_VERIFY and c.delivery is Delivery.OK]
    if waiting:
        return f"No other verified contact; named in a mail, to be verified: {', '.join(waiting[:_NAMED])}"
    return "No other contact is known: nobody at this customer can be written to"


def _named(contact: ContactFacts) -> str:
    return f"{contact.name} <{contact.email}>" if contact.name else contact.email
