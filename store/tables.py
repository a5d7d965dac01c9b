"""The tables. One class a table, no behaviour; `store.migrations` makes them, the modules beside it read and write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from store.columns import JsonColumn, Moment, Money
from store.queue_indexes import queue_indexes
from store.vocabulary import ContactStatus, Delivery, IdentityLevel, MessageState, ProposalStatus, SendState


def _money(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Money(), nullable=nullable))


def _moment(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment(), nullable=nullable, index=index))


def _flag() -> Any:
    return Column(Boolean, nullable=False, server_default=false())


def _json(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JsonColumn, nullable=False))


# --- the ledger -----------------------------------------------------------------------------------------------


class Customer(SQLModel, table=True):
    """A debtor. `stopped_reason` is set while nothing may be written to them; `kept_on`: day of the last `store.keeping`.

    `address`: where letters go, a line a line; `country`: ISO 3166, two letters. Both empty where the ERP does not say.
    """

    __tablename__ = "customer"
    id: str = Field(primary_key=True)
    name: str
    currency: str
    language: str
    timezone: str
    tier: str
    owner: str
    stopped_reason: str | None = None
    portal: str = ""
    supplier_number: str = ""
    kept_on: dt.date | None = None
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    country: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Contact(SQLModel, table=True):
    """A person at a customer. Only `verified` ones are ever written to, and only while mail to them arrives.

    `delivery_since` and `delivery_note` say since when and why it does not: the note is what a mail server wrote. `phone`: E.164.
    """

    __tablename__ = "contact"
    # Whose a mail is, is asked of every address of every mail, in whatever case it is written.
    __table_args__ = (UniqueConstraint("customer_id", "email"), Index("ix_contact_lower_email", text("lower(email)")))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    name: str
    email: str = Field(index=True)
    role: str
    status: str = ContactStatus.VERIFIED
    source: str = "import"
    verified_by: str | None = None
    verified_at: dt.datetime | None = _moment(nullable=True)
    verified_how: str | None = None
    created_at: dt.datetime = _moment()
    delivery: str = Delivery.OK
    delivery_since: dt.datetime | None = _moment(nullable=True)
    delivery_note: str | None = None
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Invoice(SQLModel, table=True):
    """An invoice as the ERP knows it. `balance` changes only by import, never on a customer's word."""

    __tablename__ = "invoice"
    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    issue_date: dt.date
    due_date: dt.date
    currency: str
    amount: Decimal = _money()
    balance: Decimal = _money()
    po_number: str
    description: str
    product: str = ""
    document_sha256: str | None = Field(default=None, foreign_key="document.sha256")


class Document(SQLModel, table=True):
    """A stored PDF by its hash."""

    __tablename__ = "document"
    sha256: str = Field(primary_key=True)
    filename: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Payment(SQLModel, table=True):
    """Money that arrived. No invoice number: unapplied."""

    __tablename__ = "payment"
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str | None = None
    received_on: dt.date
    currency: str
    amount: Decimal = _money()
    reference: str


# --- what tools leave behind ----------------------------------------------------------------------------------


class Effect(SQLModel, table=True):
    """A tool call that was carried out. The unique pair makes `apply` run once."""

    __tablename__ = "effect"
    __table_args__ = (UniqueConstraint("proposal_id", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    position: int
    tool: str
    text: str
    applied_at: dt.datetime = _moment()


class Hold(SQLModel, table=True):
    """Outreach is paused: on one invoice, or on the whole account when `invoice_number` is None."""

    __tablename__ = "hold"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str | None = None
    kind: str
    until: dt.date | None = None
    effect_id: int = Field(foreign_key="effect.id")
    released_at: dt.datetime | None = _moment(nullable=True)


class Promise(SQLModel, table=True):
    """A payment that the customer undertook; `status` open, kept, broken or replaced.

    `wait_until`: the last day on which the money is in time (due, processing days of the `method`, grace).
    """

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_status", "status", "due"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoices: list[str] = _json(list)
    due: dt.date
    amount: Decimal | None = _money(nullable=True)
    currency: str
    status: str = "open"
    method: str = "transfer"
    wait_until: dt.date | None = None
    effect_id: int = Field(foreign_key="effect.id")


class Plan(SQLModel, table=True):
    """A payment plan that was put to the customer."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_status", "status"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoices: list[str] = _json(list)
    total: Decimal = _money()
    currency: str
    status: str = "proposed"
    round: int = 1
    ended_on: dt.date | None = None
    effect_id: int = Field(foreign_key="effect.id")


class Instalment(SQLModel, table=True):
    """One payment of a plan."""

    __tablename__ = "instalment"
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    position: int
    due: dt.date
    amount: Decimal = _money()
    status: str = "open"


class Dispute(SQLModel, table=True):
    """A contested invoice, or the contested part of it (`amount`)."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_status", "status", "due"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str
    kind: str
    amount: Decimal | None = _money(nullable=True)
    statement: str
    status: str = "open"
    owner: str = ""
    due: dt.date | None = None
    credit: Decimal | None = _money(nullable=True)
    ended_by: str | None = None
    ended_on: dt.date | None = None
    ending: str = ""
    effect_id: int = Field(foreign_key="effect.id")


class Resubmission(SQLModel, table=True):
    """An invoice that was sent again (`copy`, `corrected`), or that the ERP must re-issue (`reissue`, `exported_at`)."""

    __tablename__ = "resubmission"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    invoice_number: str
    po_number: str | None = None
    kind: str
    status: str = "open"
    answer_due: dt.date | None = None
    exported_at: dt.datetime | None = _moment(nullable=True)
    effect_id: int = Field(foreign_key="effect.id")


class Escalation(SQLModel, table=True):
    """Something that a person must take over, with who did and what became of it."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_status", "status", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    role: str
    urgency: str
    reason: str
    summary: str
    status: str = "open"
    taken_by: str | None = None
    taken_at: dt.datetime | None = _moment(nullable=True)
    closed_by: str | None = None
    closed_at: dt.datetime | None = _moment(nullable=True)
    note: str = ""
    effect_id: int = Field(foreign_key="effect.id")


# --- mail -----------------------------------------------------------------------------------------------------


class Cursor(SQLModel, table=True):
    """How far a mailbox folder has been read."""

    __tablename__ = "cursor"
    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(sa_type=BigInteger)


class Case(SQLModel, table=True):
    """A conversation with one customer about their open invoices."""

    __tablename__ = "case"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    status: str = "open"
    opened_at: dt.datetime = _moment()
    closed_at: dt.datetime | None = _moment(nullable=True)


class Message(SQLModel, table=True):
    """A mail that came in. `parsed` is the InboundEmail; the raw bytes are in `message_raw`.

    `from_customer`: a person wrote it, and it is not ours; only such a mail overtakes what was proposed before.
    `candidates`: whose mail it could be, where matching left that to a person (`store.candidates`). `answers`: for a mail that a
    person of ours sent by hand, the customer's mail that it answers (`store.by_hand`).
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_due", "state", "claimed_until"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    sha256: str = Field(unique=True)
    content_key: str = Field(unique=True)
    message_id_header: str | None = Field(default=None, index=True)
    received_at: dt.datetime = _moment(index=True)
    parsed: dict[str, Any] = _json(dict)
    state: str = MessageState.STORED
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    identity: str = IdentityLevel.C
    from_customer: bool = False
    invoices: list[str] = _json(list)
    match_flags: list[str] = _json(list)
    candidates: list[dict[str, Any]] = _json(list)
    answers: int | None = Field(default=None, index=True)
    claimed_by: str | None = None
    claimed_until: dt.datetime | None = _moment(nullable=True)
    attempts: int = 0
    last_error: str | None = None


class MessageRaw(SQLModel, table=True):
    """The bytes as the server gave them, gzip-compressed."""

    __tablename__ = "message_raw"
    message_id: int = Field(foreign_key="message.id", primary_key=True)
    size: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Sighting(SQLModel, table=True):
    """Where a mail was seen: makes ingest idempotent, and several places of one mail are no copies of it."""

    __tablename__ = "sighting"
    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(primary_key=True, sa_type=BigInteger)
    uid: int = Field(primary_key=True, sa_type=BigInteger)
    message_id: int = Field(foreign_key="message.id", index=True)


#: Four eyes, held by the database itself: where two must approve they are two, and the first saw this very version; where
#: somebody else than the editor must, it is somebody else.
TWO_PERSONS = (
    "NOT second_person OR status IN ('held', 'rejected', 'void') OR (approved_first_by IS NOT NULL "
    "AND decided_by IS NOT NULL AND approved_first_by <> decided_by AND approved_first_version = version - 1)"
)
NOT_BY_EDITOR = (
    "NOT not_by_editor OR status IN ('held', 'rejected', 'void') OR edited_by IS NULL "
    "OR (decided_by IS NOT NULL AND edited_by <> decided_by)"
)


class ProposalRow(SQLModel, table=True):
    """A held proposal. At most one that is not void for a message, and one for a waking: the indexes make proposing idempotent.

    `message_id` is the mail that is answered; with a `followup_id`, the one whose conversation goes on. `edited_by` worded it last;
    `approved_first_by` is the first of two who must approve, and what they saw was `approved_first_version`. `snoozed_until`: not in
    the list before that moment. `assigned_to`: the login of the person whose turn it is.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "uq_proposal_live",
            "message_id",
            unique=True,
            sqlite_where=text("status != 'void' AND followup_id IS NULL"),
            postgresql_where=text("status != 'void' AND followup_id IS NULL"),
        ),
        Index(
            "uq_proposal_followup",
            "followup_id",
            unique=True,
            sqlite_where=text("status != 'void' AND followup_id IS NOT NULL"),
            postgresql_where=text("status != 'void' AND followup_id IS NOT NULL"),
        ),
        Index("ix_proposal_status", "status", "created_at"),
        *queue_indexes(),
        CheckConstraint(TWO_PERSONS, name="ck_proposal_second_person"),
        CheckConstraint(NOT_BY_EDITOR, name="ck_proposal_not_by_editor"),
        Index(
            "ix_proposal_settles",
            "settles_at",
            sqlite_where=text("settles_at IS NOT NULL"),
            postgresql_where=text("settles_at IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    followup_id: int | None = Field(default=None, index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    customer_id: str | None = Field(default=None, foreign_key="customer.id", index=True)
    status: str = ProposalStatus.HELD
    version: int = 1
    newest_message: int
    content: dict[str, Any] = _json(dict)
    created_at: dt.datetime = _moment()
    decided_at: dt.datetime | None = _moment(nullable=True)
    decided_by: str | None = None
    decision: str | None = None
    edited: bool = False
    edited_by: str | None = None
    approved_first_by: str | None = None
    approved_first_version: int | None = None
    second_person: bool = Field(default=False, sa_column=_flag())
    not_by_editor: bool = Field(default=False, sa_column=_flag())
    void_reason: str | None = None
    reason: str = ""
    language: str = ""
    tier: str = ""
    owner: str = ""
    currency: str = ""
    stake: int = Field(default=0, sa_type=BigInteger)
    due_on: dt.date | None = None
    flagged: bool = False
    flags: str = ""
    safe: bool = False
    rank: int = Field(default=0, sa_type=BigInteger)
    came_at: dt.datetime | None = _moment(nullable=True)
    line: dict[str, Any] = _json(dict)
    words: str = ""
    settles_at: dt.datetime | None = _moment(nullable=True)
    snoozed_until: dt.datetime | None = _moment(nullable=True)
    assigned_to: str | None = Field(default=None, index=True)


class Outgoing(SQLModel, table=True):
    """The outbox: one row an approval, with the exact bytes and the Message-ID fixed at approval.

    `reply_token`: 32 hex digits in the Reply-To, where the mailbox has plus addressing; it stands for this customer.
    """

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("ix_outgoing_due", "state", "next_attempt_at"),
        Index("uq_outgoing_reply_token", "reply_token", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", unique=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    customer_id: str = Field(foreign_key="customer.id", index=True)
    mailbox: str
    message_id_header: str = Field(unique=True)
    reply_token: str | None = None
    sender: str
    recipients: list[str] = _json(list)
    mime: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mime_sha256: str
    ledger_digest: str
    newest_message: int
    state: str = SendState.QUEUED
    attempts: int = 0
    next_attempt_at: dt.datetime = _moment()
    claimed_by: str | None = None
    claimed_until: dt.datetime | None = _moment(nullable=True)
    last_error: str | None = None
    created_at: dt.datetime = _moment()
    sent_at: dt.datetime | None = _moment(nullable=True)


class ModelCallRow(SQLModel, table=True):
    """Usage and cost of one model call."""

    __tablename__ = "model_call"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    purpose: str
    base_url: str
    model: str
    rung: str
    prompt_sha256: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None = _money(nullable=True)
    latency_ms: int
    outcome: str
    created_at: dt.datetime = _moment()


class AuditEntry(SQLModel, table=True):
    """One entry of the append-only log; `hash` chains it to the entry before."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime = _moment()
    actor: str
    event: str
    subject: str
    payload: str
    previous: str
    hash: str = Field(unique=True)
