"""What a customer answers to a mail of ours, by its kind: the words, what they mean, and what follows for whoever asks on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from evals.year.days import at as moment_at
from evals.year.debtors import Debtor
from evals.year.kinds import Kind
from evals.year.truth import Matter, Span
from evals.year.words import Say, letter, sentence
from store.vocabulary import DisputeKind, Reason

#: Acts of ours that ask for money.
ASKING = frozenset({"remind", "follow_up"})
_OFFER = "propose_payment_plan"
#: What of it waits for the customer's yes.
_OPEN_MOVES = frozenset({"offer", "asked", "counter", "renewed"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A mail of ours as it arrived. `acts`: what was approved with it, by which the simulation tells offers from reminders."""

    at: datetime
    message_id: str
    subject: str
    to: tuple[str, ...]
    numbers: tuple[str, ...]
    acts: tuple[tuple[str, Mapping[str, Any]], ...]

    @property
    def asks(self) -> bool:
        """Say whether it asks for money."""
        return any(tool in ASKING for tool, _ in self.acts)

    @property
    def followed(self) -> bool:
        """Say whether it comes back to what the customer had said."""
        return any(tool == "follow_up" for tool, _ in self.acts)

    @property
    def offers_plan(self) -> bool:
        """Say whether it offers instalments that the customer has not agreed to yet."""
        return any(tool == _OFFER and arguments.get("move") in _OPEN_MOVES for tool, arguments in self.acts)


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail of a customer, ready to be sent, with what a careful reader takes from it."""

    customer_id: str
    at: datetime
    sender: str
    answers: Heard
    say: Say
    text: str
    said: str
    reason: Reason
    invoices: tuple[str, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)
    span: Span | None = None
    promised: date | None = None


_SAYS: dict[Kind, Say] = {
    Kind.PROMISING: Say.PROMISE,
    Kind.DISPUTING: Say.DISPUTE,
    Kind.WRONG_ORDER: Say.ORDER,
    Kind.MOVED: Say.MOVED,
    Kind.HARDSHIP: Say.PLAN,
    Kind.STOPPING: Say.STOP,
}
_REASONS: dict[Say, Reason] = {
    Say.PROMISE: Reason.PROMISE_TO_PAY,
    Say.DISPUTE: Reason.DISPUTE,
    Say.DISPUTE_PART: Reason.DISPUTE,
    Say.ORDER: Reason.PO_MISMATCH,
    Say.MOVED: Reason.WRONG_CONTACT,
    Say.PLAN: Reason.PLAN_REQUEST,
    Say.AGREE: Reason.PLAN_REQUEST,
    Say.STOP: Reason.STOP_CONTACT,
}
_OFFICE = (time(9, 40), time(11, 5), time(14, 20), time(16, 10))


def answer_of(debtor: Debtor, heard: Heard, numbers: Sequence[str], *, again: bool = False) -> Reply | None:
    """Give what this customer answers about these invoices, one to three days later in its own office hours; None for silence."""
    say = Say.AGREE if again else _SAYS.get(debtor.kind)
    if say is None or not numbers:
        return None
    if say is Say.MOVED and all(".new@" in address for address in heard.to):
        return None
    if say in (Say.PROMISE, Say.PLAN, Say.DISPUTE) and not _late(debtor, numbers, heard):
        return None
    day = heard.at.astimezone(ZoneInfo(debtor.zone)).date() + timedelta(days=debtor.die.randint(1, 3))
    while day.weekday() >= 5:
        day += timedelta(days=1)
    moment = moment_at(day, debtor.die.choice(_OFFICE), debtor.zone)
    if say is Say.DISPUTE and debtor.die.random() < 0.5:
        say = Say.DISPUTE_PART
    return _reply(debtor, heard, say, tuple(numbers), moment, day)


def _late(debtor: Debtor, numbers: Sequence[str], heard: Heard) -> bool:
    return any(bill.due < heard.at.date() for bill in debtor.bills if bill.number in numbers)


def _reply(debtor: Debtor, heard: Heard, say: Say, numbers: tuple[str, ...], moment: datetime, day: date) -> Reply:
    number = numbers[0]
    bill = debtor.named(number)
    assert bill is not None, "a customer writes about its own invoices"
    values: dict[str, str] = {"number": number}
    slots: dict[str, Any] = {}
    span: Span | None = None
    promised: date | None = None
    if say is Say.PROMISE:
        promised = day + timedelta(days=debtor.die.randint(6, 12))
        values["date"] = format_date(promised, format="long", locale=debtor.language)
        slots["date"] = promised
        end = moment_at(promised + timedelta(days=1), time(0), debtor.zone)
        span = Span(Matter.PROMISE, debtor.id, moment, numbers[:1], until=end)
    elif say in (Say.DISPUTE, Say.DISPUTE_PART):
        cents = None if say is Say.DISPUTE else max(1_000, bill.balance * debtor.die.randint(10, 60) // 100)
        span = Span(Matter.DISPUTE, debtor.id, moment, numbers[:1], cents=cents)
        slots["dispute_kind"] = DisputeKind.QUALITY if cents is None else DisputeKind.QUANTITY
        if cents is not None:
            values["amount"] = f"{bill.currency} {cents // 100}.{cents % 100:02d}"
            slots |= {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": bill.currency}
    elif say is Say.ORDER:
        values["order"] = slots["po_number"] = f"{bill.order}-A"
    elif say is Say.MOVED:
        name, address = "Noor Quist", debtor.address.replace("accounts@", "accounts.new@")
        values["address"] = slots["contact_email"] = address
        slots["contact_name"] = name
    elif say is Say.PLAN:
        slots["instalments"] = 3
    elif say is Say.AGREE:
        slots["stance"] = "agrees"
        span = Span(Matter.PLAN, debtor.id, moment, numbers)
    elif say is Say.STOP:
        span = Span(Matter.STOP, debtor.id, moment)
    said = sentence(debtor.language, say, **values)
    wide = say in (Say.STOP, Say.MOVED, Say.AGREE)
    return Reply(
        customer_id=debtor.id,
        at=moment,
        sender=debtor.address,
        answers=heard,
        say=say,
        text=letter(debtor.language, said, debtor.contacts[0][0]),
        said=said,
        reason=_REASONS[say],
        invoices=() if wide else numbers[:1],
        slots=slots,
        span=span,
        promised=promised,
    )
