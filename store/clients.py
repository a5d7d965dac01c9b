"""Tables of what people use beside the pages: tokens of the JSON API, drafts in mailboxes, digests. No behaviour."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import JsonColumn, Moment


class ApiToken(SQLModel, table=True):
    """A personal token: it acts as its person, within its scopes. Only the hash of its text is kept.

    `person_id` is None for whoever sits at the machine where sign-in is off; such a token is worth nothing where it is on.
    """

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    login: str = Field(index=True)
    name: str
    sha256: str = Field(unique=True)
    scopes: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    expires_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    last_used_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    revoked_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))


class FiledDraft(SQLModel, table=True):
    """A proposal's draft that lies, or lay, in a Drafts folder. The row is there before the mail is: none is added twice.

    `state`: filing, filed, removing, removed, kept (a person changed it there), sent. `edited`: for a sent one, whether the words
    that went out, kept as message `sent_message_id`, are others than ours.
    """

    __tablename__ = "filed_draft"
    __table_args__ = (UniqueConstraint("proposal_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    version: int
    mailbox: str
    message_id_header: str = Field(unique=True)
    words_sha256: str
    state: str = Field(default="filing", index=True)
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    sent_message_id: int | None = Field(default=None, foreign_key="message.id")
    edited: bool | None = None


class DigestSent(SQLModel, table=True):
    """A digest that began to leave: one row an address and day, committed before the mail's first byte, so none leaves twice."""

    __tablename__ = "digest_sent"
    address: str = Field(primary_key=True)
    day: dt.date = Field(primary_key=True)
    message_id_header: str = Field(unique=True)
    items: int
    sent_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
