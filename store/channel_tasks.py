"""Letters to be posted, calls to be made, SMS to be sent: one row an approval, and what became of it.

Every change is conditional on the state before, so that nothing is done twice. Nothing is printed, dialled or sent here; whether
a task still has its ground is judged in `store.channel_ground`, and asked on every path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from store import audit
from store.channel_tables import ChannelStop, ChannelTask
from store.conditional import changed
from store.outreach_words import CallOutcome, Channel, TaskState
from store.person_words import GONE

__all__ = [
    "OPEN",
    "ChannelStop",
    "ChannelTask",
    "TaskEnd",
    "ends",
    "forget_papers",
    "forget_tasks",
    "is_open",
    "move",
    "put",
    "reached",
    "stop",
    "tasks",
    "void",
    "waiting_for_people",
]

#: Somebody, or the sender, still has to act.
OPEN = (TaskState.TO_PRINT, TaskState.TO_CALL, TaskState.QUEUED, TaskState.CLAIMED, TaskState.TRANSMITTING)
#: A person has to do it, or to say what became of it; a text that is queued goes out by itself.
FOR_PEOPLE = (TaskState.TO_PRINT, TaskState.TO_CALL, TaskState.UNCERTAIN, TaskState.FAILED)
#: It reached the customer, or may have.
REACHED = (TaskState.POSTED, TaskState.CALLED, TaskState.SENT, TaskState.UNCERTAIN, TaskState.TRANSMITTING)
#: Nobody heard what was to be said.
UNHEARD = (CallOutcome.NOT_REACHED, CallOutcome.WRONG_NUMBER)
FIRST = {Channel.LETTER: TaskState.TO_PRINT, Channel.CALL: TaskState.TO_CALL, Channel.SMS: TaskState.QUEUED}


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """What became of a task. `on`: the day on which it was done; `by_person`: a person of ours did it, or ended it."""

    state: TaskState
    outcome: str | None
    on: dt.date | None
    by_person: bool

    @property
    def said(self) -> bool:
        """Say whether it surely reached the customer: posted, told on the telephone, sent."""
        heard = self.state is TaskState.CALLED and self.outcome not in UNHEARD
        return heard or self.state in (TaskState.POSTED, TaskState.SENT)

    @property
    def dropped(self) -> bool:
        """Say whether it ended unsaid by itself, so that the step may come again; what a person ended does not."""
        unheard = self.state is TaskState.CALLED and self.outcome in UNHEARD
        return unheard or (self.state is TaskState.VOID and not self.by_person)

    @property
    def refused(self) -> bool:
        """Say whether it ended for good and unsaid: a person ended it, or it cannot be delivered."""
        return self.state is TaskState.FAILED or (self.state is TaskState.VOID and self.by_person)


def put(session: Session, task: ChannelTask) -> int:
    """Store a new task; give its key, or that of the one which the proposal has already."""
    audit.take_turn(session)
    known = session.exec(select(ChannelTask.id).where(ChannelTask.proposal_id == task.proposal_id)).first()
    if known is not None:
        return known
    session.add(task)
    session.flush()
    assert task.id is not None
    payload = {"channel": task.channel, "step": task.step, "proposal": task.proposal_id}
    _log(session, task.id, "opened", actor=task.approved_by, at=task.created_at, payload=payload)
    return task.id


def tasks(
    session: Session, *, channel: Channel | None = None, every: bool = False, states: Collection[TaskState] = OPEN
) -> list[ChannelTask]:
    """List tasks, the one that may be done first on top; `every`: those that are over too, newest first."""
    query = select(ChannelTask)
    if channel is not None:
        query = query.where(ChannelTask.channel == channel)
    if every:
        return list(session.exec(query.order_by(col(ChannelTask.id).desc()).limit(500)))
    query = query.where(col(ChannelTask.state).in_(list(states)))
    return list(session.exec(query.order_by(col(ChannelTask.not_before), col(ChannelTask.id))))


def is_open(session: Session, customer_id: str) -> bool:
    """Say whether a letter, a call or an SMS to a customer waits: until it is done nothing else is planned for them."""
    query = select(ChannelTask.id).where(
        ChannelTask.customer_id == customer_id, col(ChannelTask.state).in_([*OPEN, TaskState.UNCERTAIN])
    )
    return session.exec(query.limit(1)).first() is not None


def waiting_for_people(session: Session) -> dict[Channel, int]:
    """Count what a person has to do, or to say what became of it, by channel; a channel without any counts 0."""
    query = columns(col(ChannelTask.channel), func.count()).where(col(ChannelTask.state).in_(FOR_PEOPLE))
    found = dict(session.execute(query.group_by(col(ChannelTask.channel))).all())
    return {channel: found.get(channel.value, 0) for channel in Channel}


def ends(session: Session, customer_id: str) -> dict[int, TaskEnd]:
    """Say of each task of a customer, by its proposal, what became of it."""
    rows = session.execute(
        columns(
            col(ChannelTask.proposal_id),
            col(ChannelTask.state),
            col(ChannelTask.outcome),
            col(ChannelTask.done_on),
            col(ChannelTask.done_at),
            col(ChannelTask.carried_out_by),
        ).where(col(ChannelTask.customer_id) == customer_id)
    )
    return {
        proposal: TaskEnd(TaskState(state), outcome, on or (at.date() if at is not None else None), who is not None)
        for proposal, state, outcome, on, at, who in rows
    }


@cache
def _of_customer() -> Select[Any]:
    told = (ChannelTask.tries, ChannelTask.state, ChannelTask.done_at, ChannelTask.created_at, ChannelTask.not_before)
    return columns(*(col(each) for each in told)).where(col(ChannelTask.customer_id) == bindparam("customer"))


def reached(session: Session, customer_id: str, *, since: dt.datetime, waiting: bool = False) -> list[dt.datetime]:
    """List when letters were posted, calls made and SMS sent to a customer, oldest first; unanswered calls count.

    `waiting`: with the SMS that will be sent, at the moment from which they may.
    """
    found: list[dt.datetime] = []
    for task in session.execute(_of_customer(), {"customer": customer_id}):
        found += [dt.datetime.fromisoformat(each["at"]) for each in task.tries]
        if task.state in REACHED and not task.tries:
            found.append(task.done_at or task.created_at)
        elif waiting and task.state in (TaskState.QUEUED, TaskState.CLAIMED):
            found.append(task.not_before)
    return sorted(at for at in found if at >= since)


def move(
    session: Session,
    task_id: int,
    *,
    before: Sequence[TaskState],
    after: TaskState,
    actor: str,
    now: dt.datetime,
    **values: Any,
) -> bool:
    """Move a task from one of the states `before`; False when it is in none of them. Written into the log."""
    audit.take_turn(session)
    query = update(ChannelTask).where(col(ChannelTask.id) == task_id, col(ChannelTask.state).in_(list(before)))
    if changed(session, query.values(state=after, **values)) != 1:
        return False
    outcome = {"outcome": values["outcome"]} if values.get("outcome") else {}
    _log(session, task_id, after, actor=actor, at=now, payload=outcome)
    return True


def void(session: Session, task_id: int, *, why: str, actor: str, now: dt.datetime) -> bool:
    """End a task whose ground is gone. What is in a sender's hands is not touched."""
    open_still = (TaskState.TO_PRINT, TaskState.TO_CALL, TaskState.QUEUED)
    return move(
        session,
        task_id,
        before=open_still,
        after=TaskState.VOID,
        actor=actor,
        now=now,
        last_error=why[:300],
        done_at=now,
    )


def stop(
    session: Session, *, contact_id: int, customer_id: str, channel: Channel, phone: str, now: dt.datetime
) -> bool:
    """Note that a number may not be used by a channel any more; False where that is known."""
    audit.take_turn(session)
    known = select(ChannelStop.id).where(
        ChannelStop.contact_id == contact_id, ChannelStop.channel == channel, ChannelStop.phone == phone
    )
    if session.exec(known).first() is not None:
        return False
    row = ChannelStop(contact_id=contact_id, customer_id=customer_id, channel=channel, phone=phone, told_at=now)
    session.add(row)
    session.flush()
    subject = f"contact:{contact_id}"
    audit.append(
        session, at=now, actor="channels", event="channel.stopped", subject=subject, payload={"channel": channel}
    )
    return True


def forget_papers(session: Session, *, customers: Collection[str], naming: Callable[[object], bool]) -> None:
    """Take away the papers of these customers' tasks that name a person; their other words are swept, and stay."""
    for task in session.exec(select(ChannelTask).where(col(ChannelTask.customer_id).in_(list(customers)))):
        if task.paper is not None and naming([task.recipient, task.words]):
            task.paper = None
            session.add(task)


def forget_tasks(session: Session, *, proposals: Collection[int] = (), contacts: Collection[int] = ()) -> None:
    """Take words, numbers, addresses and papers out of tasks of these proposals, or to these contacts; that they were done stays."""
    theirs = col(ChannelTask.proposal_id).in_(list(proposals)) | col(ChannelTask.contact_id).in_(list(contacts))
    for task in session.exec(select(ChannelTask).where(theirs)):
        task.recipient = task.words = task.note = GONE
        task.paper, task.last_error, task.provider_ref = None, None, None
        session.add(task)
    for row in session.exec(select(ChannelStop).where(col(ChannelStop.contact_id).in_(list(contacts)))):
        session.delete(row)


def _log(session: Session, task_id: int, what: str, *, actor: str, at: dt.datetime, payload: dict[str, Any]) -> None:
    audit.append(session, at=at, actor=actor, event=f"task.{what}", subject=f"channel_task:{task_id}", payload=payload)
