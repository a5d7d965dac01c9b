"""Finds what is due in our own tables and puts it into the work queue: ids alone, no step is done here.

The tables are the truth. A job may be lost, as the next sweep finds its work again, and may run twice, as each step claims its row.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from procrastinate import exceptions
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy import text
from sqlmodel import Session, col, select

from agent.fleet.queue_schema import SCHEMA
from store import followups, messages, outbox, undo
from store.matters import Followup
from store.tables import Message

log = logging.getLogger(__name__)

#: The two queues: what thinks never keeps what sends from its work.
THINK, ACT = "think", "act"
#: How much may lie in the queue at a time; the rest is found when that is done.
_MOST = 200
_ALONE = text("SELECT pg_try_advisory_xact_lock(7205762)")
_WAITING = text(
    f"SELECT queueing_lock FROM {SCHEMA}.procrastinate_jobs WHERE queueing_lock IS NOT NULL AND status IN ('todo', 'doing')"  # noqa: S608 (a constant)
)
_FIND_QUEUE = text(f"SELECT set_config('search_path', current_setting('search_path') || ', {SCHEMA}', true)")


def enqueue_due(session: Session, *, now: datetime, unended: bool = False) -> int:
    """Put what is due into the queue, in the caller's transaction; give how much that was. One sweep at a time, others do nothing.

    `unended`: have the mailboxes looked at too whose mail left and is not filed or settled yet.
    """
    if not session.execute(_ALONE).scalar_one():
        return 0
    wanted = [*_mails(session, now), *_wakings(session, now), *_acts(session, now, unended=unended)]
    waiting = set(session.execute(_WAITING).scalars()) if wanted else set()
    return defer(session, [job for job in wanted if job.queueing_lock not in waiting])


def defer(session: Session, jobs: Sequence[Job]) -> int:
    """Put jobs into the queue in the caller's transaction; where one of them is there already, none: the next sweep sees more."""
    if not jobs:
        return 0
    try:
        with session.begin_nested():
            session.execute(_FIND_QUEUE)
            driver = session.connection().connection.driver_connection
            JobManager(SyncPsycopgConnector()).batch_defer_jobs(list(jobs), connection=driver)
    except exceptions.AlreadyEnqueued:
        return 0
    return len(jobs)


def job(task: str, *, queue: str, lock: str, once: str, priority: int = 0, **ids: int | str) -> Job:
    """Make a job: one with the same `lock` runs at a time, and one of the same `once` waits at a time."""
    return Job(
        id=None,
        task_name=task,
        queue=queue,
        lock=lock,
        queueing_lock=once,
        priority=priority,
        task_kwargs=dict(ids),
    )


def _mails(session: Session, now: datetime) -> list[Job]:
    due = messages.due(session, now=now, limit=_MOST)
    cases = dict(session.exec(select(Message.id, Message.case_id).where(col(Message.id).in_(due))).all())
    # What customers wrote comes before what we write by ourselves.
    return [
        job(
            "propose",
            queue=THINK,
            lock=_talk(cases[number], f"message:{number}"),
            once=f"message:{number}",
            priority=10,
            message_id=number,
        )
        for number in due
    ]


def _wakings(session: Session, now: datetime) -> list[Job]:
    due = followups.due(session, now=now, limit=_MOST)
    cases = dict(session.exec(select(Followup.id, Followup.case_id).where(col(Followup.id).in_(due))).all())
    return [
        job(
            "follow_up",
            queue=THINK,
            lock=_talk(cases[number], f"followup:{number}"),
            once=f"followup:{number}",
            followup_id=number,
        )
        for number in due
    ]


def _talk(case_id: int | None, alone: str) -> str:
    """Name the conversation that something belongs to: its steps come one after the other."""
    return alone if case_id is None else f"case:{case_id}"


def _acts(session: Session, now: datetime, *, unended: bool) -> list[Job]:
    found = [
        job("send", queue=ACT, lock=f"send:{mailbox}", once=f"send:{mailbox}", mailbox=mailbox)
        for mailbox in outbox.mailboxes_due(session, now=now, unended=unended)
    ]
    # What was approved and not taken back comes first: what it holds or stops must be known before anything leaves.
    if undo.due(session, now=now):
        found.append(job("settle", queue=ACT, lock="settle", once="settle", priority=10))
    return found
