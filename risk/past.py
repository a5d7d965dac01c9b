"""A customer's own past before a day: what was paid how late, what is open. The one place that hides the future of an account.

An invoice counts as paid, or as late, only from the day after it became so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.bills import Bill, Trouble
from risk.levels import CAP

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: How many of a customer's latest invoices are looked at.
WINDOW = 200


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a customer's other invoices, the first issued first; `late` and `flags` in the order in which they became known.

    `paid`, `judged`, `overdue`: of which it is known that they were paid; whether they were late; that they are open past their day.
    `days`: days late where paid. `late`: the same, the last paid last. `flags`: late or not, the last judged last.
    """

    issued: Floats
    due: Floats
    settled: Floats
    amount: Floats
    currency: NDArray[np.str_]
    paid: Flags
    judged: Flags
    overdue: Flags
    days: Floats
    late: Floats
    flags: Floats
    broken: int
    disputes: int


class Account:
    """One customer's invoices as arrays, the first issued first."""

    def __init__(self, bills: Iterable[Bill], broken: Iterable[Trouble] = (), disputes: Iterable[Trouble] = ()) -> None:
        """Sort them; those of unknown end are left out."""
        rows = sorted((b for b in bills if not b.unknown), key=lambda b: (b.issued, b.number))
        self._issued = np.array([b.issued.toordinal() for b in rows], dtype=np.float64)
        self._due = np.array([b.due.toordinal() for b in rows], dtype=np.float64)
        self._settled = np.array([b.settled.toordinal() for b in rows], dtype=np.float64)
        self._amount = np.array([b.amount for b in rows], dtype=np.float64)
        self._currency = np.array([b.currency for b in rows], dtype=np.str_)
        self._number = np.array([b.number for b in rows], dtype=np.str_)
        self._broken = np.array(sorted(t.known_on.toordinal() for t in broken), dtype=np.int64)
        self._disputes = np.array(sorted(t.known_on.toordinal() for t in disputes), dtype=np.int64)

    def before(self, day: int, *, without: str) -> Past:
        """Give what was known when a day (ordinal) began, without one invoice."""
        stop = int(np.searchsorted(self._issued, day, side="left"))
        cut = slice(max(0, stop - WINDOW), stop)
        other = self._number[cut] != without
        issued, due, settled = (a[cut][other] for a in (self._issued, self._due, self._settled))
        paid = settled < day
        judged = paid | (due < day)
        days = np.clip(settled - due, -CAP, CAP)
        by_payment = np.argsort(settled[paid], kind="stable")
        by_judgement = np.argsort(np.minimum(settled, due + 1)[judged], kind="stable")
        return Past(
            issued=issued,
            due=due,
            settled=settled,
            amount=self._amount[cut][other],
            currency=self._currency[cut][other],
            paid=paid,
            judged=judged,
            overdue=~paid & (due < day),
            days=np.where(paid, days, 0.0),
            late=days[paid][by_payment],
            flags=(settled > due)[judged][by_judgement].astype(np.float64),
            broken=int(np.searchsorted(self._broken, day, side="left")),
            disputes=int(np.searchsorted(self._disputes, day, side="left")),
        )
