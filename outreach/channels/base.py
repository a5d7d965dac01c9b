"""What every channel is: a test whether it reaches a customer, and what an approval makes of the approved words. Nothing leaves here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from outreach.channels.letter import Asked
from store.channel_ground import may_use
from store.channel_tasks import ChannelTask
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts
from store.outreach_words import Channel
from store.phones import takes_texts
from store.proposed import Draft
from store.vocabulary import ContactStatus


@dataclass(frozen=True, slots=True)
class Approved:
    """What a person approved: the facts as they were then, the words, what is asked for, and the invoices' PDFs that go along.

    `own_texts`: the company's own words for an SMS, by language.
    """

    facts: CaseFacts
    draft: Draft
    asked: Sequence[Asked]
    company: CompanyProfile
    now: datetime
    proposal_id: int
    enclosed: tuple[tuple[str, bytes], ...] = ()
    own_texts: Mapping[str, str] = field(default_factory=dict)


class ChannelWay(Protocol):
    """One way to a customer, other than mail."""

    channel: ClassVar[Channel]

    def refusal(self, facts: CaseFacts) -> str | None:
        """Say why this way cannot reach the customer; None where it can."""

    def prepare(self, approved: Approved, task: ChannelTask) -> None:
        """Put into the task what only this way needs. Raises ValueError with one line for a person."""


def contact_for(facts: CaseFacts, channel: Channel) -> ContactFacts | None:
    """Choose whom to call or text: who is written to, else the first verified contact whose number may be used."""
    usable = [c for c in facts.contacts if may_use(c, channel) and (channel is not Channel.SMS or takes_texts(c.phone))]
    written_to = [c for c in usable if c in facts.recipients]
    return next(iter(written_to or usable), None)


def named_for(facts: CaseFacts) -> ContactFacts | None:
    """Choose for whose attention a letter is: a bounced address does not matter to the post."""
    verified = [c for c in facts.contacts if c.status is ContactStatus.VERIFIED]
    return next((c for c in verified if c in facts.recipients), next(iter(verified), None))


def nobody(facts: CaseFacts) -> str | None:
    """Say why nothing at all may go to a customer, whichever way."""
    if facts.customer is None:
        return "it belongs to no customer"
    return "nothing may be written to this customer any more" if facts.customer.stopped else None
