"""The processes of several companies: each is kept alive by itself, with growing patience, and all end in time."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from agent.supervising import GRACE, CannotStart, Children


class Watch:
    """A stopwatch that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def sleeping(_name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE)


def deaf(_name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sh", "-c", "trap '' TERM; echo; while :; do sleep 0.1; done"], stdout=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(20)


def test_who_cannot_live_is_tried_ever_more_seldom_and_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch, tries, living = Watch(), Counter[str](), list[subprocess.Popen[bytes]]()

    def start(name: str) -> subprocess.Popen[bytes]:
        tries[name] += 1
        if name == "broken":
            raise CannotStart("company.name: is missing\nstore.url: is wrong")
        if name == "dying":
            found = subprocess.Popen(["false"])
            found.wait(20)
            return found
        if name == "absent":
            return subprocess.Popen(["/nowhere/at/all"])
        living.append(sleeping(name))
        return living[-1]

    children = Children(["broken", "dying", "absent", "well"], start, monotonic=watch)
    with caplog.at_level(logging.INFO):
        for _ in range(600):
            watch.seconds += 0.5
            children.look()
    # 1, 2, 4 ... 60 seconds apart, for 300 seconds.
    assert tries["well"] == 1
    assert {tries["broken"], tries["absent"]} == {10}
    assert tries["dying"] in (9, 10)
    assert "company broken: not started, next try in 60 s: store.url: is wrong" in caplog.text
    assert "company dying: its process ended with 1; started again in 60 s" in caplog.text
    watch.seconds += 600
    ended(living[0])
    children.look()
    watch.seconds += 1
    children.look()
    assert tries["well"] == 2, "who lived long is started again at once"
    assert "company well: its process was ended by SIGKILL; started again in 1 s" in caplog.text
    ended(living[1])


@pytest.mark.parametrize(("start", "killed"), [(sleeping, 0), (deaf, 1)])
def test_all_are_asked_to_end_at_once_and_whoever_does_not_is_ended(
    start: Callable[[str], subprocess.Popen[bytes]], killed: int, caplog: pytest.LogCaptureFixture
) -> None:
    living: list[subprocess.Popen[bytes]] = []

    def begin(name: str) -> subprocess.Popen[bytes]:
        living.append(start(name))
        if (said := living[-1].stdout) is not None:
            said.readline()  # it is deaf by now
        return living[-1]

    children = Children(["a", "b", "c"], begin, grace=0.5 if killed else 30)
    watching = threading.Thread(target=children.watch)
    watching.start()
    deadline = time.monotonic() + 60
    while len(living) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children.stop()
    watching.join(60)
    assert not watching.is_alive()
    assert all(process.poll() is not None for process in living)
    assert caplog.text.count("is killed") == 3 * killed
    for process in living:
        if process.stdout is not None:
            process.stdout.close()


def test_the_grace_fits_into_what_the_recipes_give() -> None:
    from agent.draining import GRACE as FINISHING
    from agent.draining import PUTTING_BACK

    assert FINISHING + PUTTING_BACK < GRACE < 15


def test_a_process_ends_when_its_starter_is_gone() -> None:
    reading, writing = os.pipe()
    program = "import time\nfrom agent.supervising import end_with_starter\nend_with_starter()\nprint(flush=True)\ntime.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=reading, stdout=subprocess.PIPE)
    os.close(reading)
    assert process.stdout is not None
    process.stdout.readline()
    assert process.poll() is None
    os.close(writing)
    assert process.wait(60) == -15
    process.stdout.close()
