"""What the account's plans allow now: which one is on the table, which bars another, which round a new offer would be.

Reads a snapshot; decides nothing about money.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from store.aftermath import PlanRhythm, PlanStance, PlanStatus
from store.facts import CaseFacts, InvoiceFacts
from store.matter_facts import PlanFacts
from store.proposed import Claim
from tools.approval import Approver
from tools.base import Ask, NotAllowed
from tools.limits import PlanLimits
from tools.plan_arguments import MOST_INVOICES
from tools.plan_bounds import Bounds, Payment, bounds_for
from tools.schedule import Wish, as_asked, nearest, rhythm_of


def on_the_table(facts: CaseFacts) -> PlanFacts | None:
    """Give the plan that waits for the customer's answer, the last one where there are several."""
    return next((p for p in reversed(facts.plans) if p.status == PlanStatus.PROPOSED), None)


def barred(facts: CaseFacts, limits: PlanLimits) -> str | None:
    """Say why no plan may be spoken of at all; None where one may."""
    if any(p.status == PlanStatus.AGREED for p in facts.plans):
        return "a plan is running already"
    for plan in facts.plans:
        if plan.status != PlanStatus.BROKEN:
            continue
        # A break without a day is taken as of today: it bars for as long as nobody wrote down when it was.
        if (facts.today - (plan.ended_on or facts.today)).days < limits.broken_pause_days or plan.ended_on is None:
            return f"an earlier plan was broken less than {limits.broken_pause_days} days ago"
    return None


def stance_of(claims: Sequence[Claim]) -> PlanStance | None:
    """Give what the claims say to the plan on the table: the most careful of their answers."""
    said = {claim.slots.stance for claim in claims}
    return next((s for s in (PlanStance.COUNTERS, PlanStance.DECLINES, PlanStance.AGREES) if s in said), None)


def next_round(facts: CaseFacts, numbers: Sequence[str]) -> int:
    """Count which offer of this negotiation a new one would be: 1, or one more than that of the plan it comes after."""
    last = facts.plans[-1] if facts.plans else None
    if last is None or last.status not in (PlanStatus.PROPOSED, PlanStatus.DECLINED):
        return 1
    return last.round + 1 if set(last.invoices) & set(numbers) else 1


def wish_of(claims: Sequence[Claim], *, total: Decimal, invoices: Sequence[InvoiceFacts]) -> Wish:
    """Put together what the claims ask of a plan. A sum that is a balance, or the total, is no instalment."""

    def named(slot: str) -> list[object]:
        return [value for claim in claims if (value := getattr(claim.slots, slot)) is not None]

    values = {
        field: next(iter(named(slot)), None)
        for field, slot in (
            ("count", "instalments"),
            ("amount", "amount"),
            ("first", "date"),
            ("rhythm", "rhythm"),
            ("pay_day", "pay_day"),
            ("down", "down_payment"),
        )
    }
    whole = {total, *(i.balance for i in invoices), *(i.amount for i in invoices)}
    amount, down, count = values["amount"], values["down"], values["count"]
    if not isinstance(amount, Decimal) or amount <= 0 or amount >= total or amount in whole or amount == down:
        values["amount"] = None
    if not isinstance(down, Decimal) or not 0 < down < total:
        values["down"] = None
    elif isinstance(count, int):
        values["count"] = count + 1
    return Wish(**values)  # type: ignore[arg-type]  # each slot has the type of its field


def other_currency(claims: Sequence[Claim], currency: str) -> str | None:
    """Name a currency that the customer speaks of and that is not the invoices'."""
    return next((c.slots.currency for c in claims if c.slots.currency not in (None, currency)), None)


def payments_of(plan: PlanFacts) -> tuple[Payment, ...]:
    """Give a plan's schedule."""
    return tuple(Payment(part.due, part.amount) for part in plan.instalments)


def shape_of(plan: PlanFacts, *, left: int) -> Wish:
    """Wish for the same plan again with the payments that are left."""
    days = [part.due for part in plan.instalments]
    rhythm = rhythm_of(days)
    pay_day = max(day.day for day in days) if rhythm is PlanRhythm.MONTHLY and len(days) > 1 else None
    return Wish(count=max(left, 2), rhythm=rhythm, pay_day=pay_day)


def still_holds(plan: PlanFacts, facts: CaseFacts) -> bool:
    """Say whether a plan on the table can be agreed to as it stands.

    What is open must be its total, or what is left after its first payments came; no day of the others may be over.
    """
    invoices = [facts.invoice(number) for number in plan.invoices]
    if not plan.instalments or any(i is None or i.disputed > 0 or i.currency != plan.currency for i in invoices):
        return False
    paid = paid_so_far(plan, facts)
    return paid is not None and all(part.due >= facts.today for part in plan.instalments[paid:])


def paid_so_far(plan: PlanFacts, facts: CaseFacts) -> int | None:
    """Count the first payments of a plan that came already; None where the balance tells of anything else."""
    left = sum((i.balance for n in plan.invoices if (i := facts.invoice(n)) is not None), Decimal(0))
    sums = [Decimal(0), *accumulate(part.amount for part in plan.instalments[:-1])]
    came = plan.total - left
    return sums.index(came) if came in sums else None


def last_pause(plan: Sequence[Payment], *, grace_days: int) -> dt.date:
    """Give the day until which reminders rest while a plan is followed: its last day, and the grace."""
    return plan[-1].due + dt.timedelta(days=grace_days)


def plan_invoices(ask: Ask) -> tuple[InvoiceFacts, ...]:
    """List the invoices that a plan may cover: those of the plan on the table and those meant; a disputed one is settled first."""
    table = on_the_table(ask.facts)
    if table is None:
        meant = ask.invoices
    else:
        numbers = {*table.invoices, *(number for claim in ask.claims for number in claim.invoices)}
        meant = tuple(i for i in ask.facts.open_invoices if i.number in numbers)
    return tuple(i for i in meant if i.disputed == 0)


def total_of(invoices: Sequence[InvoiceFacts]) -> Decimal:
    """Add up what is open."""
    return sum((i.balance for i in invoices), Decimal(0))


def like(wish: Wish, plan: PlanFacts, today: dt.date) -> Wish:
    """Fill what a wish leaves open from the plan on the table: who asks for another first day keeps count and rhythm."""
    days = [part.due for part in plan.instalments]
    if not days:
        return wish
    sized = wish.count is not None or wish.amount is not None
    return replace(
        wish,
        count=wish.count if sized else len(days),
        first=wish.first or (days[0] if wish.pay_day is None and days[0] > today else None),
        rhythm=wish.rhythm or rhythm_of(days),
    )


def bounds_of(ask: Ask, role: Approver = Approver.COLLECTOR) -> Bounds:
    """Give what a role may grant over the invoices that are meant. Raises NotAllowed where they make no one sum."""
    invoices = plan_invoices(ask)
    if not invoices:
        raise NotAllowed("no open invoice of this customer is meant")
    if len({i.currency for i in invoices}) > 1:
        raise NotAllowed("the invoices are in several currencies")
    if len(invoices) > MOST_INVOICES:
        raise NotAllowed(f"more than {MOST_INVOICES} invoices are meant")
    currency = invoices[0].currency
    other = other_currency(ask.claims, currency)
    if other:
        raise NotAllowed(f"the customer speaks of {other}, the invoices are in {currency}")
    return bounds_for(total_of(invoices), currency, policy=ask.policy, today=ask.facts.today, role=role)


def beyond(ask: Ask, wish: Wish, schedule: Sequence[Payment]) -> str:
    """Tell the office what a higher role could grant that comes nearer to the wish; "" where nobody could."""
    for role in (Approver.MANAGER, Approver.CONTROLLER):
        bounds = bounds_of(ask, role)
        wider = nearest(wish, bounds)
        if wider and wider != tuple(schedule):
            what = "what they ask for" if as_asked(wish, wider, bounds) else "more"
            days = f"first on {wider[0].due}, last on {wider[-1].due}"
            return f"A {role.value} could grant {what}: {len(wider)} instalments, {days}."
    return ""
