"""What follows from an answer: promises kept or broken, plans followed, pauses over. Writes statuses and wakes cases.

The judging is pure and stands in `store.keeping_promises`, `_plans` and `_matters`; here it is loaded, written and logged, one
transaction a customer. Done twice it changes nothing more. The ledger's balances are never touched, and nothing is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from store import audit, followups
from store.aftermath import PlanStatus
from store.clock import day_in
from store.conditional import changed
from store.engine import unit_of_work
from store.keeping_concerned import customers_with_matters
from store.keeping_days import KeepingDays
from store.keeping_facts import Account
from store.keeping_loading import account_of
from store.keeping_matters import (
    judge_checks,
    judge_holds,
    judge_questions,
    judge_resubmissions,
    undecided_effects,
)
from store.keeping_plans import judge_plans
from store.keeping_promises import judge_promises
from store.keeping_questions import ask
from store.keeping_verdicts import Change, Matter, Verdict
from store.matters import PaymentCheck
from store.tables import Customer, Hold, Instalment, Plan, Promise, Resubmission

log = logging.getLogger(__name__)

_ACTOR = "ledger"
_TABLES: dict[Matter, Any] = {
    Matter.PROMISE: Promise,
    Matter.PLAN: Plan,
    Matter.INSTALMENT: Instalment,
    Matter.RESUBMISSION: Resubmission,
    Matter.CHECK: PaymentCheck,
}
_ENDED_PLANS = frozenset({PlanStatus.KEPT, PlanStatus.BROKEN, PlanStatus.LAPSED})


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: statuses that changed, cases that woke, pauses let go; customers that could not be judged."""

    changed: int = 0
    woken: int = 0
    released: int = 0
    failed: int = 0

    def __add__(self, other: Kept) -> Kept:
        """Add up two customers."""
        return Kept(
            self.changed + other.changed,
            self.woken + other.woken,
            self.released + other.released,
            self.failed + other.failed,
        )


def judge(account: Account, days: KeepingDays) -> Verdict:
    """Say what follows for one account on its day. Pure: the same account gives the same verdict.

    A customer to whom nothing may be written wakes nothing; what became of their promises is noted all the same.
    """
    verdict = (
        judge_promises(account, days)
        + judge_plans(account, days)
        + judge_resubmissions(account, days)
        + judge_checks(account)
        + judge_questions(account, days)
    )
    verdict += judge_holds(account, undecided=undecided_effects(account, verdict))
    return replace(verdict, wakings=()) if account.stopped else verdict


def keep(session: Session, *, customer_id: str | None = None, now: datetime, days: KeepingDays) -> Kept:
    """Judge one customer, or (None) all for whom anything is open, in the caller's transaction. Idempotent."""
    audit.take_turn(session)
    if customer_id is not None:
        return _keep_one(session, session.get_one(Customer, customer_id), now=now, days=days)
    kept = Kept()
    for customer in customers_with_matters(session, now=now, broken=True):
        kept += _keep_one(session, customer, now=now, days=days)
    return kept


def keep_after_import(engine: Engine, *, now: datetime, days: KeepingDays) -> Kept:
    """Judge everybody for whom anything is open, one transaction a customer: the ledger is new."""
    with unit_of_work(engine) as session:
        ids = [c.id for c in customers_with_matters(session, now=now, broken=True)]
    return _keep_each(engine, ids, now=now, days=days)


def keep_daily(engine: Engine, *, now: datetime, days: KeepingDays) -> Kept:
    """Judge those who were not judged yet on this day of their own; cheap when there are none."""
    with unit_of_work(engine) as session:
        concerned = customers_with_matters(session, now=now)
        ids = [c.id for c in concerned if c.kept_on is None or c.kept_on < day_in(c.timezone, now)]
    return _keep_each(engine, ids, now=now, days=days)


def _keep_each(engine: Engine, ids: Iterable[str], *, now: datetime, days: KeepingDays) -> Kept:
    """Keep customers apart: what is wrong with one must not keep the others from their day."""
    kept = Kept()
    for customer_id in ids:
        try:
            with unit_of_work(engine) as session:
                kept += keep(session, customer_id=customer_id, now=now, days=days)
        except Exception as error:
            # The text of an error may quote rows; its kind and the id are enough to find it.
            log.error("customer %s: promises and plans could not be judged: %s", customer_id, type(error).__name__)
            kept += Kept(failed=1)
    return kept


def _keep_one(session: Session, customer: Customer, *, now: datetime, days: KeepingDays) -> Kept:
    account = account_of(session, customer, now=now)
    verdict = judge(account, days)
    counted = Kept(
        changed=sum(_change(session, change, today=account.today, now=now) for change in verdict.changes),
        woken=sum(
            followups.wake(
                session,
                kind=waking.kind,
                subject_id=waking.subject_id,
                effect_id=waking.origin.effect_id,
                due_on=waking.due_on,
                now=now,
            )
            for waking in verdict.wakings
        ),
        released=_release(session, customer.id, verdict.released, now=now),
    )
    ask(session, customer.id, verdict.questions, actor=_ACTOR, now=now)
    if customer.kept_on != account.today:
        customer.kept_on = account.today
        session.add(customer)
    return counted


def _change(session: Session, change: Change, *, today: date, now: datetime) -> bool:
    """Set a status where it still is what was judged, and log it with the reason."""
    table = _TABLES[change.matter]
    values: dict[str, Any] = {"status": str(change.new)}
    if change.matter is Matter.PLAN and change.new in _ENDED_PLANS:
        values["ended_on"] = today
    same = (table.id == change.id, table.status == str(change.old))
    if changed(session, update(table).where(*same).values(**values)) != 1:
        return False
    audit.append(
        session,
        at=now,
        actor=_ACTOR,
        event=f"{change.matter}.{change.new}",
        subject=f"{change.matter}:{change.id}",
        payload={"from": str(change.old), "on": today, "why": change.why},
    )
    return True


def _release(session: Session, customer_id: str, holds: tuple[int, ...], *, now: datetime) -> int:
    if not holds:
        return 0
    count = changed(
        session,
        update(Hold).where(col(Hold.id).in_(holds), col(Hold.released_at).is_(None)).values(released_at=now),
    )
    if count:
        audit.append(
            session,
            at=now,
            actor=_ACTOR,
            event="holds.released",
            subject=f"customer:{customer_id}",
            payload={"holds": list(holds)},
        )
    return count
