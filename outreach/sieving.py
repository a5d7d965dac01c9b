"""Says, before an account is loaded, that no step can be for it today: too early, too late, closed, written or answered lately.

It passes over nobody whom `outreach.deciding` would write to: where it cannot know, the account is looked at in full. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from outreach.cadence import BEFORE, Cadence, Cadences, History
from outreach.segments import ENOUGH, LATE_DAYS
from outreach.settings import OutreachSettings
from store.clock import day_in
from store.outreach_sieve import OpenInvoice, Standing
from store.outreach_words import OutreachStep
from tools.jurisdiction import Jurisdiction
from tools.limits import Policy
from tools.windows import NoMoment, known_zone, next_moment

_RANK = {step: place for place, step in enumerate(OutreachStep)}


@dataclass(kw_only=True, slots=True)
class Sieve:
    """One look at the whole house. `grace`: no reminder so many days after the due date."""

    table: Cadences
    profile: Jurisdiction
    now: datetime
    grace: int
    starts_on: date | None
    _closed: dict[str, str | None] = field(default_factory=dict, init=False)

    def passes_over(self, standing: Standing) -> str | None:
        """Say why no step can be for a customer today; None where the account must be looked at."""
        today = day_in(standing.zone, self.now)
        cadence = self._cadence(standing)
        if standing.replied_at is not None:
            wrote = day_in(standing.zone, standing.replied_at)
            if today < (until := wrote + timedelta(days=cadence.reply_days)):
                return f"the customer wrote on {wrote}: nothing is written first before {until}"
        due = [one for invoice in standing.invoices for one in self._due(invoice, standing, cadence, today)]
        if not due:
            return "nothing is due"
        if any(internal for internal in due):
            return None
        if standing.written_at is not None:
            wrote = day_in(standing.zone, standing.written_at)
            if today < (until := wrote + timedelta(days=cadence.gap_days)):
                return f"we wrote on {wrote}: the next one not before {until}"
        return self._closed_today(standing.zone, today)

    def _due(self, invoice: OpenInvoice, standing: Standing, cadence: Cadence, today: date) -> list[bool]:
        """List the steps that could be due for an invoice, as whether people of ours alone take them."""
        if self.starts_on is not None and invoice.due < self.starts_on:
            return []
        begun = standing.begun.get(invoice.number, set())
        return [
            one.internal
            for one in cadence.steps
            if one.step not in begun
            and invoice.due + timedelta(days=one.day) <= today
            and not any(_RANK[done] > _RANK[one.step] for done in begun)
            and self._in_its_time(one.step, invoice, standing, cadence, today)
        ]

    def _in_its_time(
        self, step: OutreachStep, invoice: OpenInvoice, standing: Standing, cadence: Cadence, today: date
    ) -> bool:
        if step in BEFORE:
            doubtful = not invoice.order or not standing.settled or invoice.balance >= cadence.large
            return today < invoice.due and (step is not OutreachStep.VERIFY or doubtful)
        if step is OutreachStep.DUE_TODAY:
            return today == invoice.due
        return invoice.due + timedelta(days=self.grace) < today

    def _cadence(self, standing: Standing) -> Cadence:
        """Give the cadence that `outreach.segments` chooses, from the same figures."""
        amount = sum((i.balance for i in standing.invoices if i.currency == standing.currency), Decimal(0))
        history = self._history(standing)
        for one in self.table.cadence:
            if one.tiers and standing.tier not in one.tiers:
                continue
            if one.history and history not in one.history:
                continue
            if amount < one.amount_from or (one.amount_below is not None and amount >= one.amount_below):
                continue
            return one
        return self.table.cadence[-1]

    @staticmethod
    def _history(standing: Standing) -> History:
        if standing.broken:
            return History.LATE
        if len(standing.late_days) < ENOUGH:
            return History.NEW
        return History.LATE if sum(standing.late_days) > LATE_DAYS * len(standing.late_days) else History.RELIABLE

    def _closed_today(self, zone: str, today: date) -> str | None:
        if zone not in self._closed:
            self._closed[zone] = self._why_closed(zone, today)
        return self._closed[zone]

    def _why_closed(self, zone: str, today: date) -> str | None:
        if known_zone(zone) is None:
            return None
        try:
            opens = next_moment(self.now, zone, self.profile.contact, self.profile.holidays)
        except NoMoment:
            return None
        on = day_in(zone, opens)
        return f"no mail leaves on this day any more: the window opens on {on}" if on != today else None


def sieve_of(table: Cadences, settings: OutreachSettings, policy: Policy, *, now: datetime) -> Sieve:
    """Give the sieve through which the whole house goes first."""
    return Sieve(
        table=table,
        profile=policy.profile(),
        now=now,
        grace=policy.sending.reminder_grace_days,
        starts_on=settings.starts_on,
    )
