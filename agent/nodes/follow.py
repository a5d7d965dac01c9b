"""Where a case woke by itself: no mail is read, the claim is the old one. One act, or none when there is nothing left to say.

No model chooses here, and nothing is proposed that a newer mail, a payment or a stop has made untrue.
"""

from __future__ import annotations

from agent.deps import Deps
from agent.language import language_of
from agent.policy import ask_for, distrusted
from agent.state import Thought
from agent.tone import tone_for
from store.facts import CaseFacts
from store.outreach_words import Channel
from store.proposed import ProposedAction
from store.vocabulary import Verdict
from tools.base import money
from tools.follow_up import FollowUp
from tools.followup_ground import gone
from tools.followup_money import loose_money
from tools.registry import tools
from tools.remind import Remind
from tools.remind_ground import way_of


def follow(state: Thought, deps: Deps) -> dict[str, object]:
    """Propose the follow-up of what was said; without an action where its ground is gone."""
    facts = state.facts
    assert facts.followup is not None, "the graph comes here for wakings only"
    if gone(facts) is not None:
        return {"verdict": Verdict.FOLLOW_UP}
    if facts.followup.outreach is not None:
        return _first(state, deps)
    claims = (facts.followup.claim,)
    ask = ask_for(claims, claims=claims, facts=facts, policy=deps.policy)
    tool = tools()[FollowUp.name]
    arguments = tool.fill(ask)
    tool.check(arguments, ask)
    action = ProposedAction(
        tool=tool.name,
        arguments=arguments.model_dump(mode="json"),
        claims=(0,),
        preview=tool.preview(arguments, facts),
        allowed=(tool.name,),
    )
    return {
        "verdict": Verdict.FOLLOW_UP,
        "claims": claims,
        "actions": (action,),
        "tone": tone_for(claims, facts),
        "language": language_of(state.message.email.new_text, default=_own_language(facts)),
        "reader": "rules",
        "needs_person": _who_must_look(facts),
    }


def _first(state: Thought, deps: Deps) -> dict[str, object]:
    """Propose the step of a cadence: nobody claimed anything, and nothing but the books speaks."""
    facts = state.facts
    ask = ask_for((), claims=(), facts=facts, policy=deps.policy)
    tool = tools()[Remind.name]
    if tool.refusal(ask) is not None:
        return {"verdict": Verdict.FOLLOW_UP}
    arguments = tool.fill(ask)
    tool.check(arguments, ask)
    action = ProposedAction(
        tool=tool.name,
        arguments=arguments.model_dump(mode="json"),
        claims=(),
        preview=tool.preview(arguments, facts),
        allowed=(tool.name,),
    )
    return {
        "verdict": Verdict.FOLLOW_UP,
        "actions": (action,),
        "tone": tone_for((), facts),
        "language": _own_language(facts),
        "reader": "rules",
        "needs_person": _who_must_look(facts),
    }


def _own_language(facts: CaseFacts) -> str:
    return facts.customer.language if facts.customer else "en"


def _who_must_look(facts: CaseFacts) -> str | None:
    """Say what a person must see to first: nobody to write to, or money that may be the one that is missed."""
    if distrusted(facts):
        return f"whoever wrote is not surely the customer (identity {facts.identity}): no figures are given"
    if not facts.recipients and way_of(facts) is Channel.MAIL:
        return "no contact of this customer can be written to: find one whom mail reaches, and verify them"
    loose = loose_money(facts)
    if loose:
        named = ", ".join(f"{money(p.amount, p.currency)} of {p.received_on} ({p.id})" for p in loose[:3])
        return f"money arrived that no invoice took yet: {named}; see whether it is the missed one before this goes out"
    return None
