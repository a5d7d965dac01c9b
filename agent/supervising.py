"""Keeps one process a company alive: starts it, starts it again when it ended, ends them all in time. Knows no company's data.

A process that cannot live, whatever its fault, costs the others nothing: each is waited for by itself. Its end is the kernel's
matter too: each holds the other end of a pipe, and stops when whoever started it is gone, even killed.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

log = logging.getLogger(__name__)

#: A process ends by itself within ten seconds of SIGTERM (`agent.draining`); after that it is ended.
GRACE = 12.0
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 60.0
#: Who lived so long is no longer held to have failed.
_LIVED = 60.0
_EVERY = 0.1

#: Starts the process of one company. Raises CannotStart, OSError.
Start = Callable[[str], "subprocess.Popen[bytes]"]


class CannotStart(Exception):
    """A company is not fit to work. The text says why, one line a fault."""


@dataclass(slots=True)
class _One:
    """The process of one company, and when it is due."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    due: float = 0.0
    begun: float = 0.0
    delay: float = _FIRST_DELAY


class Children:
    """The processes of all companies. `watch` runs in one thread; `stop` may come from any, and from a signal handler."""

    def __init__(
        self,
        names: Iterable[str],
        start: Start,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        grace: float = GRACE,
    ) -> None:
        """Start nothing yet."""
        self._all = [_One(name) for name in names]
        self._start, self._monotonic, self._grace = start, monotonic, grace
        # No Event: a signal may come while its lock is held, and its handler could then never take it.
        self._stopping = False

    def watch(self) -> None:
        """Keep them alive until `stop`; return when all have ended."""
        while not self._stopping:
            self.look()
            time.sleep(_EVERY)
        self._end()

    def stop(self) -> None:
        """Ask `watch` to end them all."""
        self._stopping = True

    def look(self) -> None:
        """Note who ended, and start who is due. Raises nothing: what fails for one is that one's."""
        now = self._monotonic()
        for one in self._all:
            if one.process is not None and one.process.poll() is not None:
                self._ended(one, one.process, now)
            if one.process is None and now >= one.due and not self._stopping:
                self._begin(one, now)

    def _begin(self, one: _One, now: float) -> None:
        one.begun = now
        try:
            one.process = self._start(one.name)
        except (CannotStart, OSError) as error:
            faults = str(error).splitlines() if isinstance(error, CannotStart) else [error.strerror]
            for fault in faults:
                log.error("company %s: not started, next try in %.0f s: %s", one.name, one.delay, fault)
            self._later(one, now)
            return
        log.info("company %s: process %d is started", one.name, one.process.pid)

    def _ended(self, one: _One, process: subprocess.Popen[bytes], now: float) -> None:
        _close(process)
        one.process = None
        if now - one.begun >= _LIVED:
            one.delay = _FIRST_DELAY
        log.error("company %s: %s; started again in %.0f s", one.name, _how(process.returncode), one.delay)
        self._later(one, now)

    def _later(self, one: _One, now: float) -> None:
        one.due = now + one.delay
        one.delay = min(_LONGEST_DELAY, one.delay * 2)

    def _end(self) -> None:
        living = [one.process for one in self._all if one.process is not None and one.process.poll() is None]
        for process in living:
            process.terminate()
        deadline = self._monotonic() + self._grace
        for process in living:
            try:
                process.wait(max(0.0, deadline - self._monotonic()))
            except subprocess.TimeoutExpired:
                log.error("process %d did not end in time and is killed; it loses nothing by that", process.pid)
                process.kill()
                process.wait()
            _close(process)


def command(words: list[str]) -> list[str]:
    """Give the `dunwell` command of this very program, whatever lies in the folder that we are in."""
    return [sys.executable, "-P", "-m", "agent.cli", *words]


def started(words: list[str], *, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a `dunwell` command that ends when this process does. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 (our own command)
        command(words),
        env=environment,
        stdin=subprocess.PIPE,
        # A Ctrl-C is for us alone: we pass it on, once.
        start_new_session=True,
    )


def end_with_starter() -> None:
    """End this process as by SIGTERM when whoever started it is gone: the pipe that is our standard input is closed then."""

    def listen() -> None:
        try:
            # Not through sys.stdin, whose lock the interpreter needs to end.
            while os.read(0, 1):
                pass
        except OSError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, name="starter", daemon=True).start()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _how(code: int) -> str:
    if code >= 0:
        return f"its process ended with {code}"
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process was ended by signal {-code}"
