"""The words of the trade as enumerations. Every other module speaks with these and adds none of its own."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an invoice is unpaid, as a customer's reply can say it."""

    PROMISE_TO_PAY = "promise_to_pay"
    PAYMENT_IN_PROCESS = "payment_in_process"
    AWAITING_APPROVAL = "awaiting_approval"
    ALREADY_PAID = "already_paid"
    DEDUCTION = "deduction"
    DISPUTE = "dispute"
    PO_MISMATCH = "po_mismatch"
    WRONG_CONTACT = "wrong_contact"
    INVOICE_MISSING = "invoice_missing"
    PORTAL_SUBMISSION = "portal_submission"
    DOCUMENT_REQUEST = "document_request"
    QUESTION = "question"
    HARDSHIP = "hardship"
    PLAN_REQUEST = "plan_request"
    SETTLEMENT_OFFER = "settlement_offer"
    INSOLVENCY = "insolvency"
    REFUSAL = "refusal"
    LEGAL_THREAT = "legal_threat"
    STOP_CONTACT = "stop_contact"
    PAYMENT_FRAUD_RISK = "payment_fraud_risk"
    ACKNOWLEDGEMENT = "acknowledgement"
    AUTO_REPLY = "auto_reply"
    UNRELATED = "unrelated"
    UNCLEAR = "unclear"


#: Who must see a reply and what is held, most careful first. Reasons not named here share the last place.
PRECEDENCE: tuple[Reason, ...] = (
    Reason.PAYMENT_FRAUD_RISK,
    Reason.INSOLVENCY,
    Reason.LEGAL_THREAT,
    Reason.STOP_CONTACT,
    Reason.ALREADY_PAID,
    Reason.DISPUTE,
    Reason.DEDUCTION,
    Reason.REFUSAL,
    Reason.SETTLEMENT_OFFER,
)

#: Reasons about the relationship: they concern the whole account unless invoices are named.
ACCOUNT_WIDE: frozenset[Reason] = frozenset(
    {
        Reason.AUTO_REPLY,
        Reason.WRONG_CONTACT,
        Reason.STOP_CONTACT,
        Reason.INSOLVENCY,
        Reason.HARDSHIP,
        Reason.LEGAL_THREAT,
        Reason.UNRELATED,
        Reason.UNCLEAR,
    }
)


class DisputeKind(StrEnum):
    """What is contested about an invoice."""

    PRICING = "pricing"
    QUALITY = "quality"
    NOT_RECEIVED = "not_received"
    QUANTITY = "quantity"
    DUPLICATE = "duplicate"
    TERMS = "terms"
    TAX = "tax"
    NOT_OURS = "not_ours"
    OTHER = "other"


class DocumentKind(StrEnum):
    """A document that a customer may ask for."""

    W9 = "w9"
    STATEMENT = "statement"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    BANK_LETTER = "bank_letter"
    VENDOR_FORM = "vendor_form"
    CONTRACT = "contract"
    OTHER = "other"


class QuestionTopic(StrEnum):
    """What a customer asks that our own books can answer. Every other question is a person's."""

    HOW_TO_PAY = "how_to_pay"
    DUE_DATE = "due_date"
    BALANCE = "balance"
    TERMS = "terms"
    STATEMENT = "statement"


class MissingPiece(StrEnum):
    """What a customer's words leave open, and one question would bring."""

    MEANING = "meaning"
    PAYMENT_DATE = "payment_date"
    ORDER_NUMBER = "order_number"
    CONTACT = "contact"
    DOCUMENT = "document"


class MessageKind(StrEnum):
    """What a mail is, seen from the mail itself. OUTREACH is no mail: the note of ours that a conversation begins with."""

    REPLY = "reply"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    COMPLAINT = "complaint"
    UNREADABLE = "unreadable"
    OUTREACH = "outreach"


class Verdict(StrEnum):
    """What the agent made of a message: where its way ended."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OWN_MAIL = "own_mail"
    UNRELATED = "unrelated"
    UNREADABLE = "unreadable"
    FOLLOW_UP = "follow_up"
    PORTAL_NOTICE = "portal_notice"


class BounceReason(StrEnum):
    """Why a mail of ours did not arrive."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MOVED = "moved"
    INACTIVE = "inactive"
    NOT_ACCEPTED = "not_accepted"
    SUSPENDED = "suspended"
    MAILBOX_FULL = "mailbox_full"
    TOO_LARGE = "too_large"
    BLOCKED = "blocked"
    POLICY = "policy"
    CONTENT = "content"
    RATE_LIMITED = "rate_limited"
    DEFERRED = "deferred"
    EXPIRED = "expired"
    NETWORK = "network"
    SYSTEM_ERROR = "system_error"
    LOOP = "loop"
    OTHER = "other"


#: The address itself is of no more use. All other reasons pass, or are about the mail or its sender.
DEAD_ADDRESS: frozenset[BounceReason] = frozenset(
    {
        BounceReason.USER_UNKNOWN,
        BounceReason.HOST_UNKNOWN,
        BounceReason.MOVED,
        BounceReason.INACTIVE,
        BounceReason.NOT_ACCEPTED,
    }
)


class IdentityLevel(StrEnum):
    """How sure we are who wrote. C and D never receive ledger figures."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class MessageState(StrEnum):
    """Where a stored message stands in the ten steps."""

    STORED = "stored"
    PROPOSING = "proposing"
    PROPOSED = "proposed"
    CLOSED = "closed"
    UNMATCHED = "unmatched"
    UNREADABLE = "unreadable"
    QUARANTINED = "quarantined"
    SENT_BY_HAND = "sent_by_hand"


class ProposalStatus(StrEnum):
    """Where a proposal stands. Only HELD can be decided."""

    HELD = "held"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    REJECTED = "rejected"
    VOID = "void"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class SendState(StrEnum):
    """Where an outgoing mail stands. TRANSMITTING is the point of no return."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    FILED = "filed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    VOID = "void"


class Register(StrEnum):
    """How a draft sounds."""

    WARM = "warm"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FINAL = "final"


class Severity(StrEnum):
    """What a finding does: BLOCK cannot be approved, MANAGER needs a manager, WARN is shown."""

    BLOCK = "block"
    MANAGER = "manager"
    WARN = "warn"


class ContactStatus(StrEnum):
    """Only VERIFIED contacts are ever recipients."""

    VERIFIED = "verified"
    TO_VERIFY = "to_verify"
    INVALID = "invalid"


class Delivery(StrEnum):
    """Whether mail to a contact arrives. Only OK ones are written to, however well they are verified."""

    OK = "ok"
    BOUNCING = "bouncing"
    COMPLAINED = "complained"
