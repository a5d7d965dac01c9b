"""A clock that runs only while the work runs: what a round has to prepare is not counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Give `seconds` as a benchmark's clock. `source`: wall time, or the processor time of this process."""

    def __init__(self, source: Callable[[], float] = time.perf_counter) -> None:
        self._source = source
        self.total = 0.0

    def seconds(self) -> float:
        """Give what has been counted so far."""
        return self.total

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of a block."""
        started = self._source()
        try:
            yield
        finally:
            self.total += self._source() - started
