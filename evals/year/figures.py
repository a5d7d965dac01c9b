"""The figures of a year: mails, replies, days to the money with and without outreach. Values and sums only."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from evals.year.checker import Violation
from evals.year.days import LAST, days
from evals.year.debtors import Debtor, debtors
from evals.year.truth import Truth
from evals.year.world import World
from evals.year.year import Shard

#: Invoices of the last months have not had the time to be paid: they are left out of the days to the money.
_SETTLED_BY = timedelta(days=120)

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Cash:
    """Cents times days over cents: how long money was under way from the invoice on."""

    weight: int = 0
    cents: int = 0

    def add(self, debtors: list[Debtor], *, until: date) -> None:
        """Count invoices that are old enough; what is not paid counts up to the last day."""
        for bill in (bill for debtor in debtors for bill in debtor.bills if bill.issue <= until - _SETTLED_BY):
            self.weight += bill.amount * ((bill.paid_on or until) - bill.issue).days
            self.cents += bill.amount

    @property
    def days(self) -> float:
        """Give the average in days."""
        return self.weight / self.cents if self.cents else 0.0


@dataclass
class Figures:
    """What one shard, or all of them, came to."""

    customers: int = 0
    invoices: int = 0
    mails: int = 0
    first: int = 0
    asked: Cash = field(default_factory=Cash)
    unasked: Cash = field(default_factory=Cash)
    steps: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def __add__(self, other: Figures) -> Figures:
        """Add up two shards."""
        seconds: dict[str, float] = defaultdict(float)
        for one in (self.seconds, other.seconds):
            for step, spent in one.items():
                seconds[step] += spent
        return Figures(
            customers=self.customers + other.customers,
            invoices=self.invoices + other.invoices,
            mails=self.mails + other.mails,
            first=self.first + other.first,
            asked=Cash(self.asked.weight + other.asked.weight, self.asked.cents + other.asked.cents),
            unasked=Cash(self.unasked.weight + other.unasked.weight, self.unasked.cents + other.unasked.cents),
            steps=self.steps + other.steps,
            counts=self.counts + other.counts,
            blocked=self.blocked + other.blocked,
            reasons=self.reasons + other.reasons,
            seconds=dict(seconds),
            violations=[*self.violations, *other.violations],
        )

    def document(self) -> dict[str, Any]:
        """Give them as JSON."""
        told: dict[str, Any] = {
            "customers": self.customers,
            "invoices": self.invoices,
            "mails": self.mails,
            "written_first": self.first,
            "days_to_cash": {"with outreach": round(self.asked.days, 1), "without": round(self.unasked.days, 1)},
            "seconds": {step: round(spent, 1) for step, spent in self.seconds.items()},
            "violations": [str(violation) for violation in self.violations],
        }
        counted = {"steps": self.steps, "counts": self.counts, "blocked": self.blocked, "reasons": self.reasons}
        return told | {name: dict(counts) for name, counts in counted.items()}


def figures_of(shard: Shard, violations: list[Violation], *, without: list[Debtor], until: date) -> Figures:
    """Count a shard."""
    found = Figures(customers=len(shard.debtors), mails=len(shard.truth.sent), violations=violations)
    found.invoices = sum(len(debtor.bills) for debtor in shard.debtors)
    for sent in shard.truth.sent:
        found.first += any(tool in ("remind", "follow_up") for tool, _ in sent.acts)
        found.steps.update(
            str(arguments.get("step", arguments.get("kind", ""))) if tool in ("remind", "follow_up") else tool
            for tool, arguments in sent.acts
        )
    found.asked.add(shard.debtors, until=until)
    found.unasked.add(without, until=until)
    found.counts, found.blocked = Counter(shard.counts), Counter(shard.blocked)
    found.reasons.update(_DAY.sub("DAY", reason.why) for reason in shard.truth.reasons)
    found.seconds = dict(shard.seconds)
    return found


def without_outreach(count: int, *, seed: int, first: int, last: int, until: date = LAST) -> list[Debtor]:
    """Let the same customers live through the same year while nobody writes to them."""
    customers = debtors(count, seed=seed, first=first, last=last)
    world = World(customers, truth=Truth())
    for day in days(last=until):
        world.move(day)
    return customers
