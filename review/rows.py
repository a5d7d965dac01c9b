"""The queue's lines: what of an item is shown in a list. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review import views, woken, words
from review.desk import Item
from store.vocabulary import ProposalStatus


@dataclass(frozen=True, slots=True)
class Row:
    """An item as one line of the queue."""

    id: int
    customer: str
    subject: str
    reasons: tuple[tuple[str, str], ...]
    proposed: tuple[str, ...]
    open_amount: str
    age: str
    received: datetime
    status: str
    marks: tuple[str, ...]
    alarms: int
    needs_person: bool
    blocked: bool


def row(item: Item, *, now: datetime) -> Row:
    """Give the line of an item."""
    proposal, facts = item.proposal, item.facts
    assert item.row.id is not None
    reasons = tuple((words.reason_words(c.reason), views.per_cent(c.confidence)) for c in proposal.claims)
    came = item.message.received_at
    if facts.followup is not None:
        reasons, came = ((woken.KINDS[facts.followup.kind], ""),), item.row.created_at
    return Row(
        id=item.row.id,
        customer=facts.customer.name if facts.customer else item.message.email.from_address or "Unknown sender",
        subject=item.subject or "(no subject)",
        reasons=reasons or ((words.verdict_words(proposal.verdict), ""),),
        proposed=tuple(a.preview.partition("\n")[0] for a in proposal.actions)
        or ((proposal.needs_person or "nothing"),),
        open_amount=item.open_amount if facts.customer else "",
        age=views.age(now, came),
        received=came,
        status=words.STATUS[ProposalStatus(item.row.status)],
        marks=tuple(words.flag_words(flag) for flag in proposal.flags),
        alarms=sum(views.is_alarming(flag) for flag in proposal.flags),
        needs_person=proposal.needs_person is not None,
        blocked=proposal.blocked,
    )
