"""What money a waking is about: which invoices, what is missing, what stays due after a credit, what lies unapplied. Pure functions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from store.aftermath import FollowupKind
from store.balances import free_of
from store.facts import CaseFacts, FollowupFacts, InvoiceFacts, PaymentFacts, PromiseFacts

#: No pause holds these up, but they speak of nothing that rests until a person ends it: handed over, written off (`store.last_resort`).
_NOT_WHAT_RESTS = frozenset({FollowupKind.CONTACT_VERIFIED, FollowupKind.PLAN_UNANSWERED})
#: These say that money did not come.
_MISSES_MONEY = frozenset(
    {
        FollowupKind.PROMISE_BROKEN,
        FollowupKind.INSTALMENT_MISSED,
        FollowupKind.CASH_NOT_FOUND,
        FollowupKind.HOLD_OVER,
    }
)


def begins(woken: FollowupFacts) -> bool:
    """Say whether a settlement is told to somebody who never wrote: it goes back to no words of theirs."""
    return woken.kind is FollowupKind.SETTLEMENT and not (woken.claim.evidence or woken.claim.confidence)


def due_invoices(facts: CaseFacts) -> tuple[InvoiceFacts, ...]:
    """List the invoices that a follow-up speaks of: of those it is about, the ones with money due that nobody contests."""
    woken = facts.followup
    assert woken is not None
    if woken.kind in (FollowupKind.DISPUTE_CREDITED, FollowupKind.OUTREACH):
        return tuple(i for i in facts.invoices if i.number in woken.invoices)
    owed = [i for i in facts.open_invoices if free_of(i)]
    if woken.kind in _NOT_WHAT_RESTS:
        owed = [i for i in owed if i.held_until != date.max]
    if woken.invoices:
        return tuple(i for i in owed if i.number in woken.invoices)
    return tuple(i for i in owed if i.due_date <= facts.today)


def missing(facts: CaseFacts, woken: FollowupFacts) -> Decimal | None:
    """Give what has not come of a promised payment or an instalment, where a part of it has; None where all or none came."""
    if woken.amount is None:
        return None
    before, since = Decimal(0), woken.since
    if woken.kind is FollowupKind.INSTALMENT_MISSED:
        plan = next((p for p in facts.plans if any(part.id == woken.subject_id for part in p.instalments)), None)
        if plan is None:
            return None
        before = sum((p.amount for p in plan.instalments if p.due < woken.day), Decimal(0))
        since = plan.offered_on or since
    elif woken.kind is FollowupKind.PROMISE_BROKEN:
        since = next((money_from(p) for p in facts.promises if p.id == woken.subject_id), None) or since
    else:
        return None
    came = sum(
        (
            p.amount
            for p in facts.payments
            if p.invoice_number in woken.invoices and p.currency == woken.currency and p.received_on >= since
        ),
        Decimal(0),
    )
    left = woken.amount - max(came - before, Decimal(0))
    return left if 0 < left < woken.amount else None


def left_after_credit(facts: CaseFacts, invoice: InvoiceFacts) -> Decimal:
    """Give what stays due on an invoice after its credits, whether the ERP has booked them or not, and without what is contested."""
    credits = sum(
        (d.credit for d in facts.disputes if d.invoice_number == invoice.number and d.credit is not None), Decimal(0)
    )
    paid = sum((p.amount for p in facts.payments if p.invoice_number == invoice.number), Decimal(0))
    return max(Decimal(0), min(invoice.balance, invoice.amount - paid - credits) - invoice.disputed)


def loose_money(facts: CaseFacts) -> tuple[PaymentFacts, ...]:
    """List receipts that no invoice took yet and that may be the money that a follow-up misses."""
    woken = facts.followup
    if woken is not None and woken.outreach is not None:
        asked = {i.currency for i in facts.invoices if i.number in woken.invoices}
        return tuple(p for p in facts.payments if p.invoice_number is None and p.currency in asked)
    if woken is None or woken.kind not in _MISSES_MONEY:
        return ()
    return tuple(
        p
        for p in facts.payments
        if p.invoice_number is None and p.currency == woken.currency and p.received_on >= facts.received_on
    )


def money_from(promise: PromiseFacts) -> date | None:
    """Give the day from which money may be the promised one: that of the customer's mail."""
    return promise.money_from or promise.said_on
