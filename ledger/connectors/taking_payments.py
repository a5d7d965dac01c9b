"""Makes rows of the money that a pull brought: a row for each invoice that it lies on, and one for what lies on none.

The same money counts once, whichever systems tell of it. What was voided, or lies elsewhere now, stands at 0.00: no row is removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ledger.connectors.remote import Page, RemotePayment
from ledger.connectors.stored import IMPORT, Stored, StoredPayment
from ledger.connectors.taking import Taken, Whose
from ledger.connectors.taking_invoices import Numbers
from ledger.settings import ConnectionSettings
from store.facts import CREDIT_NOTE
from store.ledger import Place
from store.ledger_rows import PaymentRow
from store.remote_records import Known

_ZERO = Decimal("0.00")
#: Two systems book the same money on days that lie no further apart.
_APART = timedelta(days=5)


def take_payments(
    page: Page,
    settings: ConnectionSettings,
    stored: Stored,
    whose: Whose,
    taken: Taken,
    *,
    numbers: Numbers,
    full: bool,
) -> None:
    """Take payments."""
    doubles = _Doubles(settings, stored)
    came = set()
    for each in page.payments:
        came.add(each.id)
        rows = [] if each.gone else [*_rows(each, settings, whose, taken, numbers)]
        kept = [row for row in rows if not doubles.counted(each, row, taken)]
        _note(each, kept, settings, stored, taken)
        for row in [*kept, *_void(each.id, {r["payment_id"] for r in kept}, settings, stored)]:
            _put(each.place, row, taken)
    if full and settings.since is None:
        for (kind, remote_id), _ in stored.records.items():
            if kind == "payment" and remote_id not in came:
                for row in _void(remote_id, set(), settings, stored):
                    _put(f"{settings.name} payment {remote_id}", row, taken)
    for place, row in doubles.yielding():
        _put(place, row, taken)


def _put(place: str, values: dict[str, Any], taken: Taken) -> None:
    row = taken.make(PaymentRow, place, values)
    if row is not None:
        taken.payments.append((Place(place), row))


def _note(
    each: RemotePayment, rows: list[dict[str, Any]], settings: ConnectionSettings, stored: Stored, taken: Taken
) -> None:
    known = stored.records.get(("payment", each.id))
    if not rows and known is None:
        return
    ids = dict.fromkeys([*(known.ledger_ids if known is not None else ()), *(row["payment_id"] for row in rows)])
    customer_id = rows[0]["customer_id"] if rows else known.customer_id if known is not None else ""
    taken.records[("payment", each.id)] = Known(stored.now(customer_id), tuple(ids))


def _rows(
    each: RemotePayment, settings: ConnectionSettings, whose: Whose, taken: Taken, numbers: Numbers
) -> Iterator[dict[str, Any]]:
    own = whose.id_of(each.customer) if each.customer else None
    if each.customer and own is None:
        return  # told with the customer
    for remote_id, amount in each.applied.items():
        found = numbers.get(remote_id) if remote_id else None
        if found is None:
            if remote_id and remote_id not in numbers.elsewhere:
                taken.left_out.append(f"{each.place}: lies on an invoice that is not in the ledger")
            elif remote_id:
                taken.left_out.append(
                    f"{each.place}: lies on an invoice that another system tells of, and counts there"
                )
            continue
        number, customer_id = found
        yield _row(each, f"{settings.id_prefix}{each.id}/{remote_id}", customer_id, number, amount)
    if each.unapplied and own is not None:
        yield _row(each, f"{settings.id_prefix}{each.id}", own, "", each.unapplied)


def _row(each: RemotePayment, payment_id: str, customer_id: str, number: str, amount: Decimal) -> dict[str, Any]:
    return {
        "payment_id": payment_id,
        "customer_id": customer_id,
        "invoice_number": number,
        "received_on": each.received_on,
        "currency": each.currency,
        "amount": amount,
        "reference": each.reference[:1000],
    }


def _void(remote_id: str, kept: set[str], settings: ConnectionSettings, stored: Stored) -> Iterator[dict[str, Any]]:
    """Give the rows at 0.00 of a payment that lay elsewhere before, or is gone."""
    known = stored.records.get(("payment", remote_id))
    for ledger_id in known.ledger_ids if known is not None else ():
        before = stored.payments.get(ledger_id)
        if ledger_id not in kept and before is not None and before.amount > 0:
            yield _at_nothing(before, f"void or moved in {settings.name}")


def _at_nothing(before: StoredPayment, why: str) -> dict[str, Any]:
    return {
        "payment_id": before.id,
        "customer_id": before.customer_id,
        "invoice_number": "",
        "received_on": before.received_on,
        "currency": before.currency,
        "amount": _ZERO,
        "reference": f"{before.reference} ({why})".strip()[:1000],
    }


class _Doubles:
    """Finds money that another system has told of already. The system whose customers are the truth keeps its row."""

    def __init__(self, settings: ConnectionSettings, stored: Stored) -> None:
        self._settings, self._stored = settings, stored
        self._others: dict[tuple[str, str, Decimal], list[StoredPayment]] = {}
        self._give_way: list[tuple[str, StoredPayment]] = []
        for each in stored.payments.values():
            is_money = each.amount > 0 and not each.reference.startswith(CREDIT_NOTE)
            if is_money and stored.source_of("payment", each.id) != settings.name:
                self._others.setdefault((each.customer_id, each.currency, each.amount), []).append(each)

    def counted(self, each: RemotePayment, row: dict[str, Any], taken: Taken) -> bool:
        """Say whether a row is left out, as its money counts already. Each row of another system stands for one of ours."""
        candidates = self._others.get((row["customer_id"], row["currency"], row["amount"]), [])
        for other in candidates:
            if not self._is_same(row, other):
                continue
            candidates.remove(other)
            source = self._stored.source_of("payment", other.id)
            if self._settings.customers_of is None and source != IMPORT:
                self._give_way.append((each.place, other))
                taken.left_out.append(f"{each.place}: is the money that {source} told of before, and counts once")
                return False
            taken.left_out.append(f"{each.place}: is the money that {source} tells of, and counts once")
            return True
        return False

    @staticmethod
    def _is_same(row: dict[str, Any], other: StoredPayment) -> bool:
        if row["received_on"] is None or abs(row["received_on"] - other.received_on) > _APART:
            return False
        number = row["invoice_number"]
        return not number or not other.invoice_number or number == other.invoice_number

    def yielding(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the rows of other systems that give way to one of ours."""
        for place, other in self._give_way:
            yield place, _at_nothing(other, f"counted as {self._settings.name} tells of it")
