"""Loads how every account stands, a table at a time: a company has thousands of customers. Reads only.

What was not scored yet is scored here, and not written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from risk.ledger_book import book_of
from risk.scoring import model_of, score
from risk.settings import RiskSettings
from risk.standing import Claim, Money, PlannedMoney, PromisedMoney, Standing, laid
from risk.standing_around import Around, around, instalments
from store import risks
from store.aftermath import InstalmentStatus, PlanStatus, PromiseStatus
from store.bank import credits_taken, seen_money
from store.bank_tables import BankPart
from store.clock import day_in
from store.scoping import whole_house
from store.tables import (
    Customer,
    Instalment,
    Invoice,
    Plan,
    Promise,
)
from store.vocabulary import SendState

_OUT = (SendState.SENT, SendState.FILED)


def standings(
    session: Session, *, now: datetime, settings: RiskSettings, customer_id: str | None = None
) -> list[Standing]:
    """Load every account with something open, or one of them, by customer."""
    whole_house(session)
    invoices = _open(session, customer_id)
    scores = _scores(session, invoices, now=now, settings=settings)
    gathered = around(session)
    parts = instalments(session)
    slipping = {row.customer_id: tuple(row.reasons) for row in risks.warnings(session)}
    query = select(Customer).where(col(Customer.id).in_(list(invoices))) if customer_id else select(Customer)
    banked = set(session.exec(select(BankPart.customer_id).distinct()))
    found = []
    for customer in session.exec(query.order_by(Customer.id)):
        if customer.id not in invoices:
            continue
        known = gathered[customer.id]
        seen = seen_money(session, customer.id) if customer.id in banked else {}
        for currency, amount in (credits_taken(session, customer.id) if seen else {}).items():
            known.unapplied[currency] -= amount
        found.append(_standing(customer, invoices[customer.id], known, scores, parts, seen, slipping, now=now))
    return found


def _standing(
    customer: Customer,
    invoices: Sequence[Invoice],
    known: Around,
    scores: Mapping[str, risks.Risk],
    parts: Mapping[int, Sequence[Instalment]],
    seen: Mapping[str, Decimal],
    slipping: Mapping[str, tuple[str, ...]],
    *,
    now: datetime,
) -> Standing:
    today = day_in(customer.timezone, now)
    balances = {i.number: i.balance for i in invoices}
    disputed = dict(known.disputed)
    for number in known.contested:
        disputed[number] = balances.get(number, Decimal(0))
    plans = [p for p in known.plans if p.status == PlanStatus.AGREED]
    promises = [p for p in known.promises if p.status == PromiseStatus.OPEN]
    planned = {n for p in plans for n in p.invoices}
    promised = {n for p in promises for n in p.invoices or balances}
    claims = tuple(_claim(i, scores.get(i.number), known, planned, promised, today) for i in invoices)
    return Standing(
        customer=customer.id,
        name=customer.name,
        tier=customer.tier,
        owner=customer.owner,
        today=today,
        claims=laid(claims, Money(disputed=disputed, seen=seen, unapplied=known.unapplied)),
        stopped=bool(customer.stopped_reason),
        reachable=known.reachable,
        otherwise=(("a postal address",) if customer.address.strip() else ()) + known.otherwise,
        waiting=tuple(sorted(known.waiting)),
        broken=_broken(known),
        kept_before=sum(p.status == PromiseStatus.KEPT for p in known.promises),
        broken_before=sum(p.status == PromiseStatus.BROKEN for p in known.promises),
        written=known.written,
        written_before=known.written_before,
        promises=tuple(_promised(p, customer, balances) for p in promises),
        plans=tuple(_planned(p, parts) for p in plans),
        slipping=slipping.get(customer.id, ()),
    )


def _claim(
    invoice: Invoice, score_: risks.Risk | None, known: Around, planned: set[str], promised: set[str], today: date
) -> Claim:
    until = max((d for d in (known.paused.get(invoice.number), known.paused.get(None)) if d), default=None)
    return Claim(
        number=invoice.number,
        currency=invoice.currency,
        due=invoice.due_date,
        balance=invoice.balance,
        planned=invoice.number in planned,
        promised=invoice.number in promised and invoice.number not in planned,
        paused=until is not None and until >= today,
        late=score_.late_probability if score_ else 1.0,
        days=tuple(score_.days) if score_ else (0,),
        reasons=tuple(score_.reasons) if score_ else (),
    )


def _broken(known: Around) -> tuple[str, ...]:
    """Give the invoices of the latest promise or plan, where it was broken and nothing came in its place."""
    latest: list[Promise | Plan] = [*known.promises[-1:], *known.plans[-1:]]
    last = max(latest, key=lambda matter: matter.effect_id, default=None)
    return tuple(last.invoices) if last is not None and last.status in (PromiseStatus.BROKEN, PlanStatus.BROKEN) else ()


def _promised(promise: Promise, customer: Customer, balances: Mapping[str, Decimal]) -> PromisedMoney:
    return PromisedMoney(
        invoices=tuple(promise.invoices) or tuple(sorted(balances)),
        currency=promise.currency or customer.currency,
        amount=promise.amount,
        due=promise.due,
        until=max(promise.due, promise.wait_until or promise.due),
    )


def _planned(plan: Plan, parts: Mapping[int, Sequence[Instalment]]) -> PlannedMoney:
    rows = [p for p in parts.get(plan.id or 0, ()) if p.status != InstalmentStatus.PAID]
    return PlannedMoney(tuple(plan.invoices), plan.currency, tuple((p.due, p.amount) for p in rows))


# --- a table at a time ----------------------------------------------------------------------------------------


def _open(session: Session, customer_id: str | None) -> dict[str, list[Invoice]]:
    # SQLite keeps money as text: a zero that is written otherwise is left out below.
    query = select(Invoice).where(Invoice.balance != Decimal("0.00")).order_by(Invoice.number)
    found: dict[str, list[Invoice]] = defaultdict(list)
    for invoice in session.exec(query.where(Invoice.customer_id == customer_id) if customer_id else query):
        if invoice.balance > 0:
            found[invoice.customer_id].append(invoice)
    return found


def _scores(
    session: Session, invoices: Mapping[str, Sequence[Invoice]], *, now: datetime, settings: RiskSettings
) -> Mapping[str, risks.Risk]:
    """Give what was scored; all of it anew where an open invoice was not, as before the first scoring."""
    stored = risks.of_everybody(session)
    if all(i.number in stored for rows in invoices.values() for i in rows):
        return stored
    model, digest = model_of(session)
    today = day_in("UTC", now)
    book = book_of(session, now=now)
    return {
        one.bill.number: risks.Risk(
            invoice_number=one.bill.number,
            customer_id=one.bill.customer,
            as_of=today,
            late_probability=one.late_probability,
            expected_days_late=one.expected_days_late,
            days=list(one.days),
            reasons=list(one.reasons),
            model_digest=digest,
        )
        for one in score(book, model, today=today, min_settled=settings.min_settled)
    }
