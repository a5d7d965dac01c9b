"""What becomes of last steps as days pass and the ledger changes: proposals lapse, lifting is proposed, settlements are kept or not.

Judged one customer at a time, each in a transaction of its own; done twice it changes nothing more. No hold is lifted and no claim
called back by itself: that is proposed, and a person does it. Balances are never touched.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import Cause, PlanStatus
from store.cases import customer_facts
from store.cause_loading import pasts_of
from store.causes import cause_of
from store.clock import day_in
from store.closing import CODE, set_cause
from store.engine import looking, unit_of_work
from store.facts import CaseFacts
from store.keeping_days import KeepingDays, later
from store.last_resort import claimable, claims, propose_last_resort
from store.last_resort_concerned import to_judge
from store.last_resort_deciding import end, propose_end
from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED, OPEN, Ending, Ground, Standing
from store.matters import Closure
from store.outreach_words import LastResort
from store.tables import Customer

_log = logging.getLogger(__name__)
_ACTOR = "ledger"
_LOST = (LastResort.HOLD, LastResort.REVIEW, LastResort.HAND_OFF)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was done: steps that ended or lapsed, ends that were proposed, customers that could not be judged."""

    ended: int = 0
    proposed: int = 0
    failed: int = 0

    def __add__(self, other: Swept) -> Swept:
        """Add up two customers."""
        return Swept(self.ended + other.ended, self.proposed + other.proposed, self.failed + other.failed)


def keep_last_resorts(engine: Engine, *, now: datetime, days: KeepingDays) -> Swept:
    """Judge every open last step that can have come to an end. Idempotent; what is wrong with one customer keeps no other from it."""
    with looking(engine) as session:
        customers = to_judge(session)
    swept = Swept()
    for customer_id in customers:
        try:
            with unit_of_work(engine) as session:
                swept += _keep(session, customer_id, now=now, days=days)
        except Exception as error:
            _log.error("customer %s: last steps could not be judged: %s", customer_id, type(error).__name__)
            swept += Swept(failed=1)
    return swept


def _keep(session: Session, customer_id: str, *, now: datetime, days: KeepingDays) -> Swept:
    audit.take_turn(session)
    facts = customer_facts(session, customer_id, now=now)
    mine = select(LastResortRow).where(LastResortRow.customer_id == customer_id)
    rows = session.exec(mine.where(col(LastResortRow.status).in_(sorted(OPEN))).order_by(col(LastResortRow.id))).all()
    return sum((_judge(session, row, facts, now=now, days=days) for row in rows), Swept())


def _judge(session: Session, row: LastResortRow, facts: CaseFacts, *, now: datetime, days: KeepingDays) -> Swept:
    number, kind = row.id or 0, LastResort(row.kind)
    if row.status == Standing.PROPOSED:
        why = _ground_gone(row, facts)
        if why is not None:
            end(session, number, why=why, actor=_ACTOR, now=now, lapsed=True)
        return Swept(ended=int(why is not None))
    if kind is LastResort.SETTLEMENT:
        return _settlement(session, row, facts, now=now, days=days)
    if kind is LastResort.WRITE_OFF:
        return _write_off(session, row, facts, now=now)
    if kind is LastResort.REVIEW:
        paid = open_now(facts, row) <= 0
        if paid:
            end(session, number, why=Ending.PAID, actor=_ACTOR, now=now)
        return Swept(ended=int(paid))
    why = Ending.PAID if open_now(facts, row) <= 0 else _planned(row, facts)
    return Swept(proposed=int(why is not None and propose_end(session, number, why=why, now=now)))


def open_now(facts: CaseFacts, row: LastResortRow) -> Decimal:
    """Add up what is open on the invoices of a step, whatever the currency: zero says that all of it is paid."""
    return sum((i.balance for i in facts.open_invoices if i.number in row.invoices), Decimal(0))


def paid_since(facts: CaseFacts, row: LastResortRow, *, until: bool = False) -> Decimal:
    """Add up the receipts on a step's invoices since it was approved, in its currency; `until`: up to the day of a settlement."""
    if row.approved_at is None or facts.customer is None:
        return Decimal(0)
    since = day_in(facts.customer.timezone, row.approved_at)
    return sum(
        (
            p.amount
            for p in facts.payments
            if p.invoice_number in row.invoices
            and p.currency == row.currency
            and not p.is_credit
            and p.received_on >= since
            and not (until and row.pay_by is not None and p.received_on > row.pay_by)
        ),
        Decimal(0),
    )


def cause_known(session: Session, customer_id: str, invoices: list[str]) -> Cause:
    """Give the cause of the largest of these invoices, as far as what was said tells it."""
    pasts = [p for p in pasts_of(session, session.get_one(Customer, customer_id)) if p.invoice.number in invoices]
    largest = max(pasts, key=lambda past: past.invoice.balance, default=None)
    return cause_of(largest.life)[0] if largest is not None else Cause.UNKNOWN


def _ground_gone(row: LastResortRow, facts: CaseFacts) -> Ending | None:
    if open_now(facts, row) <= 0:
        return Ending.PAID
    if not claimable(facts, [n for n in row.invoices if facts.invoice(n) is not None]):
        return Ending.NOTHING_OPEN
    return _planned(row, facts) if row.kind in _LOST else None


def _planned(row: LastResortRow, facts: CaseFacts) -> Ending | None:
    """Say whether a plan that the customer agreed to covers all that is open of a step."""
    left = {i.number for i in facts.open_invoices if i.number in row.invoices}
    planned = {n for plan in facts.plans if plan.status == PlanStatus.AGREED for n in plan.invoices}
    return Ending.PLAN_AGREED if left and left <= planned else None


def _settlement(session: Session, row: LastResortRow, facts: CaseFacts, *, now: datetime, days: KeepingDays) -> Swept:
    assert row.amount is not None, "the database holds that a settlement has a sum"
    assert row.pay_by is not None, "and a day"
    number, came = row.id or 0, paid_since(facts, row, until=True)
    if came >= row.amount - days.charges_of(row.amount) or open_now(facts, row) <= 0:
        end(session, number, why=Ending.KEPT, actor=_ACTOR, now=now)
        return Swept(ended=1, proposed=int(_rest(session, row, facts, now=now)))
    last = days.last_day(row.pay_by)
    since = facts.today if row.approved_at is None else row.approved_at.date()
    loose = any(
        p.invoice_number is None and p.currency == row.currency and p.received_on >= since for p in facts.payments
    )
    if facts.today <= (later(last, days.unapplied_wait) if loose else last):
        return Swept()
    end(session, number, why=Ending.NOT_PAID, actor=_ACTOR, now=now, lapsed=True)
    return Swept(ended=1)


def _rest(session: Session, row: LastResortRow, facts: CaseFacts, *, now: datetime) -> bool:
    """Propose to write off what a settlement that was kept leaves open: never more than was given away."""
    open_rest = claims(claimable(facts, row.invoices)).get(row.currency, Decimal(0))
    rest = min(open_rest, row.claim - paid_since(facts, row))
    if rest <= 0:
        return False
    cause = cause_known(session, row.customer_id, row.invoices)
    made = propose_last_resort(
        session,
        kind=LastResort.WRITE_OFF,
        customer_id=row.customer_id,
        invoices=row.invoices,
        why=Ground.SETTLEMENT_REST,
        actor=_ACTOR,
        now=now,
        amount=rest,
        cause=Cause.UNWILLING if cause is Cause.UNKNOWN else cause,
    )
    return made is not None


def _write_off(session: Session, row: LastResortRow, facts: CaseFacts, *, now: datetime) -> Swept:
    assert row.amount is not None, "the database holds that a write-off has a sum"
    number, left = row.id or 0, open_now(facts, row)
    paid = paid_since(facts, row)
    if row.status == Standing.CARRIED_OUT and left <= max(Decimal(0), row.claim - row.amount):
        end(session, number, why=Ending.BOOKED, actor=_ACTOR, now=now)
        _count_by_cause(session, row, now=now)
        return Swept(ended=1)
    if paid > 0 and row.status in DECIDED:
        return Swept(proposed=int(propose_end(session, number, why=Ending.PAID, now=now)))
    return Swept()


def _count_by_cause(session: Session, row: LastResortRow, *, now: datetime) -> None:
    """Let the closed invoices of a write-off count under its cause, as whoever approved it said; one that a person set stays."""
    if row.cause is None or row.cause == Cause.UNKNOWN:
        return
    theirs = select(Closure).where(col(Closure.invoice_number).in_(row.invoices), Closure.set_by == CODE)
    for closure in session.exec(theirs).all():
        set_cause(session, closure.invoice_number, Cause(row.cause), actor=row.approved_by or _ACTOR, now=now)
