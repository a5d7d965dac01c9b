"""Puts the mails of a case of the queue in order, as raw bytes: what came, and what left, by the outbox or by hand. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from mail.parse import date_of
from store import messages
from store.own_notes import a_mail
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, SendState

_LEFT = (SendState.SENT, SendState.FILED, SendState.UNCERTAIN, SendState.TRANSMITTING)


class Unfit(ValueError):
    """A conversation that cannot be taken: why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours that left: of which proposal, or written by hand in answer to which mail."""

    raw: bytes
    at: datetime
    proposal_id: int | None
    answers: int | None = None


def came_in(session: Session, last: ProposalRow) -> list[Message]:
    """Give the customer's mails of a case up to the one that was decided. Raises Unfit where one cannot be read."""
    query = (
        select(Message)
        .where(col(Message.id) <= last.message_id, a_mail())
        .order_by(col(Message.received_at), col(Message.id))
    )
    same = Message.case_id == last.case_id if last.case_id is not None else Message.id == last.message_id
    own = ("own_copy", "own_mail", "own_mail_returned")
    rows = [row for row in session.exec(query.where(same)) if not set(own) & set(row.match_flags)]
    for row in rows:
        if row.state == MessageState.UNREADABLE:
            raise Unfit("a mail of the conversation cannot be read, so nobody can say what is in it")
    return [row for row in rows if row.state != MessageState.SENT_BY_HAND]


def went_out(session: Session, last: ProposalRow, came: Sequence[Message]) -> Iterator[Sent]:
    """Give what left in a case, in no order."""
    if last.case_id is None:
        return
    for row in session.exec(select(Outgoing).where(Outgoing.case_id == last.case_id, col(Outgoing.state).in_(_LEFT))):
        yield Sent(row.mime, row.sent_at or row.created_at, row.proposal_id)
    ids = {row.id for row in came}
    for mail in session.exec(
        select(Message).where(Message.case_id == last.case_id, Message.state == MessageState.SENT_BY_HAND)
    ):
        if mail.answers in ids and mail.id is not None:
            yield Sent(messages.raw(session, mail.id), mail.received_at, None, mail.answers)


def threaded(
    came: Sequence[Message], went: Iterator[Sent], session: Session
) -> tuple[dict[str, bytes], dict[str, Message | Sent], list[str]]:
    """Put the mails in order and name their files. A Date that disagrees with when a mail came or went is put right."""
    rows: list[tuple[datetime, Message | Sent]] = [(row.received_at, row) for row in came]
    rows += [(row.at, row) for row in went]
    mails: dict[str, bytes] = {}
    files: dict[str, Message | Sent] = {}
    notes: list[str] = []
    before = datetime.min.replace(tzinfo=UTC)
    final = max(row.received_at for row in came)
    ordered = sorted((pair for pair in rows), key=lambda pair: pair[0])
    answered = False
    for at, row in ordered:
        if at > final and isinstance(row, Sent):
            if answered:
                continue
            answered = True
        inbound = isinstance(row, Message)
        raw = messages.raw(session, row.id or 0) if isinstance(row, Message) else row.raw
        file = f"{len(mails) + 1:03}-{'in' if inbound else 'out'}.eml"
        stated = date_of(raw)
        if stated is None or stated < before or abs((stated - at).total_seconds()) > 86_400:
            raw = _dated(raw, at)
            notes.append(
                f"{file}: the Date header disagreed with when the mail {'came' if inbound else 'went'}; it says that now"
            )
        before = at_of(raw)
        mails[file], files[file] = raw, row
    return mails, files, notes


def _dated(raw: bytes, at: datetime) -> bytes:
    head, mark, body = raw.partition(b"\r\n\r\n") if b"\r\n\r\n" in raw else raw.partition(b"\n\n")
    line = f"Date: {at.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}".encode()
    bare = re.sub(rb"(?im)^date:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?", b"", head)
    return line + (b"\r\n" if b"\r\n" in head else b"\n") + bare.rstrip(b"\r\n") + mark + body


def at_of(raw: bytes) -> datetime:
    """Give the moment that a mail states."""
    moment = date_of(raw)
    assert moment is not None, "every mail was given a date"
    return moment
