"""The lists beside the queue, at the desk: what they show, and the two decisions that were the command line's alone.

Every call is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from review.edit_numbers import PATIENCE, Compared, EditNumbers, edit_numbers
from store import applications, matter_lists, pausing, portals
from store.aftermath import PortalStatus
from store.clock import Clock
from store.engine import looking, unit_of_work
from store.matter_lists import Page, Wanted
from store.portal_hearing import advance
from store.review_numbers import Numbers, numbers


class Kind(StrEnum):
    """A list."""

    ESCALATIONS = "escalations"
    PROMISES = "promises"
    PLANS = "plans"
    DISPUTES = "disputes"
    PORTAL = "portal"
    PAYMENTS = "payments"


_LISTS: Mapping[Kind, Callable[[Session, Wanted], Page]] = {
    Kind.ESCALATIONS: matter_lists.escalations,
    Kind.PLANS: matter_lists.plans,
    Kind.DISPUTES: matter_lists.disputes,
    Kind.PORTAL: matter_lists.portal_items,
    Kind.PAYMENTS: matter_lists.payment_checks,
}


class Listing:
    """The part of the desk that lists what is open beside the queue."""

    engine: Engine
    clock: Clock

    @cached_property
    def compared_edits(self) -> Compared:
        """What was worked out of edits: comparing texts takes a moment each."""
        return {}

    def today(self) -> date:
        """Give the day in UTC: a list is about many customers, each with a day of their own."""
        return self.clock().date()

    def outbox_paused(self) -> str | None:
        """Say why nothing leaves; None where mail may leave."""
        with looking(self.engine) as session:
            pause = pausing.paused(session)
        return pause.why if pause is not None else None

    def listed(self, kind: Kind, wanted: Wanted) -> Page:
        """Give a page of a list."""
        with looking(self.engine) as session:
            if kind is Kind.PROMISES:
                return matter_lists.promises(session, wanted, today=self.today())
            return _LISTS[kind](session, wanted)

    def open_counts(self) -> Mapping[str, int]:
        """Count what is open in each list."""
        with looking(self.engine) as session:
            return matter_lists.open_counts(session, today=self.today())

    def numbers(self, *, since: datetime, until: datetime) -> Numbers:
        """Give the numbers of a period."""
        with looking(self.engine) as session:
            return numbers(session, since=since, until=until)

    def edits(self, *, since: datetime, until: datetime, seconds: float | None = PATIENCE) -> EditNumbers:
        """Say what people mended in the drafts that they edited in a period.

        What is not worked out after some seconds is left out until it is asked for again; with None, all of it is awaited.
        """
        with looking(self.engine) as session:
            return edit_numbers(session, since=since, until=until, compared=self.compared_edits, seconds=seconds)

    def move_portal_item(self, item_id: int, to: PortalStatus, *, actor: str, why: str = "") -> None:
        """Note what became of an invoice in a portal; a rejection wakes its case. Raises ValueError."""
        if to is PortalStatus.REJECTED and not why.strip():
            raise portals.IllegalMove("say what the portal says")
        with unit_of_work(self.engine) as session:
            advance(session, item_id, to, actor=actor, now=self.clock(), why=why)

    def dismiss_search(self, check_id: int, *, actor: str, note: str) -> None:
        """End a payment search that is wrong, and its pause. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            applications.dismiss(session, check_id, actor=actor, note=note, now=self.clock())
