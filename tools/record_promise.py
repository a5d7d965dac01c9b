"""Note a payment that the customer undertook, and hold outreach until then. Never touches a balance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import Field
from sqlmodel import select

from store.facts import CaseFacts
from store.tables import Promise
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money

MOST_INVOICES = 50


class RecordPromiseArguments(Arguments):
    """Which invoices will be paid, when, and how much where the customer says less than all."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    due: dt.date
    amount: Decimal | None = Field(default=None, gt=0)
    currency: str
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
        return RecordPromiseArguments(
            invoices=tuple(i.number for i in invoices),
            due=slots.date,
            amount=amount,
            currency=invoices[0].currency,
            hold_until=slots.date + dt.timedelta(days=ask.policy.promise_grace_days),
        )

    def check(self, arguments: RecordPromiseArguments, ask: Ask) -> None:
        """Only what the customer said, about invoices of theirs."""
        if arguments != self.fill(ask):
            raise NotAllowed("the promise differs from what the customer wrote")

    def preview(self, arguments: RecordPromiseArguments, facts: CaseFacts) -> str:
        """Name amount, date and pause."""
        amount = money(arguments.amount, arguments.currency) if arguments.amount else "the open balance"
        return (
            f"Notes the promise of {amount} for {listed(arguments.invoices)} by {arguments.due} "
            f"and pauses reminders until {arguments.hold_until}."
        )

    def apply(self, arguments: RecordPromiseArguments, application: Application) -> str:
        """Write the promise and the hold; an older open promise for the same invoices is replaced."""
        for older in application.session.exec(
            select(Promise).where(Promise.customer_id == application.customer_id, Promise.status == "open")
        ):
            if set(older.invoices) & set(arguments.invoices):
                older.status = "replaced"
        application.session.add(
            Promise(
                customer_id=application.customer_id,
                invoices=list(arguments.invoices),
                due=arguments.due,
                amount=arguments.amount,
                currency=arguments.currency,
                effect_id=application.effect_id,
            )
        )
        application.hold(kind="promise", invoices=arguments.invoices, until=arguments.hold_until)
        return f"Promise for {listed(arguments.invoices)} by {arguments.due} noted."

    def says(self, arguments: RecordPromiseArguments) -> str:
        """Tell what the letter says of it."""
        return "we note the payment that the customer announced for {{ promise.date }} and thank them"
