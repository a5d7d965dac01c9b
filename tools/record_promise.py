"""Note a payment that the customer undertook, and hold outreach until then. Never touches a balance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import Field
from sqlmodel import col, select

from store.aftermath import PaymentMethod, PromiseStatus
from store.facts import CaseFacts
from store.tables import Effect, Hold, Promise
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.processing import method_said

MOST_INVOICES = 50
_KIND = "promise"


class RecordPromiseArguments(Arguments):
    """Which invoices will be paid, when, by which means, and how much where the customer says less than all.

    `hold_until` is the last day on which the money is in time: the day, the processing days of the method, and the grace.
    """

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    due: dt.date
    amount: Decimal | None = Field(default=None, gt=0)
    currency: str
    method: PaymentMethod = PaymentMethod.TRANSFER
    hold_until: dt.date


class RecordPromise(Tool[RecordPromiseArguments]):
    """Record the customer's promise to pay by a date and pause reminders until then."""

    name: ClassVar[str] = "record_promise"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.PROMISE_TO_PAY})
    arguments = RecordPromiseArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need a date, neither past nor far off, and an open invoice."""
        due = ask.first.slots.date
        if due is None:
            return "the promise names no date that resolves"
        if due < ask.facts.received_on:
            return f"the promised date {due} was already past when the mail came"
        if due < ask.facts.today:
            return f"the promised date {due} is over"
        if (due - ask.facts.today).days > ask.policy.promise_max_days:
            return f"the promised date {due} is more than {ask.policy.promise_max_days} days off"
        if not ask.invoices:
            return "no open invoice of this customer is meant"
        if len({i.currency for i in ask.invoices}) > 1:
            return "the invoices are in several currencies"
        if ask.first.slots.currency not in (None, ask.invoices[0].currency):
            return f"the promise is in {ask.first.slots.currency}, the invoice is not"
        if len(ask.invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        return None

    def fill(self, ask: Ask) -> RecordPromiseArguments:
        """Take date and amount from the claim; an amount above what is open is left out."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        slots, invoices = ask.first.slots, ask.invoices
        assert slots.date is not None
        open_sum = sum((i.balance for i in invoices), Decimal(0))
        amount = slots.amount if slots.amount and 0 < slots.amount <= open_sum else None
        method = method_said(ask.first.evidence)
        return RecordPromiseArguments(
            invoices=tuple(i.number for i in invoices),
            due=slots.date,
            amount=amount,
            currency=invoices[0].currency,
            method=method,
            hold_until=ask.policy.keeping_days().last_day(slots.date, method),
        )

    def check(self, arguments: RecordPromiseArguments, ask: Ask) -> None:
        """Only what the customer said, about invoices of theirs."""
        if arguments != self.fill(ask):
            raise NotAllowed("the promise differs from what the customer wrote")

    def preview(self, arguments: RecordPromiseArguments, facts: CaseFacts) -> str:
        """Name amount, date and pause."""
        amount = money(arguments.amount, arguments.currency) if arguments.amount else "the open balance"
        by = "" if arguments.method is PaymentMethod.TRANSFER else f" ({arguments.method.replace('_', ' ')})"
        return (
            f"Notes the promise of {amount} for {listed(arguments.invoices)} by {arguments.due}{by} "
            f"and pauses reminders until {arguments.hold_until}."
        )

    def apply(self, arguments: RecordPromiseArguments, application: Application) -> str:
        """Write the promise and the hold; an older open promise for the same invoices is replaced."""
        self._replace_older(arguments, application)
        application.session.add(
            Promise(
                customer_id=application.customer_id,
                invoices=list(arguments.invoices),
                due=arguments.due,
                amount=arguments.amount,
                currency=arguments.currency,
                method=arguments.method,
                wait_until=arguments.hold_until,
                effect_id=application.effect_id,
            )
        )
        application.hold(kind=_KIND, invoices=arguments.invoices, until=arguments.hold_until)
        return f"Promise for {listed(arguments.invoices)} by {arguments.due} noted."

    def _replace_older(self, arguments: RecordPromiseArguments, application: Application) -> None:
        """Let go of open promises about the same invoices, and of their pauses; what one mail promises stands together."""
        session = application.session
        same_mail = set(session.exec(select(Effect.id).where(Effect.proposal_id == application.effect.proposal_id)))
        for older in session.exec(
            select(Promise).where(Promise.customer_id == application.customer_id, Promise.status == PromiseStatus.OPEN)
        ):
            if older.effect_id in same_mail or not set(older.invoices) & set(arguments.invoices):
                continue
            older.status = PromiseStatus.REPLACED
            for hold in session.exec(
                select(Hold).where(
                    Hold.effect_id == older.effect_id, Hold.kind == _KIND, col(Hold.released_at).is_(None)
                )
            ):
                hold.released_at = application.now

    def says(self, arguments: RecordPromiseArguments) -> str:
        """Tell what the letter says of it."""
        return "we note the payment that the customer announced for {{ promise.date }} and thank them"
