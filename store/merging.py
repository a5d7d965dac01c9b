"""Joins two customers that the books have become one of: all that was the one's is the other's, in one transaction, or nothing is.

What is on its way to either stops it, as nobody could say afterwards in whose name it left. The number that is given up stays
known, so that later files that still name it go where they belong. Nothing here writes an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, delete, inspect, update
from sqlalchemy import table as sql_table
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import FollowupState
from store.ledger_changes import AliasKind, ChangeKind, CustomerAlias, LedgerChange, numbers_before
from store.matters import Followup
from store.merging_outreach import join_outreach, join_stops
from store.queue_filling import unkey
from store.scoping import whole_house
from store.tables import Contact, Customer, Message, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, Delivery, MessageState, ProposalStatus, SendState
from store.voiding import void

_ON_ITS_WAY = (
    SendState.QUEUED,
    SendState.CLAIMED,
    SendState.TRANSMITTING,
    SendState.UNCERTAIN,
    SendState.FAILED,
)
_WHY_VOID = "the customer was merged into another one"


class CannotMerge(ValueError):
    """Two customers cannot be joined now. The text says why and what to do, a line each reason."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was moved, rows a table; `void`: held proposals that are made anew."""

    moved: dict[str, int]
    void: int


def why_not(session: Session, old: str, new: str) -> list[str]:
    """Say what keeps two customers from being joined, a line each; nothing where they can be."""
    whole_house(session)
    if old == new:
        return ["both numbers are the same"]
    told = []
    for number in (old, new):
        if session.get(Customer, number) is None:
            today = numbers_before(session).get(number)
            more = f": it was merged into {today}" if today else ": see customer_id in the ledger"
            told.append(f"{number} is no customer{more}")
    return told or [*_in_the_way(session, old, new)]


def _in_the_way(session: Session, old: str, new: str) -> Iterator[str]:
    both = (old, new)
    mails = select(Outgoing).where(col(Outgoing.customer_id).in_(both), col(Outgoing.state).in_(_ON_ITS_WAY))
    for mail in session.exec(mails.order_by(col(Outgoing.id))):
        yield (
            f"mail {mail.id} to {mail.customer_id} is {mail.state}: take the approval back, or wait until it is sent "
            "(dunwell outbox)"
        )
    waits = select(ProposalRow).where(
        col(ProposalRow.customer_id).in_(both), ProposalRow.status == ProposalStatus.APPROVED
    )
    with_mail = {mail.proposal_id for mail in session.exec(mails)}
    for row in session.exec(waits.order_by(col(ProposalRow.id))):
        if row.id not in with_mail:
            yield f"proposal {row.id} of {row.customer_id} is approved and not carried out yet: wait, or take it back"
    working: tuple[tuple[str, Any], ...] = (
        ("mail", select(Message.id).where(col(Message.customer_id).in_(both), Message.state == MessageState.PROPOSING)),
        (
            "waking",
            select(Followup.id).where(col(Followup.customer_id).in_(both), Followup.state == FollowupState.PROPOSING),
        ),
    )
    for what, query in working:
        for number in session.exec(query):
            yield f"{what} {number} is being worked on just now: try again in a minute"


def merge(session: Session, old: str, new: str, *, actor: str, now: datetime) -> Merged:
    """Make all that is `old`'s `new`'s, in the caller's transaction, and remember the number. Raises CannotMerge."""
    whole_house(session)
    audit.take_turn(session)
    if reasons := why_not(session, old, new):
        raise CannotMerge("\n".join(reasons))
    session.flush()
    gone, stays = session.get_one(Customer, old), session.get_one(Customer, new)
    voided = _void_held(session, (old, new), now=now)
    _be_as_careful(stays, gone)
    name = gone.name
    session.add(stays)
    session.flush()
    tables = _tables(session)
    _join_contacts(session, tables, old, new)
    _drop_known_names(session, old, new)
    join_outreach(session, old, new)
    moved = {name: count for name, count in _move(session, tables, old, new) if count}
    _candidates(session, old, new)
    session.execute(delete(Customer).where(col(Customer.id) == old))
    session.expire_all()
    session.add(CustomerAlias(customer_id=new, kind=AliasKind.NUMBER, alias=old, actor=actor, since=now))
    if name != stays.name and not _is_known(session, new, name):
        session.add(CustomerAlias(customer_id=new, kind=AliasKind.NAME, alias=name, actor=actor, since=now))
    change = LedgerChange(
        customer_id=new, kind=ChangeKind.MERGED, before=old, after=new, origin="merge", actor=actor, at=now
    )
    session.add(change)
    unkey(session, {new})
    payload = {"merged": old, "rows": moved, "void": voided}
    audit.append(session, at=now, actor=actor, event="customer.merged", subject=f"customer:{new}", payload=payload)
    return Merged(moved=moved, void=voided)


def _void_held(session: Session, customers: tuple[str, str], *, now: datetime) -> int:
    """Let what is held be thought about again: it was made of the one account or of the other."""
    held = select(ProposalRow.id).where(
        col(ProposalRow.customer_id).in_(customers), ProposalRow.status == ProposalStatus.HELD
    )
    numbers = [number for number in session.exec(held).all() if number is not None]
    return sum(void(session, number, reason=_WHY_VOID, now=now) for number in numbers)


def _be_as_careful(stays: Customer, gone: Customer) -> None:
    """Take over what makes dunwell more careful: nothing is written to who asked for that under either number."""
    stays.stopped_reason = stays.stopped_reason or gone.stopped_reason
    stays.portal = stays.portal or gone.portal
    stays.supplier_number = stays.supplier_number or gone.supplier_number
    stays.kept_on = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """A table as the database has it: its columns that name a customer, and those that name a contact."""

    name: str
    of_customer: frozenset[str]
    of_contact: frozenset[str]


def _tables(session: Session) -> list[_Stored]:
    """Read the tables from the database itself: one whose module nobody loaded would be left behind."""
    looked = inspect(session.connection())
    found = []
    for name in looked.get_table_names():
        keys = {(c, key["referred_table"]) for key in looked.get_foreign_keys(name) for c in key["constrained_columns"]}
        named = {column["name"] for column in looked.get_columns(name)} & {"customer_id"}
        customers = named | {column for column, parent in keys if parent == "customer"}
        contacts = {column for column, parent in keys if parent == "contact"}
        found.append(_Stored(name, frozenset(customers), frozenset(contacts)))
    return found


def _change(session: Session, table: str, name: str, old: object, new: object) -> int:
    one = sql_table(table, column(name))
    done: Any = session.execute(update(one).where(one.c[name] == old).values({name: new}))
    return int(done.rowcount)


def _move(session: Session, tables: list[_Stored], old: str, new: str) -> Iterator[tuple[str, int]]:
    for table in tables:
        for name in table.of_customer:
            try:
                with session.begin_nested():
                    moved = _change(session, table.name, name, old, new)
            except IntegrityError:
                told = f"both have something in {table.name.replace('_', ' ')} of which a customer can have one only: end one of them"
                raise CannotMerge(told) from None
            yield table.name, moved


def _join_contacts(session: Session, tables: list[_Stored], old: str, new: str) -> None:
    """Make one of two contacts with the same address; what is the more careful of the two stays."""
    theirs = {c.email.lower(): c for c in session.exec(select(Contact).where(Contact.customer_id == new))}
    for contact in session.exec(select(Contact).where(Contact.customer_id == old)).all():
        same = theirs.get(contact.email.lower())
        if same is None:
            continue
        if ContactStatus.INVALID in (same.status, contact.status):
            same.status = ContactStatus.INVALID
        if contact.delivery != Delivery.OK and same.delivery == Delivery.OK:
            same.delivery, same.delivery_since = contact.delivery, contact.delivery_since
            same.delivery_note = contact.delivery_note
        session.add(same)
        session.flush()
        assert contact.id is not None
        assert same.id is not None
        join_stops(session, contact.id, same.id)
        for table in tables:
            for name in table.of_contact:
                _change(session, table.name, name, contact.id, same.id)
        session.delete(contact)
    session.flush()


def _drop_known_names(session: Session, old: str, new: str) -> None:
    known = {(a.kind, a.alias) for a in session.exec(select(CustomerAlias).where(CustomerAlias.customer_id == new))}
    for alias in session.exec(select(CustomerAlias).where(CustomerAlias.customer_id == old)).all():
        if (alias.kind, alias.alias) in known:
            session.delete(alias)
    session.flush()


def _is_known(session: Session, customer_id: str, name: str) -> bool:
    mine = (CustomerAlias.customer_id == customer_id, CustomerAlias.kind == AliasKind.NAME)
    return session.exec(select(CustomerAlias.id).where(*mine, CustomerAlias.alias == name)).first() is not None


def _candidates(session: Session, old: str, new: str) -> None:
    """Let unmatched mails that could be `old`'s be suggested as `new`'s."""
    waiting = select(Message).where(Message.state == MessageState.UNMATCHED)
    for message in session.exec(waiting).all():
        if any(candidate.get("customer_id") == old for candidate in message.candidates):
            kept: dict[str, dict[str, Any]] = {}
            for candidate in message.candidates:
                whose = new if candidate.get("customer_id") == old else str(candidate.get("customer_id"))
                kept.setdefault(whose, candidate | {"customer_id": whose})
            message.candidates = list(kept.values())
            session.add(message)
    session.flush()
