"""The company's ERP: what it books each day, and the rows that it hands to dunwell. Every cent is paid, credited, written off or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from evals.year.debtors import Bill, Debtor
from evals.year.truth import Booked, Truth
from store.ledger import Ledger, checked_ledger
from store.ledger_checking import Known, Place
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow

_SOURCE = "the simulated ERP"


def euros(cents: int) -> Decimal:
    """Give cents as an amount."""
    return Decimal(cents) / 100


@dataclass
class Books:
    """What changed since the last import."""

    truth: Truth
    _customers: list[Debtor] = field(default_factory=list)
    _bills: dict[str, Bill] = field(default_factory=dict)
    _payments: dict[str, PaymentRow] = field(default_factory=dict)
    _credits: list[InvoiceRow] = field(default_factory=list)
    _numbers: int = 0
    #: Money of a customer that no invoice took yet: (payment, cents).
    loose: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def new_customer(self, debtor: Debtor) -> None:
        """Open an account."""
        self._customers.append(debtor)

    def issue(self, debtor: Debtor, bill: Bill) -> None:
        """Book an invoice; what the customer paid too much before goes against it."""
        self._add(debtor, "invoiced", bill.amount)
        self._bills[bill.number] = bill
        for payment, cents in self.loose.pop(debtor.id, []):
            taken = min(cents, bill.balance)
            self._apply(debtor, bill, taken, payment, on=bill.issue, keep=payment)
            if cents > taken:
                self.receive_loose(debtor, cents - taken, on=bill.issue)

    def pay(self, debtor: Debtor, bill: Bill, cents: int, *, on: date) -> int:
        """Book money on an invoice, at most what is open; give what was too much."""
        taken = min(cents, bill.balance)
        if taken:
            self._apply(debtor, bill, taken, self._number("P"), on=on)
        return cents - taken

    def receive_loose(self, debtor: Debtor, cents: int, *, on: date) -> None:
        """Book money that says not what it is for."""
        payment = self._number("P")
        self._payments[payment] = self._row(payment, debtor, "", cents, on)
        self.loose.setdefault(debtor.id, []).append((payment, cents))

    def apply_loose(self, debtor: Debtor, bills: Sequence[Bill], *, on: date) -> None:
        """Find out what one sum was for, oldest first: the payment is split among the invoices."""
        for payment, cents in self.loose.pop(debtor.id, []):
            left, first = cents, True
            for bill in bills:
                taken = min(left, bill.balance)
                if taken:
                    self._apply(debtor, bill, taken, payment if first else self._number("P"), on=on)
                    left, first = left - taken, False
            if left and first:
                self.loose.setdefault(debtor.id, []).append((payment, left))
            elif left:
                self.receive_loose(debtor, left, on=on)

    def credit(self, debtor: Debtor, bill: Bill, cents: int, *, on: date) -> None:
        """Give a credit note, used up on its invoice."""
        taken = min(cents, bill.balance)
        if not taken:
            return
        bill.balance -= taken
        bill.credited += taken
        self._add(debtor, "credited", taken)
        self._bills[bill.number] = bill
        row = self._invoice_row(bill)
        number = self._number("CN")
        note = {
            "invoice_number": number,
            "issue_date": on,
            "due_date": on,
            "amount": euros(-taken),
            "balance": euros(0),
        }
        self._credits.append(row.model_copy(update=note))

    def write_off(self, debtor: Debtor, bill: Bill) -> None:
        """Give up what is open."""
        self._add(debtor, "written_off", bill.balance)
        bill.written_off, bill.balance = bill.written_off + bill.balance, 0
        self._bills[bill.number] = bill

    def renumber(self, bill: Bill, order: str) -> None:
        """Re-issue an invoice with another order number."""
        bill.order = order
        self._bills[bill.number] = bill

    def export(self, known: Known, *, now: datetime) -> Ledger:
        """Give what changed since the last time, checked as any source is, and note the books of this moment."""
        place = Place(_SOURCE)
        ledger = checked_ledger(
            customers=[(place, self._customer_row(debtor)) for debtor in self._customers],
            contacts=[
                (place, ContactRow(customer_id=debtor.id, name=name, email=email, role=role))
                for debtor in self._customers
                for name, email, role in debtor.contacts
            ],
            invoices=[(place, row) for row in (*map(self._invoice_row, self._bills.values()), *self._credits)],
            payments=[(place, row) for row in self._payments.values()],
            source=_SOURCE,
            known=known,
        )
        for bill in self._bills.values():
            self.truth.books.setdefault(bill.number, []).append(Booked(now, bill.balance))
            self.truth.owners[bill.number] = bill.customer_id
            self.truth.dues[bill.number] = bill.due
            self.truth.amounts[bill.number] = bill.amount
        self._customers, self._bills, self._payments, self._credits = [], {}, {}, []
        return ledger

    # --- one row ------------------------------------------------------------------------------------------------------

    def _apply(
        self, debtor: Debtor, bill: Bill, cents: int, payment: str, *, on: date, keep: str | None = None
    ) -> None:
        bill.balance -= cents
        bill.booked += cents
        if bill.balance == 0:
            bill.paid_on = on
        self._add(debtor, "paid", cents)
        self._bills[bill.number] = bill
        self._payments[payment] = self._row(keep or payment, debtor, bill.number, cents, on)

    def _add(self, debtor: Debtor, what: str, cents: int) -> None:
        sums = self.truth.sums.setdefault((debtor.id, debtor.currency), {})
        sums[what] = sums.get(what, 0) + cents

    def _number(self, what: str) -> str:
        self._numbers += 1
        return f"{what}-{self._numbers:06d}"

    def _row(self, payment: str, debtor: Debtor, invoice: str, cents: int, on: date) -> PaymentRow:
        return PaymentRow(
            payment_id=payment,
            customer_id=debtor.id,
            invoice_number=invoice,
            received_on=on,
            currency=debtor.currency,
            amount=euros(cents),
            # As a bank numbers each transfer: two halves of a sum that come on one day are not the same money booked twice.
            reference=f"{debtor.name} {invoice}".strip() + f" {payment}",
        )

    @staticmethod
    def _customer_row(debtor: Debtor) -> CustomerRow:
        return CustomerRow(
            customer_id=debtor.id,
            name=debtor.name,
            currency=debtor.currency,
            language=debtor.language,
            timezone=debtor.zone,
            tier=debtor.tier,
            owner=debtor.owner,
        )

    @staticmethod
    def _invoice_row(bill: Bill) -> InvoiceRow:
        return InvoiceRow(
            invoice_number=bill.number,
            customer_id=bill.customer_id,
            issue_date=bill.issue,
            due_date=bill.due,
            currency=bill.currency,
            amount=euros(bill.amount),
            balance=euros(bill.balance),
            po_number=bill.order,
            description="Goods as ordered",
        )
