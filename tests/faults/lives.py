"""Lives of one installation: each is a process that reads, proposes, approves and sends, and may be doomed to die on its way.

`python -m tests.faults.lives` loads everything once and forks one process for each order that it reads (a line of JSON), so
that a thousand lives cost seconds and not hours. It answers each order with a line: how the process ended.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from agent.cli.home import desk_of
from agent.config import load
from agent.daemon import Daemon
from agent.embedded.reader import EmbeddedReader
from review.desk import Blocked
from store.proposals import Stale
from tests.e2e.moving import Moving
from tests.faults.points import Points

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Order:
    """One life: which installation, when it begins, the point or the second at which it dies (0: it lives to its end)."""

    config: str
    moment: str
    die_at: int = 0
    kill_after: float = 0
    report: str | None = None


@dataclass(frozen=True)
class End:
    """How a life ended: its exit code, or the signal that killed it as a negative number."""

    code: int
    passed: dict[str, int]

    @property
    def count(self) -> int:
        """How many points it passed."""
        return sum(self.passed.values())


class Lives:
    """The process that forks lives. Use `running`."""

    def __init__(self, child: subprocess.Popen[str], folder: Path) -> None:
        self._child, self._report = child, folder / "points.json"

    def live(
        self,
        config: Path,
        moment: datetime,
        *,
        die_at: int = 0,
        kill_after: float = 0,
    ) -> End:
        """Run one life to its end."""
        order = Order(str(config), moment.isoformat(), die_at, kill_after, str(self._report))
        self._report.unlink(missing_ok=True)
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(asdict(order)) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        assert answer, "the process that forks lives has died"
        passed = json.loads(self._report.read_text()) if self._report.exists() else {}
        return End(int(answer), passed)


@contextmanager
def running(folder: Path, environment: dict[str, str]) -> Iterator[Lives]:
    """Start the process that forks, and end it."""
    command = [sys.executable, "-m", "tests.faults.lives"]
    with (folder / "lives.log").open("w") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=_ROOT,
            env={**os.environ, **environment},
        )
        try:
            yield Lives(child, folder)
        finally:
            assert child.stdin is not None
            child.stdin.close()
            child.wait(30)


def _serve(orders: IO[str]) -> None:
    EmbeddedReader().read("We pay F-5501 on Friday.")  # what it loads is shared by every life
    for line in orders:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _live(order)
                code = 0
            except BaseException:
                logging.exception("a life ended by an error")
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(_end(child, kill_after=order.kill_after)), flush=True)


def _end(child: int, *, kill_after: float) -> int:
    """Wait for a life to end, and end it where its time is over. Gives its wait status."""
    over = time.monotonic() + kill_after
    while kill_after:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if time.monotonic() >= over:
            os.kill(child, signal.SIGKILL)
            break
        time.sleep(0.001)
    return os.waitpid(child, 0)[1]


def _live(order: Order) -> None:
    home = Moving(load(Path(order.config), environment=dict(os.environ)))
    home.moment = datetime.fromisoformat(order.moment)
    points = Points(die_at=order.die_at)
    points.watch()
    daemon = Daemon(home, worker="lives")
    daemon.run_once()
    _approve(home)
    home.moment += timedelta(seconds=home.settings.review.undo_seconds + 1)
    daemon.run_once()
    if order.report is not None:
        Path(order.report).write_text(json.dumps(points.passed))


def _approve(home: Moving) -> None:
    """Approve whatever waits, as a collector does who agrees with everything."""
    desk = desk_of(home)
    for item in desk.held():
        number = item.row.id or 0
        for _ in range(2):
            again = desk.show(number)
            assert again is not None
            try:
                desk.approve(number, version=again.row.version, actor="ines")
                break
            except Stale:
                continue
            except Blocked:
                break


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    _serve(sys.stdin)
