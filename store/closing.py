"""Closes invoices that are settled, with why they had aged, and the cases in which nothing is open any more.

Run after every import, it is idempotent. What a person set stays; only the figures beside it follow the ledger. The ledger
itself is never changed, and what is wrong with one customer keeps no other from being closed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import Cause
from store.cause_loading import Past, pasts_of
from store.cause_report import Leak
from store.causes import cause_of
from store.clock import day_in
from store.closing_cases import close_cases
from store.engine import unit_of_work
from store.matters import Closure
from store.tables import Customer, Invoice

log = logging.getLogger(__name__)

#: Who sets a cause when nobody does.
CODE = "code"


@dataclass(frozen=True, slots=True)
class Closed:
    """What was done: closures written, corrected and taken back, cases closed; customers that could not be looked at."""

    written: int = 0
    corrected: int = 0
    reopened: int = 0
    cases: int = 0
    failed: int = 0

    def __add__(self, other: Closed) -> Closed:
        """Add up two customers."""
        return Closed(
            self.written + other.written,
            self.corrected + other.corrected,
            self.reopened + other.reopened,
            self.cases + other.cases,
            self.failed + other.failed,
        )


def close_after_import(engine: Engine, *, now: datetime) -> Closed:
    """Close what is settled, one transaction a customer: the ledger is new."""
    with unit_of_work(engine) as session:
        ids = list(session.exec(select(Customer.id).order_by(Customer.id)))
    done = Closed()
    for customer_id in ids:
        try:
            with unit_of_work(engine) as session:
                audit.take_turn(session)
                done += _close_one(session, session.get_one(Customer, customer_id), now=now)
        except Exception as error:
            # The text of an error may quote rows; its kind and the id are enough to find it.
            log.error("customer %s: settled invoices could not be closed: %s", customer_id, type(error).__name__)
            done += Closed(failed=1)
    return done


def close_settled(session: Session, *, now: datetime) -> Closed:
    """Do the same for everybody in the caller's transaction. Raises what is wrong with any of them."""
    audit.take_turn(session)
    done = Closed()
    for customer in session.exec(select(Customer).order_by(Customer.id)).all():
        done += _close_one(session, customer, now=now)
    return done


def _close_one(session: Session, customer: Customer, *, now: datetime) -> Closed:
    """Write why every settled invoice had aged that was late or ever spoken of; close the cases that came to their end."""
    own = select(Invoice.number).where(Invoice.customer_id == customer.id)
    closures = session.exec(select(Closure).where(col(Closure.invoice_number).in_(own)))
    known = {c.invoice_number: c for c in closures}
    written = corrected = reopened = 0
    today = day_in(customer.timezone, now)
    for past in pasts_of(session, customer):
        closure = known.get(past.invoice.number)
        values = _values(past, closure, today=today)
        if values is None:
            reopened += _reopen(session, closure, now=now)
        elif closure is None:
            session.add(Closure(**values, invoice_number=past.invoice.number))
            written += 1
        else:
            corrected += _follow(closure, values)
    session.flush()
    done = Closed(written, corrected, reopened, close_cases(session, customer.id, now=now))
    if done != Closed():
        payload = {"written": written, "corrected": corrected, "reopened": reopened, "cases": done.cases}
        subject = f"customer:{customer.id}"
        audit.append(session, at=now, actor="ledger", event="closures.swept", subject=subject, payload=payload)
    return done


def set_cause(session: Session, number: str, cause: Cause, *, actor: str, now: datetime) -> Cause:
    """Let a person correct the cause of a closed invoice; give the one before. Raises ValueError."""
    audit.take_turn(session)
    closure = session.exec(select(Closure).where(Closure.invoice_number == number)).first()
    if closure is None:
        known = session.get(Invoice, number)
        open_ = known is not None and known.balance > 0
        raise ValueError(
            "there is no such invoice"
            if known is None
            else "it is still open: a cause is set once it is settled"
            if open_
            else "it was paid in time and never spoken of: it has no cause"
        )
    before = Cause(closure.cause)
    closure.cause, closure.set_by, closure.because = cause, actor, f"set by {actor}; before: {before.value}"
    audit.append(
        session,
        at=now,
        actor=actor,
        event="closure.cause_set",
        subject=f"invoice:{number}",
        payload={"cause": cause.value, "before": before.value},
    )
    return before


def _values(past: Past, closure: Closure | None, *, today: date) -> dict[str, Any] | None:
    """Give what the closure of an invoice says; None where it has none: it is open, or neither late nor spoken of."""
    invoice = past.invoice
    if invoice.balance > 0:
        return None
    noticed = closure.closed_on if closure is not None else today
    day = past.settled_on or (noticed if past.life.touched else past.last_paid_on)
    if day is None:
        # Nobody spoke of it and no money is listed: it may have been settled years ago.
        return None
    # Money of a day that has not come is a slip of the pen: it is here, so it came by now.
    day = day if day <= today else min(noticed, today)
    late = max(0, (day - invoice.due_date).days)
    if not late and not past.life.touched:
        return None
    cause, because = cause_of(past.life)
    return {
        "cause": cause.value,
        "because": because,
        "set_by": CODE,
        "customer_id": invoice.customer_id,
        "case_id": past.case_id,
        "closed_on": day,
        "amount": invoice.amount,
        "currency": invoice.currency,
        "days_late": late,
        "product": invoice.product,
    }


def _follow(closure: Closure, values: dict[str, Any]) -> bool:
    """Bring a closure up to date; a person's cause stays. True where anything differed."""
    kept = set() if closure.set_by == CODE else {"cause", "because", "set_by"}
    different = {k: v for k, v in values.items() if k not in kept and getattr(closure, k) != v}
    for name, value in different.items():
        setattr(closure, name, value)
    return bool(different)


def _reopen(session: Session, closure: Closure | None, *, now: datetime) -> bool:
    """Take a closure back whose invoice is open again: a payment that bounced, an application that was undone."""
    if closure is None:
        return False
    payload = {"cause": closure.cause, "set_by": closure.set_by, "closed_on": closure.closed_on.isoformat()}
    subject = f"invoice:{closure.invoice_number}"
    audit.append(session, at=now, actor="ledger", event="closure.reopened", subject=subject, payload=payload)
    session.delete(closure)
    return True


def settled_leaks(session: Session, *, since: date | None = None) -> list[Leak]:
    """List closed invoices for the report, from a day of closing on."""
    query = select(Closure, Customer.name).join(Customer, col(Customer.id) == col(Closure.customer_id))
    query = query.where(Closure.closed_on >= since) if since else query
    return [
        Leak(
            cause=Cause(closure.cause),
            currency=closure.currency,
            money=closure.amount,
            days=closure.days_late,
            customer=f"{closure.customer_id} {name}",
            product=closure.product,
            month=f"{closure.closed_on:%Y-%m}",
        )
        for closure, name in session.exec(query.order_by(Closure.invoice_number))
    ]


def open_leaks(
    session: Session, *, now: datetime, since: date | None = None, skipped: list[str] | None = None
) -> list[Leak]:
    """List open invoices that are late or were spoken of, with what is open and the cause as far as it is known.

    `since`, and their month, go by the day on which they were due. Customers whose past cannot be read are added to
    `skipped`; without one it raises what is wrong.
    """
    found: list[Leak] = []
    for customer in session.exec(select(Customer).order_by(Customer.id)):
        today = day_in(customer.timezone, now)
        try:
            pasts = pasts_of(session, customer)
        except ValueError as error:
            if skipped is None:
                raise
            log.error("customer %s: open invoices could not be read: %s", customer.id, type(error).__name__)
            skipped.append(customer.id)
            continue
        for past in pasts:
            invoice = past.invoice
            late = max(0, (today - invoice.due_date).days)
            if invoice.balance <= 0 or not (late or past.life.touched) or (since and invoice.due_date < since):
                continue
            found.append(
                Leak(
                    cause=cause_of(past.life)[0],
                    currency=invoice.currency,
                    money=invoice.balance,
                    days=late,
                    customer=f"{customer.id} {customer.name}",
                    product=invoice.product,
                    month=f"{invoice.due_date:%Y-%m}",
                )
            )
    return found
