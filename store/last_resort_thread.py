"""One piece of a conversation, however it went; and the letters, calls and texts that were done. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlmodel import Session, col, select

from store.channel_tables import ChannelTask
from store.outreach_words import CallOutcome, Channel, TaskState

#: It went out, or may have.
_DONE = (TaskState.POSTED, TaskState.SENT, TaskState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class PacketMail:
    """One mail, letter, call or SMS of the thread. `raw`: its bytes as they came or left; empty where they were erased.

    `reminder`: we wrote first. `enclosed`: the words of what came with it, for looking through. `way`: how it went; of a letter `raw` is
    the PDF that was posted, and `day` that of posting, as whoever posted it says. `outcome`: what came of a call.
    """

    at: datetime
    ours: bool
    who: str
    subject: str
    text: str
    raw: bytes
    reminder: bool = False
    uncertain: bool = False
    enclosed: str = ""
    way: Channel = Channel.MAIL
    outcome: str = ""
    day: date | None = None


def by_other_ways(session: Session, customer_id: str) -> Iterator[PacketMail]:
    """Give the letters that were posted, the calls with what came of each, and the texts that were sent, by the order of the tasks."""
    tasks = select(ChannelTask).where(ChannelTask.customer_id == customer_id).order_by(col(ChannelTask.id))
    for task in session.exec(tasks):
        if task.channel == Channel.CALL:
            yield from _calls(task)
        elif task.state in _DONE:
            letter = task.channel == Channel.LETTER
            yield PacketMail(
                at=_done_at(task),
                ours=True,
                who=", ".join(task.recipient.splitlines()),
                subject="",
                text=task.words,
                raw=(task.paper or b"") if letter else task.words.encode("utf-8"),
                reminder=True,
                uncertain=task.state == TaskState.UNCERTAIN,
                way=Channel(task.channel),
                day=task.done_on if letter else None,
            )


def _calls(task: ChannelTask) -> Iterator[PacketMail]:
    """Give every try; what was said stands with the last one, to which it was noted."""
    for place, each in enumerate(task.tries, start=1):
        words = task.note if place == len(task.tries) else ""
        yield PacketMail(
            at=datetime.fromisoformat(each["at"]),
            ours=True,
            who=task.recipient,
            subject="",
            text=words,
            raw=each["outcome"].encode("utf-8"),
            reminder=each["outcome"] not in (CallOutcome.NOT_REACHED, CallOutcome.WRONG_NUMBER),
            way=Channel.CALL,
            outcome=each["outcome"],
        )


def _done_at(task: ChannelTask) -> datetime:
    """Give when it was done: a letter on the day of posting, whenever that was noted."""
    noted = task.done_at or task.created_at
    if task.done_on is None or task.done_on == noted.date():
        return noted
    return datetime.combine(task.done_on, time(12), tzinfo=UTC)
