"""Note a payment that the customer undertook, and hold outreach until then. Never touches a balance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import Field
from sqlmodel import col, select

from store.aftermath import PaymentMethod, PlanStatus, PromiseStatus
from store.cash_seen import oldest_first
from store.facts import CaseFacts, InvoiceFacts
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
        """Take date and amount from the claim; an amount above what is open is left out.

        Where an agreed plan runs over the invoices and no amount is named, what the plan asks for by that day is meant.
        """
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        slots, invoices = ask.first.slots, ask.invoices
        assert slots.date is not None
        open_sum = sum((i.balance for i in invoices), Decimal(0))
        amount = slots.amount if slots.amount and 0 < slots.amount <= open_sum else None
        amount = amount or _by_the_plan(ask.facts, invoices, slots.date)
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
        """Let go of open promises about the same invoices, and of their pauses; what one mail promises stands together.

        A promise to pay several invoices in full goes on for those that the newer one does not speak of.
        """
        session = application.session
        same_mail = set(session.exec(select(Effect.id).where(Effect.proposal_id == application.effect.proposal_id)))
        for older in session.exec(
            select(Promise).where(Promise.customer_id == application.customer_id, Promise.status == PromiseStatus.OPEN)
        ):
            if older.effect_id in same_mail or not set(older.invoices) & set(arguments.invoices):
                continue
            rest = [n for n in older.invoices if n not in arguments.invoices] if older.amount is None else []
            older.invoices = rest or older.invoices
            older.status = older.status if rest else PromiseStatus.REPLACED
            for hold in session.exec(
                select(Hold).where(
                    Hold.effect_id == older.effect_id, Hold.kind == _KIND, col(Hold.released_at).is_(None)
                )
            ):
                hold.released_at = None if hold.invoice_number in rest else application.now

    def says(self, arguments: RecordPromiseArguments) -> str:
        """Tell what the letter says of it."""
        return "we note the payment that the customer announced for {{ promise.date }} and thank them"


def _by_the_plan(facts: CaseFacts, invoices: tuple[InvoiceFacts, ...], day: dt.date) -> Decimal | None:
    """Give what an agreed plan over these invoices asks for by a day, or by its next one; None where no plan runs."""
    numbers = {i.number for i in invoices}
    plan = next((p for p in facts.plans if p.status == PlanStatus.AGREED and numbers <= set(p.invoices)), None)
    if plan is None:
        return None
    still_open = sum((i.balance for i in facts.invoices if i.number in plan.invoices), Decimal(0))
    parts = sorted(plan.instalments, key=lambda p: p.due)
    covered = oldest_first([p.amount for p in parts], plan.total - still_open)
    left = [(p.due, p.amount - paid) for p, paid in zip(parts, covered, strict=True) if p.amount > paid]
    wanted = sum((amount for due, amount in left if due <= day), Decimal(0)) or (left[0][1] if left else Decimal(0))
    return min(wanted, sum((i.balance for i in invoices), Decimal(0))) or None
