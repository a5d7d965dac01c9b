"""Letters and calls at the desk: what waits, one of them whole, and what became of it. Every call is a transaction of its own.

Looking changes nothing. A letter or a number whose ground is gone is told as such and not handed out; the daemon ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from outreach.channels import outcome
from outreach.channels.call import CallScript, call_pdf, script_of
from outreach.channels.outcome import Called, NotNow
from outreach.channels.texting import text_of
from review.item import Item
from review.other_ways import other_way
from store.cases import customer_facts
from store.channel_ground import why_not
from store.channel_tasks import OPEN, ChannelTask, tasks, waiting_for_people
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.facts import CaseFacts
from store.outreach_loading import around
from store.outreach_words import Channel, TaskState
from store.tables import Customer
from tools.limits import Policy
from tools.remind import AskedLine
from tools.remind_ground import askable
from tools.windows import NoMoment


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A line of the list. `gone`: why it may not be done any more."""

    task: ChannelTask
    customer: str
    gone: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task. `script`: of a call that may be made. `contact`: for whom it is; "" where nobody is named."""

    task: ChannelTask
    customer: str
    contact: str
    gone: str | None
    is_open: bool
    may_end: bool
    script: CallScript | None
    invoices: tuple[str, ...]
    today: date


class Tasking:
    """The part of the desk that deals with letters and calls."""

    engine: Engine
    clock: Clock
    company: CompanyProfile
    policy: Policy
    own_texts: Mapping[str, str]

    def tasks(self, channel: Channel | None = None, *, every: bool = False) -> list[TaskRow]:
        """List tasks: those that wait, or the last 500 of all."""
        now, found, known = self.clock(), [], dict[str, CaseFacts]()
        with looking(self.engine) as session:
            for task in tasks(
                session, channel=channel, every=every, states=[*OPEN, TaskState.UNCERTAIN, TaskState.FAILED]
            ):
                gone = None
                if task.state in OPEN:
                    facts = known.get(task.customer_id) or customer_facts(session, task.customer_id, now=now)
                    known[task.customer_id] = facts
                    gone = why_not(session, task, facts)
                found.append(TaskRow(task, session.get_one(Customer, task.customer_id).name, gone))
        return found

    def tasks_waiting(self) -> dict[Channel, int]:
        """Count what waits for somebody to do it or to say what became of it, by the way it goes."""
        with looking(self.engine) as session:
            return waiting_for_people(session)

    def task(self, number: int, *, caller: str) -> TaskView | None:
        """Give one task; None where there is none of this number. `caller`: who would introduce themselves."""
        with looking(self.engine) as session:
            row = session.get(ChannelTask, number)
            if row is None:
                return None
            facts = customer_facts(session, row.customer_id, now=self.clock())
            is_open = row.state in (TaskState.TO_PRINT, TaskState.TO_CALL)
            gone = why_not(session, row, facts) if row.state in OPEN else None
            script = None
            if row.state == TaskState.TO_CALL and gone is None:
                script = self._script(session, row, facts, caller=caller)
            contact = next((c.name for c in facts.contacts if c.id == row.contact_id), "")
            name = facts.customer.name if facts.customer else ""
            may_end = row.state in outcome.DROPPABLE
            return TaskView(row, name, contact, gone, is_open, may_end, script, tuple(row.invoices), facts.today)

    def task_paper(self, number: int, *, caller: str) -> tuple[str, bytes] | None:
        """Give the file name and the PDF of a letter, or of a call's script; None where there is none. Raises NotNow."""
        with looking(self.engine) as session:
            row = session.get(ChannelTask, number)
            if row is None or row.channel == Channel.SMS:
                return None
            facts = customer_facts(session, row.customer_id, now=self.clock())
            gone = why_not(session, row, facts) if row.state in OPEN else None
            if gone is not None:
                raise NotNow(f"{gone}: this {row.channel} is not to go out any more")
            if row.state == TaskState.VOID:
                raise NotNow(f"this {row.channel} was ended: {row.last_error or row.note or 'nothing of it goes out'}")
            if row.channel == Channel.LETTER:
                return (f"letter-{number}.pdf", row.paper) if row.paper else None
            script = self._script(session, row, facts, caller=caller) if row.state == TaskState.TO_CALL else None
            return (f"call-{number}.pdf", call_pdf(script, company=self.company, facts=facts)) if script else None

    def _script(self, session: Session, row: ChannelTask, facts: CaseFacts, *, caller: str) -> CallScript | None:
        contact = next((c for c in facts.contacts if c.id == row.contact_id), None)
        if contact is None:
            return None
        try:
            return script_of(
                facts,
                contact=contact,
                asked=_asked(session, row, facts),
                caller=caller,
                company=self.company,
                policy=self.policy,
                language=row.language,
                now=self.clock(),
            )
        except NoMoment:
            return None

    def as_text(self, item: Item) -> str:
        """Give the very words that an approval would send by SMS; "" where it sends none."""
        way = other_way(item.proposal)
        if way is None or way.channel is not Channel.SMS or item.proposal.draft is None:
            return ""
        try:
            return text_of(item.proposal.draft.language, company=self.company, own=self.own_texts)
        except ValueError as fault:
            return f"({fault})"

    def post_task(self, number: int, *, day: date, actor: str) -> None:
        """Note that a letter was posted. Raises NotNow."""
        with unit_of_work(self.engine) as session:
            outcome.posted(session, number, day=day, actor=actor, now=self.clock())

    def call_task(self, number: int, said: Called, *, actor: str) -> str:
        """Note what came of a call; give what follows from it. Raises NotNow."""
        with unit_of_work(self.engine) as session:
            return outcome.called(session, number, said, actor=actor, policy=self.policy, now=self.clock())

    def drop_task(self, number: int, *, note: str, actor: str) -> None:
        """End a task that nobody will do. Raises NotNow."""
        with unit_of_work(self.engine) as session:
            outcome.dropped(session, number, actor=actor, note=note, now=self.clock())


def _asked(session: Session, row: ChannelTask, facts: CaseFacts) -> tuple[AskedLine, ...]:
    """Give what may be asked for today: less what is contested, what the bank shows, and what is promised or rests."""
    zone = facts.customer.timezone if facts.customer is not None else ""
    may = askable(facts, around(session, row.customer_id, zone=zone, today=facts.today))
    return tuple(
        AskedLine(number=one.number, due=one.due, open=one.open, currency=one.currency, days=one.days)
        for one in sorted(may.asked, key=lambda one: (one.due, one.number))
        if one.number in row.invoices
    )
