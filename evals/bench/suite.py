"""Which benchmarks there are. A new one is a module with a function `benchmark`, named here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any, cast

from evals.bench.racing import Benchmark
from evals.bench.rows import Count

MODULES = {
    "ingest": "evals.bench.ingesting",
    "import": "evals.bench.importing",
    "agent": "evals.bench.agent",
    "replies": "evals.bench.replies",
    "workers": "evals.bench.workers",
    "reading": "evals.bench.reading",
    "draft": "evals.bench.drafting",
    "parsing": "evals.bench.parsing",
    "calls": "evals.bench.calls",
    "start": "evals.bench.starting",
    "memory": "evals.bench.memory",
    "matching": "evals.bench.matching",
    "queue-sqlite": "evals.bench.queue_sqlite",
    "queue-postgresql": "evals.bench.queue_postgresql",
    "year": "evals.bench.year",
}


def benchmark(name: str, *, size: int | None = None) -> Benchmark | Count:
    """Prepare a benchmark, of `size` pieces where it knows sizes. Raises KeyError for a name that there is not."""
    make = cast(Callable[..., Any], import_module(MODULES[name]).benchmark)
    sized = size is not None and "size" in signature(make).parameters
    return cast("Benchmark | Count", make(size=size) if sized else make())
