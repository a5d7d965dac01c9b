"""How a draft should sound, computed from the account and the reply. Hardship only ever softens.

No model chooses the tone; it words the one it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.aftermath import FollowupKind
from store.facts import CaseFacts
from store.outreach_words import OutreachStep
from store.proposed import Claim, Tone
from store.vocabulary import Reason, Register

_SOFTENING: frozenset[Reason] = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST, Reason.INSOLVENCY})
_OUR_TURN: frozenset[Reason] = frozenset(
    {
        Reason.DISPUTE,
        Reason.PO_MISMATCH,
        Reason.INVOICE_MISSING,
        Reason.DOCUMENT_REQUEST,
        Reason.PORTAL_SUBMISSION,
        Reason.ALREADY_PAID,
        Reason.QUESTION,
        Reason.WRONG_CONTACT,
        Reason.PAYMENT_FRAUD_RISK,
        Reason.STOP_CONTACT,
        Reason.LEGAL_THREAT,
    }
)


def tone_for(claims: Sequence[Claim], facts: CaseFacts) -> Tone:
    """Compute register and formality, with the reasons in words for the collector."""
    reasons: list[str] = []
    broken = sum(promise.status == "broken" for promise in facts.promises)
    kept = sum(promise.status == "kept" for promise in facts.promises)
    oldest = max((i.days_overdue(facts.today) for i in facts.open_invoices), default=0)
    firmness = 1
    if broken:
        firmness += 1
        reasons.append(f"{broken} broken promise{'s' if broken > 1 else ''}")
    if oldest > 60:
        firmness += 1
        reasons.append(f"oldest invoice {oldest} days overdue")
    if facts.customer is not None and facts.customer.tier == "key":
        firmness -= 1
        reasons.append("key customer")
    if kept and not broken:
        firmness -= 1
        reasons.append("keeps promises")
    said = {claim.reason for claim in claims}
    if facts.followup is not None and facts.followup.outreach is not None:
        return _of_step(facts.followup.outreach.step, soft=firmness < 1, why=tuple(reasons))
    if facts.followup is not None:
        firmness, why = _woken(facts.followup.kind, firmness)
        reasons.append(why)
    elif said & _OUR_TURN:
        firmness = min(firmness, 1)
        reasons.append("the next step is ours")
    if said & _SOFTENING:
        firmness = 0
        reasons.append("the customer is in difficulty")
    register = (Register.WARM, Register.NEUTRAL, Register.FIRM)[max(0, min(firmness, 2))]
    return Tone(register=register, formal=True, reasons=tuple(reasons) or ("nothing unusual in the account",))


def _of_step(step: OutreachStep, *, soft: bool, why: tuple[str, ...]) -> Tone:
    """Give a step of a cadence its own voice; before the firm ones, who pays well or matters most is spoken to warmly."""
    register = _STEPS.get(step, Register.NEUTRAL)
    if soft and register is Register.NEUTRAL:
        register = Register.WARM
    return Tone(register=register, formal=True, reasons=(*why, f"the step is {step.value.replace('_', ' ')}"))


_STEPS = {
    OutreachStep.FIRMER: Register.FIRM,
    OutreachStep.HOLD_AHEAD: Register.FIRM,
    OutreachStep.STILL_OPEN: Register.FIRM,
    OutreachStep.FINAL_NOTICE: Register.FINAL,
}


def _woken(kind: FollowupKind, firmness: int) -> tuple[int, str]:
    """Let a case that woke by itself sound firmer than neutral only after a broken word."""
    if kind is FollowupKind.PROMISE_BROKEN:
        return firmness, "a promise was not kept"
    if kind is FollowupKind.INSTALMENT_MISSED:
        return firmness + 1, "an instalment was missed"
    return min(firmness, 1), "no word was broken"
