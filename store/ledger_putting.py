"""Finds what of an imported ledger is new or different, and puts it in, many rows in one statement. Nothing is ever removed.

Finding is apart from putting, so that what an import would do can be shown before anything goes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from store.ledger_rows import ContactRow
from store.tables import Contact
from store.vocabulary import ContactStatus

#: So many values stand in one statement: SQLite takes no more than some thirty thousand, PostgreSQL twice as many.
_AT_ONCE = 5000
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Brought:
    """A row as a source brings it: `given` are the columns that stand there, `whole` all of them, for a row that is new."""

    identity: Any
    given: dict[str, Any]
    whole: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored row that is different: what stood in the columns that change, and what will; `customer_id`: whose it was."""

    identity: Any
    customer_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Difference:
    """What is new, changed and unchanged of one table."""

    new: list[Brought] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0

    @property
    def count(self) -> int:
        """Count what would be put in."""
        return len(self.new) + len(self.changed)


def chunks(items: Iterable[_Item], size: int = _AT_ONCE) -> Iterator[list[_Item]]:
    """Give items some thousands at a time."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def difference(session: Session, model: type[SQLModel], brought: Sequence[Brought], *, key: str) -> Difference:
    """Compare rows, each once, with what is stored under their identity. Reads some thousands of rows in a statement."""
    table, found = table_of(model), Difference()
    wanted = [table.c[key], *(c for c in table.c if c.name != key)]
    for some in chunks(brought):
        query = select(*wanted).where(table.c[key].in_([row.identity for row in some]))
        stored = {row[0]: row._mapping for row in session.execute(query)}
        for row in some:
            before = stored.get(row.identity)
            if before is None:
                found.new.append(row)
                continue
            after = {name: value for name, value in row.given.items() if before[name] != value}
            if after:
                whose = before["customer_id"] if "customer_id" in table.c else before["id"]
                found.changed.append(Changed(row.identity, whose, {n: before[n] for n in after}, after))
            else:
                found.unchanged += 1
    return found


def contact_difference(session: Session, contacts: Sequence[ContactRow], *, now: datetime) -> Difference:
    """Compare contacts, of which the last with one address counts, with those that are stored.

    The ERP vouches for a contact that so far only a mail had named; a bounced one stays invalid.
    """
    last = {(row.customer_id, row.email.lower()): row for row in contacts}
    found, table = Difference(), table_of(Contact)
    known: dict[tuple[str, str], Any] = {}
    for some in chunks(sorted({customer for customer, _ in last})):
        for stored in session.execute(select(table).where(table.c.customer_id.in_(some))):
            known[stored.customer_id, stored.email.lower()] = stored
    for (customer_id, email), row in last.items():
        before = known.get((customer_id, email))
        if before is None:
            contact = Contact(
                customer_id=customer_id, name=row.name, email=email, role=row.role, phone=row.phone, created_at=now
            )
            whole = contact.model_dump(exclude={"id"})
            found.new.append(Brought((customer_id, email), whole, whole))
            continue
        status = ContactStatus.VERIFIED if before.status == ContactStatus.TO_VERIFY else before.status
        given = row.model_dump(include={"name", "role"}, exclude_unset=True) | {"status": status}
        if row.phone:
            # A source that knows no number takes none away that another one gave.
            given["phone"] = row.phone
        after = {name: value for name, value in given.items() if getattr(before, name) != value}
        if after:
            old = {name: getattr(before, name) for name in after}
            found.changed.append(Changed(before.id, customer_id, old, after))
        else:
            found.unchanged += 1
    return found


def put(session: Session, model: type[SQLModel], found: Difference, *, key: str) -> None:
    """Put in what was found to be new or different. What the session remembers of these rows is old after it."""
    table = table_of(model)
    for some in chunks(found.new):
        session.execute(insert(table), [row.whole for row in some])
    alike: dict[tuple[str, ...], list[Changed]] = {}
    for row in found.changed:
        alike.setdefault(tuple(sorted(row.after)), []).append(row)
    for columns, rows in alike.items():
        statement = update(table).where(table.c[key] == bindparam("its_identity"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in columns})
        for some_changed in chunks(rows):
            session.execute(
                statement,
                [
                    {"its_identity": row.identity, **{f"new_{name}": row.after[name] for name in columns}}
                    for row in some_changed
                ],
            )


def table_of(model: type[SQLModel]) -> Table:
    """Give the table of a class."""
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    assert isinstance(table, Table)
    return table
