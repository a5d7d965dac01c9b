"""The tables of letters, calls and SMS, and of numbers that may not be used. No behaviour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import JsonColumn, Moment


def _moment(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment(), nullable=nullable))


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))


class ChannelTask(SQLModel, table=True):
    """A letter, a call or an SMS that a person approved.

    `words`: what was approved (for an SMS the very text). `recipient`: the postal lines, or the number (E.164) as it was then.
    `paper`: the letter's PDF, made at approval. `not_before`: the next moment at which it may be done. `tries`: calls that were made,
    each with `at`, `by` and `outcome`. `done_on`: the day of posting or calling. `provider_ref`, `provider_state`: what an SMS
    provider calls it. `ledger_digest`, `newest_message`: what was known at approval.
    """

    __tablename__ = "channel_task"
    __table_args__ = (UniqueConstraint("proposal_id"), Index("ix_channel_task_open", "state", "channel", "not_before"))
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    step: str
    customer_id: str = Field(foreign_key="customer.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    proposal_id: int = Field(foreign_key="proposal.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    invoices: list[str] = _list()
    language: str
    recipient: str = ""
    words: str = ""
    paper: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    state: str
    not_before: dt.datetime = _moment()
    ledger_digest: str
    newest_message: int
    approved_by: str
    created_at: dt.datetime = _moment()
    tries: list[dict[str, Any]] = _list()
    done_on: dt.date | None = None
    done_at: dt.datetime | None = _moment(nullable=True)
    carried_out_by: str | None = None
    outcome: str | None = None
    note: str = ""
    provider_ref: str | None = Field(default=None, index=True)
    provider_state: str | None = None
    claimed_by: str | None = None
    claimed_until: dt.datetime | None = _moment(nullable=True)
    attempts: int = 0
    last_error: str | None = None


class ChannelStop(SQLModel, table=True):
    """A number that a channel may not use any more: its owner said so (SMS), or it is somebody else's (CALL)."""

    __tablename__ = "channel_stop"
    __table_args__ = (UniqueConstraint("contact_id", "channel", "phone"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    channel: str
    phone: str
    told_at: dt.datetime = _moment()
