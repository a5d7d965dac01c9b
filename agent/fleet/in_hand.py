"""What a worker has in hand, and since when: by it a worker whose lanes hang is known from one that works. Ends nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds after which a step hangs: longer than any lease on what it works on (`agent.proposing.LEASE`), so that others have it.
HANGS_AFTER = 15 * 60.0


class InHand:
    """Knows the steps that run. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing in hand."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._since: dict[object, float] = {}

    @contextmanager
    def step(self) -> Iterator[None]:
        """Have a step in hand until it ends, however it ends."""
        mark = object()
        with self._lock:
            self._since[mark] = self._monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._since[mark]

    def hanging(self) -> int:
        """Count the steps that have not ended for so long that they will not."""
        now = self._monotonic()
        with self._lock:
            return sum(now - since > HANGS_AFTER for since in self._since.values())
