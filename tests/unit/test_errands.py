"""The daemon's errands: one that fails stops neither the others nor the daemon's own work, and all let go at the end."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

import pytest

from agent import errands as module
from agent.errands import Errands

QUOTED = "p.kershaw@harrowfinch.example wrote"


@dataclass
class Counting:
    """Counts its rounds; may fail, may tell when it has had enough."""

    name: str = "counting"
    fails: bool = False
    enough: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    rounds: int = 0
    closed: int = 0

    def run(self) -> int:
        self.rounds += 1
        if self.enough and self.rounds >= self.enough:
            self.stopping.set()
        if self.fails:
            raise RuntimeError(QUOTED)
        return 1

    def close(self) -> None:
        self.closed += 1


def test_one_that_fails_stops_no_other_and_its_words_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    broken, well = Counting("broken", fails=True), Counting()
    with caplog.at_level(logging.ERROR):
        assert Errands([broken, well]).run_once() == 1
    assert (broken.rounds, well.rounds, broken.closed, well.closed) == (1, 1, 1, 1)
    assert "broken failed" in caplog.text
    assert "kershaw" not in caplog.text


def test_it_goes_round_until_it_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST", 0.001)
    stopping = threading.Event()
    errand = Counting(enough=3, stopping=stopping)
    thread = threading.Thread(target=Errands([errand]).run, args=(stopping,))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert (errand.rounds, errand.closed) == (3, 1)


def test_without_errands_nothing_goes_round() -> None:
    Errands([]).run(threading.Event())
