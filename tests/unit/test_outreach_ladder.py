"""The ladder of a cadence: which step is due, and which comes next."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.ladder import Ways, due_step, next_step, past_of
from store.outreach_around import StepState, StepTaken
from store.outreach_words import OutreachStep
from tests.cases import TODAY
from tests.outreach_accounts import EVERYBODY, taken
from tools.remind_ground import REMINDERS

_starts = st.integers(min_value=-12, max_value=90)


@settings(max_examples=60, deadline=None)
@given(start=_starts, skipped=st.sets(st.integers(0, 90), max_size=40), delay=st.integers(0, 6))
def test_whatever_days_are_missed_the_steps_rise_and_keep_their_distance(
    start: int, skipped: set[int], delay: int
) -> None:
    due = TODAY
    ways = Ways(EVERYBODY, grace=3, answer=7, doubtful=True)
    steps: list[StepTaken] = []
    for ahead in range(start, start + 100):
        today = due + timedelta(days=ahead)
        if ahead - start in skipped or (steps and steps[-1].sent_on and steps[-1].sent_on >= today):
            continue
        past = past_of("F-1", steps)
        for internal in (False, True):
            one = due_step(due, past, ways, today=today, internal=internal)
            if one is None:
                continue
            sent = today if internal else today + timedelta(days=delay)
            steps.append(
                StepTaken(
                    id=len(steps),
                    step=one.step,
                    day=today,
                    internal=internal,
                    taken={"F-1": one.step},
                    listed=("F-1",),
                    state=StepState.SENT,
                    sent_on=sent,
                )
            )
    order = [s.step for s in steps]
    assert len(set(order)) == len(order)
    outward = [s for s in steps if not s.internal]
    assert [s.step for s in outward] == sorted((s.step for s in outward), key=list(OutreachStep).index)
    reminders = [s for s in outward if s.step in REMINDERS]
    assert not reminders or reminders[0].step is OutreachStep.OVERDUE
    for earlier, later in pairwise(reminders):
        assert earlier.sent_on is not None
        assert (later.day - earlier.sent_on).days >= 5
    handed = next((s for s in steps if s.step is OutreachStep.HAND_OFF), None)
    final = next((s for s in steps if s.step is OutreachStep.FINAL_NOTICE), None)
    if handed is not None:
        assert final is not None
        assert final.sent_on is not None
        assert (handed.day - final.sent_on).days >= 8


def test_nothing_goes_back_to_a_gentler_step() -> None:
    """An invoice that stood in another's mails may take a firm step without a first one of its own."""
    ways = Ways(EVERYBODY, grace=3, answer=7)
    listed = taken(OutreachStep.OVERDUE, "F-2", days=20).model_copy(update={"listed": ("F-1", "F-2")})
    firm = taken(OutreachStep.FIRMER, "F-1", days=1)
    due = TODAY - timedelta(days=11)
    assert due_step(due, past_of("F-1", [listed]), ways, today=TODAY, internal=False) is not None
    assert due_step(due, past_of("F-1", [listed, firm]), ways, today=TODAY, internal=False) is None


def test_what_comes_next_is_what_will_be_due() -> None:
    ways = Ways(EVERYBODY, grace=3, answer=7)
    past = past_of("F-1", [taken(OutreachStep.OVERDUE, "F-1", days=1)])
    coming = next_step(TODAY - timedelta(days=6), past, ways, today=TODAY)
    assert coming is not None
    assert (coming[0].step, coming[1]) == (OutreachStep.FIRMER, TODAY + timedelta(days=4))


@pytest.mark.parametrize("state", [StepState.DROPPED, StepState.SENT, StepState.REFUSED, StepState.OPEN])
def test_only_a_step_whose_ground_was_gone_may_be_taken_again(state: StepState) -> None:
    ways = Ways(EVERYBODY, grace=3, answer=7)
    past = past_of("F-1", [taken(OutreachStep.OVERDUE, "F-1", days=1, state=state)])
    again = due_step(TODAY - timedelta(days=6), past, ways, today=TODAY, internal=False)
    assert (again is not None) is (state is StepState.DROPPED)
