"""Replies a second on SQLite with FULL sync: from the stored mail to the proposal that a person sees, by the daemon itself.

The floor is what the database alone asks for: as many bare commits as dunwell makes for a reply, of one row each. Every mail is
another one, and what the sentence encoder kept of an earlier round is forgotten.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from agent.daemon import Daemon
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.llm import ModelClient
from agent.llm_settings import ModelSettings
from evals.bench import sample
from evals.bench.house import House, record
from evals.bench.racing import Benchmark, Contender, at_least_a_second
from evals.bench.scripted import Scripted
from evals.bench.stopwatch import Stopwatch
from evals.bench.thoughts import cases, known

#: What a reply commits: the claim, and the held proposal with the end of its mail.
COMMITS = 2
EMBEDDED, MODEL = "embedded reader", "a model without latency"


def benchmark() -> Benchmark:
    """Record the sample mails in a database that each round copies."""
    stack = ExitStack()
    try:
        return _contest(sample.templates(), stack)
    except BaseException:
        stack.close()
        raise


def _contest(raws: list[bytes], stack: ExitStack) -> Benchmark:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-")))
    size, reader = len(raws), EmbeddedReader()
    house = House(folder, copies=1, fill=lambda home: record(home, raws))
    watch, numbers = Stopwatch(), count(1)
    found = cases(House(folder / "known", copies=1).installation(), raws, reader)
    server = Scripted([known(case) for case in found])
    stack.callback(server.close)
    client = ModelClient(ModelSettings(base_url=server.base_url, model="scripted"))
    stack.callback(client.close)

    def committed() -> int:
        connection = sqlite3.connect(folder / f"bare-{next(numbers)}.db", isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute("create table step (id integer primary key, what text not null)")
        with watch.running():
            for number in range(size * COMMITS):
                connection.execute("insert into step (what) values (?)", (f"step {number}",))
        connection.close()
        return size

    def proposed(model: ModelClient | None) -> int:
        home = house.installation()
        # One reader for all rounds: loading it is no matter of every reply.
        company, policy = home.settings.company, home.settings.policy
        given: dict[str, Any] = {"deps": Deps(company=company, policy=policy, embedded=reader, client=model)}
        home.__dict__.update(given)
        daemon, done = Daemon(home), 0
        reader.forget()
        with watch.running():
            while worked := daemon.propose_due():
                done += worked
        home.engine.dispose()
        assert done >= size, f"{size} mails waited, {done} were proposed for"
        return done

    return Benchmark(
        name="replies",
        about=f"{size} stored mails to held proposals on SQLite (FULL), the daemon's own loop with 4 threads",
        unit="reply",
        contenders=(
            Contender(f"{COMMITS} bare commits a reply", committed),
            Contender(EMBEDDED, lambda: proposed(None)),
            Contender(MODEL, lambda: proposed(client)),
        ),
        aims={EMBEDDED: at_least_a_second(25), MODEL: at_least_a_second(25)},
        clock=watch.seconds,
        close=stack.close,
        most_rounds=3,
    )
