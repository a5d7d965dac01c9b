"""The tables of the bank: statements, their lines, what each part of a line pays, and advices of customers. No behaviour.

Every cent of a line that is confirmed stands in exactly one part. The ledger is changed by none of them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.bank_words import LineState, PartState
from store.columns import JsonColumn, Moment, Money


def _money(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Money(), nullable=nullable))


def _json(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JsonColumn, nullable=False))


class BankAccountStatement(SQLModel, table=True):
    """A statement of one of our own accounts, kept once. `digest`: of its account, days, balances and lines."""

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("account", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(index=True)
    currency: str
    form: str
    statement_ref: str
    number: str = ""
    digest: str
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None
    opening: Decimal | None = _money(nullable=True)
    closing: Decimal | None = _money(nullable=True)
    imported_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    created_by: str


class BankLine(SQLModel, table=True):
    """A line of a statement. `customer_id` is set once a person, or the ERP's own booking, says whose it is.

    `amount`: above zero came in. `key`: what makes it this line, unique within the account. `ways`: what was found, likeliest
    first, as `ledger.bank.ways` writes it. `reverses`: the line that this one takes back. `same_as`: the line of another file that this
    one may be. `touches`: the customers of whom anything could change what it comes to (`ledger.bank.matching`).
    """

    __tablename__ = "bank_line"
    __table_args__ = (UniqueConstraint("account", "key"), Index("ix_bank_line_state", "state", "booked_on"))
    id: int | None = Field(default=None, primary_key=True)
    bank_statement_id: int = Field(foreign_key="bank_statement.id", index=True)
    account: str
    key: str
    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    booked_on: dt.date
    value_on: dt.date | None = None
    amount: Decimal = _money()
    currency: str
    reversal: bool = False
    bank_reference: str = ""
    end_to_end: str = ""
    structured: str = ""
    remittance: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    payer_bic: str = ""
    charges: Decimal = _money()
    named: list[dict[str, Any]] = _json(list)
    state: str = LineState.OPEN
    confidence: float = 0.0
    match: str = ""
    explanation: str = ""
    ways: list[dict[str, Any]] = _json(list)
    touches: list[str] = _json(list)
    payments: list[str] = _json(list)
    reverses: int | None = None
    same_as: int | None = None
    decided_by: str | None = None
    decided_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    note: str = ""


class BankPart(SQLModel, table=True):
    """A part of a line, and the invoice that it pays; no invoice: it stays unapplied on the customer's account.

    `deducted` is what the customer kept back of the invoice (`deduction` says why, `credit_number` which credit note): no money.
    `balance_before`: what was open on the invoice when a person confirmed it. `stood_at`, `stood_last`: what was open without other
    lines' money, when a fall of it was last accounted for, and when it was last looked at (`store.bank_falling`).
    """

    __tablename__ = "bank_part"
    __table_args__ = (Index("ix_bank_part_customer", "customer_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    bank_line_id: int = Field(foreign_key="bank_line.id", index=True)
    customer_id: str = Field(foreign_key="customer.id")
    invoice_number: str | None = Field(default=None, foreign_key="invoice.number", index=True)
    booked_on: dt.date
    currency: str
    amount: Decimal = _money()
    deducted: Decimal = _money()
    deduction: str = ""
    credit_number: str = ""
    state: str = PartState.SUGGESTED
    confidence: float = 0.0
    balance_before: Decimal | None = _money(nullable=True)
    stood_at: Decimal | None = _money(nullable=True)
    stood_last: Decimal | None = _money(nullable=True)


class BankAdvice(SQLModel, table=True):
    """A remittance advice that a customer sent: which invoices a payment is for. Kept once, by its content.

    `message_id`: the mail with which it came, where the daemon took it up; `file`: the attachment, empty for the mail's own words.
    """

    __tablename__ = "bank_advice"
    __table_args__ = (UniqueConstraint("digest"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    digest: str
    reference: str = ""
    total: Decimal = _money()
    currency: str
    parts: list[dict[str, Any]] = _json(list)
    imported_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    created_by: str
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    file: str = ""


class AdviceLook(SQLModel, table=True):
    """That a mail was looked at for an advice, whose it was then, and what came of it."""

    __tablename__ = "advice_look"
    message_id: int = Field(foreign_key="message.id", primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    outcome: str
    looked_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
