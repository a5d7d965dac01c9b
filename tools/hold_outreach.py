"""Let reminders rest on invoices that are moving at the customer, until a day that policy computes. Never longer.

A customer who says the same again and again is no reason to wait again and again: then a person looks.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts, InvoiceFacts
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed

MOST_INVOICES = 50

#: The customer is told when we come back. To a mere "noted", and to a robot, nobody writes back.
_TOLD: frozenset[Reason] = frozenset({Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL})

#: Mail that asks for nothing moves nothing but what it is about.
_ONLY_NAMED: frozenset[Reason] = frozenset({Reason.ACKNOWLEDGEMENT, Reason.AUTO_REPLY})


class HoldOutreachArguments(Arguments):
    """On which invoices reminders rest, why, and until when."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    reason: Reason
    until: dt.date


class HoldOutreach(Tool[HoldOutreachArguments]):
    """Pause reminders on the invoices for some days, because the customer is working on them or is away."""

    name: ClassVar[str] = "hold_outreach"
    reasons: ClassVar[frozenset[Reason]] = _TOLD | _ONLY_NAMED
    arguments = HoldOutreachArguments
    at_approval: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need an open invoice, a day to wait for, and a customer who has not said the same too often."""
        reason, limits = ask.first.reason, ask.policy.hold
        if reason is Reason.AUTO_REPLY and ask.first.slots.date is None:
            return "the absence note names no day of return"
        if reason is Reason.AUTO_REPLY and _asked_for(ask) <= ask.facts.today:
            return "the absence is over"
        invoices = hold_invoices(ask)
        if not invoices:
            return "no open invoice of this customer is meant"
        if len(invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        said = sum(reason.value in mail.reasons for mail in ask.facts.history if mail.direction == "in")
        if reason is not Reason.AUTO_REPLY and said >= limits.times:
            return f"the customer said so {said} times before"
        return None

    def fill(self, ask: Ask) -> HoldOutreachArguments:
        """Compute the day; the customer's words choose the reason and nothing else."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        return HoldOutreachArguments(
            invoices=tuple(i.number for i in hold_invoices(ask)), reason=ask.first.reason, until=hold_until(ask)
        )

    def check(self, arguments: HoldOutreachArguments, ask: Ask) -> None:
        """Never longer than policy computes today, and on the meant invoices only."""
        own = self.fill(ask)
        if arguments.reason is not own.reason or set(arguments.invoices) - set(own.invoices):
            raise NotAllowed("the pause is about something that the customer did not write")
        if arguments.until > own.until:
            raise NotAllowed(f"the pause is longer than until {own.until}")
        if arguments.until <= ask.facts.today:
            raise NotAllowed("the pause is over already")

    def preview(self, arguments: HoldOutreachArguments, facts: CaseFacts) -> str:
        """Name the invoices and the day."""
        silent = "" if self.tells(arguments) else "; nothing is sent"
        return f"Pauses reminders on {listed(arguments.invoices)} until {arguments.until}{silent}."

    def apply(self, arguments: HoldOutreachArguments, application: Application) -> str:
        """Write the holds."""
        application.hold(kind=arguments.reason, invoices=arguments.invoices, until=arguments.until)
        return f"Reminders on {listed(arguments.invoices)} rest until {arguments.until}."

    def says(self, arguments: HoldOutreachArguments) -> str:
        """Tell what the letter says of it."""
        return "we note what they said, send no reminder until {{ hold.until }}, and come back on that day"

    def tells(self, arguments: HoldOutreachArguments) -> bool:
        """Write back where the customer told us something that wants an answer."""
        return arguments.reason in _TOLD


def hold_invoices(ask: Ask) -> tuple[InvoiceFacts, ...]:
    """List the invoices that the customer speaks of; mail that asks for nothing moves only what it or its thread names."""
    if ask.first.reason in _ONLY_NAMED:
        named = {number for claim in ask.claims for number in claim.invoices} | set(ask.facts.mentioned)
        return tuple(i for i in ask.invoices if i.number in named)
    return ask.invoices


def hold_until(ask: Ask) -> dt.date:
    """Give the last day of the pause: a working day where one fits, always later than today, never past the limit."""
    latest = ask.facts.today + dt.timedelta(days=ask.policy.hold.max_days)
    return _working_day(min(_asked_for(ask), latest), after=ask.facts.today, latest=latest)


def _asked_for(ask: Ask) -> dt.date:
    limits, reason = ask.policy.hold, ask.first.reason
    days = limits.days_for(reason)
    if days is not None:
        return ask.facts.today + dt.timedelta(days=days)
    returned = ask.first.slots.date
    assert returned is not None, "refusal asks for the day of return"
    try:
        return returned + dt.timedelta(days=limits.absence_days)
    except OverflowError:
        return returned


def _working_day(day: dt.date, *, after: dt.date, latest: dt.date) -> dt.date:
    """Move a day at a weekend to the Monday; where that is past the limit, to the Friday; where neither fits, not at all."""
    monday = day + dt.timedelta(days=(7 - day.weekday()) % 7 if day.weekday() >= 5 else 0)
    if monday <= latest:
        return monday
    friday = day - dt.timedelta(days=day.weekday() - 4)
    return friday if friday > after else day
