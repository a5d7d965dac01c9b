"""How much waits, counted for everybody at once: pages that are asked for at the same time share one count.

A short queue is always counted anew. In a long one a count is some seconds old, the more the longer counting takes, so that counting
keeps few pages waiting: nobody can tell 98,412 from 98,415.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")

#: A queue up to this length is counted anew for each page.
SHORT = 2000
#: So long is a count of a longer one good, in seconds: a hundred times what it took, within these.
GOOD_FOR, GOOD_FOR_AT_MOST = 3.0, 15.0
_TIMES = 100
_KEPT = 64


class Tally:
    """Keeps counts of long queues for a moment, each made by one thread while the others wait for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self._clock = clock
        #: Until when each is good, and the count.
        self._made: OrderedDict[Any, tuple[float, Any]] = OrderedDict()
        self._turn = threading.Lock()

    def of(self, key: Any, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Give what `make` counts, or counted a moment ago where its `size` was long."""
        fresh = self._fresh(key)
        if fresh is not None:
            return cast(T, fresh[1])
        with self._turn:
            fresh = self._fresh(key)
            if fresh is not None:
                return cast(T, fresh[1])
            began = self._clock()
            counted = make()
            if size(counted) > SHORT:
                now = self._clock()
                good = min(GOOD_FOR_AT_MOST, max(GOOD_FOR, (now - began) * _TIMES))
                self._made[key] = (now + good, counted)
                self._made.move_to_end(key)
                while len(self._made) > _KEPT:
                    self._made.popitem(last=False)
            else:
                self._made.pop(key, None)
            return counted

    def _fresh(self, key: Any) -> tuple[float, Any] | None:
        found = self._made.get(key)
        return found if found is not None and self._clock() < found[0] else None
