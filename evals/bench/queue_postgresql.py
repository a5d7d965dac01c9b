"""The queue's pages on PostgreSQL: 100,000 proposals wait, 1,000,000 were decided."""

from __future__ import annotations

from contextlib import ExitStack

from evals.bench.queueing import contest
from evals.bench.racing import Benchmark
from tests.postgres import running_postgres

HELD, CLOSED = 100_000, 1_000_000


def benchmark() -> Benchmark:
    """Prepare it, on a server that is started for it and removed at the end."""
    stack = ExitStack()
    try:
        server = stack.enter_context(running_postgres())
        return contest("queue-postgresql", server.new_database(), held=HELD, closed=CLOSED, stack=stack)
    except BaseException:
        stack.close()
        raise
