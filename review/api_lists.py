"""What the JSON API reads beside the pages: proposals and customers a page at a time by keyset, and one account. Reads only."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, or_
from sqlmodel import Session, col, select

from review.account_document import account_document
from review.api_accounts import AccountOut
from review.item import Item
from store.clock import Clock
from store.engine import looking
from store.tables import Customer, ProposalRow
from store.vocabulary import ProposalStatus
from tools.limits import Policy


class NoCursor(ValueError):
    """A cursor is none of ours."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A page of proposals, and where the next one begins; None on the last."""

    items: tuple[Item, ...]
    next_cursor: str | None


class ApiLists:
    """The part of the desk that lists by pages."""

    engine: Engine
    clock: Clock
    policy: Policy
    _item: Callable[[Session, ProposalRow], Item]

    def items_after(
        self,
        cursor: str | None,
        *,
        status: ProposalStatus | None,
        customer_id: str | None,
        newest_first: bool,
        limit: int,
    ) -> ItemPage:
        """Give a page of proposals in the order in which they were made. Raises NoCursor."""
        made, number = col(ProposalRow.created_at), col(ProposalRow.id)
        query = select(ProposalRow)
        if status is not None:
            query = query.where(ProposalRow.status == status)
        if customer_id is not None:
            query = query.where(ProposalRow.customer_id == customer_id)
        if cursor is not None:
            query = query.where(_beyond(*_read(cursor), newest_first=newest_first))
        order = (made.desc(), number.desc()) if newest_first else (made, number)
        with looking(self.engine) as session:
            rows = session.exec(query.order_by(*order).limit(limit + 1)).all()
            items = tuple(self._item(session, row) for row in rows[:limit])
        more = len(rows) > limit
        return ItemPage(items, _write(items[-1].row) if more else None)

    def customers_after(self, cursor: str | None, *, limit: int) -> tuple[list[tuple[str, str]], str | None]:
        """Give a page of customers' numbers and names, and the next cursor. Raises NoCursor."""
        query = select(Customer.id, Customer.name).order_by(col(Customer.id)).limit(limit + 1)
        if cursor is not None:
            query = query.where(col(Customer.id) > _text(cursor))
        with looking(self.engine) as session:
            rows = list(session.exec(query).all())
        return rows[:limit], _cursor(rows[limit - 1][0]) if len(rows) > limit else None

    def account(self, customer_id: str) -> AccountOut | None:
        """Give one customer's account as it stands; None where there is no such customer."""
        with looking(self.engine) as session:
            return account_document(session, customer_id, clock=self.clock, days=self.policy.keeping_days())


def _beyond(made: datetime, number: int, *, newest_first: bool) -> ColumnElement[bool]:
    at, key = col(ProposalRow.created_at), col(ProposalRow.id)
    if newest_first:
        return or_(at < made, and_(at == made, key < number))
    return or_(at > made, and_(at == made, key > number))


def _write(row: ProposalRow) -> str:
    return _cursor(f"{row.created_at.isoformat()} {row.id}")


def _read(cursor: str) -> tuple[datetime, int]:
    made, _, number = _text(cursor).partition(" ")
    try:
        at = datetime.fromisoformat(made)
        if at.tzinfo is None or not number.isdecimal() or len(number) > 18:
            raise ValueError
        at.timestamp()
        return at, int(number)
    except (ValueError, OverflowError):
        raise NoCursor("this cursor is none of ours: begin again without one") from None


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise NoCursor("this cursor is none of ours: begin again without one") from None
    if "\x00" in text or not text:
        raise NoCursor("this cursor is none of ours: begin again without one")
    return text
