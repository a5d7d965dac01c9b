"""Says in words why an invoice is as risky as it is: what moved the model most, told by the facts behind it. No figure is invented.

The words hold counts, days, shares and weekdays; never what anybody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from risk.bills import Bill
from risk.features import COLUMNS
from risk.levels import Above
from risk.past import Floats, Past

_THEMES: Mapping[str, tuple[str, ...]] = {
    "history": (
        *("settled", "share_late", "share_late_lately", "mean_late", "median_late", "low_late", "high_late"),
        *("spread_late", "recent_late", "last_late", "trend", "similar_days", "similar_share"),
        *("days_since_paid", "days_known"),
    ),
    "open": ("open_count", "open_money", "overdue_share", "oldest_overdue"),
    "broken": ("broken_promises",),
    "disputes": ("disputes",),
    "amount": ("amount", "amount_to_own", "amount_to_all"),
    "calendar": ("terms", "issue_weekday", "issue_day", "due_weekday", "due_day", "due_month"),
    "house": ("segment_share", "segment_days", "house_share", "house_days", "house_recent"),
}
#: The columns of each theme by place.
_PLACES = {theme: [COLUMNS.index(name) for name in names] for theme, names in _THEMES.items()}
#: What moves the sum by less than this is not worth a word, and so many words are enough.
_WORTH, _MOST = 0.1, 3
_LAST = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What the words are made of."""

    bill: Bill
    today: date
    past: Past
    above: Above


def reasons(seen: Seen, moved: Floats | None) -> list[str]:
    """Give the weightiest reasons, those for a late payment first. `moved`: by column; None where no model said anything."""
    told = []
    waited = (seen.today - seen.bill.due).days
    if waited > 0:
        told.append(f"it is {_days(waited)} past due")
    if moved is None:
        return [*told, *_without_model(seen)][:_MOST]
    sums = {theme: float(moved[places].sum()) for theme, places in _PLACES.items()}
    heavy = sorted((t for t in sums if abs(sums[t]) >= _WORTH), key=lambda t: -abs(sums[t]))
    worded = [(theme, words) for theme in heavy if (words := _words(theme, seen))][:_MOST]
    for_late = [words for theme, words in worded if sums[theme] > 0]
    against = [words for theme, words in worded if sums[theme] <= 0]
    return [*told, *for_late, *(f"but {words}" if told or for_late else words for words in against)]


def _without_model(seen: Seen) -> list[str]:
    found = [_words("history", seen), _words("broken", seen), _words("open", seen) if seen.past.overdue.any() else ""]
    return [words for words in found if words]


def _words(theme: str, seen: Seen) -> str:
    match theme:
        case "history":
            return _history(seen.past)
        case "open":
            return _open(seen)
        case "broken":
            count = seen.past.broken
            return f"broke {_count(count, 'promise')}" if count else ""
        case "disputes":
            count = seen.past.disputes
            return f"disputed {_count(count, 'invoice')} before" if count else ""
        case "amount":
            return _amount(seen)
        case "calendar":
            due = seen.bill.due
            return f"the term is {_days((due - seen.bill.issued).days)} and it falls due on a {due:%A}"
        case _:
            return f"of all invoices of this kind of customer {seen.above.share_late:.0%} are paid late"


def _history(past: Past) -> str:
    late = past.late[-_LAST:]
    if not late.size:
        return "nothing is known of how they pay, so what is usual is assumed"
    which = "the last invoice" if late.size == 1 else f"the last {late.size} invoices"
    low, high = int(late.min()), int(late.max())
    if low > 0:
        span = _days(low) if low == high else f"{low} to {_days(high)}"
        return f"paid {which} {span} late"
    if high <= 0:
        return f"paid {which} in time"
    count = int((late > 0).sum())
    return f"paid {count} of {which} late, by up to {_days(high)}"


def _open(seen: Seen) -> str:
    past = seen.past
    overdue, others = int(past.overdue.sum()), int((~past.paid).sum())
    if overdue:
        oldest = int((seen.today.toordinal() - past.due[past.overdue]).max())
        verb = "is" if overdue == 1 else "are"
        return f"{_count(overdue, 'other invoice')} {verb} overdue, the oldest for {_days(oldest)}"
    if others:
        return f"{_count(others, 'other invoice')} {'is' if others == 1 else 'are'} open, none overdue"
    return "nothing else is open"


def _amount(seen: Seen) -> str:
    own = seen.past.amount[seen.past.currency == seen.bill.currency]
    if not own.size or own.mean() <= 0:
        return "it is the first invoice in this currency"
    times = seen.bill.amount / float(np.median(own))
    if times >= 1.5:
        return (
            f"the amount is {times:.2g} times what they are usually billed" if times < 100 else "the amount is unusual"
        )
    if times <= 0.67:
        return f"the amount is {times:.0%} of what they are usually billed"
    return "the amount is about what they are usually billed"


def _days(count: int) -> str:
    return _count(count, "day")


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
