"""The desk's reading of the queue: a page of it, its counts, who stands beside an item, the views that people keep.

Reads only, but for the saved views. No question here loads what it does not show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from review.item import Item
from review.queue_tally import Tally
from store import proposals, queue, queue_counts, saved_views
from store.clock import Clock
from store.engine import looking, unit_of_work
from store.queue import Filters, Page, Place, QueueRow
from store.queue_counts import Counts, Group
from store.queue_pulse import Beat, Move, beat, moves
from store.queue_search import MOST_FOUND
from store.queue_words import asked
from store.saved_views import SavedView
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue: rows, counts, and how far the log was when they were read.

    `cut`: the words were found so often that not all of it is listed.
    """

    page: Page
    counts: Counts
    beat: Beat
    cut: bool


class Queueing:
    """The part of the desk that lists what waits."""

    engine: Engine
    clock: Clock
    policy: Policy
    show: Callable[[int], Item | None]
    _item: Callable[[Session, ProposalRow], Item]

    @cached_property
    def tally(self) -> Tally:
        """The counts of long queues, shared by all who ask."""
        return Tally()

    @property
    def safe_reasons(self) -> tuple[str, ...]:
        """The reasons that may be approved together."""
        return tuple(reason.value for reason in self.policy.review.bulk_reasons)

    def queue_page(self, filters: Filters, *, after: Place | None = None, before: Place | None = None) -> QueuePage:
        """Give one page of the list."""
        now = self.clock()
        with looking(self.engine) as session:
            at = beat(session)
            page = queue.page(session, filters, now=now, after=after, before=before)
        groups = self._groups(filters)
        cut = bool(asked(filters.text)) and sum(group.count for group in groups) >= MOST_FOUND
        return QueuePage(page, queue_counts.counts(groups, filters), at, cut)

    def _groups(self, filters: Filters) -> list[Group]:
        def make() -> list[Group]:
            with looking(self.engine) as session:
                return queue_counts.groups(session, filters, now=self.clock())

        key = ("groups", filters.least, filters.most, filters.text)
        return self.tally.of(key, make, lambda found: sum(group.count for group in found))

    def waiting(self) -> int:
        """Count what waits and is not put off."""

        def make() -> int:
            with looking(self.engine) as session:
                return queue.waiting(session, now=self.clock())

        return self.tally.of("waiting", make, lambda found: found)

    def queue_rows(self, numbers: list[int]) -> list[QueueRow]:
        """Give the rows of some items, of those that wait."""
        with looking(self.engine) as session:
            return queue.some(session, numbers)

    def neighbours(self, number: int, filters: Filters | None = None) -> tuple[int | None, int | None]:
        """Give the items before and after one in the queue; for one that left it, none and the first that waits."""
        with looking(self.engine) as session:
            return queue.neighbours(session, number, filters, now=self.clock())

    def held_ids(self, *, limit: int = queue.PAGE) -> list[int]:
        """List the numbers of what comes first in the queue."""
        with looking(self.engine) as session:
            return queue.first_ids(session, now=self.clock(), limit=limit)

    def held(self, *, limit: int = 200) -> list[Item]:
        """List what waits for a person and is not put off, in the queue's order; not more than `limit`."""
        return [item for number in self.held_ids(limit=limit) if (item := self.show(number)) is not None]

    def decided(self, *, limit: int = 50) -> list[Item]:
        """List what was decided last."""
        with looking(self.engine) as session:
            return [self._item(session, row) for row in proposals.decided(session, limit=limit)]

    def in_status(self, status: ProposalStatus, *, limit: int = 50) -> list[Item]:
        """List the proposals of one status, newest first."""
        with looking(self.engine) as session:
            return [self._item(session, row) for row in proposals.in_status(session, status, limit=limit)]

    def moves(self, *, since: int) -> tuple[Beat, list[Move]]:
        """Say how far the log is, and what came into the queue and left it after an entry of it."""
        with looking(self.engine) as session:
            at = beat(session)
            return at, moves(session, since=since) if at.seq > since else []

    def saved_views(self, login: str) -> list[SavedView]:
        """List the views that a person may choose."""
        with looking(self.engine) as session:
            return saved_views.views_for(session, login)

    def save_view(self, *, login: str, name: str, query: str, shared: bool) -> None:
        """Keep a view. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            saved_views.save(session, login=login, name=name, query=query, shared=shared, now=self.clock())

    def remove_view(self, number: int, *, login: str) -> None:
        """Remove a view of one's own. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            saved_views.remove(session, number, login=login)
