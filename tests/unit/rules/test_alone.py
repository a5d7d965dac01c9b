"""Every fixture of the outbound rules, judged by its own rule alone: quick enough to be run for each mutant (`make mutants`)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from agent.rules.base import Outbound, Rule
from agent.rules.book import RULES, judge
from tests.unit.rules import test_decided, test_grounding, test_machines, test_prohibited, test_standing
from tests.unit.rules.drafts import Case

CASES: tuple[Case, ...] = (
    *test_decided.CASES,
    *test_grounding.CASES,
    *test_machines.CASES,
    *test_prohibited.CASES,
    *test_standing.CASES,
)
FAMILIES = sorted({case.rule.rpartition("-")[0] for case in CASES})


@cache
def made(place: int) -> Outbound:
    """Make a fixture once; no rule has a part in it."""
    out = CASES[place].make()
    # Who must approve depends on what all the rules before found.
    return replace(out, found=judge(out)) if CASES[place].rule == "R-APR-01" else out


def alone(case: Case, out: Outbound) -> set[str]:
    rules: list[Rule] = [rule for rule in RULES if rule.id == case.rule and out.stage in rule.stages]
    return {finding.rule for rule in rules for check in rule.checks for finding in check(out)}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_fixture_by_its_own_rule(family: str) -> None:
    wrong = [
        f"{case}"
        for place, case in enumerate(CASES)
        if case.rule.rpartition("-")[0] == family and (case.rule in alone(case, made(place))) is not case.breaks
    ]
    assert not wrong
