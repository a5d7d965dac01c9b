"""More tables of what tools leave behind and of what follows: portal items, payment searches, wakings, closed invoices.

The older ones (promises, plans, disputes) stand in `store.tables`. One class a table, no behaviour.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.aftermath import FollowupState, PortalStatus
from store.columns import JsonColumn, Moment, Money


class PortalItem(SQLModel, table=True):
    """One invoice that must go through a customer's portal: work for a person, moved by the portal's own mails.

    `fields`: what the portal asks for, by its own field names. `moves`: every change of status, oldest first.
    """

    __tablename__ = "portal_item"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str = Field(foreign_key="invoice.number", index=True)
    portal: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))
    missing: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    status: str = PortalStatus.TO_SUBMIT
    moves: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    effect_id: int = Field(foreign_key="effect.id")
    updated_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


class PaymentCheck(SQLModel, table=True):
    """A search for money that a customer says they paid, with what it found. The ledger is never changed by it.

    `payments`: ids of unapplied receipts that a person is asked to apply, or to choose from. `applications`: how much of
    which to which invoice, where it is clear. `status`: open, applied, dismissed or lapsed.
    """

    __tablename__ = "payment_check"
    __table_args__ = (Index("ix_payment_check_status", "status"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoices: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    payments: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    applications: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    outcome: str
    explanation: str = ""
    pause_until: dt.date | None = None
    status: str = "open"
    effect_id: int = Field(foreign_key="effect.id")


class Followup(SQLModel, table=True):
    """A case that wakes by itself: why, about what (`subject_id` is the row's key in the kind's own table), since when.

    The unique triple makes waking idempotent. `message_id`: the customer's mail whose conversation goes on.
    `newest_message`: the customer's last mail that was known when the case woke; a later one comes first. `effect_id`: the act
    that it follows; None where we write first (OUTREACH), and then the message is our own note (`store.outreach_occasion`).
    """

    __tablename__ = "followup"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "due_on"),
        Index("ix_followup_due", "state", "claimed_until"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    newest_message: int
    effect_id: int | None = Field(default=None, foreign_key="effect.id")
    kind: str
    subject_id: int
    due_on: dt.date
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    state: str = FollowupState.WAITING
    claimed_by: str | None = None
    claimed_until: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    attempts: int = 0
    last_error: str | None = None


class CompanyDocument(SQLModel, table=True):
    """A document of ours that customers ask for (W-9, bank letter, a delivery note), kept by hash.

    `invoice_number` is set for a document of one invoice, such as a proof of delivery; None for one of the company.
    """

    __tablename__ = "company_document"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    invoice_number: str | None = Field(default=None, foreign_key="invoice.number", index=True)
    document_sha256: str = Field(foreign_key="document.sha256")
    added_by: str
    added_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))


class Closure(SQLModel, table=True):
    """An invoice that is settled, and why it had aged. `set_by`: "code", or the person who corrected the cause."""

    __tablename__ = "closure"
    id: int | None = Field(default=None, primary_key=True)
    invoice_number: str = Field(foreign_key="invoice.number", unique=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    cause: str
    set_by: str
    because: str = ""
    closed_on: dt.date
    amount: Decimal = Field(sa_column=Column(Money(), nullable=False))
    currency: str
    days_late: int
    product: str = ""
