"""A model server that is away is left alone after three mails in vain, and looked for by one question at a time."""

from __future__ import annotations

import threading

import pytest

from agent.llm_away import FIRST_PAUSE, IN_VAIN, LONGEST_PAUSE, Away
from agent.llm_failure import TRANSIENT, FailureKind, ModelFailure


class Seconds:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def away(seconds: Seconds) -> Away:
    return Away(seconds)


def ask(away: Away, kind: FailureKind | None, *, retry_after: float | None = None, about: object = None) -> bool | None:
    """Ask a question that ends so; give whether it was the looking one, None where it was not let through."""
    let = None
    try:
        with away.question(about=about or object()) as looking:
            let = looking
            if kind is not None:
                raise ModelFailure(kind, "x", retry_after=retry_after)
    except ModelFailure:
        pass
    return let


def gone(away: Away) -> None:
    for _ in range(IN_VAIN):
        assert ask(away, FailureKind.TIMEOUT) is False


def test_it_is_left_alone_for_longer_and_longer_and_asked_once_each_time(away: Away, seconds: Seconds) -> None:
    gone(away)
    for pause in (FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, LONGEST_PAUSE, LONGEST_PAUSE):
        seconds.now += pause * 0.9
        assert ask(away, None) is None, "it is not asked, and the question fails at once"
        seconds.now += pause * 0.1
        assert ask(away, FailureKind.CONNECTION) is True
        assert ask(away, None) is None
    seconds.now += LONGEST_PAUSE
    assert ask(away, None) is True
    assert [ask(away, None) for _ in range(3)] == [False] * 3, "it is back for everybody"
    gone(away)
    seconds.now += FIRST_PAUSE
    assert ask(away, None) is True, "the pause begins anew"


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - TRANSIENT))
def test_whoever_answers_is_there(away: Away, kind: FailureKind) -> None:
    for _ in range(IN_VAIN * 3):
        assert ask(away, kind) is False


@pytest.mark.parametrize("kind", sorted(TRANSIENT))
def test_two_in_vain_and_one_that_is_answered_are_no_absence(away: Away, kind: FailureKind) -> None:
    for _ in range(3):
        assert [ask(away, kind), ask(away, kind), ask(away, FailureKind.INVALID)] == [False] * 3
    assert [ask(away, kind), ask(away, FailureKind.BUDGET), ask(away, kind)] == [False] * 3
    assert ask(away, kind) is False, "a budget of ours says nothing of the server"
    assert ask(away, None) is None


def test_one_mail_that_a_server_chokes_on_keeps_it_from_no_other_mail(away: Away) -> None:
    poison, other = object(), object()
    for _ in range(IN_VAIN * 3):
        assert ask(away, FailureKind.SERVER_ERROR, about=poison) is False
        assert ask(away, FailureKind.SERVER_ERROR, about=other) is False
    assert ask(away, FailureKind.SERVER_ERROR) is False, "the third mail"
    assert ask(away, None) is None


def test_the_server_may_ask_for_a_longer_rest_but_not_for_ever(away: Away, seconds: Seconds) -> None:
    for _ in range(IN_VAIN):
        ask(away, FailureKind.RATE_LIMITED, retry_after=60)
    seconds.now += 59
    assert ask(away, None) is None
    seconds.now += 1
    assert ask(away, FailureKind.RATE_LIMITED, retry_after=1e9) is True
    seconds.now += LONGEST_PAUSE
    assert ask(away, None) is True


def test_one_looks_while_the_others_wait_and_one_that_breaks_off_gives_up_its_place(
    away: Away, seconds: Seconds
) -> None:
    gone(away)
    seconds.now += FIRST_PAUSE
    question = away.question(about=object())
    assert question.__enter__() is True
    assert ask(away, None) is None, "another one, at the same time"
    stop = KeyboardInterrupt()
    assert not question.__exit__(KeyboardInterrupt, stop, None)
    assert ask(away, None) is True


def test_a_question_of_before_does_not_prolong_the_pause(away: Away, seconds: Seconds) -> None:
    question = away.question(about=object())
    assert question.__enter__() is False
    gone(away)
    seconds.now += FIRST_PAUSE - 1
    failure = ModelFailure(FailureKind.TIMEOUT, "x")
    assert not question.__exit__(ModelFailure, failure, None)
    seconds.now += 1
    assert ask(away, None) is True


def test_of_many_threads_one_looks(away: Away, seconds: Seconds) -> None:
    gone(away)
    seconds.now += FIRST_PAUSE
    everybody, hold, found = threading.Barrier(9), threading.Event(), list[bool | None]()

    def one() -> None:
        everybody.wait(10)
        try:
            with away.question(about=object()) as looking:
                found.append(looking)
                hold.wait(10)
        except ModelFailure:
            found.append(None)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    everybody.wait(10)
    while len(found) < 8:
        hold.wait(0.01)
    hold.set()
    for thread in threads:
        thread.join(10)
    assert sorted(map(str, found)) == ["None"] * 7 + ["True"]
