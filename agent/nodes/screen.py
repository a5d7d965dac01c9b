"""Step 5: tell from the mail itself what needs no reading. No model, and never a verdict on what a person wrote."""

from __future__ import annotations

from agent.deps import Deps
from agent.policy import SILENT
from agent.state import Thought
from store.inbound import InboundEmail
from store.proposed import Claim, ProposedAction, Slots
from store.vocabulary import MessageKind, Reason, Verdict
from tools.registry import tools


def screen(state: Thought, deps: Deps) -> dict[str, object]:
    """Give a verdict: REPLY goes on to be read, all else ends here and is shown to a person."""
    email = state.message.email
    if email.from_address and deps.company.owns(email.from_address) and email.kind is MessageKind.REPLY:
        told = (
            None
            if "own_copy" in state.flags
            else "this came from our own domain: a colleague's mail, or somebody posing as us"
        )
        return _silent(state, Verdict.OWN_MAIL) | {"needs_person": told}
    match email.kind:
        case MessageKind.BOUNCE:
            return _silent(state, Verdict.BOUNCE) | {"needs_person": _bounce_text(email)}
        case MessageKind.COMPLAINT:
            return _silent(state, Verdict.COMPLAINT) | {
                "needs_person": "the recipient's provider reports our mail as unwanted"
            }
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
    preview = tools()[SILENT].preview(tools()[SILENT].parse({}), state.facts)
    action = ProposedAction(
        tool=SILENT,
        arguments={},
        claims=tuple(range(len(claims))),
        preview=preview,
        allowed=(SILENT,),
        why=verdict.value,
    )
    return {"verdict": verdict, "claims": claims, "actions": (action,), "reader": "rules"}


def _bounce_text(email: InboundEmail) -> str:
    bounce = email.bounce
    whom = bounce.recipient if bounce and bounce.recipient else "an unnamed recipient"
    kind = "could not be delivered for good" if bounce and bounce.hard else "could not be delivered for now"
    return f"a mail of ours to {whom} {kind}: look for another contact"


def _robot_claim(email: InboundEmail) -> tuple[Claim, ...]:
    told = email.auto_reply
    slots = Slots(date=told.until if told else None, contact_email=told.contact if told else None)
    return _first_line(email, Reason.AUTO_REPLY, slots)


def _first_line(email: InboundEmail, reason: Reason, slots: Slots | None = None) -> tuple[Claim, ...]:
    evidence = next((line.strip() for line in email.new_text.splitlines() if line.strip()), "")
    claim = Claim(reason=reason, evidence=evidence, confidence=1.0, slots=slots or Slots()) if evidence else None
    return (claim,) if claim else ()
