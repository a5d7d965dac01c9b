"""A worker whose steps hang is told from one that works."""

from __future__ import annotations

import pytest

from agent.fleet.in_hand import HANGS_AFTER, InHand
from agent.proposing import LEASE


def test_a_step_that_does_not_end_is_counted_until_it_does() -> None:
    now = [0.0]
    hand = InHand(lambda: now[0])
    with hand.step():
        with hand.step():
            now[0] = HANGS_AFTER
            assert hand.hanging() == 0
            now[0] += 1
            assert hand.hanging() == 2
        assert hand.hanging() == 1
    assert hand.hanging() == 0


def test_a_step_that_failed_is_out_of_hand() -> None:
    now = [0.0]
    hand = InHand(lambda: now[0])
    with pytest.raises(ValueError, match="broken"), hand.step():
        raise ValueError("broken")
    now[0] = HANGS_AFTER * 2
    assert hand.hanging() == 0


def test_what_hangs_is_known_only_when_nobody_may_still_think_about_it() -> None:
    assert LEASE.total_seconds() < HANGS_AFTER
