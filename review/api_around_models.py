"""What the JSON API says, and takes, around the queue: threads, presence, saved views, tables. Values only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from review.api_models import Answer

_Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
_Sum = Annotated[str, StringConstraints(pattern=r"^(\d{1,15}(\.\d{1,2})?)?$")]


class ThreadMailOut(Answer):
    """One mail of a thread, as plain text. `state`: where one of ours stands that has not gone out; null otherwise."""

    at: datetime
    ours: bool
    by_hand: bool = Field(description="sent from a mail client, without dunwell")
    who: str
    subject: str
    text: str
    state: str | None
    path: str = Field(description="where to get it whole, after `/api/v1`")


class ThreadOut(Answer):
    """A conversation, newest first. `more`: older mails that are not listed."""

    mails: list[ThreadMailOut]
    more: int


class StateOut(Answer):
    """One state that an item had: what was changed, by whom, and the words as they were then."""

    version: int
    change: str
    by: str
    at: datetime
    actions: list[str] = Field(description="what approving would have done, in words")
    body: str | None
    rendered: str | None


class HistoryOut(Answer):
    """Every state of an item, oldest first; empty where nothing was ever changed."""

    states: list[StateOut]


class PersonHere(Answer):
    """Somebody who has an item open."""

    login: str
    name: str
    since: datetime


class HereOut(Answer):
    """Who else has an item open."""

    others: list[PersonHere]


class FiltersOut(Answer):
    """Filters of the queue, named as `get_queue` takes them; empty ones narrow nothing."""

    q: str = ""
    reason: str = ""
    tier: str = ""
    owner: str = ""
    who: str = ""
    flag: str = ""
    language: str = ""
    least: str = ""
    most: str = ""
    safe: bool = False


class ViewOut(Answer):
    """A saved view. Only who made it (`mine`) removes it."""

    id: int
    name: str
    shared: bool
    mine: bool
    filters: FiltersOut


class ViewList(Answer):
    """Saved views by name."""

    views: list[ViewOut]


class ListCounts(Answer):
    """How much is open in each list beside the queue."""

    open: dict[str, int]


class FiltersIn(BaseModel):
    """Filters of the queue, as `get_queue` takes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    q: _Word = ""
    reason: _Word = ""
    tier: _Word = ""
    owner: _Word = ""
    who: _Word = ""
    flag: _Word = ""
    language: _Word = ""
    least: _Sum = ""
    most: _Sum = ""
    safe: bool = False


class ViewIn(BaseModel):
    """A view to be kept. `shared`: all see it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
    filters: FiltersIn = FiltersIn()
    shared: bool = False


class ExportIn(BaseModel):
    """The period of a table that has one, in days back from now."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: Annotated[int, Field(ge=1, le=3650)] = 30
