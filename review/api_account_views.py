"""Puts accounts, and what waits outside the queue, into the words of the JSON API. Pure functions."""

from __future__ import annotations

from decimal import Decimal

from review.api_accounts import (
    AccountOut,
    AttentionOut,
    ContactOut,
    DisputeOut,
    EscalationOut,
    InstalmentOut,
    PaymentOut,
    PlanOut,
    PromiseOut,
    UndeliveredOut,
    WakingOut,
)
from review.api_models import CustomerRef, Money
from review.api_views import invoices_out, outgoing_out, stranded_out, sums
from review.lookups import Attention
from store.facts import CaseFacts, PlanFacts
from store.tables import Contact, Outgoing


def account_out(facts: CaseFacts) -> AccountOut:
    """Give one customer's account."""
    customer = facts.customer
    assert customer is not None
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
        open=sums(facts.open_invoices),
        overdue=sums(i for i in facts.open_invoices if i.days_overdue(facts.today)),
        invoices=invoices_out(facts),
        payments=[
            PaymentOut(
                id=p.id,
                invoice=p.invoice_number,
                received_on=p.received_on,
                amount=Money(amount=p.amount, currency=p.currency),
                reference=p.reference,
            )
            for p in facts.payments
        ],
        contacts=[
            ContactOut(
                id=c.id,
                customer_id=customer.id,
                name=c.name,
                email=c.email,
                role=c.role,
                status=c.status,
                delivery=c.delivery,
                delivery_note=c.delivery_note,
            )
            for c in facts.contacts
        ],
        promises=[
            PromiseOut(
                id=p.id,
                invoices=list(p.invoices),
                due=p.due,
                amount=_perhaps(p.amount, p.currency or customer.currency),
                status=p.status,
                wait_until=p.wait_until,
            )
            for p in facts.promises
        ],
        plans=[_plan(plan) for plan in facts.plans],
        disputes=[
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
        ],
    )


def attention_out(found: Attention) -> AttentionOut:
    """Give everything that waits for a person outside the queue."""

    def who(customer_id: str) -> CustomerRef:
        return CustomerRef(id=customer_id, name=found.name(customer_id))

    def undelivered(row: Outgoing) -> UndeliveredOut:
        return UndeliveredOut(item_id=row.proposal_id, customer=who(row.customer_id), outgoing=outgoing_out(row))

    return AttentionOut(
        wakings=[
            WakingOut(id=w.id or 0, customer=who(w.customer_id), kind=w.kind, due_on=w.due_on, error=w.last_error)
            for w in found.wakings
        ],
        stranded=[stranded_out(mail) for mail in found.stranded],
        uncertain=[undelivered(row) for row in found.uncertain],
        failed=[undelivered(row) for row in found.failed],
        escalations=[
            EscalationOut(
                id=e.id or 0,
                customer=who(e.customer_id),
                role=e.role,
                urgency=e.urgency,
                reason=e.reason,
                summary=e.summary,
                status=e.status,
            )
            for e in found.escalations
        ],
        contacts_to_verify=[_contact(c) for c in found.contacts],
        unreachable=[_contact(c) for c in found.unreachable],
    )


def _contact(row: Contact) -> ContactOut:
    return ContactOut(
        id=row.id or 0,
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        role=row.role,
        status=row.status,
        delivery=row.delivery,
        delivery_note=row.delivery_note,
    )


def _plan(plan: PlanFacts) -> PlanOut:
    return PlanOut(
        id=plan.id,
        invoices=list(plan.invoices),
        total=Money(amount=plan.total, currency=plan.currency),
        status=plan.status,
        round=plan.round,
        instalments=[
            InstalmentOut(due=i.due, amount=Money(amount=i.amount, currency=plan.currency), status=i.status)
            for i in plan.instalments
        ],
    )


def _perhaps(amount: Decimal | None, currency: str) -> Money | None:
    return Money(amount=amount, currency=currency) if amount is not None else None


def _currency(facts: CaseFacts, number: str) -> str:
    invoice = facts.invoice(number)
    return invoice.currency if invoice else ""
