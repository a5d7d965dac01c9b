"""The words for what comes after an answer: promises kept, plans followed, disputes settled, causes found.

They stand beside `store.vocabulary`; every other module speaks with both and adds none of its own.
"""

from __future__ import annotations

from enum import StrEnum


class PromiseStatus(StrEnum):
    """Where a promise stands. The ledger decides, never a mail."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"


class PaymentMethod(StrEnum):
    """How a customer says that they pay: it decides how many banking days the money is under way."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CARD = "card"
    DIRECT_DEBIT = "direct_debit"


class PlanStatus(StrEnum):
    """Where a payment plan stands. PROPOSED waits for the customer's yes; KEPT and BROKEN come from the ledger.

    LAPSED: nobody answered it, neither by its day nor when we asked again.
    """

    PROPOSED = "proposed"
    AGREED = "agreed"
    KEPT = "kept"
    BROKEN = "broken"
    DECLINED = "declined"
    REPLACED = "replaced"
    LAPSED = "lapsed"


class InstalmentStatus(StrEnum):
    """Where one payment of a plan stands."""

    OPEN = "open"
    PAID = "paid"
    MISSED = "missed"


class PlanStance(StrEnum):
    """What a customer says to the plan that we put to them."""

    AGREES = "agrees"
    COUNTERS = "counters"
    DECLINES = "declines"


class PlanRhythm(StrEnum):
    """How often the payments of a plan come."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class DisputeStatus(StrEnum):
    """How a dispute ends."""

    OPEN = "open"
    CREDITED = "credited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ResubmissionStatus(StrEnum):
    """Where an invoice that was sent again stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    PAID = "paid"


class Portal(StrEnum):
    """A portal whose field list is known; OTHER takes what every portal asks for."""

    COUPA = "coupa"
    ARIBA = "ariba"
    TUNGSTEN = "tungsten"
    BASWARE = "basware"
    OTHER = "other"


class PortalStatus(StrEnum):
    """Where an invoice stands in a customer's portal."""

    TO_SUBMIT = "to_submit"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    APPROVED = "approved"
    PAID = "paid"


class CheckOutcome(StrEnum):
    """What a search for the money that a customer says they paid came to."""

    APPLIED = "applied"
    FOUND = "found"
    POSSIBLE = "possible"
    NOT_FOUND = "not_found"


class FollowupKind(StrEnum):
    """Why a case wakes without a mail."""

    PROMISE_BROKEN = "promise_broken"
    INSTALMENT_DUE = "instalment_due"
    INSTALMENT_MISSED = "instalment_missed"
    PLAN_UNANSWERED = "plan_unanswered"
    RESUBMISSION_UNANSWERED = "resubmission_unanswered"
    QUESTION_UNANSWERED = "question_unanswered"
    CASH_NOT_FOUND = "cash_not_found"
    HOLD_OVER = "hold_over"
    DISPUTE_CREDITED = "dispute_credited"
    DISPUTE_REJECTED = "dispute_rejected"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    CONTACT_VERIFIED = "contact_verified"
    PORTAL_REJECTED = "portal_rejected"
    OUTREACH = "outreach"
    SETTLEMENT = "settlement"


class FollowupState(StrEnum):
    """Where a waking stands on its way to a held proposal."""

    WAITING = "waiting"
    PROPOSING = "proposing"
    PROPOSED = "proposed"
    CLOSED = "closed"
    QUARANTINED = "quarantined"


class Cause(StrEnum):
    """Why an invoice aged: where, upstream of the reminder, the cash leaked."""

    PO_MISSING = "po_missing"
    WRONG_BILL_TO = "wrong_bill_to"
    LATE_INVOICING = "late_invoicing"
    INVOICE_NOT_DELIVERED = "invoice_not_delivered"
    PORTAL_NOT_USED = "portal_not_used"
    CONTACT_OUTDATED = "contact_outdated"
    DELIVERY_PROOF_MISSING = "delivery_proof_missing"
    DOCUMENT_MISSING = "document_missing"
    PRICE_MISMATCH = "price_mismatch"
    QUANTITY_OR_QUALITY = "quantity_or_quality"
    DUPLICATE_OR_WRONG_INVOICE = "duplicate_or_wrong_invoice"
    TERMS_OR_TAX = "terms_or_tax"
    APPROVAL_CHAIN = "approval_chain"
    PAYMENT_RUN = "payment_run"
    CASH_NOT_APPLIED = "cash_not_applied"
    HARDSHIP = "hardship"
    INSOLVENCY = "insolvency"
    UNWILLING = "unwilling"
    FRAUD_ATTEMPT = "fraud_attempt"
    UNKNOWN = "unknown"
