"""Step 5: tell from the mail itself what needs no reading. No language model, and never a verdict on what a person wrote.

A robot's mail is never answered; what it says of the invoices is read and shown.
"""

from __future__ import annotations

from agent.claiming import read_embedded
from agent.deps import Deps
from agent.language import language_of
from agent.nodes.from_portal import from_portal, is_from_portal
from agent.nodes.reported import reported, silent_action
from agent.policy import HOLD, allowed_tools, ask_for
from agent.state import Thought
from store.inbound import BULK, InboundEmail
from store.numbers import find_invoices
from store.proposed import Claim, ProposedAction, Slots
from store.vocabulary import MessageKind, Reason, Verdict
from tools.registry import tools

#: What robots say of themselves, and nothing of substance.
_EMPTY = frozenset({Reason.AUTO_REPLY, Reason.ACKNOWLEDGEMENT, Reason.UNCLEAR, Reason.UNRELATED})


def screen(state: Thought, deps: Deps) -> dict[str, object]:
    """Give a verdict: REPLY goes on to be read, all else ends here and is shown to a person."""
    email = state.message.email
    if "own_mail_returned" in state.flags:
        returned = "our own mail came back under another sender's name: nothing of the customer's is in it"
        return _silent(state, Verdict.OWN_MAIL) | {"needs_person": returned}
    if email.from_address and deps.company.owns(email.from_address) and email.kind is MessageKind.REPLY:
        told = (
            None
            if "own_copy" in state.flags
            else "this came from our own domain: a colleague's mail, or somebody posing as us"
        )
        return _silent(state, Verdict.OWN_MAIL) | {"needs_person": told}
    if is_from_portal(state):
        return from_portal(state)
    match email.kind:
        case MessageKind.BOUNCE | MessageKind.COMPLAINT:
            return reported(state)
        case MessageKind.AUTO_REPLY:
            return _robot(state, deps)
        case MessageKind.UNREADABLE:
            return {"verdict": Verdict.UNREADABLE, "needs_person": email.unreadable_reason or "the mail cannot be read"}
    if BULK in email.flags and state.facts.customer is None:
        return _silent(state, Verdict.UNRELATED, claims=_first_line(email, Reason.UNRELATED))
    if not email.new_text.strip():
        return {
            "verdict": Verdict.REPLY,
            "needs_person": "the mail holds no words of its own",
            "flags": (*state.flags, "empty"),
        }
    return {"verdict": Verdict.REPLY}


def _silent(state: Thought, verdict: Verdict, *, claims: tuple[Claim, ...] = ()) -> dict[str, object]:
    action = silent_action(state.facts, why=verdict.value, claims=tuple(range(len(claims))))
    return {"verdict": verdict, "claims": claims, "actions": (action,), "reader": "rules"}


def _robot(state: Thought, deps: Deps) -> dict[str, object]:
    """Show an automatic reply; where a ticket system passes on a clerk's remark, a person is told of it."""
    said = _substance(state, deps)
    claims = (*_robot_claim(state.message.email), *said)
    silent = _silent(state, Verdict.AUTO_REPLY, claims=claims)
    if not said:
        pause = _pause(claims, state, deps)
        return silent | {"actions": (pause,)} if pause is not None else silent
    reasons = ", ".join(claim.reason.value.replace("_", " ") for claim in said)
    return silent | {
        "reader": deps.embedded.name,
        "needs_person": f"a machine answered, and its mail says more: {reasons}",
    }


def _pause(claims: tuple[Claim, ...], state: Thought, deps: Deps) -> ProposedAction | None:
    """Let reminders rest until the absent person is back, where policy allows that."""
    if not claims:
        return None
    allowed = allowed_tools(claims[0], claims=claims, facts=state.facts, policy=deps.policy)
    if HOLD not in allowed.tools:
        return None
    tool, asked = tools()[HOLD], ask_for(claims[:1], claims=claims, facts=state.facts, policy=deps.policy)
    arguments = tool.fill(asked)
    tool.check(arguments, asked)
    return ProposedAction(
        tool=HOLD,
        arguments=arguments.model_dump(mode="json"),
        claims=(0,),
        preview=tool.preview(arguments, state.facts),
        allowed=allowed.tools,
        why=Verdict.AUTO_REPLY.value,
    )


def _substance(state: Thought, deps: Deps) -> tuple[Claim, ...]:
    """Give what a robot's mail surely says of our invoices; nothing where it names none of this customer's."""
    email, facts = state.message.email, state.facts
    if not find_invoices(email.new_text, [invoice.number for invoice in facts.invoices]):
        return ()
    language = language_of(email.new_text, default=facts.customer.language if facts.customer else "en")
    found = read_embedded(deps, text=email.new_text, subject=email.subject, facts=facts, language=language)
    return tuple(c for c in found if c.reason not in _EMPTY and c.confidence >= deps.policy.sure_from(c.reason))


def _robot_claim(email: InboundEmail) -> tuple[Claim, ...]:
    told = email.auto_reply
    slots = Slots(
        date=told.until if told else None,
        contact_email=told.contact if told else None,
        contact_name=told.contact_name if told else None,
    )
    return _first_line(email, Reason.AUTO_REPLY, slots)


def _first_line(email: InboundEmail, reason: Reason, slots: Slots | None = None) -> tuple[Claim, ...]:
    evidence = next((line.strip() for line in email.new_text.splitlines() if line.strip()), "")
    claim = Claim(reason=reason, evidence=evidence, confidence=1.0, slots=slots or Slots()) if evidence else None
    return (claim,) if claim else ()
