"""What an import changed of an invoice, row by row, and the names and numbers under which a customer went before.

Rows are added and never changed; the log holds their count, these rows what was before and after. The rows of a customer are
that customer's: an invoice that went from one to another leaves a row with each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, insert, text
from sqlmodel import Field, Session, SQLModel, col, select

from store.columns import Moment
from store.scoping import whole_house


class ChangeKind(StrEnum):
    """What changed."""

    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    CURRENCY = "currency"
    AMOUNT = "amount"
    BALANCE = "balance"
    CUSTOMER = "customer_id"
    NAME = "name"
    MERGED = "merged"
    SAME_PAYMENT = "same_payment"


class AliasKind(StrEnum):
    """What a customer had before: a number of a customer that was merged into it, or a name."""

    NUMBER = "number"
    NAME = "name"


class LedgerChange(SQLModel, table=True):
    """One change. `origin`: the file, folder or connection that brought it; `before` and `after` as they read."""

    __tablename__ = "ledger_change"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str | None = Field(default=None, index=True)
    kind: str
    before: str
    after: str
    origin: str
    actor: str
    at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


class CustomerAlias(SQLModel, table=True):
    """A number or name that stands for a customer of today. A number stands for one customer alone; a name may not."""

    __tablename__ = "customer_alias"
    __table_args__ = (
        Index(
            "uq_customer_alias_number",
            "alias",
            unique=True,
            sqlite_where=text("kind = 'number'"),
            postgresql_where=text("kind = 'number'"),
        ),
        Index("uq_customer_alias", "customer_id", "kind", "alias", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    kind: str
    alias: str
    actor: str
    since: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


def changes(
    session: Session, *, customer_id: str | None = None, invoice_number: str | None = None, limit: int = 200
) -> Sequence[LedgerChange]:
    """List changes, the newest first: of all, of one customer, or of one invoice."""
    query = select(LedgerChange).order_by(col(LedgerChange.id).desc()).limit(limit)
    if customer_id is not None:
        query = query.where(LedgerChange.customer_id == customer_id)
    if invoice_number is not None:
        query = query.where(LedgerChange.invoice_number == invoice_number)
    return session.exec(query).all()


def numbers_before(session: Session) -> dict[str, str]:
    """Map each number of a customer that was merged to the customer of today."""
    whole_house(session)
    query = select(CustomerAlias.alias, CustomerAlias.customer_id).where(CustomerAlias.kind == AliasKind.NUMBER)
    return dict(session.exec(query).all())


def aliases_of(session: Session, customer_id: str) -> Sequence[CustomerAlias]:
    """List the numbers and names that a customer had before, the oldest first."""
    query = select(CustomerAlias).where(CustomerAlias.customer_id == customer_id)
    return session.exec(query.order_by(col(CustomerAlias.id))).all()


def remember_name(session: Session, customer_id: str, name: str, *, actor: str, now: dt.datetime) -> None:
    """Keep a name that a customer had before; once more it changes nothing."""
    mine = (CustomerAlias.customer_id == customer_id, CustomerAlias.kind == AliasKind.NAME)
    if session.exec(select(CustomerAlias.id).where(*mine, CustomerAlias.alias == name)).first() is None:
        session.add(CustomerAlias(customer_id=customer_id, kind=AliasKind.NAME, alias=name, actor=actor, since=now))
        session.flush()


def put_changes(session: Session, rows: Sequence[LedgerChange]) -> None:
    """Keep changes, many in one statement."""
    values = [row.model_dump(exclude={"id"}) for row in rows]
    if values:
        session.execute(insert(SQLModel.metadata.tables["ledger_change"]), values)


def written(value: Any) -> str:
    """Write a value as a change holds it: days in ISO 8601, amounts with two decimals and a point."""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def in_words(change: LedgerChange, *, currency: str = "") -> str:
    """Say one change in a sentence without a subject, for a person."""
    unit = f" {currency}" if currency and change.kind in (ChangeKind.AMOUNT, ChangeKind.BALANCE) else ""
    match change.kind:
        case ChangeKind.BALANCE:
            rose = Decimal(change.after) > Decimal(change.before)
            return f"balance {'ROSE' if rose else 'fell'} from {change.before} to {change.after}{unit}"
        case ChangeKind.DUE_DATE:
            later = "later" if change.after > change.before else "earlier"
            return f"due date moved {later}, from {change.before} to {change.after}"
        case ChangeKind.CUSTOMER:
            return f"went from customer {change.before} to customer {change.after}"
        case ChangeKind.NAME:
            return f"renamed from {change.before!r} to {change.after!r}"
        case ChangeKind.MERGED:
            return f"customer {change.before} was merged into {change.after}"
        case ChangeKind.SAME_PAYMENT:
            return f"payment {change.after} is the same money as {change.before} and was left out"
    return f"{change.kind.replace('_', ' ')} changed from {change.before} to {change.after}{unit}"
