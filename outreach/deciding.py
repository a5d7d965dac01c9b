"""What is written to one customer today, and why nothing is: one mail for all their invoices. A pure function of a snapshot.

No database, no clock, no model. What it decides against it says in words, for every invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from outreach.cadence import Cadence
from outreach.doubting import doubts_of
from outreach.ladder import Past, Ways, due_step, next_step, past_of
from store.facts import CaseFacts, InvoiceFacts
from store.outreach_around import Around
from store.outreach_words import Channel, OutreachStep
from tools.remind import MOST_INVOICES
from tools.remind_ground import REMINDERS, Asked, askable, stopped

_RANK = {step: place for place, step in enumerate(OutreachStep)}
#: Steps whose words are about the very invoices that reached them, and no others.
_FOR_ITSELF = frozenset({OutreachStep.FINAL_NOTICE})


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for everybody. `starts_on`: invoices due before it are left alone. `grace`: days past due before a reminder."""

    starts_on: date | None
    grace: int
    answer: int
    limitation_years: int | None = None


@dataclass(frozen=True, slots=True)
class Outward:
    """One mail (or letter, call): the most advanced step, all invoices that it speaks of, and by invoice the step taken for it."""

    step: OutreachStep
    channel: Channel
    invoices: tuple[str, ...]
    taken: dict[str, OutreachStep]
    why: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Internal:
    """A step that people of ours take alone, with the invoices that it is about."""

    step: OutreachStep
    taken: dict[str, OutreachStep]


@dataclass(frozen=True, slots=True)
class Line:
    """What comes for one invoice. `today`: the step that is due; `why`: what stands against it, or against any; `then`: what comes next, and when."""

    number: str
    due: date
    balance: Decimal
    currency: str
    asked: Decimal | None = None
    today: OutreachStep | None = None
    why: str = ""
    then: OutreachStep | None = None
    then_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One customer's day. `silent` says why nobody is written to; "" where somebody is."""

    customer_id: str
    day: date
    cadence: str
    outward: Outward | None = None
    internal: Internal | None = None
    silent: str = ""
    lines: tuple[Line, ...] = ()


def decide(
    facts: CaseFacts,
    around: Around,
    *,
    cadence: Cadence,
    rules: Rules,
    closed: str | None = None,
    explain: bool = True,
    unreached: Channel | None = None,
) -> Decision:
    """Decide one customer's day. `closed`: why the window or the caps let nothing go today; internal steps do not ask it.

    `explain`: with a line an invoice that says what comes when, or why nothing comes. `unreached`: the way to a customer whom no mail
    reaches; what asks for money goes by it, and what asks for nothing stays away.
    """
    assert facts.customer is not None, "only a customer is written to"
    may = askable(facts, around, limitation_years=rules.limitation_years)
    by_number = {one.number: one for one in may.asked}
    doubts = doubts_of(facts, around, cadence)
    due = _Due(facts, around, cadence=cadence, rules=rules, doubts=doubts)
    outward_steps = {
        n: s
        for n in by_number
        if (s := due.step(n, internal=False)) is not None and (unreached is None or s in REMINDERS)
    }
    internal_steps = {n: s for n in by_number if (s := due.step(n, internal=True)) is not None}
    standing = stopped(facts, around, way=unreached or Channel.MAIL) or _answered_lately(facts, around, cadence)
    silent = standing or _written_lately(facts, around, cadence) or closed
    outward = None if silent else _outward(may.asked, outward_steps, facts, cadence, rules, doubts)
    internal = None if standing else _internal(internal_steps)
    if outward is None and not silent:
        silent = "nothing is due" if by_number else "there is no invoice that may be written about"
    if outward is not None and unreached is not None and outward.channel in (Channel.MAIL, Channel.SMS):
        outward = replace(outward, channel=unreached)
    return Decision(
        customer_id=facts.customer.id,
        day=facts.today,
        cadence=cadence.name,
        outward=outward,
        internal=internal,
        silent="" if outward is not None else silent or "",
        lines=tuple(
            due.line(i, by_number.get(i.number), may.refused.get(i.number, ""), outward_steps, internal_steps)
            for i in (facts.open_invoices if explain else ())
        ),
    )


class _Due:
    """Asks the ladder for each invoice of one account."""

    def __init__(
        self, facts: CaseFacts, around: Around, *, cadence: Cadence, rules: Rules, doubts: dict[str, str]
    ) -> None:
        self._facts, self._around, self._rules = facts, around, rules
        self._cadence, self._doubts = cadence, doubts

    def step(self, number: str, *, internal: bool) -> OutreachStep | None:
        invoice = self._facts.invoice(number)
        if invoice is None or self._left_alone(invoice):
            return None
        one = due_step(
            invoice.due_date, self._past(number), self._ways(number), today=self._facts.today, internal=internal
        )
        return one.step if one is not None else None

    def line(
        self,
        invoice: InvoiceFacts,
        asked: Asked | None,
        refused: str,
        outward: dict[str, OutreachStep],
        internal: dict[str, OutreachStep],
    ) -> Line:
        number = invoice.number
        values = Line(number=number, due=invoice.due_date, balance=invoice.balance, currency=invoice.currency)
        if self._left_alone(invoice):
            return replace(values, why=f"it was due before {self._rules.starts_on}, the day from which we write first")
        if asked is None:
            return replace(values, why=refused)
        coming = next_step(invoice.due_date, self._past(number), self._ways(number), today=self._facts.today)
        return replace(
            values,
            asked=asked.open,
            today=outward.get(number) or internal.get(number),
            then=coming[0].step if coming else None,
            then_on=coming[1] if coming else None,
        )

    def _left_alone(self, invoice: InvoiceFacts) -> bool:
        return self._rules.starts_on is not None and invoice.due_date < self._rules.starts_on

    def _past(self, number: str) -> Past:
        return past_of(number, self._around.steps)

    def _ways(self, number: str) -> Ways:
        return Ways(
            cadence=self._cadence,
            grace=self._rules.grace,
            answer=self._rules.answer,
            doubtful=number in self._doubts,
            open_last_resorts=self._around.last_resorts,
        )


def _outward(
    asked: Iterable[Asked],
    steps: dict[str, OutreachStep],
    facts: CaseFacts,
    cadence: Cadence,
    rules: Rules,
    doubts: dict[str, str],
) -> Outward | None:
    """Put all that is due into one mail: the most advanced step sets its voice."""
    if not steps:
        return None
    step = max(steps.values(), key=_RANK.__getitem__)
    if step in REMINDERS and step not in _FOR_ITSELF:
        taken = {n: s for n, s in steps.items() if s in REMINDERS and s not in _FOR_ITSELF}
        after = facts.today - timedelta(days=rules.grace)
        first = rules.starts_on or date.min
        listed = tuple(a.number for a in asked if first <= a.due < after)
    else:
        taken = {n: s for n, s in steps.items() if s is step}
        listed = tuple(a.number for a in asked if a.number in taken)
    # One mail names so many and no more: those of which it speaks most firmly first; the others get their own turn.
    firmest = sorted(listed, key=lambda number: -_RANK[taken[number]] if number in taken else 1)[:MOST_INVOICES]
    listed = tuple(number for number in listed if number in firmest)
    taken = {number: one for number, one in taken.items() if number in firmest}
    channel = next(one.channel for one in cadence.steps if one.step is step)
    why = {number: doubts[number] for number in taken} if step is OutreachStep.VERIFY else {}
    return Outward(step=step, channel=channel, invoices=listed, taken=taken, why=why)


def _internal(steps: dict[str, OutreachStep]) -> Internal | None:
    if not steps:
        return None
    step = max(steps.values(), key=_RANK.__getitem__)
    return Internal(step=step, taken={number: one for number, one in steps.items() if one is step})


def _answered_lately(facts: CaseFacts, around: Around, cadence: Cadence) -> str | None:
    if around.replied_on is None:
        return None
    until = around.replied_on + timedelta(days=cadence.reply_days)
    return (
        f"the customer wrote on {around.replied_on}: nothing is written first before {until}"
        if facts.today < until
        else None
    )


def _written_lately(facts: CaseFacts, around: Around, cadence: Cadence) -> str | None:
    if around.written_on is None:
        return None
    until = around.written_on + timedelta(days=cadence.gap_days)
    return f"we wrote on {around.written_on}: the next one not before {until}" if facts.today < until else None
