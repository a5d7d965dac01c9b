"""Put a payment plan to the customer. The schedule is computed here to the cent; a model never writes a figure of it."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal
from typing import ClassVar

from pydantic import Field

from store.facts import CaseFacts, InvoiceFacts
from store.tables import Instalment, Plan
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.limits import PlanLimits

CENT = Decimal("0.01")
MOST_INVOICES = 50


class PlanInstalment(Arguments):
    """One payment of the schedule."""

    due: dt.date
    amount: Decimal = Field(gt=0)


class ProposePaymentPlanArguments(Arguments):
    """The whole schedule over these invoices."""

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    currency: str
    total: Decimal = Field(gt=0)
    instalments: tuple[PlanInstalment, ...] = Field(min_length=2, max_length=36)
    hold_until: dt.date


class ProposePaymentPlan(Tool[ProposePaymentPlanArguments]):
    """Offer the customer a payment plan within the company's limits; the schedule is computed by code."""

    name: ClassVar[str] = "propose_payment_plan"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST})
    arguments = ProposePaymentPlanArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need open, undisputed invoices in one currency, no broken plan, and a balance large enough to split."""
        if any(plan.status in ("proposed", "agreed") for plan in ask.facts.plans):
            return "a plan is running or on the table already"
        if any(plan.status == "broken" for plan in ask.facts.plans):
            return "an earlier plan was broken"
        invoices = plan_invoices(ask)
        if not invoices:
            return "no open invoice of this customer is meant"
        if len({i.currency for i in invoices}) > 1:
            return "the invoices are in several currencies"
        if len(invoices) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        total = sum((i.balance for i in invoices), Decimal(0))
        if most_instalments(total, ask.policy.plan) < 2:
            return "the balance is too small to be split"
        return None

    def fill(self, ask: Ask) -> ProposePaymentPlanArguments:
        """Give the legal schedule nearest to what the customer asked for."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        invoices, limits, slots = plan_invoices(ask), ask.policy.plan, ask.first.slots
        total = sum((i.balance for i in invoices), Decimal(0))
        most = most_instalments(total, limits)
        wanted = max((c.slots.instalments or 0 for c in ask.claims), default=0) or most
        first = ask.facts.today + dt.timedelta(days=limits.first_due_days)
        asked = next((c.slots.date for c in ask.claims if c.slots.date), slots.date)
        if asked and ask.facts.today < asked < first:
            first = asked
        schedule = instalments(
            total, count=min(max(wanted, 2), most), first=first, limits=limits, today=ask.facts.today
        )
        answer_by = ask.facts.today + dt.timedelta(days=ask.policy.reply_deadline_days)
        return ProposePaymentPlanArguments(
            invoices=tuple(i.number for i in invoices),
            currency=invoices[0].currency,
            total=total,
            instalments=schedule,
            hold_until=answer_by,
        )

    def check(self, arguments: ProposePaymentPlanArguments, ask: Ask) -> None:
        """Hold every limit, whoever made the schedule."""
        invoices = {i.number: i for i in plan_invoices(ask)}
        if set(arguments.invoices) - set(invoices):
            raise NotAllowed("the plan covers an invoice that it may not")
        total = sum((invoices[n].balance for n in arguments.invoices), Decimal(0))
        problems = schedule_faults(arguments, total=total, limits=ask.policy.plan, today=ask.facts.today)
        if problems:
            raise NotAllowed(problems[0])

    def preview(self, arguments: ProposePaymentPlanArguments, facts: CaseFacts) -> str:
        """Name count, total, first and last payment."""
        first, last = arguments.instalments[0], arguments.instalments[-1]
        return (
            f"Offers {len(arguments.instalments)} instalments for {money(arguments.total, arguments.currency)} over "
            f"{listed(arguments.invoices)}: first {money(first.amount, arguments.currency)} on {first.due}, last on {last.due}; "
            f"reminders pause until {arguments.hold_until}."
        )

    def apply(self, arguments: ProposePaymentPlanArguments, application: Application) -> str:
        """Write the plan as proposed, with its instalments, and hold outreach until the customer should have answered."""
        plan = Plan(
            customer_id=application.customer_id,
            invoices=list(arguments.invoices),
            total=arguments.total,
            currency=arguments.currency,
            effect_id=application.effect_id,
        )
        application.session.add(plan)
        application.session.flush()
        assert plan.id is not None
        for position, part in enumerate(arguments.instalments, 1):
            application.session.add(Instalment(plan_id=plan.id, position=position, due=part.due, amount=part.amount))
        application.hold(kind="plan", invoices=arguments.invoices, until=arguments.hold_until)
        return f"Plan of {len(arguments.instalments)} instalments for {listed(arguments.invoices)} offered."

    def says(self, arguments: ProposePaymentPlanArguments) -> str:
        """Tell what the letter says of it."""
        return "we offer the payment plan {{ plan.schedule }} and ask for a yes by {{ deadline.date }}"


def plan_invoices(ask: Ask) -> tuple[InvoiceFacts, ...]:
    """List the invoices that a plan may cover: a disputed one is settled first."""
    return tuple(i for i in ask.invoices if i.disputed == 0)


def most_instalments(total: Decimal, limits: PlanLimits) -> int:
    """Count how many instalments the limits allow for a total."""
    smallest = max(limits.min_instalment, total * limits.min_instalment_share)
    return min(limits.max_instalments, int(total / smallest))


def instalments(
    total: Decimal, *, count: int, first: dt.date, limits: PlanLimits, today: dt.date
) -> tuple[PlanInstalment, ...]:
    """Split a total into `count` payments, equal within one cent, a month apart where the last day allows it."""
    base = (total / count).quantize(CENT, rounding=ROUND_DOWN)
    extra = int((total - base * count) / CENT)
    room = (today + dt.timedelta(days=limits.last_due_days) - first).days
    gap = min(30, room // (count - 1))
    return tuple(
        PlanInstalment(due=first + dt.timedelta(days=gap * n), amount=base + (CENT if n < extra else 0))
        for n in range(count)
    )


def schedule_faults(
    plan: ProposePaymentPlanArguments, *, total: Decimal, limits: PlanLimits, today: dt.date
) -> list[str]:
    """List every limit that a schedule breaks."""
    amounts = [part.amount for part in plan.instalments]
    days = [part.due for part in plan.instalments]
    smallest = min(limits.min_instalment, total)
    tests = (
        (plan.total == total == sum(amounts), "the instalments do not add up to the open balance"),
        (max(amounts) - min(amounts) <= CENT, "the instalments are not equal within one cent"),
        (len(amounts) <= limits.max_instalments, f"more than {limits.max_instalments} instalments"),
        (min(amounts) >= smallest, f"an instalment is below {smallest}"),
        (days == sorted(set(days)), "the due dates are not in order"),
        (days[0] > today, "the first instalment is not in the future"),
        (
            (days[0] - today).days <= limits.first_due_days,
            f"the first instalment is later than in {limits.first_due_days} days",
        ),
        (
            (days[-1] - today).days <= limits.last_due_days,
            f"the last instalment is later than in {limits.last_due_days} days",
        ),
    )
    return [text for holds, text in tests if not holds]
