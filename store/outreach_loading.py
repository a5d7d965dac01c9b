"""Loads what stands around an account when a step is thought about. One customer at a time; it judges nothing.

What became of a step is read from its waking, its proposal and its mail: there is no second book of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from store import channel_tasks, outreach, outreach_rows
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
from store.outreach_rows import Rare
from store.outreach_words import Channel, OutreachStep
from store.proposed import Claim
from store.vocabulary import MessageState, ProposalStatus, Reason

_OPEN_MAIL = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def around(session: Session, customer_id: str, *, zone: str, today: date, own: Followup | None = None) -> Around:
    """Load what stands around one account. `own`: the waking that is thought about, which does not stand in its own way."""
    rare, rows = outreach_rows.has(session, customer_id), outreach_rows.mails(session, customer_id)
    mails = [row for row in rows if row.from_customer]
    replied = max((row.received_at for row in mails), default=None)
    by_hand = max((row.received_at for row in rows if row.state == MessageState.SENT_BY_HAND), default=None)
    ways = channel_tasks.reached(session, customer_id, since=_EVER) if Rare.TASKS in rare else ()
    written = [_written(session, customer_id, own), *ways]
    paused = outreach.paused_until(session, customer_id, today=today) if Rare.PAUSE in rare else None
    money = Rare.MONEY in rare
    last = of_customer(session, customer_id) if Rare.LAST_STEPS in rare else ()
    return Around(
        unanswered=tuple(sorted(row.id for row in mails if row.state in _OPEN_MAIL)),
        proposals=_proposals(session, customer_id, own),
        wakings=_wakings(session, customer_id, own),
        newest_message=max((row.id for row in mails), default=0),
        replied_on=day_in(zone, replied) if replied is not None else None,
        written_on=max((day_in(zone, at) for at in (by_hand, *written) if at is not None), default=None),
        by_hand_on=day_in(zone, by_hand) if by_hand is not None else None,
        paused_until=paused,
        seen=seen_money(session, customer_id) if money else {},
        credits_taken=credits_taken(session, customer_id) if money else {},
        steps=steps_taken(session, customer_id, zone=zone) if Rare.STEPS in rare else (),
        last_resorts=frozenset(row.kind for row in last if row.status in OPEN),
        by_other_ways=channel_tasks.is_open(session, customer_id) if Rare.TASKS in rare else False,
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
    newer = newer_mails(session, row)
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


def newer_mails(session: Session, row: Followup) -> tuple[int, ...]:
    """List the customer's mails that came after a step was planned, the oldest first."""
    mails = (mail for mail in outreach_rows.mails(session, row.customer_id) if mail.from_customer)
    return tuple(sorted(mail.id for mail in mails if mail.id > row.newest_message))


def steps_taken(session: Session, customer_id: str, *, zone: str) -> tuple[StepTaken, ...]:
    """List the steps of one customer with what became of each, oldest first."""
    rows = outreach_rows.steps(session, customer_id)
    if not rows:
        return ()
    # Of a step with two wakings, and a proposal with two mails, the later one counts.
    last = {row.id: row for row in rows}
    ends = {end.followup_id: end for end in outreach_rows.ends(session, customer_id)}
    ways = channel_tasks.ends(session, customer_id)
    found = []
    for row in last.values():
        state, on = _state(row, ends.get(row.waking), ways, zone=zone)
        found.append(
            StepTaken(
                id=row.id,
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


def _state(
    row: Row[Any], end: Row[Any] | None, ways: dict[int, channel_tasks.TaskEnd], *, zone: str
) -> tuple[StepState, date | None]:
    if row.internal:
        return StepState.SENT, None
    if row.waking is None:
        return StepState.DROPPED, None
    if end is None:
        return (StepState.DROPPED if row.waking_state == FollowupState.CLOSED else StepState.OPEN), None
    if end.status in (ProposalStatus.SENT, ProposalStatus.DONE):
        way = ways.get(end.id)
        if way is not None:
            return _by_way(way)
        at = end.sent_at or end.decided_at
        return StepState.SENT, day_in(zone, at) if at is not None else None
    return (StepState.REFUSED if end.status == ProposalStatus.REJECTED else StepState.OPEN), None


def _by_way(way: channel_tasks.TaskEnd) -> tuple[StepState, date | None]:
    """Say what became of a letter, a call or an SMS: approved is not posted, and nobody is told firmly what they never heard."""
    if way.said:
        return StepState.SENT, way.on
    if way.dropped:
        return StepState.DROPPED, None
    return (StepState.REFUSED if way.refused else StepState.OPEN), None


def _proposals(session: Session, customer_id: str, own: Followup | None) -> tuple[int, ...]:
    mine = own.id if own is not None else None
    rows = outreach_rows.proposals(session, customer_id)
    return tuple(sorted(row.id for row in rows if mine is None or row.followup_id != mine))


def _wakings(session: Session, customer_id: str, own: Followup | None) -> tuple[int, ...]:
    rows = outreach_rows.wakings(session, customer_id)
    return tuple(sorted(number for number in rows if own is None or number != own.id))


def _written(session: Session, customer_id: str, own: Followup | None) -> datetime | None:
    """Give when the last mail of ours went out, or will; not the one of the step itself."""
    rows = outreach_rows.last_mails(session, customer_id)
    mine = own.id if own is not None else None
    return max((sent or due for sent, due, waking in rows if mine is None or waking != mine), default=None)
