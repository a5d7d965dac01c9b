"""Tables of what is counted: every decision about a proposal, and the cells of the autonomy table. One class a table, no behaviour.

`store.decisions` and `store.autonomy_cells` read and write them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import Moment


class Outcome(StrEnum):
    """What was decided. TAKEN_BACK: an approval that somebody took back in time; it is no decision any more."""

    UNEDITED = "unedited"
    EDITED = "edited"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"


#: Why an approval was made that was one of several, ticked in a list.
TOGETHER = "together"
#: Why an approval was made that no page of the item was open for: by a script, the command line or a token of the API.
ELSEWHERE = "elsewhere"


class CellState(StrEnum):
    """Whether a cell of the autonomy table answers by itself."""

    OPEN = "open"
    CLOSED = "closed"


class Decision(SQLModel, table=True):
    """One decision, a row for each reason that the proposal's claims name; of these exactly one is `first`.

    `cents`: the open balance that it was about, in hundredths, of several currencies the largest. `model`: what wrote the draft.
    `why`: the typed reason of a rejection; of an approval TOGETHER, ELSEWHERE, or nothing where the item was open. `attended_seconds`: how long who decided had the item open before them; None where
    no page of theirs said so. `reply_seconds`: from the customer's mail to ours, once that left.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_at", "first", "decided_at"),
        Index("ix_decision_cell", "reason", "tier", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    decided_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    actor: str
    automatic: bool = False
    outcome: str
    why: str = ""
    reason: str = ""
    first: bool = True
    tier: str = ""
    cents: int = Field(default=0, sa_column=Column(BigInteger(), nullable=False))
    reader: str = ""
    model: str = ""
    review_seconds: int
    attended_seconds: int | None = None
    reply_seconds: int | None = None


class AutonomyCell(SQLModel, table=True):
    """A cell that somebody opened, or that closed. `why` is what the one who changed it said, or the record that closed it."""

    __tablename__ = "autonomy_cell"
    __table_args__ = (UniqueConstraint("reason", "band", "tier"),)
    id: int | None = Field(default=None, primary_key=True)
    reason: str
    band: str
    tier: str
    state: str
    changed_by: str
    changed_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    decided: int = 0
    unedited: int = 0
    why: str = ""
