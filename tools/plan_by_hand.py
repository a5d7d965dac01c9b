"""A payment plan of so many instalments as a collector names. Within the same limits as every other, or not at all."""

from __future__ import annotations

from dataclasses import replace

from store.aftermath import PlanStance
from tools.base import Ask, NotAllowed
from tools.plan_arguments import ANSWERS, Move, PlanInstalment, ProposePaymentPlanArguments
from tools.plans import bounds_of, on_the_table, payments_of, plan_invoices, stance_of, total_of, wish_of
from tools.propose_payment_plan import ProposePaymentPlan
from tools.schedule import most_payments, nearest


def with_instalments(ask: Ask, count: int) -> ProposePaymentPlanArguments:
    """Give the plan that would be offered, in `count` payments. Raises NotAllowed with what the policy allows."""
    table = on_the_table(ask.facts)
    if table is not None and stance_of(ask.claims) in (PlanStance.AGREES, PlanStance.DECLINES):
        raise NotAllowed("the customer answers the plan that is on the table")
    own, bounds, invoices = ProposePaymentPlan().fill(ask), bounds_of(ask), plan_invoices(ask)
    if own.move in ANSWERS:
        raise NotAllowed("the customer answers the plan that is on the table")
    asked = wish_of(ask.claims, total=total_of(invoices), invoices=invoices)
    schedule = nearest(replace(asked, count=count, amount=None), bounds)
    if len(schedule) != count:
        raise NotAllowed(f"the policy allows 2 to {most_payments(bounds)} instalments here, not {count}")
    if table is not None and schedule == payments_of(table):
        raise NotAllowed("that is the plan that is on the table already")
    if schedule == own.schedule:
        return own
    return own.model_copy(
        update={
            "instalments": tuple(PlanInstalment(due=p.due, amount=p.amount) for p in schedule),
            "move": Move.COUNTER if asked.named else Move.OFFER,
            "note": "",
        }
    )
