"""What is known of an invoice before a day, as numbers: how its customer paid, how much it is, when it is due, what else is open.

Nothing that became known on that day or later moves any of them: they are made of `risk.past` and `risk.levels` alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from risk.bills import Bill, Book, Trouble
from risk.levels import CAP, WEIGHT, Above, Levels, Usual, log_of
from risk.past import Account, Floats, Past

#: The columns, in this order, and which way each may move the trees of late or not: 1, more is never less likely late; 0, either way.
#: A model that was trained with other columns is refused.
DIRECTIONS: Mapping[str, int] = {
    "settled": 0,
    "share_late": 1,
    "share_late_lately": 1,
    "mean_late": 1,
    "median_late": 1,
    "low_late": 1,
    "high_late": 1,
    "spread_late": 0,
    "recent_late": 1,
    "last_late": 1,
    "trend": 0,
    "similar_days": 1,
    "similar_share": 1,
    "days_since_paid": 0,
    "days_known": 0,
    "open_count": 0,
    "open_money": 0,
    "overdue_share": 1,
    "oldest_overdue": 1,
    "broken_promises": 1,
    "disputes": 1,
    "amount": 0,
    "amount_to_own": 0,
    "amount_to_all": 0,
    "terms": 0,
    "issue_weekday": 0,
    "issue_day": 0,
    "due_weekday": 0,
    "due_day": 0,
    "due_month": 0,
    "segment_share": 1,
    "segment_days": 1,
    "house_share": 0,
    "house_days": 0,
    "house_recent": 0,
}
COLUMNS: tuple[str, ...] = tuple(DIRECTIONS)
#: How many count as the last ones.
LAST = 5


class Features:
    """Makes the columns of invoices, each as of a day of its own."""

    def __init__(self, book: Book, usual: Usual | None = None) -> None:
        """Sort a company's book."""
        self._levels = Levels(book.bills, usual or Usual())
        broken, disputes = _by_customer(book.broken), _by_customer(book.disputes)
        groups: dict[str, list[Bill]] = defaultdict(list)
        for bill in book.bills:
            groups[bill.customer].append(bill)
        self._accounts = {c: Account(rows, broken.get(c, ()), disputes.get(c, ())) for c, rows in groups.items()}

    def matrix(self, bills: Sequence[Bill], before: Sequence[date]) -> Floats:
        """Give one row a bill, as of the beginning of its day; the columns are COLUMNS."""
        rows = [self.row(bill, day) for bill, day in zip(bills, before, strict=True)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS))

    def past(self, bill: Bill, before: date) -> Past:
        """Give what was known of the customer's other invoices."""
        account = self._accounts.get(bill.customer)
        return (account or Account(())).before(before.toordinal(), without=bill.number)

    def above(self, bill: Bill, before: date) -> Above:
        """Give what is usual for the customer's segment and the house."""
        return self._levels.above(bill.segment, before.toordinal())

    def row(self, bill: Bill, before: date) -> list[float]:
        """Give the columns of one bill."""
        above, past = self.above(bill, before), self.past(bill, before)
        log_amount, usual = log_of(bill.amount), self._levels.log_amount(bill.currency, before.toordinal())
        return [
            *_paying(past, bill, above),
            *_standing(past, bill, before.toordinal()),
            log_amount,
            _to_own(past, bill),
            log_amount - usual if usual is not None else 0.0,
            float((bill.due - bill.issued).days),
            float(bill.issued.weekday()),
            float(bill.issued.day),
            float(bill.due.weekday()),
            float(bill.due.day),
            float(bill.due.month),
            above.share_late,
            above.mean_late,
            above.house_share,
            above.house_mean,
            above.house_recent,
        ]


def _paying(past: Past, bill: Bill, above: Above) -> list[float]:
    """Give how they paid, from "settled" to "similar_share"."""
    late, flags, count = past.late, past.flags, past.late.size
    mean = float((late.sum() + WEIGHT * above.mean_late) / (count + WEIGHT))
    share = float((flags.sum() + WEIGHT * above.share_late) / (flags.size + WEIGHT))
    low, middle, high = np.quantile(late, (0.25, 0.5, 0.75)) if count else (above.mean_late,) * 3
    last = late[-LAST:]
    return [
        float(np.log1p(count)),
        share,
        float((flags[-LAST:].sum() + share) / (flags[-LAST:].size + 1)),
        mean,
        float(middle),
        float(low),
        float(high),
        float(late.std()) if count > 1 else -1.0,
        _decayed(late, mean),
        float(late[-1]) if count else mean,
        float(last.mean() - late.mean()) if count > LAST else 0.0,
        *_similar(past, bill, mean=mean, share=share),
    ]


def _standing(past: Past, bill: Bill, day: int) -> list[float]:
    """Give how the account stands, from "days_since_paid" to "disputes"."""
    same, still = past.currency == bill.currency, ~past.paid
    money = float(past.amount[still & same].sum())
    typical = float(past.amount[same].mean()) if same.any() else max(bill.amount, 1.0)
    return [
        min(CAP, float(day - past.settled[past.paid].max())) if past.paid.any() else CAP,
        min(4 * CAP, float(day - past.issued[0])) if past.issued.size else 0.0,
        float(still.sum()),
        money / max(typical, 0.01),
        float(past.amount[past.overdue & same].sum()) / money if money > 0 else 0.0,
        min(CAP, float((day - past.due[past.overdue]).max())) if past.overdue.any() else 0.0,
        float(past.broken),
        float(past.disputes),
    ]


def _to_own(past: Past, bill: Bill) -> float:
    """Give the logarithm of the amount against what they are usually billed; 0 where that is not known."""
    same = past.currency == bill.currency
    return log_of(bill.amount) - float(np.log1p(np.maximum(past.amount[same], 0)).mean()) if same.any() else 0.0


def _decayed(late: Floats, start: float, keep: float = 0.7) -> float:
    """Give the mean of days late in which each earlier invoice weighs 0.7 of the next."""
    value = start
    for days in late[-12:]:
        value = keep * value + (1 - keep) * float(days)
    return value


def _similar(past: Past, bill: Bill, *, mean: float, share: float) -> tuple[float, float]:
    """Give mean days late and share late of invoices of a like amount: a kernel over the logarithm, 0.35 wide."""
    distance = np.log1p(np.maximum(past.amount, 0)) - log_of(bill.amount)
    weight = np.exp(-0.5 * (distance / 0.35) ** 2) * (past.currency == bill.currency)
    paid, judged = weight * past.paid, weight * past.judged
    late = (past.settled > past.due).astype(np.float64)
    days = (float(paid @ past.days) + mean) / (float(paid.sum()) + 1)
    return days, (float(judged @ late) + share) / (float(judged.sum()) + 1)


def _by_customer(troubles: Iterable[Trouble]) -> dict[str, list[Trouble]]:
    found: dict[str, list[Trouble]] = defaultdict(list)
    for trouble in troubles:
        found[trouble.customer].append(trouble)
    return found
