"""Whether the world overtook a proposal between its being shown and its being approved. Pure; the desk acts on it."""

from __future__ import annotations

from agent.policy import ask_for
from review.item import Item
from tools.base import NotAllowed
from tools.limits import Policy
from tools.registry import tools


def overtaken_by(item: Item, *, policy: Policy) -> str | None:
    """Say what overtook a proposal, so that it is made anew; None where it stands."""
    if item.facts.customer is not None and item.facts.ledger_digest() != item.proposal.ledger_digest:
        return "the ledger changed"
    if item.proposal.policy_digest != policy.digest():
        return "the policy changed"
    if (item.facts.newest_message or 0) > item.row.newest_message:
        return "the customer wrote again"
    if item.proposal.draft is not None and item.facts.answered_by_hand is not None:
        # It was still being thought about when the answer was found in the Sent folder.
        return "a colleague answered from the mailbox"
    return _no_longer_possible(item, policy)


def _no_longer_possible(item: Item, policy: Policy) -> str | None:
    """Ask every tool again: a promised day may be over by now."""
    claims = item.proposal.claims
    for action in item.proposal.actions:
        if action.declined or not action.claims:
            continue
        asked = ask_for([claims[i] for i in action.claims], claims=claims, facts=item.facts, policy=policy)
        tool = tools()[action.tool]
        try:
            refused = tool.refusal(asked)
            tool.check(tool.parse(action.arguments), asked)
        except NotAllowed as error:
            refused = str(error)
        if refused:
            return refused
    return None
