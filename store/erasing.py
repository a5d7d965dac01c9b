"""Forgets a person: their name, address and words go from every table. Accounts and the log stay, without them.

What stays: invoices, payments and what was agreed (sums, days, states), as tax law wants them kept; who of ours did what and when.
Nothing that is still open is erased: a person decides it first.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from store import audit, queue_fts
from store.bank_erasing import forget_payer
from store.channel_tasks import OPEN as OPEN_TASKS
from store.channel_tasks import ChannelTask, forget_papers, forget_tasks
from store.erasing_mails import empty_outgoing, erase_messages
from store.ledger_changes import numbers_before
from store.outreach_words import TaskState
from store.person_words import GONE, naming, words_of
from store.scoping import whole_house
from store.sweeping import sweep
from store.tables import AuditEntry, Contact, Message, MessageRaw, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState

OPEN_PROPOSALS = (ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.UNCERTAIN, ProposalStatus.FAILED)
OPEN_MAILS = (SendState.QUEUED, SendState.CLAIMED, SendState.TRANSMITTING, SendState.UNCERTAIN, SendState.SENT)
_OPEN_MESSAGES = (MessageState.STORED, MessageState.PROPOSING)
_FEW = 20  # whole mails that are in memory at a time


class StillOpen(ValueError):
    """Something about the person waits. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a person. `customers`: where they are, or were, a contact."""

    email: str
    names: frozenset[str]
    customers: frozenset[str]
    contacts: tuple[int, ...]
    messages: tuple[int, ...]
    proposals: tuple[int, ...]
    outgoing: tuple[int, ...]
    log: tuple[int, ...]


def find(session: Session, email: str) -> Found:
    """Look for a person in the whole database: slow, every mail is opened. Takes its turn: nothing comes in before the erasing."""
    whole_house(session)
    audit.take_turn(session)
    email = email.strip().lower()
    contacts = [c for c in session.exec(select(Contact)) if c.email.lower() == email]
    messages = _messages(session, email)
    names = {c.name for c in contacts}
    for number in messages:
        parsed = session.get_one(Message, number).parsed
        if str(parsed.get("from_address") or "").lower() == email:
            names.add(str(parsed.get("from_name") or ""))
    customers = {c.customer_id for c in contacts}
    customers |= {c for n in messages if (c := session.get_one(Message, n).customer_id) is not None}
    proposals = session.exec(select(ProposalRow.id).where(col(ProposalRow.message_id).in_(messages))).all()
    tells = naming({email})
    mails = select(col(Outgoing.id), col(Outgoing.proposal_id), col(Outgoing.recipients), col(Outgoing.mime))
    outgoing = [
        number
        for number, proposal, recipients, mime in session.exec(mails.execution_options(yield_per=_FEW))
        if proposal in proposals or tells(recipients) or tells(words_of(mime))
    ]
    found = Found(
        email=email,
        names=frozenset(name.strip() for name in names if len(name.strip()) >= 4),
        customers=frozenset(customers),
        contacts=tuple(c.id for c in contacts if c.id is not None),
        messages=tuple(messages),
        proposals=tuple(p for p in proposals if p is not None),
        outgoing=tuple(o for o in outgoing if o is not None),
        log=(),
    )
    return replace(found, log=tuple(_log(session, found)))


def open_matters(session: Session, found: Found) -> list[str]:
    """Say what must be decided first, a line each: what is about the person, and what of their customers only names them."""
    tells, told = naming({found.email, *found.names}), []

    def concerned(number: int | None, numbers: Collection[int], words: object) -> bool:
        return number in numbers or tells(words)

    for row in session.exec(select(ProposalRow).where(col(ProposalRow.status).in_(OPEN_PROPOSALS))):
        if concerned(row.id, found.proposals, row.content if row.customer_id in found.customers else ""):
            told.append(f"proposal {row.id} is {row.status}")
    for mail in session.exec(select(Outgoing).where(col(Outgoing.state).in_(OPEN_MAILS))):
        said = words_of(mail.mime) if mail.customer_id in found.customers else ""
        if concerned(mail.id, found.outgoing, said):
            told.append(f"outgoing {mail.id} is {mail.state}")
    for task in session.exec(select(ChannelTask).where(col(ChannelTask.state).in_([*OPEN_TASKS, TaskState.UNCERTAIN]))):
        if task.proposal_id in found.proposals or task.contact_id in found.contacts:
            told.append(f"task {task.id} ({task.channel}) is {task.state}")
    waits = session.exec(select(Message.id).where(col(Message.state).in_(_OPEN_MESSAGES)))
    return [*told, *(f"message {number} is not understood yet" for number in waits if number in found.messages)]


def erase(session: Session, found: Found, *, actor: str, now: datetime) -> None:
    """Erase what was found, in the caller's transaction. Raises StillOpen. The freed pages are scrubbed by `store.scrubbing`."""
    audit.take_turn(session)
    if told := open_matters(session, found):
        raise StillOpen("; ".join(told))
    for number in found.contacts:
        contact = session.get_one(Contact, number)
        contact.name, contact.email = GONE, f"erased-{number}@erased.invalid"
        contact.status, contact.verified_how, contact.delivery_note = "invalid", None, None
        contact.phone = ""
        session.add(contact)
    erase_messages(session, found.messages)
    forget_tasks(session, contacts=found.contacts)
    forget_papers(session, customers=found.customers, naming=naming({found.email, *found.names}))
    empty_outgoing(session, found.outgoing)
    _bytes_that_name(session, found)
    forget_payer(session, email=found.email, names=found.names, customers=found.customers)
    session.flush()
    session.expire_all()
    sweep(session, {found.email}, names=found.names, customers=found.customers)
    audit.blank(session, found.log, actor=actor, at=now)
    payload = {"contacts": list(found.contacts), "messages": len(found.messages), "mails": len(found.outgoing)}
    audit.append(session, at=now, actor=actor, event="person.erased", subject="person", payload=payload)
    index_anew(session)


def _bytes_that_name(session: Session, found: Found) -> None:
    """Empty the bytes of other mails of the same customers that name the person; what was read of them is swept, and stays."""
    tells = naming(found.names)
    theirs = select(Message.id, Message.parsed).where(col(Message.customer_id).in_(found.customers))
    for number, parsed in session.exec(theirs).all():
        raw = session.get(MessageRaw, number)
        if raw and (tells(parsed) or tells(gzip.decompress(raw.content).decode("utf-8", "replace"))):
            raw.content, raw.size = gzip.compress(b"", mtime=0), 0
            session.flush()
    ours = select(Outgoing.id, Outgoing.mime).where(col(Outgoing.customer_id).in_(found.customers))
    mails = session.exec(ours.execution_options(yield_per=_FEW))
    empty_outgoing(session, [number for number, mime in mails if number and tells(words_of(mime))])


def _messages(session: Session, email: str) -> list[int]:
    """List the mails that name the address anywhere: in what was read of them, or in their bytes."""
    tells = naming({email})
    read = session.exec(select(Message.id, Message.parsed).execution_options(yield_per=_FEW))
    found = {number for number, parsed in read if tells(parsed)}
    kept = session.exec(select(MessageRaw.message_id, MessageRaw.content).execution_options(yield_per=_FEW))
    found |= {number for number, content in kept if tells(gzip.decompress(content).decode("utf-8", "replace"))}
    return sorted(n for n in found if n is not None)


def _log(session: Session, found: Found) -> Iterator[int]:
    """List the entries whose payload names the person: the address anywhere, the name where the entry is about their customer."""
    about = _subjects(session, found)
    names_address, names_them = naming({found.email}), naming(found.names)
    for entry in session.exec(select(AuditEntry).execution_options(yield_per=1000)):
        if names_address(entry.payload) or (entry.subject in about and names_them(entry.payload)):
            yield entry.seq


def _subjects(session: Session, found: Found) -> set[str]:
    """Give the subjects of the log that are about the person's customers."""
    before = {old for old, today in numbers_before(session).items() if today in found.customers}
    about = {f"customer:{customer}" for customer in found.customers | before}
    for table in SQLModel.metadata.sorted_tables:
        if "customer_id" in table.c and "id" in table.c:
            theirs = select(table.c.id).where(table.c.customer_id.in_(found.customers))
            about |= {f"{table.name}:{number}" for number in session.execute(theirs).scalars()}
    return about


def index_anew(session: Session) -> None:
    """Make the full-text index anew: what was deleted from one stays in its segments."""
    if session.get_bind().dialect.name == "sqlite":
        for statement in (*queue_fts.DROP, queue_fts.MAKE_TABLE, *queue_fts.MAKE_TRIGGERS, queue_fts.TAKE_IN):
            session.execute(text(statement))
