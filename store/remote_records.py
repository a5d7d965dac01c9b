"""Which record of a connected system is which row of the ledger. Rows are noted once what they name is in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Column
from sqlmodel import Field, Session, SQLModel, col, select

from store import audit
from store.columns import JsonColumn
from store.scoping import whole_house


class RemoteRecord(SQLModel, table=True):
    """Which rows of the ledger a record of a system is: one customer, one invoice, or the rows of one payment."""

    __tablename__ = "remote_record"
    connection: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    ledger_ids: list[str] = Field(sa_column=Column(JsonColumn, nullable=False))


@dataclass(frozen=True, slots=True)
class Known:
    """A record that was taken before."""

    customer_id: str
    ledger_ids: tuple[str, ...]


#: (kind, remote id) -> what it is here.
Records = Mapping[tuple[str, str], Known]


def records_of(session: Session, name: str) -> dict[tuple[str, str], Known]:
    """Give what of a connection was taken so far."""
    whole_house(session)
    rows = session.exec(select(RemoteRecord).where(RemoteRecord.connection == name))
    return {(row.kind, row.remote_id): Known(row.customer_id, tuple(row.ledger_ids)) for row in rows}


def brought_by(session: Session, kind: str) -> dict[str, str]:
    """Give by which connection each row of the ledger came (`kind` customer, invoice or payment)."""
    whole_house(session)
    rows = session.exec(select(RemoteRecord.connection, RemoteRecord.ledger_ids).where(RemoteRecord.kind == kind))
    return {ledger_id: connection for connection, ledger_ids in rows for ledger_id in ledger_ids}


def remote_customers(session: Session, name: str) -> dict[str, str]:
    """Give the system's id of each customer of ours that it knows: never of a record that was merged into another; else the first."""
    whole_house(session)
    wanted = select(RemoteRecord).where(RemoteRecord.connection == name, RemoteRecord.kind == "customer")
    found: dict[str, str] = {}
    for row in session.exec(wanted.order_by(col(RemoteRecord.remote_id))):
        if row.ledger_ids:
            found.setdefault(row.customer_id, row.remote_id)
    return found


def note_records(session: Session, name: str, records: Iterable[tuple[str, str, Known]]) -> int:
    """Note which rows records are; give how many are new or others now."""
    audit.take_turn(session)
    count = 0
    for kind, remote_id, known in records:
        row = session.get(RemoteRecord, (name, kind, remote_id))
        if row is None:
            row = RemoteRecord(
                connection=name, kind=kind, remote_id=remote_id, customer_id=known.customer_id, ledger_ids=[]
            )
        elif row.customer_id == known.customer_id and tuple(row.ledger_ids) == known.ledger_ids:
            continue
        row.customer_id, row.ledger_ids = known.customer_id, list(known.ledger_ids)
        session.add(row)
        count += 1
    return count
