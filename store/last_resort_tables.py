"""The table of the last steps: account holds, reviews, settlements, hand-offs, write-offs. No behaviour."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Column, Index, false, text
from sqlmodel import Field, SQLModel

from store.columns import JsonColumn, Moment, Money
from store.last_resort_words import Standing

_OPEN = "status IN ('proposed', 'approved', 'carried_out')"
_UNDECIDED = "status IN ('proposed', 'refused', 'lapsed')"
#: Held by the database itself: nothing stands without a name under it, and where two must approve they are two, and the first
#: saw the very version that the second approved.
APPROVED_BY_SOMEBODY = f"{_UNDECIDED} OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)"
TWO_PERSONS = (
    "NOT second_person OR approved_by IS NULL OR (approved_first_by IS NOT NULL AND approved_first_by <> approved_by "
    "AND approved_first_version = approved_version)"
)
#: A settlement takes less than the claim, by a day; a write-off has a cause; nothing is worth less than nothing.
WHOLE = (
    "(kind <> 'settlement' OR (amount IS NOT NULL AND pay_by IS NOT NULL)) AND (kind <> 'write_off' OR cause IS NOT NULL) "
    "AND (kind <> 'hand_off' OR status <> 'carried_out' OR (receiver IS NOT NULL AND packet_sha256 IS NOT NULL))"
)


class LastResortRow(SQLModel, table=True):
    """One last step about one customer. At most one open of a kind: the index makes proposing idempotent.

    `invoices`: about which. `claim`: what was open and uncontested on them when it was proposed, in `currency` (the largest sum where
    there are several). `amount`: what a settlement accepts by `pay_by`, else what it is about. `reason`: a `Ground`, with our own
    `note`. `version` counts every change up to the decision; what the first of two approvers saw was `approved_first_version`.
    `carried_out_by`, `_at`: when it took effect outside. `end_reason`: how it ended, or, with `end_proposed_at`, what proposes its end;
    `end_note` is ours. `receiver`, `packet_sha256`: to whom a claim went and what was in the packet. `reported`: payments that
    the receiver was told of. `exported_at`: when the ERP was last told.
    """

    __tablename__ = "last_resort"
    __table_args__ = (
        Index(
            "uq_last_resort_open",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_last_resort_status", "status", "kind", "id"),
        CheckConstraint(APPROVED_BY_SOMEBODY, name="ck_last_resort_approved"),
        CheckConstraint(TWO_PERSONS, name="ck_last_resort_second_person"),
        CheckConstraint(WHOLE, name="ck_last_resort_whole"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    kind: str
    status: str = Standing.PROPOSED
    version: int = 1
    invoices: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    currency: str
    claim: Decimal = Field(sa_column=Column(Money(), nullable=False))
    amount: Decimal | None = Field(default=None, sa_column=Column(Money(), nullable=True))
    pay_by: dt.date | None = None
    cause: str | None = None
    receiver: str | None = None
    reason: str
    note: str = ""
    proposed_by: str
    proposed_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    second_person: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    approved_first_by: str | None = None
    approved_first_version: int | None = None
    approved_by: str | None = None
    approved_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    approved_version: int | None = None
    carried_out_by: str | None = None
    carried_out_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    exported_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    packet_sha256: str | None = None
    reported: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    end_reason: str | None = None
    end_proposed_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    end_note: str = ""
    ended_by: str | None = None
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
