"""Keeps two machines from answering each other: at most one exchange, ever.

A mail that a program sent or worded, and whose address was answered in this conversation already, gets no second answer
before a person has written in between, and none at all within 24 hours. A robot's mail gets no answer at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from store.facts import MachineFacts
from store.inbound import BULK, MACHINE_MADE
from store.own_notes import a_mail
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageKind, SendState

#: Threat T-49. Long enough that two programs that answer at once fall silent, whatever else is decided.
PAUSE = timedelta(hours=24)

_ROBOTS = frozenset({MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.COMPLAINT})
_NEVER_LEFT = (SendState.VOID, SendState.FAILED)
#: The newest answers of a conversation are looked at.
_MOST = 200


def standing(session: Session, message: Message, *, now: datetime, before: int | None = None) -> MachineFacts:
    """Say whether a machine wrote this mail, and when an answer went to its address that forbids another one.

    Answers count from the moment of their approval, sent or not: two that wait side by side are two. With `before`, only
    those approved before this row of the outbox count.
    """
    robot, bulk = message.parsed.get("kind") in _ROBOTS, _flagged(message.parsed, BULK)
    if not robot and not _flagged(message.parsed, MACHINE_MADE):
        return MachineFacts(bulk=bulk)
    return MachineFacts(robot=robot, bulk=bulk, answered_at=_forbidding(session, message, now=now, before=before))


def refused(session: Session, row: Outgoing, *, now: datetime) -> str | None:
    """Say why an approved mail must not leave although its approval holds: it would answer a machine, or answer it twice."""
    message = session.exec(
        select(Message)
        .join(ProposalRow, col(ProposalRow.message_id) == col(Message.id))
        # A follow-up answers nobody: time woke the case, once, and no mail of a machine can.
        .where(ProposalRow.id == row.proposal_id, col(ProposalRow.followup_id).is_(None))
    ).first()
    if message is None:
        return None
    found = standing(session, message, now=now, before=row.id)
    if found.robot:
        return "a robot wrote the mail that this answers"
    return "a machine wrote, and it was answered already" if found.answered_at is not None else None


def _flagged(parsed: Mapping[str, Any], flag: str) -> bool:
    return flag in (parsed.get("flags") or ())


def _forbidding(session: Session, message: Message, *, now: datetime, before: int | None) -> datetime | None:
    """Give the moment of the last answer to this address, unless it is long ago and a person wrote since."""
    address = (message.parsed.get("from_address") or "").lower()
    if message.case_id is None or not address:
        return None
    query = (
        select(Outgoing, Message)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .join(Message, col(Message.id) == col(ProposalRow.message_id))
        .where(Outgoing.case_id == message.case_id, col(Outgoing.state).not_in(_NEVER_LEFT), Message.id != message.id)
        # What we wrote first answered nobody.
        .where(a_mail())
        .order_by(col(Outgoing.id).desc())
        .limit(_MOST)
    )
    if before is not None:
        query = query.where(col(Outgoing.id) < before)
    for answer, answered in session.exec(query).all():
        if address in {a.lower() for a in answer.recipients} or answered.parsed.get("from_address") == address:
            at = answer.sent_at or answer.created_at
            long_ago = now - at >= PAUSE
            return None if long_ago and _person_since(session, message, answer.newest_message) else at
    return None


def _person_since(session: Session, message: Message, newest: int) -> bool:
    """Say whether a person at the customer wrote in this conversation after the mails that an answer knew of.

    The order is that of recording: clocks of mail servers are not ours.
    """
    rows = session.exec(
        select(Message.parsed).where(
            Message.case_id == message.case_id, col(Message.from_customer).is_(True), col(Message.id) > newest
        )
    ).all()
    return any(not _flagged(parsed, MACHINE_MADE) for parsed in rows)
