"""The one place where planning and the desk meet the other channels: letter, call, SMS. Mail goes through the outbox and not through here."""

from __future__ import annotations

from dataclasses import replace

from outreach.deciding import Decision
from store.facts import CaseFacts
from store.outreach_words import Channel


def reached(decision: Decision, facts: CaseFacts, *, texts: bool) -> Decision:
    """Let a step go by mail where its channel cannot reach the customer. `texts`: an SMS provider is set up."""
    outward = decision.outward
    if outward is None or outward.channel is Channel.MAIL:
        return decision
    from outreach import channels  # here: most customers are written to by mail alone

    why = channels.refusal(outward.channel, facts, texts=texts)
    if why is None:
        return decision
    return replace(decision, outward=replace(outward, channel=Channel.MAIL))
