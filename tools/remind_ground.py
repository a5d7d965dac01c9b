"""Whether we may write first, and what of each invoice may be asked for: asked of the books, and again at approval and sending. Pure.

What stands in the way is told in words, so that every decision not to write can be explained. In doubt nothing is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from store.aftermath import PlanStatus, PortalStatus, PromiseStatus, ResubmissionStatus
from store.balances import NetPosition, free_of, net_position
from store.facts import CaseFacts, InvoiceFacts
from store.outreach_around import Around, OutreachFacts
from store.outreach_words import Channel, LastResort, OutreachStep

#: Steps that ask for money that is due; the others come before the day, or on it, and demand nothing.
REMINDERS = frozenset(
    {
        OutreachStep.OVERDUE,
        OutreachStep.FIRMER,
        OutreachStep.HOLD_AHEAD,
        OutreachStep.PLAN_OFFER,
        OutreachStep.STILL_OPEN,
        OutreachStep.FINAL_NOTICE,
    }
)
#: Steps that people of ours take alone.
INTERNAL = frozenset({OutreachStep.REVIEW, OutreachStep.HAND_OFF})
#: While one of these is open, others speak with the customer, or nobody does.
_NOT_WHILE = (LastResort.HAND_OFF, LastResort.SETTLEMENT, LastResort.WRITE_OFF)
_PENDING = (PortalStatus.TO_SUBMIT, PortalStatus.SUBMITTED, PortalStatus.REJECTED)
#: No currency has so little left that it would be written about.
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What may be asked for of one invoice: never the contested part, nor what the bank shows. `days` past due, 0 before."""

    number: str
    due: date
    open: Decimal
    currency: str
    days: int


@dataclass(frozen=True, slots=True)
class Askable:
    """The invoices that may be written about, the oldest first, and by number why the other open ones may not."""

    asked: tuple[Asked, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


#: Why nothing goes by mail; a letter or a call may (`outreach.by_channel`).
NO_CONTACT = "no contact can be written to: find one whom mail reaches, and verify them"


def way_of(facts: CaseFacts) -> Channel:
    """Say how the step goes that woke the case; by mail where none did."""
    step = facts.followup.outreach if facts.followup is not None else None
    return step.channel if step is not None else Channel.MAIL


def stopped(facts: CaseFacts, around: Around, *, way: Channel = Channel.MAIL) -> str | None:
    """Say why nothing is written to this customer by ourselves now, whatever is due; None where it may be. `way`: how it would go."""
    if facts.customer is None:
        return "there is no customer"
    if facts.customer.stopped:
        return "all writing to this customer is stopped"
    if around.paused_until is not None:
        until = "until somebody resumes it" if around.paused_until == date.max else f"until {around.paused_until}"
        return f"a colleague paused the cadence {until}"
    if facts.overtaken_by or around.unanswered:
        mail = (facts.overtaken_by or around.unanswered)[-1]
        return f"the customer wrote (message {mail}), and that comes first"
    if facts.answered_by_hand is not None:
        return "a colleague has written to the customer by hand since"
    if around.proposals:
        return f"a proposal for this customer waits (item {around.proposals[0]})"
    if around.wakings:
        return f"the agent has something else to write to this customer (waking {around.wakings[0]})"
    if around.by_other_ways:
        return "a letter, a call or a text to this customer waits to be done"
    return _in_hands(facts, around) or (NO_CONTACT if way is Channel.MAIL and not facts.recipients else None)


def _in_hands(facts: CaseFacts, around: Around) -> str | None:
    """Say in whose hands the whole account is."""
    if facts.escalations:
        return f"a matter of this customer is in a person's hands ({facts.escalations[0].reason.replace('_', ' ')})"
    for kind in _NOT_WHILE:
        if kind in around.last_resorts:
            return f"a last step is open ({kind.value.replace('_', ' ')})"
    if any(plan.status == PlanStatus.PROPOSED for plan in facts.plans):
        return "a payment plan is offered and not answered yet"
    if any(check.status == "open" and not check.invoices for check in facts.checks):
        return "the customer says that they have paid, and the money is looked for"
    return None


def askable(facts: CaseFacts, around: Around, *, limitation_years: int | None = None) -> Askable:
    """Say for each open invoice what may be asked for, or why nothing. `limitation_years`: older debts are for a lawyer first."""
    asked: list[Asked] = []
    refused: dict[str, str] = {}
    for invoice in facts.open_invoices:
        why = _why_not(facts, around, invoice) or _barred(invoice, facts.today, limitation_years)
        free = free_of(invoice, around.seen.get(invoice.number, _NOTHING))
        if why is None and free == 0:
            why = "the bank shows the money" if invoice.number in around.seen else "it is contested"
        if why is not None:
            refused[invoice.number] = why
            continue
        days = invoice.days_overdue(facts.today)
        asked.append(Asked(invoice.number, invoice.due_date, free, invoice.currency, days))
    for currency, position in positions(facts, around).items():
        if position.nothing_to_ask:
            refused |= {a.number: "credits and payments cover what is open" for a in asked if a.currency == currency}
            asked = [a for a in asked if a.currency != currency]
    return Askable(tuple(asked), refused)


def positions(facts: CaseFacts, around: Around) -> dict[str, NetPosition]:
    """Net what a customer owes against what lies against it and what the bank shows, by currency (`store.balances`)."""
    return net_position(facts, seen=around.seen, credits_taken=around.credits_taken)


def net(facts: CaseFacts, around: Around, currency: str) -> Decimal:
    """Give what a customer owes in a currency beyond contested parts, unapplied money and credits, and what the bank shows."""
    position = positions(facts, around).get(currency)
    return position.asked if position is not None else _NOTHING


def _why_not(facts: CaseFacts, around: Around, invoice: InvoiceFacts) -> str | None:
    number, today = invoice.number, facts.today
    for promise in facts.promises:
        until = promise.wait_until or promise.due
        if promise.status == PromiseStatus.OPEN and until >= today and _about(promise.invoices, number):
            return f"payment is promised for {promise.due}, and may come until {until}"
    for plan in facts.plans:
        if plan.status in (PlanStatus.PROPOSED, PlanStatus.AGREED) and _about(plan.invoices, number):
            return "it is in a payment plan"
    if invoice.held_until is not None and invoice.held_until >= today:
        return "it rests" if invoice.held_until == date.max else f"it rests until {invoice.held_until}"
    if any(check.status == "open" and number in check.invoices for check in facts.checks):
        return "the customer says that it is paid, and the money is looked for"
    if any(r.status is ResubmissionStatus.OPEN and r.invoice_number == number for r in facts.resubmissions):
        return "it was sent again, and the answer is awaited"
    if any(p.status in _PENDING and p.invoice_number == number for p in facts.portal_items):
        return "it is on its way through the customer's portal"
    whole = [d for d in facts.disputes if d.open and d.invoice_number == number and d.amount is None]
    if whole or (invoice.disputed > 0 and invoice.disputed >= invoice.balance):
        return "it is contested"
    return None


def _about(named: Iterable[str], number: str) -> bool:
    """Say whether a word about these invoices is about this one: with none named it is about all."""
    numbers = set(named)
    return not numbers or number in numbers


def _barred(invoice: InvoiceFacts, today: date, years: int | None) -> str | None:
    if years is None:
        return None
    try:
        last = invoice.due_date.replace(year=invoice.due_date.year + years)
    except ValueError:
        last = invoice.due_date.replace(year=invoice.due_date.year + years, day=28)
    return f"it was due more than {years} years ago: a legal review comes first" if last < today else None


def fitting(step: OutreachStep, asked: Iterable[Asked], *, today: date) -> tuple[Asked, ...]:
    """Give those of the invoices of which the step's words are true today."""
    if step in REMINDERS:
        return tuple(a for a in asked if a.due < today)
    if step is OutreachStep.DUE_TODAY:
        return tuple(a for a in asked if a.due == today)
    return tuple(a for a in asked if a.due > today)


def lines_of(facts: CaseFacts, step: OutreachFacts, *, limitation_years: int | None = None) -> tuple[Asked, ...]:
    """Give what the mail of a step asks for today: of the invoices for which it was planned, what is true of it still."""
    may = askable(facts, step.around, limitation_years=limitation_years).asked
    return fitting(step.step, (a for a in may if a.number in step.invoices), today=facts.today)


def reminded_on(around: Around, numbers: Iterable[str]) -> date | None:
    """Give the day of our last reminder that went out about any of these invoices."""
    about = set(numbers)
    days = [
        taken.sent_on
        for taken in around.steps
        if taken.sent_on is not None
        and not taken.internal
        and about & ({*taken.listed} or {*taken.taken})
        and taken.step in REMINDERS
    ]
    return max(days, default=None)


def step_gone(facts: CaseFacts, step: OutreachFacts, *, limitation_years: int | None = None) -> str | None:
    """Say why a step that was planned is not to be written any more; None while its ground holds."""
    why = stopped(facts, step.around, way=step.channel)
    if why is not None:
        return why
    if step.step in INTERNAL:
        return "this step is for people of ours"
    written = step.around.written_on
    if written is not None and written >= step.day:
        return f"we have written to the customer since ({written}): what is due by now is planned anew"
    if step.step is OutreachStep.FINAL_NOTICE and LastResort.REVIEW in step.around.last_resorts:
        return "a person is looking at the whole account"
    if facts.today > step.day + timedelta(days=_STALE) and step.step in REMINDERS:
        return "the step lay too long: what is due by now is planned anew"
    if not lines_of(facts, step, limitation_years=limitation_years):
        return "nothing is left to write about: paid, contested, promised, or the day is over"
    return None


#: A reminder that nobody decided for so many days is not sent any more: a later one says what is true then.
_STALE = 21
