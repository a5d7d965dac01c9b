"""Picks the one thing that a mail says will happen next. Never a demand where money is contested, never two steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol

from store.aftermath import FollowupKind
from store.outreach_words import OutreachStep
from store.vocabulary import PRECEDENCE, Reason


class NextStep(StrEnum):
    """The one thing that a mail says will happen next, with `deadline.date`."""

    NONE = "none"
    WE_REPLY = "we_reply"
    YOUR_ANSWER = "your_answer"
    PAYMENT_DATE = "payment_date"
    CONFIRM = "confirm"


class Spoken(Protocol):
    """What of a part of a letter decides the next step."""

    @property
    def reason(self) -> Reason:
        """Why the invoice is unpaid."""

    @property
    def tool(self) -> str:
        """The act."""

    @property
    def variant(self) -> str:
        """Which wording of the act."""

    @property
    def has_new_po(self) -> bool:
        """Whether the customer named an order number."""


#: Reasons that are answered alone, most careful first: no other paragraph, no next step, no demand.
ANSWERED_ALONE: tuple[Reason, ...] = tuple(
    r
    for r in PRECEDENCE
    if r in {Reason.PAYMENT_FRAUD_RISK, Reason.INSOLVENCY, Reason.LEGAL_THREAT, Reason.STOP_CONTACT}
)
_CONTESTED = frozenset({Reason.DISPUTE, Reason.DEDUCTION, Reason.ALREADY_PAID})
_ASKED_BACK = frozenset({Reason.UNCLEAR, Reason.ACKNOWLEDGEMENT, Reason.REFUSAL})
_NO_STEP = frozenset({Reason.AUTO_REPLY, Reason.UNRELATED})
_SILENT = "no_reply"
_LOOKED_FOR = "check_payment"

#: What a tool's letter asks for or announces, where it is always the same.
_BY_TOOL: dict[str, NextStep] = {
    "propose_payment_plan": NextStep.YOUR_ANSWER,
    "update_contact": NextStep.NONE,
    "record_promise": NextStep.NONE,
    "hold_outreach": NextStep.NONE,
    "ask_back": NextStep.YOUR_ANSWER,
    "answer_question": NextStep.PAYMENT_DATE,
    "send_documents": NextStep.PAYMENT_DATE,
    _LOOKED_FOR: NextStep.YOUR_ANSWER,
    "remind": NextStep.NONE,
}

#: The same, where it depends on what the letter says: (tool, variant).
_BY_VARIANT: dict[tuple[str, str], NextStep] = {
    ("propose_payment_plan", "agreed"): NextStep.NONE,
    ("resubmit_invoice", "copy"): NextStep.CONFIRM,
    ("resubmit_invoice", "corrected"): NextStep.CONFIRM,
    ("resubmit_invoice", "reissue"): NextStep.WE_REPLY,
    (_LOOKED_FOR, "applied"): NextStep.NONE,
    (_LOOKED_FOR, "found"): NextStep.NONE,
    ("submit_to_portal", "needs_supplier_number"): NextStep.YOUR_ANSWER,
    ("submit_to_portal", "needs_po"): NextStep.YOUR_ANSWER,
    ("submit_to_portal", "already_submitted"): NextStep.PAYMENT_DATE,
    ("follow_up", FollowupKind.INSTALMENT_DUE): NextStep.NONE,
    ("follow_up", FollowupKind.PLAN_UNANSWERED): NextStep.YOUR_ANSWER,
    ("follow_up", FollowupKind.QUESTION_UNANSWERED): NextStep.YOUR_ANSWER,
    ("follow_up", FollowupKind.CASH_NOT_FOUND): NextStep.YOUR_ANSWER,
    ("follow_up", FollowupKind.PORTAL_REJECTED): NextStep.YOUR_ANSWER,
    ("follow_up", "dispute_credited_in_full"): NextStep.NONE,
    ("follow_up", FollowupKind.DISPUTE_WITHDRAWN): NextStep.PAYMENT_DATE,
    # The letter names the day by which the lower sum is paid: no second day beside it.
    ("follow_up", FollowupKind.SETTLEMENT): NextStep.NONE,
    ("follow_up", "settlement_first"): NextStep.NONE,
    ("follow_up", "dispute_withdrawn_not_due"): NextStep.NONE,
    # A reminder names no day, as the next one may come before it; after the last one nobody writes until its day is over.
    ("remind", OutreachStep.FINAL_NOTICE): NextStep.PAYMENT_DATE,
}


def next_step_for(parts: Iterable[Spoken]) -> NextStep:
    """Pick the one next step that a mail of these parts names: the customer's answer, else ours, else a payment date.

    `deadline.date` is the customer's for YOUR_ANSWER, CONFIRM and PAYMENT_DATE, and ours for WE_REPLY.
    """
    spoken = [part for part in parts if part.tool != _SILENT]
    wanted = {_wanted(part) for part in spoken}
    order = (NextStep.YOUR_ANSWER, NextStep.WE_REPLY, NextStep.CONFIRM, NextStep.PAYMENT_DATE)
    return permitted(spoken, next((step for step in order if step in wanted), NextStep.NONE))


def permitted(parts: Sequence[Spoken], step: NextStep) -> NextStep:
    """Take a step back where the customer may be asked for nothing."""
    if any(part.reason in ANSWERED_ALONE for part in parts):
        return NextStep.NONE
    disputed = [part for part in parts if contested(part)]
    if step is NextStep.NONE or not disputed:
        return step
    # A payment that was looked for asks for a paper, never for money; every other contested part waits for our answer.
    asks = step is NextStep.YOUR_ANSWER and all(part.tool == _LOOKED_FOR for part in disputed)
    return step if asks else NextStep.WE_REPLY


def contested(part: Spoken) -> bool:
    """Say whether a part is about money that the customer does not owe, as they see it."""
    if part.tool in ("follow_up", "remind"):
        return False
    return part.tool == "open_dispute" or part.reason in _CONTESTED


def _wanted(part: Spoken) -> NextStep:
    fixed = _BY_VARIANT.get((part.tool, part.variant)) or _BY_TOOL.get(part.tool)
    if fixed is not None:
        return fixed
    match part.tool:
        case "follow_up":
            return NextStep.PAYMENT_DATE
        case "resubmit_invoice":
            asks = part.reason is Reason.PO_MISMATCH and not part.has_new_po
            return NextStep.YOUR_ANSWER if asks else NextStep.PAYMENT_DATE
        case _ if part.reason in _NO_STEP:
            return NextStep.NONE
        case _ if part.reason in _ASKED_BACK:
            return NextStep.YOUR_ANSWER
        case _ if part.reason is Reason.PAYMENT_IN_PROCESS:
            return NextStep.PAYMENT_DATE
        case _:
            return NextStep.WE_REPLY
