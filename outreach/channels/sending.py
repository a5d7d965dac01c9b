"""Sends approved SMS, each at most once: claimed -> transmitting -> sent, or uncertain, failed, void. As the outbox does with mail.

TRANSMITTING is committed before the provider is asked: a crash before it is tried again, one after it is uncertain, looked up at
the provider, and never sent again by code. Whoever answers a word for stop gets no more. Logs carry ids alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from outreach.channels.provider import End, NotSent, SmsProvider, Unsure
from outreach.channels.texting import says_stop
from store import audit, channel_tasks
from store.cases import customer_facts
from store.channel_ground import why_not
from store.channel_tasks import ChannelTask
from store.clock import Clock
from store.conditional import changed
from store.engine import looking, unit_of_work
from store.outreach_words import Channel, TaskState
from store.tables import Contact
from tools.limits import Policy
from tools.windows import NoMoment, next_moment

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
#: A text that is refused for a while is tried so often.
MOST_ATTEMPTS = 5
#: For so long a provider is asked what became of a text, and looked through for one that may have left.
ASKED_FOR = timedelta(days=3)
_ACTOR = "sms"


@dataclass(slots=True)
class SmsRound:
    """What one round did."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    uncertain: int = 0
    ended: int = 0
    stopped: int = 0


class Texting:
    """One worker that sends SMS."""

    def __init__(self, engine: Engine, *, clock: Clock, policy: Policy, provider: SmsProvider, worker: str) -> None:
        """Take what a round needs; nothing is asked yet."""
        self._engine, self._clock, self._policy = engine, clock, policy
        self._provider, self._worker = provider, worker

    def round(self) -> SmsRound:
        """Hear who wants no more, settle what may have left, send what is due, and ask what became of the rest."""
        done = SmsRound()
        self._hear(done)
        self._settle(done)
        for number in self._due():
            self._send(number, done)
        self._follow(done)
        return done

    # --- sending ------------------------------------------------------------------------------------------------------

    def _due(self) -> list[int]:
        now = self._clock()
        query = select(ChannelTask.id).where(
            ChannelTask.channel == Channel.SMS,
            (col(ChannelTask.state) == TaskState.QUEUED)
            | ((col(ChannelTask.state) == TaskState.CLAIMED) & (col(ChannelTask.claimed_until) < now)),
            col(ChannelTask.not_before) <= now,
        )
        with looking(self._engine) as session:
            return [n for n in session.exec(query.order_by(col(ChannelTask.id)).limit(50)) if n is not None]

    def _send(self, number: int, done: SmsRound) -> None:
        now = self._clock()
        with unit_of_work(self._engine) as session:
            task = self._claimed(session, number, now, done)
            if task is None:
                return
            to, text, attempts = task.recipient, task.words, task.attempts
            # The point of no return is committed before the provider is asked.
            if not self._moved(session, number, TaskState.CLAIMED, TaskState.TRANSMITTING, now, done_at=now):
                return
        try:
            ref = self._provider.send(to, text)
        except NotSent as refused:
            self._refused(number, refused, attempts, done)
        except Unsure as unsure:
            done.uncertain += 1
            self._end(number, TaskState.UNCERTAIN, last_error=str(unsure))
        else:
            done.sent += 1
            at = self._clock()
            self._end(number, TaskState.SENT, provider_ref=ref, done_at=at, done_on=at.date(), last_error=None)

    def _claimed(self, session: Session, number: int, now: datetime, done: SmsRound) -> ChannelTask | None:
        """Take a text that may go out now; None where another worker has it, its ground is gone, or its hours are over."""
        audit.take_turn(session)
        free = (col(ChannelTask.state) == TaskState.QUEUED) | (
            (col(ChannelTask.state) == TaskState.CLAIMED) & (col(ChannelTask.claimed_until) < now)
        )
        mine = {"state": TaskState.CLAIMED, "claimed_by": self._worker, "claimed_until": now + LEASE}
        taken = update(ChannelTask).where(col(ChannelTask.id) == number, free)
        if changed(session, taken.values(**mine, attempts=ChannelTask.attempts + 1)) != 1:
            return None
        task = session.get_one(ChannelTask, number, populate_existing=True)
        facts = customer_facts(session, task.customer_id, now=now)
        gone, profile = why_not(session, task, facts), self._policy.profile()
        zone = facts.customer.timezone if facts.customer else ""
        try:
            opens = next_moment(now, zone, profile.contact, profile.holidays, candidates=profile.zones)
        except NoMoment as none:
            gone, opens = gone or str(none), now
        if gone is not None:
            done.ended += 1
            self._moved(session, number, TaskState.CLAIMED, TaskState.VOID, now, last_error=gone[:300], done_at=now)
            return None
        if opens > now:
            done.waiting += 1
            back = {"not_before": opens, "attempts": task.attempts - 1, "claimed_by": None, "claimed_until": None}
            self._moved(session, number, TaskState.CLAIMED, TaskState.QUEUED, now, **back)
            return None
        return task

    def _refused(self, number: int, refused: NotSent, attempts: int, done: SmsRound) -> None:
        if refused.again is not None and attempts < MOST_ATTEMPTS:
            done.waiting += 1
            later = self._clock() + refused.again
            self._end(number, TaskState.QUEUED, not_before=later, last_error=str(refused), done_at=None)
            return
        done.failed += 1
        self._end(number, TaskState.FAILED, last_error=str(refused))
        if refused.opted_out:
            with unit_of_work(self._engine) as session:
                task = session.get_one(ChannelTask, number)
                done.stopped += self._stop(session, task.recipient)

    # --- what became of it --------------------------------------------------------------------------------------------

    def _settle(self, done: SmsRound) -> None:
        """Look up what may have left: of a worker that died, or where the connection broke. What is not found stays a person's."""
        now = self._clock()
        with unit_of_work(self._engine) as session:
            died = select(ChannelTask.id).where(
                col(ChannelTask.state) == TaskState.TRANSMITTING,
                (col(ChannelTask.claimed_by) == self._worker) | (col(ChannelTask.claimed_until) < now),
            )
            for number in session.exec(died).all():
                if number is not None and self._moved(
                    session, number, TaskState.TRANSMITTING, TaskState.UNCERTAIN, now
                ):
                    done.uncertain += 1
        for task in self._tasks(TaskState.UNCERTAIN):
            try:
                ref = self._provider.find(task.recipient, task.words, since=task.done_at or task.created_at)
            except NotSent:
                return
            if ref is not None and task.id is not None:
                found = {"provider_ref": ref, "done_on": now.date(), "last_error": None}
                self._end(task.id, TaskState.SENT, before=TaskState.UNCERTAIN, **found)

    def _follow(self, done: SmsRound) -> None:
        for task in self._tasks(TaskState.SENT):
            if task.provider_ref is None or task.id is None or task.provider_state == End.DELIVERED:
                continue
            try:
                end, _ = self._provider.end_of(task.provider_ref)
            except NotSent:
                return
            if end is End.UNDELIVERED:
                done.failed += 1
                told = {"provider_state": end, "last_error": "the provider could not deliver it"}
                self._end(task.id, TaskState.FAILED, before=TaskState.SENT, **told)
            elif end != task.provider_state:
                self._end(task.id, TaskState.SENT, before=TaskState.SENT, provider_state=end)

    def _hear(self, done: SmsRound) -> None:
        try:
            senders = [h.sender for h in self._provider.heard(since=self._clock() - ASKED_FOR) if says_stop(h.body)]
        except NotSent as refused:
            log.warning("SMS answers could not be read: %s", refused)
            return
        with unit_of_work(self._engine) as session:
            done.stopped += sum(self._stop(session, sender) for sender in set(senders))

    def _stop(self, session: Session, phone: str) -> int:
        """Note for every contact with this number that it gets no texts; give for how many that is new."""
        contacts = session.exec(select(Contact).where(Contact.phone == phone)).all() if phone else ()
        return sum(
            channel_tasks.stop(
                session,
                contact_id=contact.id or 0,
                customer_id=contact.customer_id,
                channel=Channel.SMS,
                phone=phone,
                now=self._clock(),
            )
            for contact in contacts
        )

    def _tasks(self, state: TaskState) -> list[ChannelTask]:
        since = self._clock() - ASKED_FOR
        query = select(ChannelTask).where(
            ChannelTask.channel == Channel.SMS, ChannelTask.state == state, col(ChannelTask.done_at) >= since
        )
        with looking(self._engine) as session:
            found = list(session.exec(query.order_by(col(ChannelTask.id)).limit(200)))
            session.expunge_all()
            return found

    def _end(
        self, number: int, after: TaskState, *, before: TaskState = TaskState.TRANSMITTING, **values: object
    ) -> None:
        with unit_of_work(self._engine) as session:
            self._moved(session, number, before, after, self._clock(), **values)

    def _moved(
        self, session: Session, number: int, before: TaskState, after: TaskState, now: datetime, **values: object
    ) -> bool:
        return channel_tasks.move(session, number, before=[before], after=after, actor=_ACTOR, now=now, **values)
