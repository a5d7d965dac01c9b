"""The sieve before the planner: whom it passes over, the planner itself would not have written to."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from evals.year.debtors import debtors
from evals.year.kinds import Kind
from evals.year.planning import Planning
from evals.year.year import Year
from outreach.deciding import Decision
from outreach.planning import plan_day

pytestmark = pytest.mark.timeout(240)

_LATE = {Kind.HABIT, Kind.CHRONIC, Kind.PROMISING, Kind.DISPUTING, Kind.NEVER, Kind.WRONG_ORDER}


class Comparing(Planning):
    """Plans the day, and asks about everybody that the sieve passed over what would be decided in full."""

    passed = 0
    wrong: list[tuple[Decision, str]]

    def plan(self) -> None:
        home = self._house.home
        plan = partial(
            plan_day,
            home.engine,
            now=home.now,
            settings=self._settings,
            policy=home.settings.policy,
            mailbox="ar",
        )
        full = {decision.customer_id: decision for decision in plan(dry=True).decisions}
        planned = plan()
        for customer, why in planned.silent.items():
            decision = full.get(customer)
            Comparing.passed += decision is not None
            if decision is not None and (decision.outward or decision.internal):
                Comparing.wrong.append((decision, why))


def test_nobody_is_passed_over_to_whom_a_step_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.year.year.Planning", Comparing)
    Comparing.passed, Comparing.wrong = 0, []
    late = [one for one in debtors(200, seed=8) if one.kind in _LATE][:5]
    shard = Year(late, tmp_path, seed=8, real=0, last=date(2027, 12, 31)).run()
    assert len(shard.truth.sent) >= 5
    assert Comparing.passed >= 20
    assert Comparing.wrong == []
