"""Negotiate a payment plan: offer, counter-offer, agreement, refusal. The schedule is computed here to the cent.

A model never writes a figure of it. Nothing beyond a collector's limits is ever offered by itself, and an agreement
never changes a schedule: it is the one on the table, or it is no agreement.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlmodel import select

from store.aftermath import PlanStance, PlanStatus
from store.facts import CaseFacts
from store.matter_facts import PlanFacts
from store.tables import Instalment, Plan
from store.vocabulary import Reason
from tools.base import Application, Ask, NotAllowed, Tool, listed
from tools.plan_arguments import (
    ANSWERS,
    SAYS,
    Move,
    PlanInstalment,
    ProposePaymentPlanArguments,
    shown,
)
from tools.plan_bounds import bounds_for, faults
from tools.plans import (
    barred,
    beyond,
    bounds_of,
    last_pause,
    like,
    next_round,
    on_the_table,
    paid_so_far,
    payments_of,
    plan_invoices,
    shape_of,
    stance_of,
    still_holds,
    total_of,
    wish_of,
)
from tools.schedule import Wish, as_asked, nearest

#: Reasons under which a customer asks for a plan; under the others they only answer one that is on the table.
ASKING: frozenset[Reason] = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST})
ANSWERING: frozenset[Reason] = ASKING | {Reason.PROMISE_TO_PAY, Reason.ACKNOWLEDGEMENT}


class ProposePaymentPlan(Tool[ProposePaymentPlanArguments]):
    """Offer the customer a payment plan within the company's limits, or answer what they say to one; code computes it."""

    name: ClassVar[str] = "propose_payment_plan"
    reasons: ClassVar[frozenset[Reason]] = ANSWERING
    arguments = ProposePaymentPlanArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a move that policy allows: an answer to the plan on the table, or a legal new offer."""
        try:
            self.fill(ask)
        except NotAllowed as refused:
            return str(refused)
        return None

    def fill(self, ask: Ask) -> ProposePaymentPlanArguments:
        """Answer the plan on the table, or give the legal schedule nearest to what the customer asked for."""
        table, stance, limits = on_the_table(ask.facts), stance_of(ask.claims), ask.policy.plan
        why = barred(ask.facts, limits)
        if why:
            raise NotAllowed(why)
        if table is None and ask.first.reason not in ASKING:
            raise NotAllowed("no plan is on the table")
        if table is not None and stance is None:
            raise NotAllowed("a plan is on the table, and what the customer says to it is not plain")
        if table is not None and stance is PlanStance.AGREES:
            return self._agreed(ask, table)
        if table is not None and stance is PlanStance.DECLINES:
            if table.round >= limits.rounds:
                raise NotAllowed(f"the customer had {table.round} offers: a person goes on")
            return _answer(Move.DECLINED, table, hold_until=_answer_by(ask))
        return self._offered(ask, table)

    def _agreed(self, ask: Ask, table: PlanFacts) -> ProposePaymentPlanArguments:
        if still_holds(table, ask.facts):
            until = last_pause(payments_of(table), grace_days=ask.policy.promise_grace_days)
            return _answer(Move.AGREED, table, hold_until=until)
        # The same plan again: a second yes is asked for, because days or sums are others now.
        left = len(table.instalments) - (paid_so_far(table, ask.facts) or 0)
        return self._schedule(ask, table, shape_of(table, left=left), round_=table.round, move=Move.RENEWED)

    def _offered(self, ask: Ask, table: PlanFacts | None) -> ProposePaymentPlanArguments:
        invoices = plan_invoices(ask)
        round_ = next_round(ask.facts, [i.number for i in invoices])
        if round_ > ask.policy.plan.rounds:
            raise NotAllowed(f"the customer had {round_ - 1} offers: a person goes on")
        wish = wish_of(ask.claims, total=total_of(invoices), invoices=invoices)
        if table is not None and not wish.named:
            raise NotAllowed("what the customer asks for is not a schedule")
        return self._schedule(ask, table, like(wish, table, ask.facts.today) if table else wish, round_=round_)

    def _schedule(
        self, ask: Ask, table: PlanFacts | None, wish: Wish, *, round_: int, move: Move | None = None
    ) -> ProposePaymentPlanArguments:
        invoices, bounds = plan_invoices(ask), bounds_of(ask)
        schedule = nearest(wish, bounds)
        if not schedule:
            raise NotAllowed("the balance is too small to be split")
        if table is not None and schedule == payments_of(table):
            more = beyond(ask, wish, schedule)
            raise NotAllowed(
                f"the plan on the table is already the nearest to what the customer asks for. {more}".strip()
            )
        granted = as_asked(wish, schedule, bounds)
        if move is None:
            move = Move.OFFER if not wish.named else Move.ASKED if granted else Move.COUNTER
        return ProposePaymentPlanArguments(
            move=move,
            invoices=tuple(i.number for i in invoices),
            currency=invoices[0].currency,
            total=bounds.total,
            instalments=tuple(PlanInstalment(due=p.due, amount=p.amount) for p in schedule),
            hold_until=_answer_by(ask),
            round=round_,
            plan_id=table.id if table is not None else None,
            note="" if granted or move is Move.RENEWED else beyond(ask, wish, schedule),
        )

    def check(self, arguments: ProposePaymentPlanArguments, ask: Ask) -> None:
        """Hold every limit of the level that it names, whoever made the schedule; an answer is to the plan on the table."""
        why = barred(ask.facts, ask.policy.plan)
        if why:
            raise NotAllowed(why)
        if arguments.move in ANSWERS:
            answer = self.fill(ask)
            # A pause that was computed on an earlier day is shorter, never longer.
            if arguments != answer.model_copy(update={"hold_until": min(arguments.hold_until, answer.hold_until)}):
                raise NotAllowed("it is not what the customer says to the plan on the table")
            return
        invoices = {i.number for i in plan_invoices(ask)}
        if set(arguments.invoices) - invoices:
            raise NotAllowed("the plan covers an invoice that it may not")
        own = tuple(i for i in plan_invoices(ask) if i.number in arguments.invoices)
        if {i.currency for i in own} != {arguments.currency} or arguments.total != total_of(own):
            raise NotAllowed("the instalments do not add up to the open balance")
        bounds = bounds_for(
            arguments.total, arguments.currency, policy=ask.policy, today=ask.facts.today, role=arguments.level
        )
        problems = faults(arguments.schedule, bounds)
        if problems:
            raise NotAllowed(problems[0])

    def done_by_letter(self, arguments: ProposePaymentPlanArguments) -> bool:
        """Say so of an offer, which is its letter; what they say to one must be written down, whoever thanked them for it."""
        return arguments.move not in ANSWERS

    def variant(self, arguments: ProposePaymentPlanArguments) -> str:
        """Name the move: each has its own words."""
        return arguments.move.value

    def preview(self, arguments: ProposePaymentPlanArguments, facts: CaseFacts) -> str:
        """Name count, total, first and last payment, and what a manager could grant."""
        return shown(arguments)

    def apply(self, arguments: ProposePaymentPlanArguments, application: Application) -> str:
        """Agree or close the plan on the table, or write the new offer in its place, and hold outreach meanwhile."""
        application.hold(kind="plan", invoices=arguments.invoices, until=arguments.hold_until)
        if arguments.move in ANSWERS:
            return _answered(arguments, application)
        for older in application.session.exec(
            select(Plan).where(Plan.customer_id == application.customer_id, Plan.status == PlanStatus.PROPOSED)
        ):
            older.status, older.ended_on = PlanStatus.REPLACED, application.today
        plan = Plan(
            customer_id=application.customer_id,
            invoices=list(arguments.invoices),
            total=arguments.total,
            currency=arguments.currency,
            round=arguments.round,
            effect_id=application.effect_id,
        )
        application.session.add(plan)
        application.session.flush()
        assert plan.id is not None
        for position, part in enumerate(arguments.instalments, 1):
            application.session.add(Instalment(plan_id=plan.id, position=position, due=part.due, amount=part.amount))
        return f"Plan of {len(arguments.instalments)} instalments for {listed(arguments.invoices)} offered."

    def says(self, arguments: ProposePaymentPlanArguments) -> str:
        """Tell what the letter says of it."""
        return SAYS[arguments.move]


def _answer(move: Move, table: PlanFacts, *, hold_until: dt.date) -> ProposePaymentPlanArguments:
    if len(table.instalments) < 2:
        raise NotAllowed("the plan on the table has no schedule")
    return ProposePaymentPlanArguments(
        move=move,
        invoices=table.invoices,
        currency=table.currency,
        total=table.total,
        instalments=tuple(PlanInstalment(due=part.due, amount=part.amount) for part in table.instalments),
        hold_until=hold_until,
        round=table.round,
        plan_id=table.id,
    )


def _answered(arguments: ProposePaymentPlanArguments, application: Application) -> str:
    """Write the customer's answer down on the plan on the table; one that ended meanwhile stays as it is."""
    plan = application.session.get_one(Plan, arguments.plan_id)
    if plan.customer_id != application.customer_id:
        raise NotAllowed(f"plan {plan.id} is another customer's")
    if plan.status == PlanStatus.PROPOSED:
        agreed = arguments.move is Move.AGREED
        plan.status = PlanStatus.AGREED if agreed else PlanStatus.DECLINED
        plan.ended_on = None if agreed else application.today
    return f"Plan over {listed(arguments.invoices)}: {plan.status}."


def _answer_by(ask: Ask) -> dt.date:
    return ask.facts.today + dt.timedelta(days=ask.policy.reply_deadline_days)
