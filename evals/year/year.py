"""One shard of the year, day by day: the world moves, the books are imported, dunwell plans, people decide, mail leaves, customers answer."""

from __future__ import annotations

import gc
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from sqlmodel import col, select

from evals.year.answering import Reply
from evals.year.collector import Collector
from evals.year.days import DESK_HOURS, FIRST, LAST, MORNING, at, days, working
from evals.year.debtors import Debtor
from evals.year.house import open_house
from evals.year.last_steps import LastSteps
from evals.year.planning import Planning
from evals.year.post import Post
from evals.year.truth import Truth
from evals.year.world import World
from store import proposals
from store.closing import close_after_import
from store.engine import looking, unit_of_work
from store.keeping import keep_daily
from store.last_resort_keeping import keep_last_resorts
from store.ledger import import_ledger
from store.ledger_known import known_to
from store.proposals import content
from store.queue_filling import fill_all
from store.tables import Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState

#: Called after each day with how many of the year are done, of how many, and how many mails went out so far.
Progress = Callable[[int, int, int], None]
_A_MINUTE = timedelta(minutes=1)
_CLOSINGS = frozenset({date(2028, 3, 1), date(2028, 8, 31)})


@dataclass
class Shard:
    """What a shard of the year came to: the record for the checker, the customers, counts, and seconds of processor time by step."""

    truth: Truth
    debtors: list[Debtor]
    database: Path
    counts: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    blocked: Counter[str] = field(default_factory=Counter)


@dataclass(order=True)
class _Event:
    at: datetime
    place: int
    what: Callable[[], None] = field(compare=False)


class Year:
    """A shard while it runs."""

    def __init__(
        self,
        debtors: list[Debtor],
        folder: Path,
        *,
        seed: int,
        real: float = 0.05,
        first: date = FIRST,
        last: date = LAST,
        outreach: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the customers and a folder for the database. `real`: the share of customers' mails that come in as bytes and are read."""
        self.truth = Truth()
        self.world = World(debtors, truth=self.truth)
        self.house = open_house(folder, starts=at(first, MORNING), outreach=outreach)
        self.post = Post(self.house)
        self.planning = Planning(self.house, self.truth)
        self.shard = Shard(self.truth, debtors, folder / "year.db")
        self.collector = Collector(self.house, self.world, self._decided, Random(f"{seed}:collector"))
        self.last_steps = LastSteps(self.house)
        self._die, self._real, self._days = Random(f"{seed}:mail"), real, days(first, last)
        self._events: list[_Event] = []
        self._places = count()
        self._open: dict[int, Reply] = {}

    def run(self, progress: Progress = lambda _done, _all, _mails: None) -> Shard:
        """Let the whole year pass."""
        # Rows of a database are no cycles: looking for them after every 700 objects costs a tenth of the time.
        gc.set_threshold(100_000, 20, 20)
        try:
            for place, day in enumerate(self._days, 1):
                self._day(day)
                progress(place, len(self._days), len(self.truth.sent))
        finally:
            self.house.close()
        self.shard.counts.update(self.collector.counts + self.last_steps.counts)
        self.shard.blocked.update(self.collector.blocked)
        return self.shard

    # --- a day --------------------------------------------------------------------------------------------------------

    def _day(self, day: date) -> None:
        self.world.move(day)
        morning = at(day, MORNING)
        self._at(morning, lambda: self._morning(day))
        for hour in DESK_HOURS if working(day) else ():
            self._at(at(day, hour), self._desk)
        end = morning + timedelta(days=1)
        while self._events and self._events[0].at < end:
            event = heapq.heappop(self._events)
            self._send_until(event.at)
            self.house.home.now = event.at
            event.what()
        self._send_until(end - _A_MINUTE)

    def _at(self, moment: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, _Event(moment, next(self._places), what))

    def _morning(self, day: date) -> None:
        home = self.house.home
        if working(day):
            with self._timed("import"):
                with unit_of_work(home.engine) as session:
                    ledger = self.world.books.export(known_to(session), now=home.now)
                    import_ledger(session, ledger, actor="erp", now=home.now)
                fill_all(home.engine)
        if day in _CLOSINGS:
            # Looks at every customer there is: a company does it after each import, the year twice (docs/year.md).
            with self._timed("closing"):
                close_after_import(home.engine, now=home.now)
        with self._timed("keeping"):
            keeping = home.settings.policy.keeping_days()
            keep_daily(home.engine, now=home.now, days=keeping)
            keep_last_resorts(home.engine, now=home.now, days=keeping)
        with self._timed("planning"):
            self.planning.plan()
        with self._timed("proposing"):
            self._propose()

    def _desk(self) -> None:
        with self._timed("proposing"):
            self._propose()
        with self._timed("deciding"):
            self.collector.work()
            self.last_steps.work()

    def _propose(self) -> None:
        while self.house.thinking.propose_due():
            pass

    # --- mail out -----------------------------------------------------------------------------------------------------

    def _send_until(self, moment: datetime) -> None:
        """Let leave what may leave up to a moment, each at its own time."""
        home = self.house.home
        while (due := self._next_due()) is not None and due <= moment:
            home.now = max(home.now, due)
            with self._timed("sending"):
                self.house.sender.run_due(home.now)
            self._delivered()
            if self._next_due() == due:  # it was looked at and still waits: in a minute again
                home.now += _A_MINUTE
                with self._timed("sending"):
                    self.house.sender.run_due(home.now)
                self._delivered()
                if self._next_due() == due:
                    break

    def _next_due(self) -> datetime | None:
        with looking(self.house.home.engine) as session:
            query = select(Outgoing.next_attempt_at).where(Outgoing.state == SendState.QUEUED)
            return session.exec(query.order_by(col(Outgoing.next_attempt_at)).limit(1)).first()

    def _delivered(self) -> None:
        for sent, heard, row in self.post.left():
            self.truth.sent.append(sent)
            self._decided(row)
            reply = self.world.hear(sent.customer_id, heard)
            if reply is not None:
                self._at(max(reply.at, self.house.home.now), partial(self._arrives, reply))

    # --- mail in ------------------------------------------------------------------------------------------------------

    def _arrives(self, reply: Reply) -> None:
        real = self._die.random() < self._real
        self.shard.counts["replies"] += 1
        with self._timed("replies"):
            number = self.post.arrive(reply, real=real)
            self._open[number] = reply
            if not real:
                self.post.propose_as_read(number, reply)
                return
            self.shard.counts["replies read from bytes"] += 1
            self._propose()
            self._read_as_meant(number, reply)

    def _read_as_meant(self, number: int, reply: Reply) -> None:
        """Have a mail that was read otherwise than it is meant thought about again, as a person read it."""
        home = self.house.home
        with unit_of_work(home.engine) as session:
            row = session.exec(
                select(ProposalRow).where(ProposalRow.message_id == number, col(ProposalRow.followup_id).is_(None))
            ).first()
            if row is None or {claim.reason for claim in content(row).claims} == {reply.reason}:
                return
            self.shard.counts["replies read otherwise than meant"] += 1
            proposals.void(session, row.id or 0, reason="a person reads it otherwise", now=home.now)
        self.post.propose_as_read(number, reply)

    def _decided(self, row: ProposalRow) -> None:
        """Note that a customer's mail is answered, or dealt with, and what follows from it at the customer's."""
        reply = self._open.pop(row.message_id, None) if row.followup_id is None else None
        if reply is None:
            return
        now = self.house.home.now
        self.world.answered(reply, now=now)
        rejected = row.status == ProposalStatus.REJECTED
        acts = {} if rejected else {a.tool: a.arguments for a in content(row).actions if not a.declined}
        self.world.came_of_it(reply, acts, now=now)

    def _timed(self, step: str) -> _Timed:
        return _Timed(self.shard.seconds, step)


@dataclass
class _Timed:
    seconds: defaultdict[str, float]
    step: str
    _began: float = 0.0

    def __enter__(self) -> None:
        self._began = process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds[self.step] += process_time() - self._began
