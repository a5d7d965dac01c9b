"""Whether the world overtook a proposal between its being shown and its being approved. Pure; the desk acts on it."""

from __future__ import annotations

from agent.still_possible import no_longer_possible
from review.item import Item
from tools.limits import Policy


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
    return no_longer_possible(item.proposal, item.facts, policy=policy)
