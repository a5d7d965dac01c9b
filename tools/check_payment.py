"""Look for the money that a customer says they paid, and propose its application. Never changes the ledger on their word.

What is found is proposed to a person or the ERP; what is not found pauses reminders for some days and asks for the
payment advice. The customer never learns of a receipt that they did not speak of.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import ClassVar

from pydantic import Field
from sqlmodel import select

from store.aftermath import CheckOutcome
from store.facts import CaseFacts
from store.matters import PaymentCheck
from store.terms import Cash, Term
from store.vocabulary import Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.claimed_paid import HERE, looked_before, meant, pause_until, rest_of, result_of

MOST_INVOICES = 50

#: What of a bank's text may stand in a letter: a number or a name, never a place on the net or an account.
_PLAIN_REFERENCE = re.compile(r"(?=.*\d)(?!(?:.*\d){13})[A-Za-z0-9][A-Za-z0-9 /\-]{2,39}")


class Part(Arguments):
    """A part of a receipt that is proposed for an invoice."""

    payment: str
    invoice: str
    amount: Decimal = Field(gt=0)


class CheckPaymentArguments(Arguments):
    """Which invoices are said to be paid, what the search found, and until when reminders rest.

    `payments`: the receipts that were found, or the candidates. `paid` and `rest` (what stays open and is not contested)
    are set where the cash is here; `told`: which wording the letter takes.
    """

    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    outcome: CheckOutcome
    payments: tuple[str, ...] = Field(default=(), max_length=100)
    parts: tuple[Part, ...] = Field(default=(), max_length=100)
    explanation: str = Field(max_length=3000)
    pause_until: dt.date | None = None
    paid: Decimal | None = None
    rest: Decimal = Decimal(0)
    currency: str


class CheckPayment(Tool[CheckPaymentArguments]):
    """Look for the payment among the receipts: propose its application when it is found, else ask for the payment advice."""

    name: ClassVar[str] = "check_payment"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.ALREADY_PAID})
    arguments = CheckPaymentArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need an invoice of theirs; where the payment advice was asked for before, a person looks."""
        open_, settled = meant(ask)
        if not open_ and not settled:
            return "no invoice of this customer is meant"
        if len(open_) > MOST_INVOICES:
            return f"more than {MOST_INVOICES} invoices are meant"
        if len({i.currency for i in open_}) > 1:
            return "the invoices are in several currencies"
        if open_ and looked_before(ask, open_) and result_of(ask).outcome not in HERE:
            return "this payment was looked for before, and nothing new is found"
        return None

    def fill(self, ask: Ask) -> CheckPaymentArguments:
        """Search; the customer's words say what to look for, and nothing else."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        result = result_of(ask)
        here = result.outcome in HERE
        still_open = any(i.balance > 0 for i in result.invoices)
        paid = sum((r.amount for r in result.receipts), Decimal(0)) if here and still_open else None
        return CheckPaymentArguments(
            invoices=tuple(i.number for i in result.invoices),
            outcome=result.outcome,
            payments=tuple(r.id for r in result.receipts),
            parts=tuple(Part(payment=b.payment, invoice=b.invoice, amount=b.amount) for b in result.bookings),
            explanation=result.why[:3000],
            pause_until=pause_until(ask, result),
            paid=paid,
            rest=rest_of(result, ask) if here else Decimal(0),
            currency=result.invoices[0].currency,
        )

    def check(self, arguments: CheckPaymentArguments, ask: Ask) -> None:
        """Only what the search finds today."""
        if arguments != self.fill(ask):
            raise NotAllowed("the payment search comes to something else")

    def preview(self, arguments: CheckPaymentArguments, facts: CaseFacts) -> str:
        """Say what was found, what is proposed, and what is not done."""
        numbers = listed(arguments.invoices)
        pause = f"; reminders on {numbers} rest until {arguments.pause_until}" if arguments.pause_until else ""
        match arguments.outcome:
            case CheckOutcome.APPLIED:
                return f"Notes that the payment stands in the ledger already: {arguments.explanation}{pause}."
            case CheckOutcome.FOUND:
                parts = ", ".join(
                    f"{money(p.amount, arguments.currency)} of {p.payment} to {p.invoice}" for p in arguments.parts
                )
                return (
                    f"Payment found: {arguments.explanation}. Proposes to apply {parts} (in your ERP; the ledger is "
                    f"not changed here){pause}."
                )
            case CheckOutcome.POSSIBLE:
                return (
                    f"The payment for {numbers} may be here: {arguments.explanation}. Notes the candidates for a person "
                    f"and asks for the payment advice{pause}."
                )
            case CheckOutcome.NOT_FOUND:
                return f"The payment for {numbers} is not found: {arguments.explanation}. Asks for the payment advice{pause}."

    def apply(self, arguments: CheckPaymentArguments, application: Application) -> str:
        """Note the search and pause reminders. Invoices and payments stay as they are."""
        self._replace_older(arguments, application)
        application.session.add(
            PaymentCheck(
                customer_id=application.customer_id,
                invoices=list(arguments.invoices),
                payments=list(arguments.payments),
                applications=[part.model_dump(mode="json") for part in arguments.parts],
                outcome=arguments.outcome,
                explanation=arguments.explanation,
                pause_until=arguments.pause_until,
                status="applied" if arguments.outcome is CheckOutcome.APPLIED else "open",
                effect_id=application.effect_id,
            )
        )
        if arguments.pause_until is not None:
            application.hold(kind="already_paid", invoices=arguments.invoices, until=arguments.pause_until)
        return f"Payment search for {listed(arguments.invoices)}: {arguments.outcome.value.replace('_', ' ')}."

    def _replace_older(self, arguments: CheckPaymentArguments, application: Application) -> None:
        """End open searches for the same invoices. What one holds of others stays: found money must still be applied."""
        now_searched = set(arguments.invoices)
        for older in application.session.exec(
            select(PaymentCheck).where(
                PaymentCheck.customer_id == application.customer_id, PaymentCheck.status == "open"
            )
        ):
            if not set(older.invoices) & now_searched:
                continue
            rest = [n for n in older.invoices if n not in now_searched]
            parts = [p for p in older.applications if p["invoice"] not in now_searched]
            if not rest or (older.outcome == CheckOutcome.FOUND and not parts):
                older.status = "lapsed"
                continue
            older.invoices, older.applications = rest, parts
            if older.outcome == CheckOutcome.FOUND:
                older.payments = list(dict.fromkeys(p["payment"] for p in parts))

    def variant(self, arguments: CheckPaymentArguments) -> str:
        """Name the wording: the outcome, and whether a part stays open."""
        part = "_part" if arguments.rest > 0 and arguments.paid is not None else ""
        return f"{arguments.outcome.value}{part}"

    def says(self, arguments: CheckPaymentArguments) -> str:
        """Tell what the letter says of it; never a word that doubts the customer."""
        return _SAYS[self.variant(arguments)]

    def terms(self, arguments: CheckPaymentArguments, facts: CaseFacts) -> dict[str, Term]:
        """Give amount, day and reference of the payment that the customer spoke of, and what stays open."""
        if arguments.outcome not in HERE or arguments.paid is None:
            return {}
        found: dict[str, Term] = {"payment.amount": Cash(arguments.paid, arguments.currency)}
        receipts = [p for p in facts.payments if p.id in arguments.payments]
        if len({p.received_on for p in receipts}) == 1:
            found["payment.date"] = receipts[0].received_on
        if len(receipts) == 1 and _PLAIN_REFERENCE.fullmatch(receipts[0].reference):
            found["payment.reference"] = receipts[0].reference
        if arguments.rest > 0:
            found["undisputed.balance"] = Cash(arguments.rest, arguments.currency)
        return found


_ADVICE = "we kindly ask for the payment advice (date, amount, reference), without doubting them and without any demand"
_REST = (
    "; {{ undisputed.balance }} stays open, and if that is paid too we ask for the payment advice, without any demand"
)
_SAYS: dict[str, str] = {
    "applied": "their payment is booked already, the matter is settled and they need do nothing; we thank them",
    "applied_part": "their payment of {{ payment.amount }} is booked already" + _REST,
    "found": "we thank them: we have found their payment of {{ payment.amount }}, it is being applied, no reminder follows",
    "found_part": "we thank them: we have found their payment of {{ payment.amount }}, it is being applied" + _REST,
    "possible": "we could not yet match their payment for certain; " + _ADVICE,
    "not_found": "we could not yet find their payment; " + _ADVICE,
}
