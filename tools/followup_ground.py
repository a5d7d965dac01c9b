"""Whether a case that woke by itself still has something to say: the ground of every waking, asked of the books. Pure functions.

Asked when the follow-up is thought about, and again at approval: nobody is reminded of money that came.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from store.aftermath import (
    DisputeStatus,
    FollowupKind,
    InstalmentStatus,
    PlanStatus,
    PortalStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.balances import free_of
from store.facts import CaseFacts, FollowupFacts
from store.vocabulary import Reason
from tools.followup_money import due_invoices, money_from
from tools.remind_ground import step_gone

#: After a pause that we announced, or with one that runs, nobody is reminded.
_NOT_WHILE_PAUSED = frozenset(
    {
        FollowupKind.PROMISE_BROKEN,
        FollowupKind.INSTALMENT_MISSED,
        FollowupKind.RESUBMISSION_UNANSWERED,
        FollowupKind.QUESTION_UNANSWERED,
        FollowupKind.CASH_NOT_FOUND,
        FollowupKind.HOLD_OVER,
    }
)
_PERSONS = frozenset({Reason.PAYMENT_FRAUD_RISK, Reason.INSOLVENCY, Reason.LEGAL_THREAT, Reason.STOP_CONTACT})

_ENDINGS = {
    FollowupKind.DISPUTE_CREDITED: DisputeStatus.CREDITED,
    FollowupKind.DISPUTE_REJECTED: DisputeStatus.REJECTED,
    FollowupKind.DISPUTE_WITHDRAWN: DisputeStatus.WITHDRAWN,
}


def gone(facts: CaseFacts) -> str | None:
    """Say why nothing is to be written any more; None while the ground holds."""
    woken = facts.followup
    if woken is None or facts.customer is None:
        return "the case did not wake by itself"
    if woken.outreach is not None:
        return step_gone(facts, woken.outreach)
    if facts.customer.stopped:
        return "all writing to this customer is stopped"
    if facts.overtaken_by:
        return f"the customer wrote about this (message {facts.overtaken_by[-1]})"
    if facts.answered_by_hand is not None:
        return "a colleague has written to the customer by hand since"
    if woken.claim.reason in _PERSONS:
        return "a person decides about what the customer wrote"
    return _OWN_GROUND[woken.kind](facts, woken) or _nothing_due(facts, woken) or _paused(facts, woken)


def _nothing_due(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    if due_invoices(facts):
        return None
    return "nothing is due on these invoices any more: they are paid or contested"


def _paused(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    if woken.kind not in _NOT_WHILE_PAUSED:
        return None
    days = [i.held_until for i in due_invoices(facts)]
    later = [day for day in days if day is not None and day > facts.today]
    return f"reminders are paused until {min(later)}" if len(later) == len(days) else None


def _promise(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    promise = next((p for p in facts.promises if p.id == woken.subject_id), None)
    if promise is None or promise.status != PromiseStatus.BROKEN:
        return f"the promise is {promise.status if promise else 'gone'}, not broken"
    newer = [p for p in facts.promises if p.id > promise.id and p.status == PromiseStatus.OPEN]
    if any(set(p.invoices) & set(promise.invoices) for p in newer):
        return "the customer has promised another day since"
    since = money_from(promise)
    came = sum(
        (
            p.amount
            for p in facts.payments
            if p.invoice_number in promise.invoices and since is not None and p.received_on >= since
        ),
        Decimal(0),
    )
    return "the promised sum has arrived" if promise.amount is not None and came >= promise.amount else None


def _instalment(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    plan = next((p for p in facts.plans if any(part.id == woken.subject_id for part in p.instalments)), None)
    if plan is None or plan.status not in (PlanStatus.AGREED, PlanStatus.BROKEN):
        return "the plan does not run any more"
    part = next(part for part in plan.instalments if part.id == woken.subject_id)
    if part.status is InstalmentStatus.PAID:
        return "the instalment is paid"
    if woken.kind is FollowupKind.INSTALMENT_DUE and (
        part.due < facts.today or part.status is InstalmentStatus.MISSED or plan.status == PlanStatus.BROKEN
    ):
        return "the day of the instalment is over"
    if woken.kind is FollowupKind.INSTALMENT_MISSED and part.status is not InstalmentStatus.MISSED:
        return "the instalment is not missed"
    return None


def _plan(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    plan = next((p for p in facts.plans if p.id == woken.subject_id), None)
    return None if plan is not None and plan.status == PlanStatus.PROPOSED else "the plan was answered"


def _resubmission(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    waiting = {r.invoice_number for r in facts.resubmissions if r.status is ResubmissionStatus.OPEN}
    return None if waiting & set(woken.invoices) else "the customer has the invoice"


def _check(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    check = next((c for c in facts.checks if c.id == woken.subject_id), None)
    if check is None or check.status in ("applied", "dismissed"):
        return f"the search for the payment is {check.status if check else 'gone'}"
    return None


def _dispute(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    dispute = next((d for d in facts.disputes if d.id == woken.subject_id), None)
    if dispute is None or dispute.status != _ENDINGS[woken.kind]:
        return "the dispute stands otherwise by now"
    return None


def _contact(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    contact = next((c for c in facts.contacts if c.id == woken.contact_id), None)
    return None if contact is not None and contact.reachable else "the contact is not one to write to any more"


def _portal(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    item = next((p for p in facts.portal_items if p.id == woken.subject_id), None)
    return None if item is not None and item.status is PortalStatus.REJECTED else "the portal has moved on"


def _settlement(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    if woken.amount is None:
        return "the settlement does not stand any more, or the customer was told of it"
    if woken.day <= facts.today:
        return f"the day by which the settlement was to be paid, {woken.day}, is over"
    left = sum((free_of(i) for i in due_invoices(facts)), Decimal(0))
    return None if left > woken.amount else "no more than the sum of the settlement is open by now"


def _always(facts: CaseFacts, woken: FollowupFacts) -> str | None:
    return None


_OWN_GROUND: dict[FollowupKind, Callable[[CaseFacts, FollowupFacts], str | None]] = {
    FollowupKind.PROMISE_BROKEN: _promise,
    FollowupKind.INSTALMENT_DUE: _instalment,
    FollowupKind.INSTALMENT_MISSED: _instalment,
    FollowupKind.PLAN_UNANSWERED: _plan,
    FollowupKind.RESUBMISSION_UNANSWERED: _resubmission,
    FollowupKind.QUESTION_UNANSWERED: _always,
    FollowupKind.CASH_NOT_FOUND: _check,
    FollowupKind.HOLD_OVER: _always,
    FollowupKind.DISPUTE_CREDITED: _dispute,
    FollowupKind.DISPUTE_REJECTED: _dispute,
    FollowupKind.DISPUTE_WITHDRAWN: _dispute,
    FollowupKind.CONTACT_VERIFIED: _contact,
    FollowupKind.PORTAL_REJECTED: _portal,
    FollowupKind.OUTREACH: _always,
    FollowupKind.SETTLEMENT: _settlement,
}
