"""What the JSON API says of the queue's order, of the lists beside it, and of numbers. Values only, as in `review.api_models`."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from review.api_models import Answer, CustomerRef, Money
from store.vocabulary import Reason
from tools.autonomy import Band, Reminder


class QueueItem(Answer):
    """An item in the queue's order, without its mail and account: `get_item` gives them."""

    id: int
    version: int
    customer: str | None
    reason: str
    tier: str
    owner: str
    assigned_to: str | None
    stake: Money | None = Field(description="what is open on the invoices in question")
    due_on: date | None
    came_at: datetime
    flags: list[str]
    safe: bool = Field(description="may be approved together with others")


class QueueOut(Answer):
    """A page of the queue: what matters most comes first. `chosen` counts all that the filters meet."""

    items: list[QueueItem]
    chosen: int
    next_cursor: str | None


class ToldOut(Answer):
    """What became of one of several."""

    id: int
    approved: bool
    why_not: str


class TogetherOut(Answer):
    """What became of each; every one is decided by itself."""

    results: list[ToldOut]


class ReadingOut(Answer):
    """What else a claim could be read as. `confirms`: what it was read as, and not surely enough."""

    claim: int
    reason: Reason
    share: float
    confirms: bool


class ReadingList(Answer):
    """Other readings of an item's claims."""

    readings: list[ReadingOut]


class CommentOut(Answer):
    """What a colleague said about an item."""

    by: str
    at: datetime
    text: str


class CommentList(Answer):
    """Comments on an item, oldest first."""

    comments: list[CommentOut]


class MatterOut(Answer):
    """A row of a list beside the queue: an escalation, a promise, a plan, a dispute, an invoice in a portal, a payment search."""

    id: int
    customer: CustomerRef
    owner: str
    status: str
    item_id: int = Field(description="the approval from which it came")
    since: datetime
    due: date | None
    amount: Money | None
    invoices: list[str]
    about: str


class MatterList(Answer):
    """A page of a list; pages are counted from 1."""

    matters: list[MatterOut]
    total: int
    page: int


class TallyOut(Answer):
    """How often what was decided. `unedited_share` is of those that a person decided; null where there are none."""

    unedited: int
    edited: int
    rejected: int
    alone: int = Field(description="approved without a person")
    taken_back: int
    unedited_share: float | None


class NumbersOut(Answer):
    """The numbers of a period. Times are medians, in seconds."""

    days: int
    whole: TallyOut
    by_reason: dict[str, TallyOut]
    by_reader: dict[str, TallyOut]
    by_writer: dict[str, TallyOut]
    rejected_because: dict[str, int]
    mended: dict[str, int] = Field(
        description="what people mended in edited drafts, by kind; one edit may mend several"
    )
    review_seconds: int | None
    reply_seconds: int | None


class CellOut(Answer):
    """A cell of the autonomy table with its evidence. `missing`: why it cannot be opened; empty where it can."""

    reason: Reason | Reminder
    band: Band
    tier: str
    open: bool
    decided: int
    unedited: int
    missing: str


class CellList(Answer):
    """What could ever be answered without a person."""

    cells: list[CellOut]
