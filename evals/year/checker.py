"""Holds a year against the rules of outreach. It shares no code with what it checks: it reads what left, what was true, and the books."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from evals.year import rules_matters, rules_money, rules_steps, rules_time
from evals.year.evidence import Violation, gather
from evals.year.year import Shard

__all__ = ["RULES", "Violation", "check"]

#: Every rule that looks at mails alone.
RULES = (
    rules_time.window,
    rules_time.caps,
    rules_time.one_a_day,
    rules_matters.disputed,
    rules_matters.told_as_booked,
    rules_matters.stopped,
    rules_matters.promised,
    rules_matters.unanswered,
    rules_matters.recipients,
    rules_steps.ladder,
)


def check(shard: Shard, *, until: date) -> list[Violation]:
    """Give everything that was broken, oldest first. `until`: the last day that was simulated."""
    evidence = gather(shard.truth, shard.database)
    found = [violation for rule in RULES for violation in rule(evidence)]
    found += rules_steps.forgotten(evidence, until=until)
    found += rules_money.every_cent(evidence, shard.debtors, at=datetime.combine(until, time(23), tzinfo=UTC))
    return sorted(found, key=lambda violation: (violation.at, violation.rule, violation.customer_id))
