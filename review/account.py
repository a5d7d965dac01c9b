"""The account beside an item, worked out for the page: how old the debt is, what was promised and kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from review import words
from store.aftermath import InstalmentStatus
from store.balances import net_position
from store.facts import CaseFacts
from store.ledger_changes import LedgerChange, in_words
from store.matter_facts import InstalmentFacts, PlanFacts
from store.outreach_around import Around
from tools.base import money

#: The last day overdue of each bucket but the last, with its name.
_BUCKETS: tuple[tuple[int, str], ...] = ((0, "not due"), (30, "1 to 30"), (60, "31 to 60"), (90, "61 to 90"))
_OLDEST = "over 90"
#: So many payments are shown at once.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is open in one currency, of one age in days overdue."""

    name: str
    amount: str
    share: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """The ages of what is open in one currency."""

    currency: str
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How the customer's word was worth something so far."""

    kept: int
    broken: int
    open: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Invoices on which reminders rest, and until when."""

    until: date
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its payments. `came`: how many of them did."""

    plan: PlanFacts
    came: int
    payments: tuple[tuple[InstalmentFacts, str], ...]


@dataclass(frozen=True, slots=True)
class Net:
    """What is open less what no invoice has taken; `why_nothing`: why nothing is asked, empty where something is."""

    net: str
    credits: str
    receipts: str
    why_nothing: str


def ageing(facts: CaseFacts) -> list[Ageing]:
    """Split what is open by how long it is overdue, for each currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for invoice in facts.open_invoices:
        days = (facts.today - invoice.due_date).days
        name = next((name for limit, name in _BUCKETS if days <= limit), _OLDEST)
        ages = sums.setdefault(invoice.currency, {n: Decimal(0) for n in (*(name for _, name in _BUCKETS), _OLDEST)})
        ages[name] += invoice.balance
    return [
        Ageing(currency, tuple(_bucket(name, amount, ages, currency) for name, amount in ages.items()))
        for currency, ages in sums.items()
    ]


def _bucket(name: str, amount: Decimal, ages: dict[str, Decimal], currency: str) -> Bucket:
    total = sum(ages.values(), Decimal(0))
    share = int((amount * 20 / total).to_integral_value()) * 5 if total else 0
    return Bucket(name, money(amount, currency), max(5, share) if amount else 0)


def word_kept(facts: CaseFacts) -> Kept:
    """Count the promises that were kept, broken, and that still run."""
    states = [str(promise.status) for promise in facts.promises]
    return Kept(states.count("kept"), states.count("broken"), states.count("open"))


def nets(facts: CaseFacts) -> list[Net]:
    """Net what is open against what lies unapplied, in each currency where anything does; for a step of ours with what the bank shows."""
    step = facts.followup.outreach if facts.followup is not None else None
    known = step.around if step is not None else Around()
    return [
        Net(
            money(position.net, currency),
            money(position.credits, currency) if position.credits else "",
            money(position.receipts, currency) if position.receipts else "",
            position.in_words,
        )
        for currency, position in net_position(facts, seen=known.seen, credits_taken=known.credits_taken).items()
        if position.net != position.open
    ]


def imported(changes: Sequence[LedgerChange]) -> list[tuple[date, str, str]]:
    """Say what imports changed: the day, the invoice, and what in words."""
    return [(change.at.date(), change.invoice_number or "", in_words(change)) for change in changes]


def pauses(facts: CaseFacts) -> list[Pause]:
    """List the pauses, the first to end first."""
    until: dict[date, list[str]] = {}
    for invoice in facts.open_invoices:
        if invoice.held_until is not None and invoice.held_until >= facts.today:
            until.setdefault(invoice.held_until, []).append(invoice.number)
    return [Pause(day, tuple(numbers)) for day, numbers in sorted(until.items())]


def plans(facts: CaseFacts) -> list[PlanView]:
    """List the plans, the newest first."""
    return [_plan(plan) for plan in reversed(facts.plans)]


def _plan(plan: PlanFacts) -> PlanView:
    states: Sequence[InstalmentFacts] = plan.instalments
    came = sum(part.status is InstalmentStatus.PAID for part in states)
    return PlanView(plan, came, tuple((part, words.plain(str(part.status)).lower()) for part in states))
