"""Rules about the ladder: in order, never twice, firm before final; and nobody is forgotten."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from evals.year.evidence import Evidence, Violation
from evals.year.truth import Matter

ORDER = (
    "verify",
    "before_due",
    "due_today",
    "overdue",
    "firmer",
    "hold_ahead",
    "plan_offer",
    "still_open",
    "final_notice",
)
_FIRM_BEFORE_FINAL = frozenset({"firmer", "hold_ahead", "still_open"})
#: The widest gap between two mails of a cadence is 25 days (key customers); a weekend, the caps and a collector's day come on top.
PATIENCE = timedelta(days=32)
_SMALL = 25_000


def ladder(evidence: Evidence) -> Iterator[Violation]:
    """For each invoice the steps whose mail left come in the order of the cadence, and none twice."""
    left = {mail.letter.message_id: mail.sent.at for mail in evidence.every_mail()}
    by_invoice: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    for one in evidence.taken:
        if one.message_id not in left:
            at = datetime.combine(one.day, time(12), tzinfo=UTC)
            yield Violation("a step without a mail", one.customer_id, at, f"{one.invoice} {one.step}")
            continue
        by_invoice[one.invoice].append((left[one.message_id], one.step, one.customer_id))
    for invoice, steps in by_invoice.items():
        done: list[str] = []
        for at, step, customer in sorted(steps):
            if step in done:
                yield Violation("a step twice", customer, at, f"{invoice}: {step}")
            elif done and ORDER.index(step) < ORDER.index(done[-1]):
                yield Violation("steps out of order", customer, at, f"{invoice}: {step} after {done[-1]}")
            if step == "final_notice" and not _FIRM_BEFORE_FINAL & set(done):
                yield Violation("a final notice out of the blue", customer, at, f"{invoice}: after {done or 'nothing'}")
            done.append(step)


def forgotten(evidence: Evidence, *, until: date) -> Iterator[Violation]:
    """Every invoice that is overdue, open, contested by nobody and covered by nothing is written about, or a reason is on record."""
    heard = _attention(evidence)
    truth = evidence.truth
    # The cadence for small sums ends with the last notice.
    finished = {(t.invoice, truth.amounts[t.invoice] < _SMALL) for t in evidence.taken if t.step == "final_notice"}
    spans = defaultdict(list)
    for span in truth.spans:
        spans[span.customer_id].append(span)
    for number, due in truth.dues.items():
        customer = truth.owners[number]
        moments = heard.get(number, []) + heard.get(customer, [])
        moments.sort()
        at = datetime.combine(due, time(12), tzinfo=UTC)
        quiet_since, end = at, datetime.combine(until, time(12), tzinfo=UTC)
        while at <= end:
            covered = any(s.matter is not Matter.DISPUTE and s.holds(at) and s.about(number) for s in spans[customer])
            contested = sum(
                s.cents if s.cents is not None else 10**12
                for s in spans[customer]
                if s.matter is Matter.DISPUTE and s.holds(at) and s.about(number)
            )
            covered = covered or evidence.handed.get(number, date.max) <= at.date() or (number, True) in finished
            if covered or truth.balance(number, at) - contested <= 0:
                quiet_since = at
            place = bisect_right(moments, at)
            if place:
                quiet_since = max(quiet_since, moments[place - 1])
            if at - quiet_since > PATIENCE:
                text = (
                    f"{number}: nothing since {quiet_since:%Y-%m-%d}, due {due}, open {truth.balance(number, at)} cents"
                )
                yield Violation("forgotten", customer, at, text)
                break
            at += timedelta(days=1)


def _attention(evidence: Evidence) -> dict[str, list[datetime]]:
    """Give, by invoice or by customer, when something about it left or a reason for silence was recorded."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for mail in evidence.every_mail():
        for number in mail.numbers:
            found[number].append(mail.sent.at)
    for reason in evidence.truth.reasons:
        found[reason.invoice or reason.customer_id].append(reason.at)
    for moments in found.values():
        moments.sort()
    return found
