"""Asks every act of a proposal again whether it is still possible, as the account is now: a promised day may be over. Pure."""

from __future__ import annotations

from agent.letter_parts import unasked
from agent.policy import ask_for
from store.facts import CaseFacts
from store.proposed import Proposal
from tools.base import NotAllowed
from tools.limits import Policy
from tools.registry import tools


def no_longer_possible(proposal: Proposal, facts: CaseFacts, *, policy: Policy) -> str | None:
    """Say what stands against one of the acts by now, in the tool's own words; None where all can be done."""
    return next(iter(obstacles(proposal, facts, policy=policy).values()), None)


def obstacles(proposal: Proposal, facts: CaseFacts, *, policy: Policy) -> dict[int, str]:
    """Give what stands against the acts by now, by their places; nothing of those that can be done."""
    claims = proposal.claims
    found: dict[int, str] = {}
    for position, action in enumerate(proposal.actions):
        if action.declined or not (action.claims or unasked(action.tool)):
            continue
        asked = ask_for([claims[i] for i in action.claims], claims=claims, facts=facts, policy=policy)
        tool = tools()[action.tool]
        try:
            refused = tool.refusal(asked)
            tool.check(tool.parse(action.arguments), asked)
        except NotAllowed as error:
            refused = str(error)
        if refused:
            found[position] = refused
    return found
