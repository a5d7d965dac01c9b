"""Finds, in a few questions for the whole house, whose day has not been looked at and who could be due for a step at all.

A sieve and no judge: whom it lets through is looked at in full, one customer at a time. It only passes over whom no step could be for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Float, cast
from sqlmodel import Session, col, select

from store import outreach
from store.aftermath import FollowupState
from store.clock import day_in
from store.matters import Followup
from store.scoping import whole_house
from store.tables import Customer, Invoice, ProposalRow
from store.vocabulary import ProposalStatus

_OPEN_PROPOSAL = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)
_WAITING = (FollowupState.WAITING, FollowupState.PROPOSING, FollowupState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Candidates:
    """`due`: to be looked at in full. `silent`: why each other one whose day it is gets nothing. `days`: their own days."""

    due: tuple[str, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)


def candidates(
    session: Session, *, now: datetime, starts_on: date | None, ahead: int, only: Collection[str] | None = None
) -> Candidates:
    """List whom to look at: `ahead` days before an invoice is due the first step may come. `only`: these, looked at today or not."""
    whole_house(session)
    looked = outreach.looked_on(session)
    rows = session.exec(
        select(Customer.id, Customer.timezone, Customer.stopped_reason)
        .where(col(Customer.id).in_(only) if only is not None else True)
        .order_by(Customer.id)
    ).all()
    days = {customer: day_in(zone, now) for customer, zone, _ in rows}
    fresh = [
        (customer, stopped)
        for customer, _, stopped in rows
        if only is not None or looked.get(customer, date.min) < days[customer]
    ]
    if not fresh:
        return Candidates()
    last = max(days.values()) + timedelta(days=ahead)
    open_ones = select(Invoice.customer_id).where(col(Invoice.due_date) <= last, cast(col(Invoice.balance), Float) > 0)
    if starts_on is not None:
        open_ones = open_ones.where(col(Invoice.due_date) >= starts_on)
    owing = set(session.exec(open_ones.distinct()))
    busy = set(
        session.exec(select(ProposalRow.customer_id).where(col(ProposalRow.status).in_(_OPEN_PROPOSAL)).distinct())
    )
    woken = set(session.exec(select(Followup.customer_id).where(col(Followup.state).in_(_WAITING)).distinct()))
    due: list[str] = []
    silent: dict[str, str] = {}
    for customer, stopped in fresh:
        why = _passed_over(customer, stopped, owing=owing, busy=busy, woken=woken)
        if why is None:
            due.append(customer)
        else:
            silent[customer] = why
    return Candidates(tuple(due), silent, {customer: days[customer] for customer, _ in fresh})


def _passed_over(
    customer: str, stopped: str | None, *, owing: Collection[str], busy: Collection[str | None], woken: Collection[str]
) -> str | None:
    if stopped:
        return "all writing to this customer is stopped"
    if customer not in owing:
        return "no invoice is due, or will be soon"
    if customer in busy:
        return "a proposal for this customer waits"
    return "the agent has something else to write to this customer" if customer in woken else None
