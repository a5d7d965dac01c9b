"""Which invoices nobody asks for by mail, because a last step stands on them. Reads only; the snapshot of a case takes it in.

Handed over to an agency or an attorney: they ask. Written off: nobody asks, until the books are as decided. Settled: the letter
asks for the lower sum, so nobody asks for the whole one while it stands.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED
from store.outreach_words import LastResort

_RESTS = (LastResort.HAND_OFF, LastResort.WRITE_OFF, LastResort.SETTLEMENT)


def resting(session: Session, customer_id: str) -> frozenset[str]:
    """Name the customer's invoices that rest until such a step ends."""
    rows = select(LastResortRow.invoices).where(
        LastResortRow.customer_id == customer_id,
        col(LastResortRow.kind).in_([kind.value for kind in _RESTS]),
        col(LastResortRow.status).in_(sorted(DECIDED)),
    )
    return frozenset(number for numbers in session.exec(rows) for number in numbers)
