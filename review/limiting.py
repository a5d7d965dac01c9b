"""How often somebody may do what costs us or helps a guesser. Counted by the `limits` library, in a table of the database.

What is asked very often (`IN_MEMORY`) is counted in the memory of this process alone.

Counts are of moving windows and follow the installation's clock. Guessing never locks anybody out for good: the windows end,
and a browser from which a person signed in before is counted by itself (`device`).
"""

from __future__ import annotations

import math
import threading
from collections import deque

from fastapi import HTTPException, Request
from limits import RateLimitItem, parse_many
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from review.viewer import viewer_of
from store.clock import Clock
from store.limit_counts import CountedInTable

#: What is limited, and how. The longer window after the shorter one makes a guesser wait longer and longer.
KINDS: dict[str, str] = {
    "address": "5/minute;30/hour",
    "account": "5/minute;20/hour",
    "device": "5/minute;20/hour",
    "oidc": "60/minute",
    "invitation": "10/minute",
    "people": "30/hour",
    "export": "5/hour",
    "redraft": "20/hour",
    "api": "100/minute",
    "connect": "20/hour",
}
_WHAT = {
    "export": "exports",
    "redraft": "new drafts",
    "api": "requests",
    "people": "changes",
    "connect": "questions to connected systems",
}
_MANY = 20_000


#: Counting these in the database would make reading as dear as writing.
IN_MEMORY = frozenset({"api", "oidc"})


class Limits:
    """Counts by kind and by whom."""

    def __init__(self, clock: Clock, kept: CountedInTable | None = None) -> None:
        """Count in a table; without one, in memory, beginning with nothing."""
        self._clock = clock
        self._memory = Counted(clock)
        self._kept = kept if kept is not None else self._memory
        self._kinds = {kind: tuple(parse_many(text)) for kind, text in KINDS.items()}

    def hit(self, kind: str, who: str) -> int:
        """Count one try; give 0, or where there were too many the seconds to wait, and then nothing is counted."""
        store, items = self._store_of(kind), self._kinds[kind]
        by = MovingWindowRateLimiter(store)
        for place, item in enumerate(items):
            if by.hit(item, kind, who):
                continue
            for before in items[:place]:
                store.give_back(before.key_for(kind, who))
            return max((self._wait(by, each, kind, who) for each in items if not by.test(each, kind, who)), default=1)
        return 0

    def give_back(self, kind: str, who: str) -> None:
        """Take the last try back: it was no wrong one."""
        for item in self._kinds[kind]:
            self._store_of(kind).give_back(item.key_for(kind, who))

    def _store_of(self, kind: str) -> Counted | CountedInTable:
        return self._memory if kind in IN_MEMORY else self._kept

    def _wait(self, by: MovingWindowRateLimiter, item: RateLimitItem, kind: str, who: str) -> int:
        return max(1, math.ceil(by.get_window_stats(item, kind, who).reset_time - self._clock().timestamp()))


def limited(request: Request, kind: str) -> None:
    """Count one request of whoever is signed in. Raises HTTPException 429 with Retry-After where there were too many."""
    limits = request.app.state.limits
    assert isinstance(limits, Limits)
    wait = limits.hit(kind, viewer_of(request).login)
    if wait:
        raise too_many(wait, _WHAT.get(kind, "requests"))


def too_many(wait: int, what: str) -> HTTPException:
    """Make the refusal."""
    span = f"{wait} seconds" if wait < 120 else f"{math.ceil(wait / 60)} minutes"
    return HTTPException(429, f"Too many {what}: wait {span}, then try again.", headers={"retry-after": str(wait)})


class Counted(Storage, MovingWindowSupport):
    """Moments of tries, by key, on our own clock: the library's own memory asks the operating system for the time."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        """Begin empty."""
        super().__init__()
        self._clock = clock
        self._moments: dict[str, deque[float]] = {}
        self._expiry: dict[str, int] = {}
        self._own = threading.RLock()

    def now(self) -> float:
        """Give the present as seconds."""
        return self._clock().timestamp()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count tries where the window has room for them."""
        with self._own:
            moments = self._live(key, expiry)
            if len(moments) + amount > limit:
                return False
            moments.extend([self.now()] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Give when the window began and how many tries it holds."""
        with self._own:
            moments = self._live(key, expiry)
            return (moments[0] if moments else self.now()), len(moments)

    def give_back(self, key: str) -> None:
        """Forget the last try."""
        with self._own:
            if self._moments.get(key):
                self._moments[key].pop()

    def _live(self, key: str, expiry: int) -> deque[float]:
        if len(self._moments) > _MANY:
            self._sweep()
        self._expiry[key] = expiry
        moments = self._moments.setdefault(key, deque())
        while moments and moments[0] <= self.now() - expiry:
            moments.popleft()
        return moments

    def _sweep(self) -> None:
        now = self.now()
        for key in [k for k, m in self._moments.items() if not m or m[-1] <= now - self._expiry[k]]:
            del self._moments[key], self._expiry[key]

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing here fails by itself."""
        return RuntimeError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count without a limit."""
        with self._own:
            moments = self._live(key, expiry)
            moments.extend([self.now()] * amount)
            return len(moments)

    def get(self, key: str) -> int:
        """Give how many tries a key holds."""
        return len(self._moments.get(key, ()))

    def get_expiry(self, key: str) -> float:
        """Give when the last try of a key is forgotten."""
        moments = self._moments.get(key)
        return (moments[-1] if moments else self.now()) + self._expiry.get(key, 0)

    def check(self) -> bool:
        """Say that counting works."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with self._own:
            count = len(self._moments)
            self._moments.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._own:
            self._moments.pop(key, None)
