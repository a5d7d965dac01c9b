"""Connected systems have a thread of their own: one that hangs, or asks us to slow down, holds up nothing else and ends when told to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent import errands as module
from agent.daemon import Daemon
from agent.errands import Errands
from agent.fleet.in_hand import HANGS_AFTER, InHand
from agent.pulling import Pulling
from tests.connected.homes import Home, connected
from tests.connected.server import Answer, Asked, Servers, too_many


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


class Rounds:
    """An errand of the house that has nothing to do with systems of others."""

    name = "the house's own"

    def __init__(self) -> None:
        self.done = threading.Semaphore(0)

    def run(self) -> int:
        self.done.release()
        return 1

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def at_work(home: Home, own: Rounds, *, sleep: Callable[[float], None] | None = None) -> Iterator[Daemon]:
    found = home.connections()
    found.sleep = sleep
    daemon = Daemon(home.installation, errands=[own], connected=[Pulling(found)])
    running = threading.Thread(target=daemon.run, daemon=True)
    running.start()
    try:
        yield daemon
    finally:
        daemon.stop()
        running.join(timeout=60)
        assert not running.is_alive()


def released(home: Home) -> None:
    """See that the pull was given back as if nobody had begun, and nothing of it is in the ledger."""
    row = home.row()
    assert (row.pulling_by, row.failures, row.last_error) == (None, 0, "")
    assert not home.invoices()


def test_a_system_that_does_not_answer_holds_up_no_other_errand(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 0.001)
    with connected("stripe", servers, tmp_path) as (home, system):
        asked, answers = threading.Event(), threading.Event()
        answer: Callable[[Asked], Answer] = system.answer

        def hangs(request: Asked) -> Answer:
            asked.set()
            assert answers.wait(60)
            return answer(request)

        monkeypatch.setattr(system, "answer", hangs)
        own = Rounds()
        with at_work(home, own) as daemon:
            assert asked.wait(60)
            while own.done.acquire(blocking=False):  # rounds of before the system was asked
                pass
            for _ in range(3):
                assert own.done.acquire(timeout=60), "another errand waited for a system that does not answer"
            assert not answers.is_set()
            daemon.stop()
            answers.set()
        released(home)


def test_who_is_to_end_waits_no_longer_for_a_system_that_asks_to_slow_down(servers: Servers, tmp_path: Path) -> None:
    with connected("stripe", servers, tmp_path) as (home, system):
        waits = threading.Event()

        def told(_: Any) -> bool:
            waits.set()
            return True

        system.then(too_many("300"), when=told)
        with at_work(home, Rounds()):
            assert waits.wait(60)
        released(home)
        assert len(system.asked) == 1


def test_an_errand_that_does_not_end_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    monkeypatch.setattr(module, "InHand", lambda: InHand(lambda: now))
    begun, ends = threading.Event(), threading.Event()

    class Hanging(Rounds):
        def run(self) -> int:
            begun.set()
            ends.wait(60)
            return 0

    found = Errands([Hanging()])
    thread = threading.Thread(target=found.run_once)
    thread.start()
    try:
        assert begun.wait(60)
        assert not found.tell_hanging()
        now = HANGS_AFTER + 1
        with caplog.at_level(logging.ERROR):
            assert [found.tell_hanging(), found.tell_hanging()] == [True, True]
    finally:
        ends.set()
        thread.join(60)
    assert caplog.text.count("the house's own") == 1
    assert not found.tell_hanging()
