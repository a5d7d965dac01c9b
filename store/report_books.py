"""The books as reports need them: every invoice with what reduced it and when, every promise, answer and escalation. Reads only.

The whole house is read, for people who may see all of it; one customer's rows never stand in another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from store.matters import Closure
from store.tables import Customer, Dispute, Effect, Escalation, Invoice, Payment, Promise, ProposalRow


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice. `reduced`: what came off it and on which day, oldest first; `disputed`: of what is open today."""

    number: str
    customer: str
    tier: str
    owner: str
    issued: date
    due: date
    currency: str
    amount: Decimal
    balance: Decimal
    reduced: tuple[tuple[date, Decimal], ...] = ()
    disputed: Decimal = Decimal(0)

    def open_on(self, day: date, *, today: date) -> Decimal:
        """Give what was open at the end of a day. Today it is what the ledger says; before, what was not yet taken off.

        Nothing, where the invoice is dated later: what is not billed yet is no receivable of that day.
        """
        if self.issued > day:
            return Decimal(0)
        if day >= today:
            return self.balance
        return max(Decimal(0), self.amount - sum((money for at, money in self.reduced if at <= day), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Undertaken:
    """A promise as it ended, or stands: `amount` None where the customer named none."""

    customer: str
    tier: str
    due: date
    status: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A settled invoice that was late, or that we wrote about. `asked_a_person`: its conversation went to a person on the way."""

    invoice: str
    customer: str
    closed_on: date
    amount: Decimal
    currency: str
    days_late: int
    spoken_of: bool
    asked_a_person: bool


def bills(session: Session, *, today: date) -> list[Bill]:
    """Load every invoice. What a payment does not explain came off on the day the invoice was closed, else today."""
    people = {c.id: c for c in session.exec(select(Customer))}
    paid: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    receipts = sa.select(col(Payment.invoice_number), col(Payment.received_on), col(Payment.amount))
    # Money in another currency came off by the ERP's rate, which nobody knows here: it is a part of the rest below.
    same = (col(Invoice.number) == col(Payment.invoice_number)) & (col(Invoice.currency) == col(Payment.currency))
    applied = receipts.join(Invoice, same).order_by(col(Payment.received_on))
    for number, at, money in session.execute(applied):
        paid[number].append((at, money))
    closures = sa.select(col(Closure.invoice_number), col(Closure.closed_on))
    closed: dict[str, date] = dict(session.execute(closures).all())
    disputed = _disputed(session)
    found = []
    for row in session.exec(select(Invoice).order_by(Invoice.number)):
        known = paid.get(row.number, [])
        rest = row.amount - row.balance - sum((money for _, money in known), Decimal(0))
        if rest > 0:
            known = sorted([*known, (closed.get(row.number, today), rest)])
        customer = people[row.customer_id]
        found.append(
            Bill(
                number=row.number,
                customer=row.customer_id,
                tier=customer.tier,
                owner=customer.owner,
                issued=row.issue_date,
                due=row.due_date,
                currency=row.currency,
                amount=row.amount,
                balance=row.balance,
                reduced=tuple(known),
                disputed=min(row.balance, disputed.get(row.number, Decimal(0))),
            )
        )
    return found


def _disputed(session: Session) -> dict[str, Decimal]:
    """Give the contested part by invoice; one that names no part contests all of it."""
    found: dict[str, Decimal] = {}
    rows = sa.select(col(Dispute.invoice_number), col(Dispute.amount)).where(col(Dispute.status) == "open")
    for number, part in session.execute(rows):
        found[number] = found.get(number, Decimal(0)) + (part if part is not None else Decimal("Infinity"))
    return found


def promises(session: Session, *, since: date, until: date) -> list[Undertaken]:
    """Load the promises whose day lies in a period, the replaced ones left out: another took their place."""
    rows = session.exec(
        select(Promise, Customer.tier)
        .join(Customer, col(Customer.id) == col(Promise.customer_id))
        .where(col(Promise.due) >= since, col(Promise.due) <= until, Promise.status != "replaced")
        .order_by(col(Promise.due), col(Promise.id))
    )
    return [
        Undertaken(
            customer=row.customer_id,
            tier=tier,
            due=row.due,
            status=row.status,
            amount=row.amount,
            currency=row.currency,
        )
        for row, tier in rows
    ]


def ended(session: Session, *, since: date, until: date) -> list[Ended]:
    """Load what was settled in a period, and whether a person had to be asked in its conversation before that."""
    rows = session.exec(
        select(Closure)
        .where(col(Closure.closed_on) >= since, col(Closure.closed_on) <= until)
        .order_by(col(Closure.closed_on), Closure.invoice_number)
    ).all()
    asked = _first_escalations(session)
    return [
        Ended(
            invoice=row.invoice_number,
            customer=row.customer_id,
            closed_on=row.closed_on,
            amount=row.amount,
            currency=row.currency,
            days_late=row.days_late,
            spoken_of=row.case_id is not None,
            asked_a_person=row.case_id is not None
            and (at := asked.get(row.case_id)) is not None
            and at.date() <= row.closed_on,
        )
        for row in rows
    ]


def _first_escalations(session: Session) -> dict[int, datetime]:
    rows = session.execute(
        sa.select(col(ProposalRow.case_id), sa.func.min(Effect.applied_at))
        .join(Effect, col(Effect.proposal_id) == col(ProposalRow.id))
        .join(Escalation, col(Escalation.effect_id) == col(Effect.id))
        .where(col(ProposalRow.case_id).is_not(None))
        .group_by(col(ProposalRow.case_id))
    )
    return dict(rows.all())


def names(session: Session, *, among: Collection[str] | None = None) -> dict[str, str]:
    """Give the name of every customer, or of some, by their number."""
    query = sa.select(col(Customer.id), col(Customer.name))
    if among is not None:
        query = query.where(col(Customer.id).in_(list(among)))
    return dict(session.execute(query).all())
