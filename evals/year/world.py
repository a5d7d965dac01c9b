"""The customers' side of the year: money comes, or does not; a mail of ours moves one kind of customer and not another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from evals.year.answering import Heard, Reply, answer_of
from evals.year.books import Books
from evals.year.days import FIRST, LAST, MORNING, begin_of, month_end, next_working
from evals.year.days import at as moment_at
from evals.year.debtors import Bill, Debtor
from evals.year.kinds import HABITS, Kind
from evals.year.truth import Matter, Span, Truth
from evals.year.words import Say

#: After so many days past its due date an invoice that nobody ever pays is given up by the company.
GIVEN_UP_AFTER = 150
_PROMISES_KEPT = 0.75
_INSTALMENTS_KEPT = 0.85


#: By which tool the company takes note of a matter.
_NOTES = {Matter.PROMISE: "record_promise", Matter.DISPUTE: "open_dispute", Matter.PLAN: "propose_payment_plan"}


@dataclass
class _Case:
    """How a customer stands to one of its invoices."""

    mails: int = 0
    replied: bool = False
    intent: date | None = None


class World:
    """What the customers of a shard do. It knows dunwell by the mails that come from it alone."""

    def __init__(self, debtors: Sequence[Debtor], *, truth: Truth) -> None:
        """Take the customers; nothing was invoiced yet."""
        self.truth = truth
        self.books = Books(truth)
        self.debtors = {debtor.id: debtor for debtor in debtors}
        self._cases = {bill.number: _Case() for debtor in debtors for bill in debtor.bills}
        self._calendar: dict[date, list[Callable[[date], None]]] = {}
        for debtor in debtors:
            truth.zones[debtor.id], truth.currencies[debtor.id] = debtor.zone, debtor.currency
            truth.contacts[debtor.id] = {email: role for _, email, role in debtor.contacts}
            self.books.new_customer(debtor)
            for bill, paid_on in debtor.past:
                self.books.issue(debtor, bill)
                self.books.pay(debtor, bill, bill.amount, on=paid_on)
            for bill in debtor.bills:
                self._on(bill.issue, partial(self._issue, debtor, bill))

    def move(self, day: date) -> None:
        """Let a day begin: what is invoiced, paid, found out and given up on it."""
        for event in self._calendar.pop(day, []):
            event(day)

    def _on(self, day: date, event: Callable[[date], None]) -> None:
        self._calendar.setdefault(day, []).append(event)

    # --- unasked --------------------------------------------------------------------------------------------------

    def _issue(self, debtor: Debtor, bill: Bill, day: date) -> None:
        self.books.issue(debtor, bill)
        if debtor.kind is Kind.LUMP:
            pays = next_working(month_end(bill.due), 0)
            self._on(pays, lambda on: self._pay_everything(debtor, on))
            return
        if (days := HABITS[debtor.kind].unasked) is not None:
            low, high = days
            if debtor.kind is Kind.SLIPPING:
                # Punctual in the first weeks, and later from invoice to invoice.
                high = low + round((high - low) * (day - FIRST).days / (LAST - FIRST).days)
            self._intend(debtor, bill, bill.due + timedelta(days=debtor.die.randint(low, max(low, high))))
        elif debtor.die.random() < 0.5:
            self._on(bill.due + timedelta(days=GIVEN_UP_AFTER), lambda _: self.books.write_off(debtor, bill))
        if debtor.kind is Kind.PARTS:
            first = next_working(bill.due, debtor.die.randint(1, 4))
            self._on(first, lambda on: self._pay(debtor, bill, bill.amount // 2, on))

    def _intend(self, debtor: Debtor, bill: Bill, day: date) -> None:
        """Change when an invoice is paid; what was meant before is forgotten."""
        case, pays = self._cases[bill.number], next_working(max(day, bill.issue + timedelta(days=1)), 0)
        case.intent = pays

        def pay(on: date) -> None:
            if case.intent == on:
                self._pay(debtor, bill, self._willing(debtor, bill, on), on)

        self._on(pays, pay)

    def _willing(self, debtor: Debtor, bill: Bill, on: date) -> int:
        """Say how much of an invoice the customer pays: what it does not contest; the over-careful some euros more."""
        moment = datetime.combine(on, datetime.max.time(), tzinfo=UTC)
        contested = [s for s in self.truth.standing(debtor.id, moment) if s.matter is Matter.DISPUTE]
        held = sum(s.cents or bill.amount for s in contested if s.about(bill.number))
        extra = debtor.die.randint(1_000, 5_000) if debtor.kind is Kind.OVERPAYING else 0
        return max(0, bill.balance - held) + extra

    def _pay(self, debtor: Debtor, bill: Bill, cents: int, on: date) -> None:
        if cents <= 0:
            return
        if over := self.books.pay(debtor, bill, cents, on=on):
            self.books.receive_loose(debtor, over, on=on)
        if bill.balance == 0:
            self._settled(bill, on)

    def _pay_everything(self, debtor: Debtor, on: date) -> None:
        """One sum for all that is due; the bookkeepers find out two days later what it was for."""
        bills = [bill for bill in debtor.bills if bill.balance and bill.due <= on and bill.issue < on]
        total = sum(bill.balance for bill in bills) - sum(cents for _, cents in self.books.loose.get(debtor.id, []))
        if total > 0:
            self.books.receive_loose(debtor, total, on=on)
            self._on(next_working(on, 2), lambda day: self.books.apply_loose(debtor, bills, on=day))

    def _settled(self, bill: Bill, on: date) -> None:
        for span in self.truth.spans:
            if span.invoices == (bill.number,) and span.matter is Matter.PROMISE and span.until is not None:
                span.until = min(span.until, max(span.since, begin_of(on)))

    # --- asked ----------------------------------------------------------------------------------------------------

    def hear(self, customer_id: str, heard: Heard) -> Reply | None:
        """Let a mail of ours arrive; give what the customer answers, and when, where it does."""
        debtor = self.debtors[customer_id]
        if heard.offers_plan:
            agreed = answer_of(debtor, heard, heard.numbers, again=True)
            if agreed is not None:
                self._will(debtor, agreed)
            return agreed
        bills = [b for b in debtor.bills if b.number in heard.numbers and b.balance and heard.asks]
        if any(".new@" in address for address in heard.to):
            for bill in bills:
                self.put_right(customer_id, bill.number, day=heard.at.date())
            return None
        for bill in bills:
            self._cases[bill.number].mails += 1
            self._moved(debtor, bill, heard)
        unsaid = [bill.number for bill in bills if not self._cases[bill.number].replied]
        reply = answer_of(debtor, heard, unsaid[:1]) if unsaid else None
        if reply is not None:
            self._cases[unsaid[0]].replied = True
            self._will(debtor, reply)
        return reply

    def _moved(self, debtor: Debtor, bill: Bill, heard: Heard) -> None:
        """Pay sooner where a mail does that with this kind of customer."""
        habit, case = HABITS[debtor.kind], self._cases[bill.number]
        day = heard.at.date()
        broken = heard.followed and case.replied
        if broken or (habit.mails and case.mails >= habit.mails and day >= bill.due):
            soon = day + timedelta(days=debtor.die.randint(*habit.after))
            if case.intent is None or soon < case.intent or case.intent < day:
                self._intend(debtor, bill, soon)

    def _will(self, debtor: Debtor, reply: Reply) -> None:
        """Note what a reply means: from when nobody may ask, and what the customer will do."""
        self.truth.spans.append(Span(Matter.MAIL, debtor.id, reply.at))
        if reply.span is not None:
            self.truth.spans.append(reply.span)
        bills = [bill for bill in debtor.bills if bill.number in reply.invoices]
        for bill in bills:
            if reply.promised is not None:
                kept = debtor.die.random() < _PROMISES_KEPT
                self._intend(debtor, bill, reply.promised + timedelta(days=0 if kept else 40))

    # --- what the company did about it ------------------------------------------------------------------------------

    def answered(self, reply: Reply, *, now: datetime) -> None:
        """Note that the company dealt with a customer's mail: it does not stand in the way any more."""
        for span in self.truth.spans:
            if span.matter is Matter.MAIL and span.customer_id == reply.customer_id and span.since == reply.at:
                span.until = span.until or now

    def came_of_it(self, reply: Reply, acts: Mapping[str, Mapping[str, Any]], *, now: datetime) -> None:
        """Let follow at the customer's what the company did about a mail: `acts` are its tools with their arguments."""
        day, span = now.date(), reply.span
        plan = acts.get("propose_payment_plan")
        if reply.say is Say.AGREE and plan is not None and plan["move"] == "agreed":
            parts = [(date.fromisoformat(p["due"]), int(Decimal(p["amount"]) * 100)) for p in plan["instalments"]]
            self.begin_plan(reply, parts, plan["invoices"])
        elif span is not None and (tool := _NOTES.get(span.matter)) is not None and tool not in acts:
            # The company did not take it as it was meant: a person talked to them, and nothing stands in the way.
            span.until = min(span.until or now, max(now, span.since))
        if reply.say is Say.ORDER:
            for number in reply.invoices:
                self.put_right(reply.customer_id, number, day=day)

    def begin_plan(self, reply: Reply, instalments: Sequence[tuple[date, int]], numbers: Sequence[str]) -> None:
        """Let an agreed plan run: instalments are paid on their days, but for some; the first that is not ends it."""
        debtor = self.debtors[reply.customer_id]
        bills = [bill for bill in debtor.bills if bill.number in numbers]
        for bill in bills:
            self._cases[bill.number].intent = None
        broken = False
        for due, cents in instalments:
            kept = debtor.die.random() < _INSTALMENTS_KEPT
            broken = broken or not kept
            if reply.span is not None and (not broken or reply.span.until is None or not kept):
                reply.span.until = begin_of(due + timedelta(days=1))
            pays = next_working(due, 0 if kept else 12)
            self._on(pays, partial(self._pay_instalment, debtor, bills, cents))

    def _pay_instalment(self, debtor: Debtor, bills: Sequence[Bill], cents: int, on: date) -> None:
        for bill in bills:
            taken = min(cents, bill.balance)
            self._pay(debtor, bill, taken, on)
            cents -= taken

    def verified(self, customer_id: str, address: str, role: str, *, now: datetime) -> None:
        """Note that a person of the company verified an address by telephone."""
        self.truth.contacts[customer_id][address.lower()] = role
        self.truth.verified[address.lower()] = now
        self.truth.replaced[self.debtors[customer_id].address] = now

    def dispute_ended(self, customer_id: str, number: str, credit: int, *, now: datetime) -> None:
        """Book the credit, and pay the rest some days later."""
        day = now.date()
        for span in self.truth.spans:
            if span.matter is Matter.DISPUTE and span.customer_id == customer_id and span.about(number):
                span.until = span.until or now
        debtor = self.debtors[customer_id]
        bill = debtor.named(number)
        assert bill is not None, "only invoices of this customer are disputed"
        if credit:
            booked = next_working(day, 1)
            self._on(booked, lambda on: self.books.credit(debtor, bill, credit, on=on))
            # What is credited is owed no more, before the bookkeepers have come to it.
            granted = Span(Matter.DISPUTE, customer_id, now, (number,), cents=credit, until=moment_at(booked, MORNING))
            self.truth.spans.append(granted)
        self._intend(debtor, bill, day + timedelta(days=debtor.die.randint(5, 9)))

    def put_right(self, customer_id: str, number: str, *, day: date) -> None:
        """Let the customer pay, as what stood in the way is put right: the order number, the address."""
        debtor = self.debtors[customer_id]
        bill = debtor.named(number)
        if bill is not None and bill.balance:
            self._intend(debtor, bill, day + timedelta(days=debtor.die.randint(7, 12)))

    def reissue(self, customer_id: str, number: str, order: str, *, day: date) -> None:
        """Let the ERP make an invoice anew under another order number."""
        bill = self.debtors[customer_id].named(number)
        if bill is not None:
            self._on(next_working(day, 1), lambda _: self.books.renumber(bill, order))
