"""The queue's pages on SQLite: 20,000 proposals wait, 200,000 were decided."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack

from evals.bench.queueing import contest
from evals.bench.racing import Benchmark

HELD, CLOSED = 20_000, 200_000


def benchmark() -> Benchmark:
    """Prepare it, in a folder that is removed at the end."""
    stack = ExitStack()
    try:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dunwell-bench-"))
        return contest("queue-sqlite", f"sqlite:///{folder}/queue.db", held=HELD, closed=CLOSED, stack=stack)
    except BaseException:
        stack.close()
        raise
