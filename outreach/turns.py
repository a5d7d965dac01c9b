"""Whose step is begun today where more are due than people of ours can decide: at most `per_day`, the rest wait for another day.

What waits is looked at again every day as it stands then: nothing is lost, and nothing that was true yesterday alone is sent. Four of
five turns go by what acting now is likely to bring in, the fifth to whoever has waited longest since something could have been said:
so nobody waits for ever, however much money comes in before them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select as columns
from sqlmodel import Session, col

from risk.settings import RiskSettings
from risk.worklist import worklist_of
from store.balances import by_currency
from store.clock import day_in
from store.outreach import OutreachStepRow
from store.outreach_sieve import Standing
from store.scoping import whole_house

#: Of so many turns one goes to whoever has waited longest.
FAIR = 5


class Turns:
    """Counts the steps that were begun on each day (the customers' own), by whomever: asked again in the transaction that begins one."""

    def __init__(self, per_day: int) -> None:
        """Take the most that may be begun on one day. `refresh` reads what was."""
        self.per_day = per_day
        self._begun: Counter[date] = Counter()
        self._last = 0
        self._since: date | None = None

    def refresh(self, session: Session, *, since: date | None = None) -> None:
        """Read the steps that were begun since it was read last; the first time those from the day `since` on."""
        whole_house(session)
        query = columns(col(OutreachStepRow.id), col(OutreachStepRow.day)).where(
            col(OutreachStepRow.internal).is_(False)
        )
        if self._since is None:
            assert since is not None, "the first time it needs a day"
            self._since = since
        for number, day in session.execute(
            query.where(col(OutreachStepRow.id) > self._last, col(OutreachStepRow.day) >= self._since)
        ):
            self._last = max(self._last, number)
            self._begun[day] += 1

    def left(self, day: date) -> int:
        """Give how many more may be begun on a day."""
        return max(0, self.per_day - self._begun[day])

    @property
    def any_full(self) -> bool:
        """Say whether no more are begun on any of the days that were read."""
        return any(count >= self.per_day for count in self._begun.values())

    def fair(self, day: date) -> bool:
        """Say whether the next turn is one of the fifths, counted over all days: so that it comes round however few a day there are."""
        return (day.toordinal() * self.per_day + self._begun.total()) % FAIR == FAIR - 1

    def take(self, day: date) -> None:
        """Count a step that a dry run would begin."""
        self._begun[day] += 1

    def words(self, day: date) -> str:
        """Say why a step that is due waits."""
        return f"it waits for its turn: {self.per_day} steps are begun for {day} (outreach.per_day), and it is looked at again the next day"


def in_turn(
    session: Session, standing: Mapping[str, Standing], *, turns: Turns, now: datetime, risk: RiskSettings | None = None
) -> Iterator[str]:
    """Put customers into the order in which they get their turn: by the worklist, else by what is open, with every fifth for the longest wait.

    Who comes next is known when it is asked: whoever was looked at and gets nothing took no turn, least of all the fifth.
    """
    ranks: dict[str, int] = {}
    for place, row in enumerate(worklist_of(session, now=now, settings=risk or RiskSettings())):
        ranks.setdefault(row.customer, place)
    by_gain = sorted(standing, key=lambda c: (ranks.get(c, len(ranks)), -_largest(standing[c]), c))
    by_wait = sorted(standing, key=lambda c: (waiting_since(standing[c]), c))
    return interleaved(by_gain, by_wait, fair=lambda: turns.fair(now.date()))


def interleaved(by_gain: Sequence[str], by_wait: Sequence[str], *, fair: Callable[[], bool]) -> Iterator[str]:
    """Give all names of the one order, nobody twice; wherever it is `fair`, asked before each, the next of the other."""
    order: dict[str, None] = {}
    first, second = (_not_in(order, each) for each in (by_gain, by_wait))
    for _ in by_gain:
        name = next(second if fair() else first)
        order[name] = None
        yield name


def _not_in(known: Collection[str], names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name not in known)


def waiting_since(standing: Standing) -> date:
    """Give since when something could have been said: our last mail, or the first due date where that came later, or none went."""
    due = min((invoice.due for invoice in standing.invoices), default=date.max)
    return max(due, day_in(standing.zone, standing.written_at)) if standing.written_at is not None else due


def _largest(standing: Standing) -> Decimal:
    return max(by_currency(standing.invoices).values(), default=Decimal(0))
