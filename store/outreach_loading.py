"""Loads what stands around an account when a step is thought about. One customer at a time; it judges nothing.

What became of a step is read from its waking, its proposal and its mail: there is no second book of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from store import channel_tasks, outreach
from store.aftermath import FollowupKind, FollowupState
from store.bank import credits_taken, seen_money
from store.by_hand import last_by_hand
from store.case_history import history_of
from store.clock import day_in
from store.facts import CaseFacts, FollowupFacts, MachineFacts
from store.last_resort import of_customer
from store.last_resort_words import OPEN
from store.matters import Followup
from store.outreach_around import Around, OutreachFacts, StepState, StepTaken
from store.outreach_words import Channel, OutreachStep
from store.proposed import Claim
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, Reason, SendState

_OPEN_MAIL = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_OPEN_PROPOSAL = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)
_WAITING = (FollowupState.WAITING, FollowupState.PROPOSING, FollowupState.QUARANTINED)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_OURS = (SendState.VOID, SendState.FAILED)


def around(session: Session, customer_id: str, *, zone: str, today: date, own: Followup | None = None) -> Around:
    """Load what stands around one account. `own`: the waking that is thought about, which does not stand in its own way."""
    mails = session.exec(
        select(Message.id, Message.received_at, Message.state).where(
            Message.customer_id == customer_id, col(Message.from_customer).is_(True)
        )
    ).all()
    replied = max((at for _, at, _ in mails), default=None)
    by_hand = session.exec(
        select(func.max(Message.received_at)).where(
            Message.customer_id == customer_id, Message.state == MessageState.SENT_BY_HAND
        )
    ).one()
    written = [_written(session, customer_id, own), *channel_tasks.reached(session, customer_id, since=_EVER)]
    return Around(
        unanswered=tuple(sorted(number or 0 for number, _, state in mails if state in _OPEN_MAIL)),
        proposals=_proposals(session, customer_id, own),
        wakings=_wakings(session, customer_id, own),
        newest_message=max((number or 0 for number, _, _ in mails), default=0),
        replied_on=day_in(zone, replied) if replied is not None else None,
        written_on=max((day_in(zone, at) for at in (by_hand, *written) if at is not None), default=None),
        by_hand_on=day_in(zone, by_hand) if by_hand is not None else None,
        paused_until=outreach.paused_until(session, customer_id, today=today),
        seen=seen_money(session, customer_id),
        credits_taken=credits_taken(session, customer_id),
        steps=steps_taken(session, customer_id, zone=zone),
        last_resorts=frozenset(row.kind for row in of_customer(session, customer_id) if row.status in OPEN),
        by_other_ways=channel_tasks.is_open(session, customer_id),
    )


def outreach_facts(session: Session, waking: Followup, *, zone: str, today: date) -> OutreachFacts:
    """Give the step of a waking, with what stands around it."""
    row = session.get_one(outreach.OutreachStepRow, waking.subject_id)
    return OutreachFacts(
        step=OutreachStep(row.step),
        channel=Channel(row.channel),
        day=row.day,
        invoices=tuple(row.invoices),
        why=dict(row.why),
        around=around(session, row.customer_id, zone=zone, today=today, own=waking),
    )


def first_written(session: Session, row: Followup, facts: CaseFacts) -> CaseFacts:
    """Give the snapshot of a step of a cadence: there is no mail of theirs that it goes back to, and any mail of theirs ends it."""
    assert facts.customer is not None
    zone, today = facts.customer.timezone, facts.today
    step = outreach_facts(session, row, zone=zone, today=today)
    newer = tuple(
        number
        for number in session.exec(
            select(Message.id)
            .where(Message.customer_id == row.customer_id, col(Message.from_customer).is_(True))
            .where(col(Message.id) > row.newest_message)
            .order_by(col(Message.id))
        )
        if number is not None
    )
    woken = FollowupFacts(
        id=row.id or 0,
        kind=FollowupKind.OUTREACH,
        subject_id=row.subject_id,
        invoices=tuple(n for n in step.invoices if facts.invoice(n) is not None),
        claim=Claim(reason=Reason.UNCLEAR, evidence="", confidence=0),
        day=row.due_on,
        since=row.due_on,
        currency=facts.customer.currency,
        outreach=step,
    )
    by_hand = last_by_hand(session, row.customer_id)
    changes: dict[str, Any] = {
        "followup": woken,
        # What waited when the step was planned stands in its way as much as what came since.
        "overtaken_by": tuple(dict.fromkeys((*step.around.unanswered, *newer))),
        "newest_message": max((row.newest_message, *newer)),
        "machine": MachineFacts(),
        "answered_by_hand": by_hand if by_hand is not None and by_hand > row.created_at else None,
        "history": history_of(session, row.case_id) if row.case_id is not None else (),
        "mentioned": (),
        "sender_contact": None,
    }
    return facts.model_copy(update=changes)


def steps_taken(session: Session, customer_id: str, *, zone: str) -> tuple[StepTaken, ...]:
    """List the steps of one customer with what became of each, oldest first."""
    rows = outreach.steps_of(session, customer_id)
    if not rows:
        return ()
    wakings = {
        waking.subject_id: waking
        for waking in session.exec(
            select(Followup).where(Followup.customer_id == customer_id, Followup.kind == FollowupKind.OUTREACH)
        )
    }
    ends = _ends(session, [waking.id or 0 for waking in wakings.values()])
    ways = channel_tasks.ends(session, customer_id)
    found = []
    for row in rows:
        state, on = _state(row, wakings.get(row.id or 0), ends, ways, zone=zone)
        found.append(
            StepTaken(
                id=row.id or 0,
                step=OutreachStep(row.step),
                day=row.day,
                internal=row.internal,
                taken={number: OutreachStep(step) for number, step in row.taken.items()},
                listed=tuple(row.invoices),
                state=state,
                sent_on=row.day if row.internal else on,
            )
        )
    return tuple(found)


_End = tuple[ProposalRow, Outgoing | None]


def _ends(session: Session, wakings: list[int]) -> dict[int, _End]:
    rows = session.exec(
        select(ProposalRow, Outgoing)
        .join(Outgoing, col(Outgoing.proposal_id) == col(ProposalRow.id), isouter=True)
        .where(col(ProposalRow.followup_id).in_(wakings), ProposalRow.status != ProposalStatus.VOID)
    )
    return {proposal.followup_id: (proposal, mail) for proposal, mail in rows if proposal.followup_id is not None}


def _state(
    row: outreach.OutreachStepRow,
    waking: Followup | None,
    ends: dict[int, _End],
    ways: dict[int, channel_tasks.TaskEnd],
    *,
    zone: str,
) -> tuple[StepState, date | None]:
    if row.internal:
        return StepState.SENT, None
    if waking is None:
        return StepState.DROPPED, None
    proposal, mail = ends.get(waking.id or 0, (None, None))
    if proposal is None:
        return (StepState.DROPPED if waking.state == FollowupState.CLOSED else StepState.OPEN), None
    if proposal.status in (ProposalStatus.SENT, ProposalStatus.DONE):
        way = ways.get(proposal.id or 0)
        if way is not None:
            return _by_way(way)
        at = (mail.sent_at if mail is not None else None) or proposal.decided_at
        return StepState.SENT, day_in(zone, at) if at is not None else None
    return (StepState.REFUSED if proposal.status == ProposalStatus.REJECTED else StepState.OPEN), None


def _by_way(way: channel_tasks.TaskEnd) -> tuple[StepState, date | None]:
    """Say what became of a letter, a call or an SMS: approved is not posted, and nobody is told firmly what they never heard."""
    if way.said:
        return StepState.SENT, way.on
    if way.dropped:
        return StepState.DROPPED, None
    return (StepState.REFUSED if way.refused else StepState.OPEN), None


def _proposals(session: Session, customer_id: str, own: Followup | None) -> tuple[int, ...]:
    rows = session.exec(
        select(ProposalRow.id, ProposalRow.followup_id).where(
            ProposalRow.customer_id == customer_id, col(ProposalRow.status).in_(_OPEN_PROPOSAL)
        )
    )
    mine = own.id if own is not None else None
    return tuple(sorted(number or 0 for number, waking in rows if mine is None or waking != mine))


def _wakings(session: Session, customer_id: str, own: Followup | None) -> tuple[int, ...]:
    rows = session.exec(
        select(Followup.id).where(Followup.customer_id == customer_id, col(Followup.state).in_(_WAITING))
    )
    return tuple(sorted(number or 0 for number in rows if own is None or number != own.id))


def _written(session: Session, customer_id: str, own: Followup | None) -> datetime | None:
    """Give when the last mail of ours went out, or will; not the one of the step itself."""
    rows = session.exec(
        select(Outgoing.sent_at, Outgoing.next_attempt_at, ProposalRow.followup_id)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(Outgoing.customer_id == customer_id, col(Outgoing.state).not_in(_NOT_OURS))
        .order_by(col(Outgoing.id).desc())
        .limit(20)
    )
    mine = own.id if own is not None else None
    return max((sent or due for sent, due, waking in rows if mine is None or waking != mine), default=None)
