"""Replies a second on PostgreSQL with one, two and four workers: each a process of its own, the model a fixed time away.

Every conversation is another customer's, so that all of them may go on side by side. What is measured runs from the moment at which
the mails are stored to the last proposal; the floor is one worker. The start of the workers is no part of it.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlmodel import func, select, text

from agent.config import build_alone
from agent.importing import take_ledger
from agent.installation import Installation
from evals.bench.racing import Progress
from evals.bench.rows import Count, Row
from evals.model_server import Answer, ModelServer
from mail.parse import parse
from mail.thread import assign, match
from store import messages
from store.engine import looking, unit_of_work
from store.ledger import read_ledger
from store.tables import Message
from store.vocabulary import MessageState
from tests.e2e import promises
from tests.postgres import Postgres, running_postgres

#: How many mails a run has, and how long the model takes for an answer, in seconds: a usual time, and none at all.
SIZE, LATENCIES = 160, (0.3, 0.0)
_FLEETS = (1, 2, 4)
_ADDRESS = "ar@fernhill.example"
_TOML = """
data_dir = "{home}/data"
[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "{address}"
[store]
url = "{database}"
[model]
base_url = "{model}"
model = "m"
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "{address}"
path = "{home}/box"
"""


def benchmark(size: int = SIZE) -> Count:
    """Prepare it, on a server that is started for it and removed at the end."""
    stack = ExitStack()
    notes: list[str] = []
    try:
        server = stack.enter_context(running_postgres())
    except BaseException:
        stack.close()
        raise

    def measure(progress: Progress) -> Sequence[Row]:
        return [row for latency in LATENCIES for row in _compared(server, latency, size, progress, notes)]

    return Count(
        name="workers",
        about=f"{size} replies with several workers on PostgreSQL",
        measure=measure,
        close=stack.close,
        notes=lambda: notes,
    )


def _compared(server: Postgres, latency: float, size: int, progress: Progress, notes: list[str]) -> list[Row]:
    """Measure one, two and four workers; one is the floor."""
    speeds = []
    for workers in _FLEETS:
        progress(f"{workers} workers, a model of {1000 * latency:.0f} ms")
        seconds, busy = _run(server, latency, workers=workers, size=size)
        speeds.append(size / seconds)
        notes.append(
            f"workers: {workers}, a model of {1000 * latency:.0f} ms: {speeds[-1]:.1f} replies/s, "
            f"{100 * busy:.0f} % of all cores of the machine busy (whoever kept them so)"
        )
    return [
        Row(
            what=f"workers: {workers} workers, a model of {1000 * latency:.0f} ms",
            dunwell=f"{speed:.1f} replies/s",
            floor=f"{speeds[0]:.1f} replies/s (one worker)",
            ratio=round(speed / speeds[0], 2),
            aim="close to linear, until the machine or the database is at its limit" if latency else "",
        )
        for workers, speed in list(zip(_FLEETS, speeds, strict=True))[1:]
    ]


def _run(server: Postgres, latency: float, *, workers: int, size: int) -> tuple[float, float]:
    """Give the seconds from the moment at which the mails are stored, and the share of all cores that was busy meanwhile."""
    home = Path(tempfile.mkdtemp(prefix="dunwell-bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        model = stack.enter_context(_Model(latency))
        installation = _installed(home, server.plain_database(), model.base_url, customers=size)
        stack.callback(installation.engine.dispose)
        for _ in range(workers):
            stack.callback(_end, _start(home))
        _wait(installation, "SELECT count(*) FROM heartbeat WHERE mailbox = '' AND whole_at IS NOT NULL", workers)
        _store(installation, size)
        began, spent = time.perf_counter(), _cpu()
        done = select(func.count()).select_from(Message).where(Message.state == MessageState.PROPOSED)
        while True:
            with looking(installation.engine) as session:
                if session.exec(done).one() == size:
                    break
            assert time.perf_counter() - began < 600, "the workers do not get on"
            time.sleep(0.05)
        took = time.perf_counter() - began
        return took, (_cpu() - spent) / took / (os.cpu_count() or 1)


def _installed(home: Path, database: str, model: str, *, customers: int) -> Installation:
    for part in ("new", "cur", "tmp"):
        (home / "box" / part).mkdir(parents=True)
    toml = _TOML.format(home=home, address=_ADDRESS, database=database, model=model)
    (home / "dunwell.toml").write_text(toml)
    installation = Installation(build_alone(tomllib.loads(toml), source="bench"))
    ledger = promises.write_ledger(home / "ledger", customers=customers)
    take_ledger(installation, read_ledger(ledger), actor="bench")
    _ = installation.key
    return installation


def _store(installation: Installation, size: int) -> None:
    """Store a mail of each customer, all at the same moment."""
    company, now = installation.settings.company, datetime.now(UTC)
    raws = [promises.mail_of(customer, 1, to=_ADDRESS) for customer in range(1, size + 1)]
    parsed = [(raw, parse(raw, received_at=now, authserv_ids=[])) for raw in raws]
    with unit_of_work(installation.engine) as session:
        for uid, (raw, mail) in enumerate(parsed, 1):
            place: dict[str, Any] = {"mailbox": "ar", "folder": "bench", "uidvalidity": 1, "uid": uid}
            recorded = messages.record(session, **place, raw=raw, email=mail, received_at=now)
            assign(session, recorded.message_id, match(session, mail, company=company, now=now), now)


def _start(home: Path) -> subprocess.Popen[bytes]:
    words = [str(Path(sys.executable).parent / "dunwell"), "worker", "--config", str(home / "dunwell.toml")]
    with (home / "log").open("ab") as log:
        return subprocess.Popen(words, stdout=log, stderr=log, cwd=home)


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    worker.wait(timeout=30)


def _wait(installation: Installation, query: str, count: int) -> None:
    deadline = time.monotonic() + 180
    while True:
        with looking(installation.engine) as session:
            if session.execute(text(query)).scalar_one() >= count:
                return
        assert time.monotonic() < deadline, "the workers did not start"
        time.sleep(0.1)


def _cpu() -> float:
    """Give the seconds for which the cores of this machine were busy so far."""
    user, nice, system, *_ = (int(word) for word in Path("/proc/stat").read_text().split()[1:5])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


class _Model:
    """A model server in a process of its own. Use it as a context."""

    def __init__(self, latency: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, latency), daemon=True)

    def __enter__(self) -> _Model:
        self._process.start()
        self.base_url: str = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(10)


def _serve(pipe: Connection, latency: float) -> None:
    def behave(request: dict[str, Any]) -> Answer:
        answer = promises.answered(request)
        # The whole body at once, and its end after a while.
        return dataclasses.replace(answer, chunks=1, pause=latency) if latency else answer

    with ModelServer() as server:
        server.behave(behave)
        pipe.send(server.base_url)
        try:
            pipe.recv()
        except EOFError:
            return
