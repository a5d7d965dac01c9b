"""The words for a case that woke by itself: why, since when, and what became of the waking. Pure."""

from __future__ import annotations

from store.aftermath import FollowupKind, FollowupState
from store.facts import FollowupFacts
from store.outreach_around import OutreachFacts
from store.outreach_words import OutreachStep
from tools.base import listed, money

KINDS: dict[FollowupKind, str] = {
    FollowupKind.PROMISE_BROKEN: "Promise not kept",
    FollowupKind.INSTALMENT_DUE: "Instalment falls due",
    FollowupKind.INSTALMENT_MISSED: "Instalment missed",
    FollowupKind.PLAN_UNANSWERED: "Plan not answered",
    FollowupKind.RESUBMISSION_UNANSWERED: "Invoice sent again, no answer",
    FollowupKind.QUESTION_UNANSWERED: "Question not answered",
    FollowupKind.CASH_NOT_FOUND: "Payment not found",
    FollowupKind.HOLD_OVER: "Pause is over",
    FollowupKind.DISPUTE_CREDITED: "Dispute credited",
    FollowupKind.DISPUTE_REJECTED: "Dispute rejected",
    FollowupKind.DISPUTE_WITHDRAWN: "Dispute withdrawn",
    FollowupKind.CONTACT_VERIFIED: "New contact verified",
    FollowupKind.PORTAL_REJECTED: "Portal rejected the invoice",
    FollowupKind.OUTREACH: "We write first",
    FollowupKind.SETTLEMENT: "Settlement approved",
}

#: What is said of a follow-up that was set aside, by where its waking stands now.
BECAME: dict[FollowupState, str] = {
    FollowupState.WAITING: "It is thought about anew.",
    FollowupState.PROPOSING: "It is thought about anew.",
    FollowupState.PROPOSED: "It was proposed anew.",
    FollowupState.CLOSED: "There is nothing left to say, so no other is proposed.",
    FollowupState.QUARANTINED: "It could not be proposed anew: see Attention.",
}


def why(woken: FollowupFacts) -> str:
    """Say why a case woke, for a collector."""
    if woken.outreach is not None:
        return first_words(woken.outreach)
    about = listed(woken.invoices)
    amount = f"{money(woken.amount, woken.currency)} for {about}" if woken.amount is not None else about
    told = {
        FollowupKind.PROMISE_BROKEN: f"the promise of {amount} by {woken.day:%d %b %Y} was not kept",
        FollowupKind.INSTALMENT_DUE: f"the instalment of {amount} falls due on {woken.day:%d %b %Y}",
        FollowupKind.INSTALMENT_MISSED: f"the instalment of {amount}, due on {woken.day:%d %b %Y}, was missed",
        FollowupKind.PLAN_UNANSWERED: f"the plan for {about}, offered on {woken.since:%d %b %Y}, was not answered",
        FollowupKind.RESUBMISSION_UNANSWERED: f"nobody answered since {about} was sent again on {woken.since:%d %b %Y}",
        FollowupKind.QUESTION_UNANSWERED: f"our question of {woken.since:%d %b %Y} was not answered",
        FollowupKind.CASH_NOT_FOUND: f"the payment that the customer told of was not found ({about})",
        FollowupKind.HOLD_OVER: f"the pause for {about} was over on {woken.day:%d %b %Y}, and the money is not there",
        FollowupKind.DISPUTE_CREDITED: f"the dispute about {about} ended with a credit",
        FollowupKind.DISPUTE_REJECTED: f"the dispute about {about} was rejected",
        FollowupKind.DISPUTE_WITHDRAWN: f"the dispute about {about} was withdrawn",
        FollowupKind.CONTACT_VERIFIED: "a new contact was verified and can be written to",
        FollowupKind.PORTAL_REJECTED: f"the customer's portal rejected {about}",
        FollowupKind.SETTLEMENT: f"a settlement was approved: {amount}, if paid by {woken.day:%d %b %Y}",
    }
    return f"Woke by itself: {told[woken.kind]}."


#: What each step of a cadence is, for a collector.
STEPS: dict[OutreachStep, str] = {
    OutreachStep.VERIFY: "check before it is due",
    OutreachStep.BEFORE_DUE: "note before the due date",
    OutreachStep.DUE_TODAY: "note on the due date",
    OutreachStep.OVERDUE: "reminder",
    OutreachStep.FIRMER: "firmer reminder",
    OutreachStep.HOLD_AHEAD: "a hold is announced",
    OutreachStep.PLAN_OFFER: "instalments are offered",
    OutreachStep.STILL_OPEN: "still open",
    OutreachStep.REVIEW: "review by people of ours",
    OutreachStep.FINAL_NOTICE: "final notice",
    OutreachStep.HAND_OFF: "hand-off",
}
_DOUBTS = {
    "order_number": "it names no purchase order",
    "contact": "nobody ever answered from this contact, and nothing was paid yet",
    "large": "the sum is large",
}


def first_words(step: OutreachFacts) -> str:
    """Say why we write first, for a collector: the step, its day, its invoices; for a check before the due date, the doubt."""
    doubts = [_DOUBTS[doubt] for doubt in dict.fromkeys(step.why.values()) if doubt in _DOUBTS]
    because = f", as {' and '.join(doubts)}" if doubts else ""
    return (
        f"We write first: {STEPS[step.step]}, planned for {step.day:%d %b %Y} about {listed(step.invoices)}{because}. "
        "No mail of the customer came before it."
    )
