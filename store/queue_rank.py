"""Where a proposal stands in the queue: pure functions, so that the order can be explained and tested.

An item stands by when its mail came, moved forward by hours of lead: for the urgency of its reason, for the money at stake,
and for how long ago a date passed. As all items age alike, a rank that was stored stays right. It decides nothing but order.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time

from store.vocabulary import PRECEDENCE, Reason

_HOUR = 3600
#: Hours by which a reason goes ahead. What `PRECEDENCE` names comes first, and in that order (tests hold it).
LEAD: dict[Reason, int] = {
    Reason.PAYMENT_FRAUD_RISK: 336,
    Reason.INSOLVENCY: 264,
    Reason.LEGAL_THREAT: 216,
    Reason.STOP_CONTACT: 192,
    Reason.ALREADY_PAID: 96,
    Reason.DISPUTE: 84,
    Reason.DEDUCTION: 72,
    Reason.REFUSAL: 60,
    Reason.SETTLEMENT_OFFER: 48,
    Reason.HARDSHIP: 36,
    Reason.PLAN_REQUEST: 36,
    Reason.PO_MISMATCH: 24,
    Reason.INVOICE_MISSING: 24,
    Reason.PORTAL_SUBMISSION: 24,
    Reason.WRONG_CONTACT: 24,
    Reason.DOCUMENT_REQUEST: 24,
    Reason.QUESTION: 12,
    Reason.PROMISE_TO_PAY: 12,
    Reason.UNCLEAR: 12,
    Reason.PAYMENT_IN_PROCESS: 6,
    Reason.AWAITING_APPROVAL: 6,
    Reason.ACKNOWLEDGEMENT: 0,
    Reason.AUTO_REPLY: 0,
    Reason.UNRELATED: 0,
}
#: Hours for what has no reason: a delivery failure, a case that woke, a mail that nobody could read.
OTHER_LEAD = 12
#: Each doubling of the money at stake above a hundred goes ahead by so many hours.
HOURS_A_DOUBLING = 6
#: A date that passed goes ahead an hour a day, up to a year; one to come falls back as much, up to a month.
PASSED_DAYS, COMING_DAYS = 365, 30
#: Currencies without cents (ISO 4217, exponent 0): their unit is worth about what others call a cent.
_WITHOUT_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
#: Later than any mail, in seconds since 1970: keeps a rank positive, the earlier mail with the larger one.
_FAR = 2**33


def rank(*, reason: str, stake: int, currency: str, came_at: datetime, due: date | None) -> int:
    """Give the rank: the largest comes first. `stake` is in hundredths of the currency's unit; no rates are known."""
    lead = lead_hours(reason) * _HOUR + _money_lead(stake, currency) + _date_lead(came_at, due)
    return _FAR - int(came_at.timestamp()) + lead


def lead_hours(reason: str) -> int:
    """Give the hours by which a reason goes ahead."""
    return LEAD[Reason(reason)] if reason in set(Reason) else OTHER_LEAD


def most_urgent(reasons: list[Reason]) -> Reason | None:
    """Give the main one of several reasons: the most careful, else the most urgent, else the first that was read."""
    named = [reason for reason in PRECEDENCE if reason in reasons]
    return named[0] if named else max(reasons, key=lambda reason: LEAD[reason], default=None)


def _money_lead(stake: int, currency: str) -> int:
    units = max(0, stake) / (10_000 if currency in _WITHOUT_CENTS else 100)
    return int(HOURS_A_DOUBLING * _HOUR * math.log2(1 + units / 100))


def _date_lead(came_at: datetime, due: date | None) -> int:
    """Measure in seconds, not in whole days: a mail that came a moment before midnight must not fall behind a later one."""
    if due is None:
        return -COMING_DAYS * _HOUR
    passed = int((came_at - datetime.combine(due, time.min, UTC)).total_seconds())
    return min(PASSED_DAYS * _HOUR, max(-COMING_DAYS * _HOUR, passed // 24))
