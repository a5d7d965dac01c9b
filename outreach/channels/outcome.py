"""What came of a letter or a call, as a person notes it: into the task, the log, and the books where something was said that counts.

A promise or a dispute of the telephone goes through the same tools, limits and tables as one of a mail; nothing else is booked, and a
balance never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from outreach.channels.call import suggested
from store import audit, channel_tasks
from store.cases import customer_facts, customer_zone
from store.channel_ground import why_not
from store.channel_tasks import ChannelTask
from store.clock import day_in
from store.facts import CaseFacts
from store.last_resort import propose_last_resort
from store.last_resort_words import Ground
from store.outreach_words import CallOutcome, Channel, LastResort, OutreachStep, TaskState
from store.proposals import content
from store.proposed import Claim, ProposedAction, Slots
from store.scoping import narrowed
from store.tables import Effect, ProposalRow
from store.vocabulary import DisputeKind, Reason
from tools.base import Application, Ask, NotAllowed
from tools.limits import Policy
from tools.registry import tools
from tools.remind import ACTOR

MOST_WORDS = 1000
#: A person may end these; an uncertain or failed SMS too, once they looked into it: it is never sent again.
DROPPABLE = (TaskState.TO_PRINT, TaskState.TO_CALL, TaskState.QUEUED, TaskState.UNCERTAIN, TaskState.FAILED)
_ON_THE_TELEPHONE = "said on the telephone"


class NotNow(ValueError):
    """A task cannot be done so. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a collector notes of a call. `day`, `amount`: of a promise; `kind`, `amount`: of a dispute. `invoices` ("": all of the task)."""

    outcome: CallOutcome
    note: str = ""
    day: date | None = None
    amount: Decimal | None = None
    invoices: tuple[str, ...] = ()
    kind: DisputeKind = DisputeKind.OTHER
    no_more_calls: bool = False


def standing(
    session: Session, task_id: int, *, channel: Channel, now: datetime, gone_too: bool = False
) -> tuple[ChannelTask, CaseFacts]:
    """Give an open task and the account as it is. Raises NotNow where there is none, or it is over; one without ground is shown as such.

    `gone_too`: one that was ended because its ground was gone, and by no person, counts as open.
    """
    task = session.get(ChannelTask, task_id)
    if task is None or task.channel != channel:
        raise NotNow(f"there is no {channel} {task_id}")
    ended = gone_too and task.state == TaskState.VOID and task.carried_out_by is None
    if task.state not in (TaskState.TO_PRINT, TaskState.TO_CALL) and not ended:
        raise NotNow(f"{channel} {task_id} is {task.state.replace('_', ' ')} already")
    return task, customer_facts(session, task.customer_id, now=now)


def posted(session: Session, task_id: int, *, day: date, actor: str, now: datetime) -> None:
    """Note that a letter was posted on a day. Raises NotNow. What is in the letterbox is noted even where its ground is gone."""
    audit.take_turn(session)
    task, facts = standing(session, task_id, channel=Channel.LETTER, now=now, gone_too=True)
    approved_on = day_in(facts.customer.timezone if facts.customer else "", task.created_at)
    if not min(approved_on, task.created_at.date()) <= day <= max(facts.today, now.date()):
        raise NotNow(f"a letter that was approved on {approved_on} was not posted on {day}")
    done: dict[str, Any] = {"done_on": day, "done_at": now, "carried_out_by": actor}
    announced = _announces(session, task, facts)
    _moved(session, task_id, TaskState(task.state), TaskState.POSTED, actor=actor, now=now, **done)
    if announced is not None:
        _propose_hold(session, *announced, now=now)


def dropped(session: Session, task_id: int, *, actor: str, note: str, now: datetime) -> None:
    """End a task that a person will not do, with a note of why, or an SMS of which nobody knows whether it left. Raises NotNow."""
    audit.take_turn(session)
    task, said = session.get(ChannelTask, task_id), " ".join(note.split())[:MOST_WORDS]
    if task is None or task.state not in DROPPABLE:
        raise NotNow(f"there is no task {task_id} that waits")
    if not said:
        raise NotNow("say why it is not done")
    done: dict[str, Any] = {"done_at": now, "carried_out_by": actor, "note": said}
    _moved(session, task_id, TaskState(task.state), TaskState.VOID, actor=actor, now=now, **done)


def called(session: Session, task_id: int, said: Called, *, actor: str, policy: Policy, now: datetime) -> str:
    """Note a call; give in one sentence what follows from it. Raises NotNow; then nothing is noted."""
    audit.take_turn(session)
    task, facts = standing(session, task_id, channel=Channel.CALL, now=now)
    told = _booked(session, task, facts, said, actor=actor, policy=policy, now=now)
    tries = [*task.tries, {"at": now.isoformat(), "by": actor, "outcome": said.outcome.value}]
    note = " ".join(said.note.split())[:MOST_WORDS]
    if said.outcome is CallOutcome.WRONG_NUMBER or said.no_more_calls:
        _stop(session, task, said, now=now)
    if said.outcome is CallOutcome.NOT_REACHED and not said.no_more_calls:
        again = suggested(now, len(tries), facts=facts, policy=policy)
        if again is not None and why_not(session, task, facts) is None:
            wait: dict[str, Any] = {"not_before": again, "tries": tries, "note": note, "outcome": said.outcome}
            _moved(session, task_id, TaskState.TO_CALL, TaskState.TO_CALL, actor=actor, now=now, **wait)
            return f"Not reached; the next call is suggested for {again:%Y-%m-%d %H:%M} UTC."
    zone = facts.customer.timezone if facts.customer else ""
    done: dict[str, Any] = {"done_on": day_in(zone, now), "done_at": now, "carried_out_by": actor, "tries": tries}
    done |= {"outcome": said.outcome, "note": note}
    announced = _announces(session, task, facts) if said.outcome is CallOutcome.REACHED else None
    _moved(session, task_id, TaskState.TO_CALL, TaskState.CALLED, actor=actor, now=now, **done)
    if announced is not None:
        _propose_hold(session, *announced, now=now)
    return told


def _announces(session: Session, task: ChannelTask, facts: CaseFacts) -> tuple[str, tuple[str, ...]] | None:
    """Give the customer and the invoices where this told them of an account hold, and its ground stands."""
    if task.step != OutreachStep.HOLD_AHEAD or why_not(session, task, facts) is not None:
        return None
    return task.customer_id, tuple(task.invoices)


def _propose_hold(session: Session, customer_id: str, invoices: tuple[str, ...], *, now: datetime) -> None:
    propose_last_resort(
        session,
        kind=LastResort.HOLD,
        customer_id=customer_id,
        invoices=invoices,
        why=Ground.CADENCE,
        actor=ACTOR,
        now=now,
    )


def _stop(session: Session, task: ChannelTask, said: Called, *, now: datetime) -> None:
    if task.contact_id is None:
        return
    over = [Channel.CALL, Channel.SMS] if said.outcome is CallOutcome.WRONG_NUMBER else [Channel.CALL]
    whose = {"contact_id": task.contact_id, "customer_id": task.customer_id, "phone": task.recipient}
    for channel in over:
        channel_tasks.stop(session, channel=channel, now=now, **whose)  # type: ignore[arg-type]


def _moved(
    session: Session, task_id: int, before: TaskState, after: TaskState, *, actor: str, now: datetime, **values: Any
) -> None:
    if not channel_tasks.move(session, task_id, before=[before], after=after, actor=actor, now=now, **values):
        raise NotNow("somebody was faster: look at it again")
    session.expire_all()


def _booked(
    session: Session, task: ChannelTask, facts: CaseFacts, said: Called, *, actor: str, policy: Policy, now: datetime
) -> str:
    """Put a promise or a dispute into the books, as an act of the approval that the call came from."""
    match said.outcome:
        case CallOutcome.PROMISED:
            if said.day is None:
                raise NotNow("a promise needs its day")
            reason, tool = Reason.PROMISE_TO_PAY, "record_promise"
        case CallOutcome.DISPUTES:
            if not said.note.strip():
                raise NotNow("write down what they dispute, in their words")
            reason, tool = Reason.DISPUTE, "open_dispute"
        case CallOutcome.REACHED:
            return "Reached; noted."
        case CallOutcome.WRONG_NUMBER:
            return "Noted: this number is not used any more. Find the right one, and bring it with the ledger."
        case CallOutcome.NOT_REACHED:
            return "Not reached; no further call is suggested."
    strange = [number for number in said.invoices if number not in task.invoices]
    if strange:
        raise NotNow(f"{strange[0]} is not one of the invoices that this call is about")
    claim = Claim(
        reason=reason,
        invoices=said.invoices or tuple(task.invoices),
        evidence=" ".join(said.note.split())[:MOST_WORDS] or _ON_THE_TELEPHONE,
        confidence=1,
        slots=Slots(date=said.day, amount=said.amount, dispute_kind=said.kind if tool == "open_dispute" else None),
    )
    with narrowed(session, task.customer_id):
        return _apply(session, task, Ask(facts=facts, claims=(claim,), policy=policy), tool, actor=actor, now=now)


def _apply(session: Session, task: ChannelTask, ask: Ask, name: str, *, actor: str, now: datetime) -> str:
    tool = tools()[name]
    try:
        arguments = tool.fill(ask)
    except NotAllowed as refused:
        raise NotNow(str(refused)) from None
    if ask.first.slots.amount is not None and getattr(arguments, "amount", None) != ask.first.slots.amount:
        raise NotNow("the sum is more than what is open on these invoices, or they are several: look at it again")
    row = session.get_one(ProposalRow, task.proposal_id)
    proposal = content(row)
    action = ProposedAction(
        tool=name,
        arguments=arguments.model_dump(mode="json"),
        claims=(len(proposal.claims),),
        preview=tool.preview(arguments, ask.facts),
        why=_ON_THE_TELEPHONE,
    )
    grown = {"claims": (*proposal.claims, ask.first), "actions": (*proposal.actions, action)}
    row.content = proposal.model_copy(update=grown).model_dump(mode="json", exclude={"calls"})
    session.add(row)
    position = len(proposal.actions)
    effect = Effect(proposal_id=task.proposal_id, position=position, tool=name, text="", applied_at=now)
    session.add(effect)
    session.flush()
    today = day_in(customer_zone(session, task.customer_id), now)
    effect.text = tool.apply(
        arguments,
        Application(
            session=session, effect=effect, customer_id=task.customer_id, approved_by=actor, now=now, today=today
        ),
    )
    payload = {"tool": name, "position": position, "task": task.id}
    subject = f"proposal:{task.proposal_id}"
    audit.append(session, at=now, actor=actor, event="effect.applied", subject=subject, payload=payload)
    session.flush()
    return effect.text
