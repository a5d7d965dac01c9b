"""Step 5: tell from the mail itself what needs no reading. No model, and never a verdict on what a person wrote."""

from __future__ import annotations

from agent.deps import Deps
from agent.nodes.reported import reported, silent_action
from agent.state import Thought
from store.inbound import InboundEmail
from store.proposed import Claim, Slots
from store.vocabulary import MessageKind, Reason, Verdict


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
    match email.kind:
        case MessageKind.BOUNCE | MessageKind.COMPLAINT:
            return reported(state)
        case MessageKind.AUTO_REPLY:
            return _silent(state, Verdict.AUTO_REPLY, claims=_robot_claim(email))
        case MessageKind.UNREADABLE:
            return {"verdict": Verdict.UNREADABLE, "needs_person": email.unreadable_reason or "the mail cannot be read"}
    if "bulk" in email.flags and state.facts.customer is None:
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
