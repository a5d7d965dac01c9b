"""Finds decided items of the queue and takes their conversations out: mails as they came and went, books, decisions. Reads only.

What nobody decided is no label: an answer that went out without a person, and one that can still be taken back, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args

from sqlmodel import Session, col, select

from agent.approvers import approver_of
from evals.capturing.conversation import Known, known_of
from evals.capturing.history import books_of
from evals.capturing.labels import turn_of, unlabelled
from evals.capturing.threads import Sent, at_of, came_in, threaded, went_out
from evals.conversations.format import Done, Expected, Language, LedgerFile, Turn
from store.decisions import AUTONOMY
from store.people import Person
from store.tables import Contact, Customer, Message, ProposalRow
from store.vocabulary import ProposalStatus
from tools.approval import Approver

_DECIDED = (
    ProposalStatus.APPROVED,
    ProposalStatus.SENT,
    ProposalStatus.DONE,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)


class How(StrEnum):
    """What a person did with an item."""

    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(slots=True)
class Taken:
    """A conversation as the queue has it; nothing is replaced yet."""

    items: tuple[int, ...]
    how: tuple[How, ...]
    mails: dict[str, bytes]
    ledger: LedgerFile
    expected: Expected
    known: Known
    language: str
    role: str
    lacks: list[str] = field(default_factory=list)
    pdf_words: dict[str, str] = field(default_factory=dict)


def chosen(
    session: Session, *, since: datetime | None, how: Sequence[How], limit: int, item: int | None
) -> list[list[ProposalRow]]:
    """List decided items, those of one conversation together; the conversations decided last come first."""
    query = (
        select(ProposalRow)
        .where(
            col(ProposalRow.status).in_([*_DECIDED, ProposalStatus.REJECTED]), col(ProposalRow.followup_id).is_(None)
        )
        .where(col(ProposalRow.customer_id).is_not(None), col(ProposalRow.settles_at).is_(None))
        .where(col(ProposalRow.decided_at).is_not(None), col(ProposalRow.decided_by) != AUTONOMY)
        .order_by(col(ProposalRow.decided_at).desc(), col(ProposalRow.id).desc())
    )
    if since is not None:
        query = query.where(col(ProposalRow.decided_at) >= since)
    if item is not None:
        query = query.where(ProposalRow.id == item)
    groups: dict[tuple[str, int], list[ProposalRow]] = {}
    for row in session.exec(query):
        if how_of(row) not in how:
            continue
        key = ("case", row.case_id) if row.case_id is not None else ("message", row.message_id)
        if key in groups or len(groups) < limit:
            groups.setdefault(key, []).append(row)
    return [sorted(rows, key=lambda row: row.message_id) for rows in groups.values()]


def how_of(row: ProposalRow) -> How:
    """Say what a person did with an item."""
    if row.status == ProposalStatus.REJECTED:
        return How.REJECTED
    return How.EDITED if row.edited else How.APPROVED


def take(session: Session, rows: Sequence[ProposalRow], *, roles: Mapping[str, Approver]) -> Taken:
    """Take the conversation that some decided items are about, up to the last of them. Raises Unfit."""
    last = rows[-1]
    assert last.customer_id is not None
    came = came_in(session, last)
    mails, files, notes = threaded(came, went_out(session, last, came), session)
    decided = {row.message_id: row for row in _decisions(session, last)}
    labelled = {row.message_id for row in rows}
    sent_for = {row.proposal_id: file for file, row in files.items() if isinstance(row, Sent) and row.proposal_id}
    by_hand = {row.answers: file for file, row in files.items() if isinstance(row, Sent) and row.answers}
    turns = []
    role = _role(session, last, roles)
    for file, row in files.items():
        if isinstance(row, Sent):
            continue
        number = row.id or 0
        own = decided.get(number)
        sent = by_hand.get(number) or (sent_for.get(own.id or 0) if own is not None else None)
        if own is not None and (number in labelled or own.decided_by != AUTONOMY):
            turns.append(turn_of(session, own, file=file, sent=sent, role=_role(session, own, roles)))
        else:
            turns.append(unlabelled(file, done=Done(at=at_of(mails[file]), sent=None)))
    first, until = at_of(next(iter(mails.values()))), max(at_of(raw) for raw in mails.values())
    books = books_of(session, last.customer_id, first=first, last=until)
    return Taken(
        items=tuple(row.id or 0 for row in rows),
        how=tuple(how_of(row) for row in rows),
        mails=mails,
        ledger=books.ledger,
        expected=Expected(turns=tuple(_in_time(turn, mails) for turn in turns)),
        known=_known(session, books.ledger, last.customer_id, came),
        language=_language(last, session),
        role=role,
        lacks=[*notes, *books.lacks],
        pdf_words={
            a["sha256"]: a.get("text", "") for m in came for a in m.parsed.get("attachments", []) if a.get("text")
        },
    )


def _in_time(turn: Turn, mails: Mapping[str, bytes]) -> Turn:
    """Let what was done be done after the mail by its own clock, and not after what was sent."""
    if turn.done is None:
        return turn
    at = max(turn.done.at, at_of(mails[turn.message]))
    return turn.model_copy(update={"done": turn.done.model_copy(update={"at": at})})


def _decisions(session: Session, last: ProposalRow) -> list[ProposalRow]:
    query = select(ProposalRow).where(col(ProposalRow.status).in_([*_DECIDED, ProposalStatus.REJECTED]))
    query = query.where(col(ProposalRow.followup_id).is_(None), col(ProposalRow.decided_at).is_not(None))
    query = query.where(col(ProposalRow.settles_at).is_(None))
    if last.case_id is None:
        return list(session.exec(query.where(ProposalRow.id == last.id)))
    return list(session.exec(query.where(ProposalRow.case_id == last.case_id)))


def _role(session: Session, row: ProposalRow, roles: Mapping[str, Approver]) -> str:
    if row.decided_by == AUTONOMY:
        return AUTONOMY
    found = approver_of(session, row.decided_by or "", roles)
    return found.value if found is not None else Approver.COLLECTOR.value


def _known(session: Session, ledger: LedgerFile, customer_id: str, came: Sequence[Message]) -> Known:
    """Collect everybody who may be named: the customer's people, also those who are gone, and ours."""
    books = known_of(ledger)
    senders = [
        str(mail.parsed[name]) for mail in came for name in ("from_address", "reply_to") if mail.parsed.get(name)
    ]
    people = [person.name for person in session.exec(select(Person))]
    mails = [person.email for person in session.exec(select(Person)) if person.email]
    contacts = list(session.exec(select(Contact).where(Contact.customer_id == customer_id)))
    owners = list(session.exec(select(Customer.owner).distinct()))
    return Known(
        firms=books.firms,
        persons=tuple(dict.fromkeys([*books.persons, *(c.name for c in contacts), *people, *owners])),
        addresses=tuple(dict.fromkeys([*books.addresses, *(c.email for c in contacts), *mails, *senders])),
        numbers=books.numbers,
        amounts=books.amounts,
    )


def _language(row: ProposalRow, session: Session) -> str:
    assert row.customer_id is not None
    found: Any = (row.content.get("draft") or {}).get("language") or row.language
    customer = session.get_one(Customer, row.customer_id).language
    return next((code for code in (found, customer) if code in get_args(Language)), "en")
