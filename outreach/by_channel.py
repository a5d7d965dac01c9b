"""The one place where planning and the desk meet the other channels: letter, call, SMS. Mail goes through the outbox and not through here."""

from __future__ import annotations

from dataclasses import replace

from outreach.cadence import Cadence
from outreach.deciding import Decision
from store.facts import CaseFacts
from store.outreach_words import Channel
from tools.remind_ground import NO_CONTACT


def instead(facts: CaseFacts, cadence: Cadence) -> Channel | None:
    """Give the way to a customer whom no mail reaches: the first of the cadence's that does; None where mail does, or nothing."""
    if facts.recipients or not cadence.unreached:
        return None
    from outreach import channels  # here, as below

    return next((way for way in cadence.unreached if channels.refusal(way, facts) is None), None)


def reached(decision: Decision, facts: CaseFacts, cadence: Cadence, *, texts: bool) -> Decision:
    """Let a step go another way where its own cannot reach the customer, or say why none does. `texts`: an SMS provider is set up."""
    from outreach import channels  # here: most customers are written to by mail alone

    outward = decision.outward
    if outward is None:
        return replace(decision, silent=_nowhere(facts, cadence)) if decision.silent == NO_CONTACT else decision
    if outward.channel is Channel.MAIL or channels.refusal(outward.channel, facts, texts=texts) is None:
        return decision
    other = Channel.MAIL if facts.recipients else instead(facts, cadence)
    assert other is not None, "whom nothing reaches is written nothing"
    return replace(decision, outward=replace(outward, channel=other))


def _nowhere(facts: CaseFacts, cadence: Cadence) -> str:
    """Say what a person has to find, and what the other ways lack."""
    from outreach import channels

    if not cadence.unreached:
        return f"{NO_CONTACT}; the cadence has no other way for them (unreached)"
    lacking = [f"no {way.value}: {channels.refusal(way, facts)}" for way in cadence.unreached]
    return "; ".join([NO_CONTACT, *lacking])
