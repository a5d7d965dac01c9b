"""One customer's account as one document: for the JSON API, and for `dunwell account` in the terminal. Reads only.

What became of a promise or a plan is what `store.keeping` would judge now.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlmodel import Session

from review.api_accounts import (
    AccountOut,
    ContactOut,
    DisputeOut,
    InstalmentOut,
    LedgerChangeOut,
    NetOut,
    PauseOut,
    PaymentCheckOut,
    PaymentOut,
    PlanOut,
    PortalStandingOut,
    PromiseOut,
    ResubmissionOut,
)
from review.api_models import Money
from review.api_views import invoices_out, sums
from store.balances import NetPosition, net_position
from store.bank import credits_taken, seen_money
from store.cases import customer_facts
from store.clock import Clock
from store.facts import CaseFacts
from store.keeping_days import KeepingDays
from store.keeping_facts import Account, PlanRecord, PromiseRecord
from store.keeping_loading import account_of
from store.keeping_plans import plan_standing
from store.keeping_promises import promise_standing
from store.ledger_changes import LedgerChange, in_words
from store.ledger_changes import changes as changes_of
from store.tables import Customer

#: So many changes are told at once; `dunwell ledger changes` lists more.
_CHANGES = 20


def account_document(session: Session, customer_id: str, *, clock: Clock, days: KeepingDays) -> AccountOut | None:
    """Give the account; None where there is no such customer. `days`: how long money may take (the policy's)."""
    row = session.get(Customer, customer_id)
    if row is None:
        return None
    now = clock()
    facts, account = customer_facts(session, customer_id, now=now), account_of(session, row, now=now)
    customer = facts.customer
    assert customer is not None
    rounds = {plan.id: plan.round for plan in facts.plans}
    seen, taken = seen_money(session, customer_id), credits_taken(session, customer_id)
    positions = net_position(facts, seen=seen, credits_taken=taken)
    return AccountOut(
        id=customer.id,
        name=customer.name,
        currency=customer.currency,
        language=customer.language,
        timezone=customer.timezone,
        tier=customer.tier,
        owner=customer.owner,
        stopped=customer.stopped_reason if customer.stopped else None,
        as_of=facts.as_of,
        today=account.today,
        ledger_of=account.ledger_of,
        open=sums(facts.open_invoices),
        overdue=sums(i for i in facts.open_invoices if i.days_overdue(facts.today)),
        net=[_net(position) for position in positions.values()],
        invoices=invoices_out(facts),
        payments=_payments(facts),
        contacts=_contacts(facts, customer.id),
        promises=[_promise(p, account, days, customer.currency) for p in account.promises],
        plans=[_plan(p, account, days, rounds.get(p.id, 1)) for p in account.plans],
        disputes=_disputes(facts),
        pauses=[PauseOut(invoice=h.invoice, kind=h.kind, until=h.until) for h in account.holds],
        changes=[_change(row) for row in changes_of(session, customer_id=customer_id, limit=_CHANGES)],
        **_asked_for(facts),
    )


def _net(position: NetPosition) -> NetOut:
    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=position.currency)

    return NetOut(
        currency=position.currency,
        open=money(position.open),
        disputed=money(position.disputed),
        credits=money(position.credits),
        receipts=money(position.receipts),
        seen=money(position.seen),
        net=money(position.net),
        nothing_to_ask=position.nothing_to_ask,
        words=position.in_words,
    )


def _change(row: LedgerChange) -> LedgerChangeOut:
    return LedgerChangeOut(
        at=row.at,
        invoice=row.invoice_number,
        kind=row.kind,
        before=row.before,
        after=row.after,
        origin=row.origin,
        actor=row.actor,
        words=in_words(row),
    )


def _promise(promise: PromiseRecord, account: Account, days: KeepingDays, currency: str) -> PromiseOut:
    standing = promise_standing(promise, account, days)
    currency = promise.currency or currency
    return PromiseOut(
        id=promise.id,
        invoices=list(promise.invoices),
        noted=promise.origin.on,
        due=promise.due,
        amount=_perhaps(promise.amount, currency),
        method=promise.method,
        status=standing.status,
        in_time_until=standing.last_day,
        arrived=Money(amount=standing.arrived, currency=currency),
        late=Money(amount=standing.late, currency=currency),
        possible=Money(amount=standing.possible, currency=currency),
        words=standing.words,
    )


def _plan(plan: PlanRecord, account: Account, days: KeepingDays, round_: int) -> PlanOut:
    standing = plan_standing(plan, account, days)

    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=plan.currency)

    return PlanOut(
        id=plan.id,
        invoices=list(plan.invoices),
        offered=plan.origin.on,
        total=money(plan.total),
        paid=money(standing.paid),
        possible=money(standing.possible),
        status=standing.status,
        words=standing.words,
        round=round_,
        instalments=[
            InstalmentOut(
                id=part.instalment.id,
                due=part.instalment.due,
                amount=money(part.instalment.amount),
                paid=money(part.paid),
                status=part.status,
                words=part.words,
            )
            for part in standing.instalments
        ],
    )


def _payments(facts: CaseFacts) -> list[PaymentOut]:
    return [
        PaymentOut(
            id=p.id,
            invoice=p.invoice_number,
            received_on=p.received_on,
            amount=Money(amount=p.amount, currency=p.currency),
            reference=p.reference,
        )
        for p in facts.payments
    ]


def _contacts(facts: CaseFacts, customer_id: str) -> list[ContactOut]:
    return [
        ContactOut(
            id=c.id,
            customer_id=customer_id,
            name=c.name,
            email=c.email,
            role=c.role,
            status=c.status,
            delivery=c.delivery,
            delivery_note=c.delivery_note,
        )
        for c in facts.contacts
    ]


def _disputes(facts: CaseFacts) -> list[DisputeOut]:
    return [
        DisputeOut(
            id=d.id,
            invoice=d.invoice_number,
            kind=d.kind,
            amount=_perhaps(d.amount, _currency(facts, d.invoice_number)),
            status=d.status,
            owner=d.owner,
            due=d.due,
            credit=_perhaps(d.credit, _currency(facts, d.invoice_number)),
        )
        for d in facts.disputes
    ]


def _asked_for(facts: CaseFacts) -> dict[str, Any]:
    """Give what was sent again, what stands in portals, and what money was searched."""
    return {
        "resubmissions": [
            ResubmissionOut(
                id=r.id,
                invoice=r.invoice_number,
                kind=r.kind,
                status=r.status,
                po_number=r.po_number,
                sent_on=r.sent_on,
            )
            for r in facts.resubmissions
        ],
        "portal": [
            PortalStandingOut(id=p.id, invoice=p.invoice_number, portal=p.portal, status=p.status)
            for p in facts.portal_items
        ],
        "payment_checks": [
            PaymentCheckOut(
                id=c.id,
                invoices=list(c.invoices),
                outcome=c.outcome,
                status=c.status,
                payments=list(c.payments),
                pause_until=c.pause_until,
            )
            for c in facts.checks
        ],
    }


def _perhaps(amount: Decimal | None, currency: str) -> Money | None:
    return Money(amount=amount, currency=currency) if amount is not None else None


def _currency(facts: CaseFacts, number: str) -> str:
    invoice = facts.invoice(number)
    return invoice.currency if invoice else ""
