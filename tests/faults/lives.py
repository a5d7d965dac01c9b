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
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from agent.cli.home import desk_of
from agent.config import load
from agent.daemon import Daemon
from review.desk import Blocked
from store.proposals import Stale
from tests.e2e.moving import Moving
from tests.faults.changes import be_careless, be_poisoned, share_engine
from tests.faults.parsers import start
from tests.faults.points import Points, Witness

_ROOT = Path(__file__).parents[2]
#: A Tuesday, in office hours of the customers' zones.
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    """One life: which installation, when it begins, the point or the second at which it dies (0: it lives to its end)."""

    config: str
    moment: str
    die_at: int = 0
    kill_after: float = 0
    report: str | None = None
    #: A file that outlives a power failure, into which every commit is written once it is made (`points.Witness`).
    witness: str | None = None
    #: What this life leaves undone, so that the tests themselves are tested: "commits" or "files" that are not fsynced.
    careless: str = ""
    #: Words that end whoever thinks about them.
    poison: str = ""
    #: Another installation, of the same database and mailbox, that lives undisturbed in the same moment.
    beside: str = ""


@dataclass(frozen=True)
class End:
    """How a life ended: its exit code, or the signal that killed it as a negative number."""

    code: int
    passed: dict[str, int]
    seconds: float

    @property
    def count(self) -> int:
        """How many points it passed."""
        return sum(self.passed.values())


class Lives:
    """The process that forks lives. Use `running`."""

    def __init__(self, child: subprocess.Popen[str], folder: Path) -> None:
        self._child, self._report, self.log = child, folder / "points.json", folder / "lives.log"

    def live(
        self,
        config: Path,
        moment: datetime,
        *,
        die_at: int = 0,
        kill_after: float = 0,
        witness: Path | None = None,
        careless: str = "",
        poison: str = "",
        beside: Path | None = None,
    ) -> End:
        """Run one life to its end."""
        order = Order(
            str(config),
            moment.isoformat(),
            die_at,
            kill_after,
            str(self._report),
            str(witness) if witness is not None else None,
            careless,
            poison,
            str(beside) if beside is not None else "",
        )
        self._report.unlink(missing_ok=True)
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(asdict(order)) + "\n")
        self._child.stdin.flush()
        began = time.monotonic()
        answer = self._child.stdout.readline()
        assert answer, "the process that forks lives has died"
        passed = json.loads(self._report.read_text()) if self._report.exists() else {}
        return End(int(answer), passed, time.monotonic() - began)


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
            child.wait(120)


def _serve(orders: IO[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="dunwell-lives-") as folder:
        parsers = start(Path(folder) / "parsers")
        _rehearse(Path(folder))
        _obey(orders)
        assert parsers.stdin is not None
        parsers.stdin.close()
        parsers.wait(30)


def _rehearse(folder: Path) -> None:
    """Live once, so that what is loaded late is loaded here, and shared by every life."""
    from tests.faults.places import installed_of_folders  # here: it builds on this module

    share_engine()
    home = installed_of_folders(folder / "home", folder)
    daemon = _live(Order(str(home.config), START.isoformat()))
    daemon._pool.shutdown()
    daemon._parser.close()
    daemon._home.engine.dispose()


def _obey(orders: IO[str]) -> None:
    for line in orders:
        order = Order(**json.loads(line))
        beside = _born(Order(order.beside, order.moment)) if order.beside else None
        code = os.waitstatus_to_exitcode(_end(_born(order), kill_after=order.kill_after))
        if beside is not None:
            code = os.waitstatus_to_exitcode(os.waitpid(beside, 0)[1]) or code
        print(code, flush=True)


def _born(order: Order) -> int:
    """Fork a life and give its process id."""
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
    return child


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


def _live(order: Order) -> Daemon:
    """Live. Nothing is closed at the end: a database that is closed is made whole, and one that dies is not."""
    home = Moving(load(Path(order.config), environment=dict(os.environ)))
    home.moment = datetime.fromisoformat(order.moment)
    if order.careless:
        be_careless(order.careless)
    if order.poison:
        be_poisoned(order.poison)
    if order.witness is not None:
        Witness(Path(order.witness)).watch()
    points = Points(die_at=order.die_at)
    if order.report is not None:
        points.watch()
    daemon = Daemon(home, worker=order.config)
    daemon.run_once()
    _approve(home)
    home.moment += timedelta(seconds=home.settings.review.undo_seconds + 1)
    daemon.run_once()
    if order.report is not None:
        Path(order.report).write_text(json.dumps(points.passed))
    return daemon


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
