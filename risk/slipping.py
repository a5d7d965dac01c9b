"""Early warnings: a customer who used to pay in time, and whose latest invoices, or one that is open, say something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from risk.bills import Bill, Book
from risk.past import Floats
from risk.settings import RiskSettings

#: So many settled invoices show what is usual; the last ones are judged against them.
_ENOUGH, _LAST = 6, 3
#: The last ones are recent when the latest was settled within so many days.
_RECENT = 120


@dataclass(frozen=True, slots=True)
class Slip:
    """A customer who slips: the median of days late as it was, and as it is lately, with the reasons in words."""

    customer: str
    usual_days: float
    lately_days: float
    reasons: tuple[str, ...]


def slips(book: Book, *, today: date, settings: RiskSettings) -> list[Slip]:
    """List who slips as of a day, by customer. Money of that day or later is not seen."""
    groups: dict[str, list[Bill]] = defaultdict(list)
    for bill in book.bills:
        if not bill.unknown and bill.issued >= book.since and bill.issued < today:
            groups[bill.customer].append(bill)
    found = (_slip(customer, bills, today, settings) for customer, bills in sorted(groups.items()))
    return [slip for slip in found if slip is not None]


def _slip(customer: str, bills: Iterable[Bill], today: date, settings: RiskSettings) -> Slip | None:
    rows = list(bills)
    paid = sorted((b for b in rows if b.settled < today), key=lambda b: (b.settled, b.number))
    waits = [(today - b.due).days for b in rows if b.settled >= today and b.due < today]
    told: list[str] = []
    lately: list[float] = []
    usual = 0.0
    last = paid[-_LAST:]
    if _reliable(before := _late(paid[:-_LAST]), settings) and (today - last[-1].settled).days <= _RECENT:
        usual, days = float(np.median(before)), _late(last)
        if np.median(days) >= usual + settings.slipping_days and (days > 0).sum() >= 2:
            told.append(f"{_usually(usual)} ({len(before)} invoices); the last {_LAST} came {_span(days)}")
            lately.append(float(np.median(days)))
    longest = max(waits, default=0)
    whole = _late(paid)
    if longest and _reliable(whole, settings):
        latest = max(0.0, float(np.quantile(whole, 0.9)))
        if longest >= latest + settings.slipping_days:
            usual = usual if told else float(np.median(whole))
            told.append(
                f"an invoice is {longest} days overdue; nine of ten before were paid {_by(latest)} ({len(whole)} invoices)"
            )
            lately.append(float(longest))
    return Slip(customer, usual, max(lately), tuple(told)) if told else None


def _reliable(late: Floats, settings: RiskSettings) -> bool:
    return len(late) >= _ENOUGH and float((late > 0).mean()) <= settings.reliable_late_share


def _late(bills: Iterable[Bill]) -> Floats:
    return np.array([float((b.settled - b.due).days) for b in bills])


def _usually(days: float) -> str:
    whole = round(days)
    if whole == 0:
        return "usually pays on the due day"
    return f"usually pays {abs(whole)} days {'after' if whole > 0 else 'before'} the due day"


def _span(days: Floats) -> str:
    low, high = int(days.min()), int(days.max())
    return (
        f"{high} days late" if low == high else f"{low} to {high} days late" if low >= 0 else f"up to {high} days late"
    )


def _by(days: float) -> str:
    whole = round(days)
    return f"by {whole} days after their day" if whole > 0 else "by their day"
