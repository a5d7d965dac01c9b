"""Has dunwell plan the day's steps, and notes what it gives as its reasons for writing to nobody."""

from __future__ import annotations

from evals.year.days import FIRST
from evals.year.house import House
from evals.year.truth import Reason, Truth
from outreach.planning import plan_day
from outreach.settings import OutreachSettings

#: What says nothing: an invoice that nobody thinks of is silent for these reasons as well.
_EMPTY = frozenset(
    {
        "nothing is due",
        "there is no invoice that may be written about",
        "no invoice is due, or will be soon",
    }
)


class Planning:
    """The planner of one house, day by day."""

    def __init__(self, house: House, truth: Truth) -> None:
        """Take a house. Invoices that were due before the year began are left alone."""
        self._house = house
        self._truth = truth
        self._settings = OutreachSettings(enabled=True, starts_on=FIRST)

    def plan(self) -> None:
        """Plan the day. Raises AssertionError where a customer could not be planned."""
        home = self._house.home
        planned = plan_day(
            home.engine, now=home.now, settings=self._settings, policy=home.settings.policy, mailbox="ar"
        )
        assert not planned.failed, f"{planned.failed} customers could not be planned on {home.now:%Y-%m-%d}"
        silent = dict(planned.silent) | {d.customer_id: d.silent for d in planned.decisions if d.silent}
        for customer, why in silent.items():
            if why not in _EMPTY:
                self._truth.reasons.append(Reason(home.now, customer, None, why))
