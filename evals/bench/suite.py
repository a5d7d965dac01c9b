"""Which benchmarks there are. A new one is a module with a function `benchmark`, named here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from evals.bench.racing import Benchmark

MODULES = {
    "parsing": "evals.bench.parsing",
    "reading": "evals.bench.reading",
    "queue-sqlite": "evals.bench.queue_sqlite",
    "queue-postgresql": "evals.bench.queue_postgresql",
}


def benchmark(name: str) -> Benchmark:
    """Prepare a benchmark. Raises KeyError for a name that there is not."""
    make = cast(Callable[[], Benchmark], import_module(MODULES[name]).benchmark)
    return make()
