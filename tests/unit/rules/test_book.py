"""The book as a whole: it is complete, it fails closed, its rules run where they say, and none grows slow with the text."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.rules import book
from agent.rules.base import Outbound, Rule, Stage
from agent.rules.book import RULES, judge
from store.proposed import Finding
from store.vocabulary import Severity
from tests.unit.rules.drafts import Case, approved, leaving, letter
from tests.unit.rules.test_decided import CASES as DECIDED_CASES
from tests.unit.rules.test_grounding import CASES as GROUNDING
from tests.unit.rules.test_machines import CASES as MACHINES
from tests.unit.rules.test_prohibited import CASES as PROHIBITED
from tests.unit.rules.test_standing import CASES as STANDING

#: The rules of the threat list, section 3.2.
LISTED = tuple(
    f"R-{family}-{number:02d}"
    for family, count in (
        ("RCP", 5),
        ("GND", 8),
        ("PRO", 12),
        ("TIM", 5),
        ("STA", 9),
        ("INT", 3),
        ("DIS", 5),
        ("HDR", 3),
        ("PRV", 2),
        ("APR", 3),
    )
    for number in range(1, count + 1)
)
FIXTURES: list[Case] = [*GROUNDING, *PROHIBITED, *STANDING, *DECIDED_CASES, *MACHINES]
DOCS = Path(__file__).parents[3] / "docs" / "outbound-rules.md"


def test_all_fifty_five_rules_of_the_list_are_in_force() -> None:
    ids = [rule.id for rule in RULES]
    assert len(LISTED) == 55
    assert not set(LISTED) - set(ids)
    assert len(ids) == len(set(ids))


def test_no_fixture_is_of_a_rule_that_is_not_in_force() -> None:
    assert {case.rule for case in FIXTURES} == {rule.id for rule in RULES}
    assert len({str(case) for case in FIXTURES}) == len(FIXTURES), "two fixtures of one name"


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_each_rule_has_a_draft_that_keeps_it_and_two_that_break_it(rule: str) -> None:
    counted = Counter(case.breaks for case in FIXTURES if case.rule == rule)
    assert counted[False] >= 1
    assert counted[True] >= 2


def at_every_stage() -> dict[Stage, Outbound]:
    good = letter()
    return {Stage.DRAFT: good, Stage.APPROVAL: approved(good), Stage.SENDING: leaving(good)}


@pytest.mark.parametrize("stage", list(Stage))
def test_a_good_letter_breaks_no_rule_at_any_stage(stage: Stage) -> None:
    assert judge(at_every_stage()[stage]) == ()


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_that_cannot_run_blocks(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_out: Outbound) -> Iterator[Finding]:
        raise RuntimeError
        yield

    for place in range(len(rule.checks)):
        checks = tuple(broken if i == place else check for i, check in enumerate(rule.checks))
        changed = tuple(replace(r, checks=checks) if r.id == rule.id else r for r in RULES)
        monkeypatch.setattr(book, "RULES", changed)
        for stage, out in at_every_stage().items():
            found = [(f.rule, f.severity) for f in book.judge(out)]
            assert ((rule.id, Severity.BLOCK) in found) is (stage in rule.stages)


def test_a_rule_runs_at_its_stages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, Stage]] = []

    def noting(rule: Rule) -> Rule:
        def note(out: Outbound) -> Iterator[Finding]:
            ran.append((rule.id, out.stage))
            return
            yield

        return replace(rule, checks=(note,))

    monkeypatch.setattr(book, "RULES", tuple(noting(rule) for rule in RULES))
    for out in at_every_stage().values():
        book.judge(out)
    assert Counter(ran) == Counter((rule.id, stage) for rule in RULES for stage in rule.stages)
    at_the_end = {rule.id for rule in RULES if Stage.SENDING in rule.stages}
    assert set(LISTED) - at_the_end == {"R-APR-01", "R-APR-03"}, "whoever approved was asked when they did"


@pytest.mark.parametrize(
    "words", ["Thank you for your patience in this matter, dear colleague. ", "a1-", "1,", "PAY ", "12.3. "]
)
def test_no_rule_grows_faster_than_the_text(words: str) -> None:
    """As growth, never as wall time: eight times the text may take no more than some twenty times as long."""

    def quickest(rule: Rule, out: Outbound) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            for check in rule.checks:
                list(check(out))
            times.append(time.process_time() - start)
        return min(times)

    sizes = (2_000, 16_000)
    short, long = (replace(leaving(letter()), draft=letter((words * size)[:size]).draft) for size in sizes)
    slow = []
    for rule in RULES:
        before, after = quickest(rule, short), quickest(rule, long)
        if after > 0.05 and after > before * 24:
            slow.append((rule.id, before, after))
    assert not slow


def test_the_page_lists_every_rule_as_it_is() -> None:
    rows = re.findall(r"^\| (R-[A-Z]+-\d\d) \| (.+?) \| (.+?) \| (.+?) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    wanted = [
        (
            r.id,
            r.what,
            "every" if r.stages == frozenset(Stage) else ", ".join(s for s in Stage if s in r.stages),
            r.severity.value,
        )
        for r in RULES
    ]
    assert sorted(rows) == sorted(wanted)
