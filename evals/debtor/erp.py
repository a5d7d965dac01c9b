"""The creditor's bookkeeping: payments that come by the persona's sheet, and a new import of the ledger every working day.

What is paid follows from the sheet and from what was agreed in the tables; no word of a mail books anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from agent.importing import take_ledger
from evals.conversations.neighbour import neighbour_of
from evals.debtor.house import House
from evals.debtor.sheet import Pays, Sheet
from store.aftermath import PlanStatus, PromiseStatus
from store.ledger import Ledger
from store.ledger_rows import PaymentRow
from store.tables import Dispute, Effect, Instalment, Plan, Promise, Resubmission

_FOLLOWED = frozenset({PlanStatus.AGREED, PlanStatus.BROKEN, PlanStatus.KEPT})


@dataclass(frozen=True, slots=True)
class Booked:
    """Money that came, or a credit."""

    day: dt.date
    invoice: str
    amount: Decimal
    what: str


@dataclass
class Erp:
    """The books of one conversation."""

    house: House
    sheet: Sheet
    booked: list[Booked] = field(default_factory=list)
    _open: dict[str, Decimal] = field(default_factory=dict)
    _done: set[tuple[str, int]] = field(default_factory=set)
    _payments: list[PaymentRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the balances of the sheet."""
        self._open = {row.invoice_number: row.balance for row in self.sheet.ledger.invoices}
        self._payments = list(self.sheet.ledger.payments)

    def day(self) -> None:
        """Book what came until today, and import the ledger."""
        today = self.house.now.date()
        for rule in self.sheet.pays:
            for key, invoices, amount, what in self._due(rule, today):
                if key not in self._done:
                    self._done.add(key)
                    self._pay(invoices, amount, today, what)
        take_ledger(self.house.home, self._ledger(), actor="erp")

    def credit(self, invoice: str, amount: Decimal) -> None:
        """Book a credit note that the office granted."""
        given = min(amount, self._open[invoice])
        self._open[invoice] -= given
        self.booked.append(Booked(self.house.now.date(), invoice, given, "credit"))

    @property
    def open_now(self) -> Decimal:
        """The sum that is open on all invoices."""
        return sum(self._open.values(), Decimal(0))

    # --- what is due ----------------------------------------------------------------------------------------------

    def _due(self, rule: Pays, today: dt.date) -> Iterator[tuple[tuple[str, int], list[str], Decimal | None, str]]:
        """Give key, invoices, amount (None: all that is open on them) and a word for each payment that came by today."""
        match rule.when:
            case "plan":
                yield from self._of_plans(rule, today)
            case "promise":
                made = [p for p in self.house.rows(Promise) if p.status != PromiseStatus.REPLACED]
                for promise in made[rule.nth - 1 :]:
                    if promise.due + dt.timedelta(days=rule.late_days) <= today:
                        yield ("promise", promise.id), promise.invoices, promise.amount, "promised"
            case "day":
                assert rule.invoice is not None
                if self.sheet.start.date() + dt.timedelta(days=rule.after_days) <= today:
                    yield (f"day {rule.invoice}", rule.after_days), [rule.invoice], rule.amount, "by itself"
            case "corrected":
                for sent in self.house.rows(Resubmission):
                    if self.applied(sent.effect_id).date() + dt.timedelta(days=rule.after_days) <= today:
                        yield ("corrected", sent.id), [sent.invoice_number], None, "after it was sent again"
            case "credited":
                for ended in self.house.rows(Dispute):
                    if ended.ended_on is not None and ended.ended_on + dt.timedelta(days=rule.after_days) <= today:
                        yield ("credited", ended.id), [ended.invoice_number], None, "after the dispute ended"

    def _of_plans(self, rule: Pays, today: dt.date) -> Iterator[tuple[tuple[str, int], list[str], Decimal | None, str]]:
        plans = [plan for plan in self.house.rows(Plan) if plan.status in _FOLLOWED]
        for plan in plans:
            parts = [part for part in self.house.rows(Instalment) if part.plan_id == plan.id]
            for part in sorted(parts, key=lambda one: one.due)[: rule.most]:
                if part.due + dt.timedelta(days=rule.late_days) <= today:
                    yield ("instalment", part.id), plan.invoices, part.amount, "instalment"

    def applied(self, effect_id: int) -> dt.datetime:
        """Say when an act was carried out."""
        at: dt.datetime = next(e.applied_at for e in self.house.rows(Effect) if e.id == effect_id)
        return at

    # --- booking --------------------------------------------------------------------------------------------------

    def _pay(self, invoices: list[str], amount: Decimal | None, today: dt.date, what: str) -> None:
        """Spread a sum over invoices, the oldest first, never more than what is open."""
        left = amount if amount is not None else sum((self._open[number] for number in invoices), Decimal(0))
        rows = {row.invoice_number: row for row in self.sheet.ledger.invoices}
        for number in sorted(invoices, key=lambda n: (rows[n].due_date, n)):
            part = min(left, self._open[number])
            if part <= 0:
                continue
            left -= part
            self._open[number] -= part
            self.booked.append(Booked(today, number, part, what))
            self._payments.append(
                PaymentRow(
                    payment_id=f"P-{len(self._payments) + 1:03}",
                    customer_id=rows[number].customer_id,
                    invoice_number=number,
                    received_on=today,
                    currency=rows[number].currency,
                    amount=part,
                    reference=number,
                )
            )

    def _ledger(self) -> Ledger:
        own = self.sheet.ledger
        customer, contact, invoice = neighbour_of(own.customers[0])
        return Ledger(
            customers=[*own.customers, customer],
            contacts=[*own.contacts, contact],
            invoices=[
                *(row.model_copy(update={"balance": self._open[row.invoice_number]}) for row in own.invoices),
                invoice,
            ],
            payments=list(self._payments),
            documents={n: f"%PDF-1.4\n% the invoice {n}\n%%EOF\n".encode() for n in own.documents},
        )
