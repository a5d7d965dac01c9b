"""The words for what we write by ourselves, by which way it goes, and for the last steps that only people take.

They stand beside `store.vocabulary`; every other module speaks with them and adds none of its own.
"""

from __future__ import annotations

from enum import StrEnum


class OutreachStep(StrEnum):
    """A step of a cadence. REVIEW and HAND_OFF are for people of ours alone: the customer is not written to.

    VERIFY asks, before an invoice is due, whether it lies with the right person and names the right order.
    """

    VERIFY = "verify"
    BEFORE_DUE = "before_due"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    FIRMER = "firmer"
    HOLD_AHEAD = "hold_ahead"
    PLAN_OFFER = "plan_offer"
    STILL_OPEN = "still_open"
    REVIEW = "review"
    FINAL_NOTICE = "final_notice"
    HAND_OFF = "hand_off"


class Channel(StrEnum):
    """By which way a step reaches the customer."""

    MAIL = "mail"
    LETTER = "letter"
    CALL = "call"
    SMS = "sms"


class LastResort(StrEnum):
    """What is done when asking has not helped. Each is proposed, then approved or refused by a person, and can be ended.

    HOLD: no new deliveries on credit. HAND_OFF: to an agency or an attorney. REVIEW: a person looks at the whole account.
    """

    HOLD = "hold"
    REVIEW = "review"
    SETTLEMENT = "settlement"
    HAND_OFF = "hand_off"
    WRITE_OFF = "write_off"


class TaskState(StrEnum):
    """Where a letter, a call or an SMS stands. TRANSMITTING is the point of no return of an SMS, as of a mail.

    VOID: its ground was gone before it was done. UNCERTAIN: it may have left; only a person says what became of it.
    """

    TO_PRINT = "to_print"
    POSTED = "posted"
    TO_CALL = "to_call"
    CALLED = "called"
    QUEUED = "queued"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    VOID = "void"


class CallOutcome(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    PROMISED = "promised"
    DISPUTES = "disputes"
    WRONG_NUMBER = "wrong_number"
