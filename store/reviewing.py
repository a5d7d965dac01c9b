"""Tables of what reviewing leaves: how a proposal came to be what it is, what people said about it, who has it open.

One class a table, no behaviour. `store.revisions` and `store.handling` read and write them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from store.columns import JsonColumn, Moment

#: How long after the last sign of life somebody counts as having a proposal open.
PRESENT = dt.timedelta(seconds=60)


class Change(StrEnum):
    """What was done to a proposal's content. FILLED: code filled dates and figures anew, nobody chose anything."""

    PROPOSED = "proposed"
    EDITED = "edited"
    REDRAFTED = "redrafted"
    REDECIDED = "redecided"
    LEFT_OUT = "left_out"
    FILLED = "filled"


class Revision(SQLModel, table=True):
    """A proposal as it stood from `at` on. Version 1 is kept with the first change: until then the proposal's own row says it."""

    __tablename__ = "revision"
    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    version: int = Field(primary_key=True)
    change: str
    actor: str
    at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))


class Comment(SQLModel, table=True):
    """What a colleague said about a proposal, for us alone: plain text, never part of a mail."""

    __tablename__ = "comment"
    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    actor: str
    at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    text: str


class Presence(SQLModel, table=True):
    """That somebody has a proposal open; good for a minute after `seen_at`."""

    __tablename__ = "presence"
    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    login: str = Field(primary_key=True)
    name: str
    since: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    seen_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
