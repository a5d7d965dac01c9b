"""Which tools may answer which claim. Code decides this; a model only ever picks among what is allowed here.

Everything a model does can make the outcome more careful, never less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from store.facts import CaseFacts
from store.proposed import Claim
from store.vocabulary import PRECEDENCE, IdentityLevel, Reason
from tools.base import Ask
from tools.limits import Policy
from tools.registry import tools

ESCALATE = "escalate_to_human"
SILENT = "no_reply"
STOP = "stop_contact"
HOLD = "hold_outreach"
PLAN = "propose_payment_plan"

#: After these no tool acts on any claim of the reply but the one that stops all writing: a person decides about the rest.
HARD_STOPS: frozenset[Reason] = frozenset(
    {Reason.PAYMENT_FRAUD_RISK, Reason.INSOLVENCY, Reason.LEGAL_THREAT, Reason.STOP_CONTACT}
)

#: Mail that asks for nothing needs no trust in its sender.
_HARMLESS: frozenset[Reason] = frozenset({Reason.UNRELATED, Reason.AUTO_REPLY, Reason.ACKNOWLEDGEMENT})


@dataclass(frozen=True, slots=True)
class Allowed:
    """The tools that may answer a claim, the usual one first, and why the others may not."""

    tools: tuple[str, ...]
    refused: dict[str, str]


def in_precedence(claims: Sequence[Claim]) -> list[int]:
    """Order claims (as indexes) by who must be heard first; equals keep the order of the mail."""
    rank = {reason: place for place, reason in enumerate(PRECEDENCE)}
    return sorted(range(len(claims)), key=lambda i: (rank.get(claims[i].reason, len(rank)), i))


def hard_stop(claims: Sequence[Claim]) -> Reason | None:
    """Name the reason that stops everything in this reply, if there is one."""
    order = in_precedence(claims)
    return claims[order[0]].reason if order and claims[order[0]].reason in HARD_STOPS else None


def distrusted(facts: CaseFacts) -> bool:
    """Say whether the writer is not surely the customer: then no figure and no act goes to them."""
    return facts.customer is None or facts.identity in (IdentityLevel.C, IdentityLevel.D)


def allowed_tools(claim: Claim, *, claims: Sequence[Claim], facts: CaseFacts, policy: Policy) -> Allowed:
    """Compute what may answer one claim of a reply. Escalation is always among it where there is a customer."""
    narrowed = _narrowed(claim, claims=claims, facts=facts, policy=policy)
    allowed: list[str] = []
    refused: dict[str, str] = {}
    ask = ask_for([claim], claims=claims, facts=facts, policy=policy)
    for name, tool in tools().items():
        if claim.reason not in tool.reasons:
            continue
        why = narrowed.get(name) or tool.refusal(ask)
        if why:
            refused[name] = why
        else:
            allowed.append(name)
    return Allowed(tuple(_usual_first(allowed, claim.reason)), refused)


def ask_for(group: Sequence[Claim], *, claims: Sequence[Claim], facts: CaseFacts, policy: Policy) -> Ask:
    """Ask about some claims of a reply, knowing which invoices its other claims speak of."""
    taken = {number for claim in claims if claim not in group for number in claim.invoices}
    return Ask(facts=facts, claims=tuple(group), policy=policy, taken=frozenset(taken))


def _usual_first(names: list[str], reason: Reason) -> list[str]:
    # Mail that asks for nothing is answered by silence, at most with a pause; for all else a person stands last.
    first = (HOLD, SILENT) if reason in _HARMLESS else ()
    return sorted(names, key=lambda name: (first.index(name) if name in first else len(first), name == ESCALATE))


def _narrowed(claim: Claim, *, claims: Sequence[Claim], facts: CaseFacts, policy: Policy) -> dict[str, str]:
    everything = tools()
    if facts.customer is None:
        keep = {SILENT} if claim.reason in _HARMLESS else set()
        return {name: "the mail belongs to no customer yet" for name in everything if name not in keep}
    keep = {ESCALATE, SILENT} if claim.reason in _HARMLESS else {ESCALATE}
    stop = hard_stop(claims)
    if stop is not None:
        left = {ESCALATE, STOP} if _may_stop(claim, stop, facts=facts, policy=policy) else {ESCALATE}
        return {name: f"{stop.value} stops everything else" for name in everything if name not in left}
    if distrusted(facts):
        return {name: "the sender is not surely the customer" for name in everything if name not in keep}
    if claim.confidence < policy.sure_from(claim.reason):
        return {name: "the reading is not sure enough" for name in everything if name not in keep}
    if facts.customer.stopped:
        return {name: "all writing to this customer is stopped" for name in everything if name not in keep}
    if claim.slots.stance is not None:
        # A yes to the plan is its agreement and no promise besides; a no is not met by silence.
        left = {PLAN, ESCALATE}
        return {name: "the customer answers the plan on the table" for name in everything if name not in left}
    return {}


def _may_stop(claim: Claim, stop: Reason, *, facts: CaseFacts, policy: Policy) -> bool:
    """Say whether all writing may be stopped without asking: surely read, surely the customer, and nothing to warn of."""
    already = facts.customer is not None and facts.customer.stopped
    sure = claim.confidence >= policy.sure_from(claim.reason)
    return sure and not already and not distrusted(facts) and stop is not Reason.PAYMENT_FRAUD_RISK


def choice_is_real(
    allowed: Allowed, claim: Claim, *, claims: Sequence[Claim], facts: CaseFacts, policy: Policy
) -> bool:
    """Say whether a person would hesitate between the allowed tools, so that asking a model is worth a call."""
    if len(allowed.tools) < 2 or SILENT in allowed.tools:
        return False
    if len([name for name in allowed.tools if name != ESCALATE]) > 1:
        return True
    asked = ask_for([claim], claims=claims, facts=facts, policy=policy)
    large = any(i.balance > policy.manager_above for i in asked.invoices)
    return large or len(claims) > 1 or claim.confidence < 0.8
