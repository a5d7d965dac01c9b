"""Rules about when and how often: contact hours and holidays in the customer's own zone, caps, one mail a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from evals.year.evidence import Evidence, Violation

OPENS, CLOSES = time(9), time(17)
#: Counted out by hand for September 2027 to August 2028; Easter is 16 April 2028.
CLOSED = frozenset(
    {date(2027, 12, 25), date(2027, 12, 26), date(2028, 1, 1), date(2028, 4, 14), date(2028, 4, 17), date(2028, 5, 1)}
)
MOST_IN_A_WEEK, MOST_AT_ALL = 3, 7
_WEEK, _TWO_DAYS = timedelta(days=7), timedelta(hours=48)


def window(evidence: Evidence) -> Iterator[Violation]:
    """No mail at all outside the hours, on a weekend or on a holiday of the customer's own calendar."""
    for mail in evidence.every_mail():
        local = mail.local
        if not OPENS <= local.time() < CLOSES or local.weekday() >= 5 or local.date() in CLOSED:
            text = f"left at {local:%a %Y-%m-%d %H:%M} {local.tzinfo}"
            yield Violation("outside the contact window", mail.sent.customer_id, mail.sent.at, text)


def caps(evidence: Evidence) -> Iterator[Violation]:
    """At most three mails in seven days where we write first, one in 48 hours; never more than seven in seven days."""
    for customer, mails in evidence.mails.items():
        for place, mail in enumerate(mails):
            before = mails[:place]
            week = [one for one in before if mail.sent.at - one.sent.at < _WEEK]
            close = [one for one in before if mail.sent.at - one.sent.at < _TWO_DAYS]
            if len(week) + 1 > (MOST_IN_A_WEEK if mail.first else MOST_AT_ALL):
                yield Violation("more mails in seven days than allowed", customer, mail.sent.at, f"{len(week) + 1}")
            if mail.first and close:
                text = f"the last one left at {close[-1].sent.at:%Y-%m-%d %H:%M}Z"
                yield Violation("two mails within 48 hours", customer, mail.sent.at, text)


def one_a_day(evidence: Evidence) -> Iterator[Violation]:
    """One consolidated mail a customer a day, never one an invoice."""
    for customer, mails in evidence.mails.items():
        seen: set[date] = set()
        for mail in (one for one in mails if one.first):
            if mail.local.date() in seen:
                yield Violation("two mails on one day", customer, mail.sent.at, f"on {mail.local:%Y-%m-%d}")
            seen.add(mail.local.date())
