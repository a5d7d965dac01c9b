"""Views of the queue that people keep by name: their own, and those that all share. A view is a question, never an answer."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from sqlalchemy import Column, UniqueConstraint, delete
from sqlmodel import Field, Session, SQLModel, col, select

from store.columns import Moment

#: So many views a person (and all together) may keep; longer names and questions are refused.
MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 800
#: The owner of a view that all share.
SHARED = ""


class SavedView(SQLModel, table=True):
    """A view with its name. `owner`: a login, or empty for all; `query`: the filters as the page's address holds them."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    name: str
    query: str
    created_by: str
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


def views_for(session: Session, login: str) -> list[SavedView]:
    """List a person's own views and the shared ones, by name."""
    mine = select(SavedView).where(col(SavedView.owner).in_([login, SHARED]))
    return list(session.exec(mine.order_by(SavedView.name, col(SavedView.id))))


def save(session: Session, *, login: str, name: str, query: str, shared: bool, now: datetime) -> None:
    """Keep a view; one of the same name and owner gives way, where it is the same person's. Raises ValueError."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ValueError(f"a view needs a name of 1 to {LONGEST_NAME} characters")
    if len(query) > LONGEST_QUERY:
        raise ValueError("these filters are too long to be kept")
    owner = SHARED if shared else login
    kept = session.exec(select(SavedView).where(SavedView.owner == owner)).all()
    same = next((view for view in kept if view.name == name), None)
    if same is not None:
        if same.created_by != login:
            raise ValueError(f"{same.created_by} shares a view of this name: choose another one")
        same.query, same.created_at = query, now
        session.add(same)
        return
    if len(kept) >= MOST:
        raise ValueError(f"there are {MOST} views: remove one first")
    session.add(SavedView(owner=owner, name=name, query=query, created_by=login, created_at=now))


def remove(session: Session, view_id: int, *, login: str) -> None:
    """Remove a view. Raises ValueError for one that is not this person's."""
    view = session.get(SavedView, view_id)
    if view is None or view.created_by != login:
        raise ValueError("this is not a view of yours: only who made a view removes it")
    session.execute(delete(SavedView).where(col(SavedView.id) == view_id))
