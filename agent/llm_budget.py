"""What asking a model may cost: calls, tokens and time, for one message and for one day.

A call is reserved before it is made, with an upper estimate of its tokens, and settled afterwards: threads that ask at
the same time cannot overspend together. Nothing here sleeps or asks; a budget that is used up raises ModelFailure.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agent.llm_failure import FailureKind, ModelFailure
from store.clock import Clock
from store.proposed import ModelCall


@dataclass(frozen=True)
class Reservation:
    """A call that is about to be made: how many tokens it may take, and on which day it was reserved."""

    tokens: int
    day: date | None = None


class _Meter:
    """Counts calls and tokens up to limits; None is no limit. Its owner holds the lock."""

    def __init__(self, *, max_calls: int | None, max_tokens: int | None) -> None:
        self.max_calls = max_calls
        self.max_tokens = max_tokens
        self.calls = 0
        self.tokens = 0

    def full(self, tokens: int) -> str | None:
        if self.max_calls is not None and self.calls + 1 > self.max_calls:
            return f"{self.calls} of {self.max_calls} model calls"
        if self.max_tokens is not None and self.tokens + tokens > self.max_tokens:
            return f"{self.tokens} of {self.max_tokens} tokens (the next call may take {tokens})"
        return None

    def add(self, *, calls: int, tokens: int) -> None:
        self.calls += calls
        self.tokens += tokens


class DailyBudget:
    """What all messages together may cost on one day (UTC). One for the process; thread-safe.

    `used_calls` and `used_tokens` are what earlier processes spent today, so that a restart is no way round the limit.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        max_calls: int | None = None,
        max_tokens: int | None = None,
        used_calls: int = 0,
        used_tokens: int = 0,
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._day = clock().date()
        self._meter = _Meter(max_calls=max_calls, max_tokens=max_tokens)
        self._meter.add(calls=used_calls, tokens=used_tokens)

    @property
    def used(self) -> tuple[int, int]:
        """Give the calls and the tokens of today, reserved ones included."""
        with self._lock:
            self._turn()
            return self._meter.calls, self._meter.tokens

    def catch_up(self, *, calls: int, tokens: int) -> None:
        """Count what all processes together spent today, where that is more than this one knows of."""
        with self._lock:
            self._turn()
            self._meter.calls = max(self._meter.calls, calls)
            self._meter.tokens = max(self._meter.tokens, tokens)

    def reserve(self, tokens: int) -> Reservation:
        """Take one call of up to `tokens` from today. Raises ModelFailure (budget) where today has none left."""
        with self._lock:
            self._turn()
            used = self._meter.full(tokens)
            if used is None:
                self._meter.add(calls=1, tokens=tokens)
                return Reservation(tokens, self._day)
        raise ModelFailure(FailureKind.BUDGET, f"today's model budget is used up: {used}; it starts anew at 00:00 UTC")

    def settle(self, reserved: Reservation, *, tokens: int, counted: bool) -> None:
        """Replace a reservation by what was used; `counted` False gives the call back."""
        with self._lock:
            self._turn()
            if reserved.day == self._day:
                self._meter.add(calls=0 if counted else -1, tokens=tokens - reserved.tokens)

    def _turn(self) -> None:
        today = self._clock().date()
        # A clock that is put back over midnight makes no new day; one that was wrong by more than that was never right.
        if today > self._day or today < self._day - timedelta(days=1):
            self._day = today
            self._meter.calls = self._meter.tokens = 0


class Budget:
    """What one message may cost, and the record of every attempt that was made for it. Thread-safe.

    The time runs from the making of the budget; `monotonic` gives seconds.
    """

    def __init__(
        self,
        *,
        max_calls: int = 4,
        max_tokens: int | None = None,
        deadline_seconds: float = 180,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._meter = _Meter(max_calls=max_calls, max_tokens=max_tokens)
        self._monotonic = monotonic
        self._ends = monotonic() + deadline_seconds
        self._records: list[ModelCall] = []

    @property
    def records(self) -> tuple[ModelCall, ...]:
        """Give every attempt so far, failed ones too, in order."""
        with self._lock:
            return tuple(self._records)

    @property
    def used(self) -> tuple[int, int]:
        """Give the calls and tokens used, reserved ones included."""
        with self._lock:
            return self._meter.calls, self._meter.tokens

    def remaining(self) -> float:
        """Give the seconds left; zero or less means that the time is over."""
        return self._ends - self._monotonic()

    def reserve(self, tokens: int) -> Reservation:
        """Take one call of up to `tokens`. Raises ModelFailure (budget, deadline) where the message has none left."""
        if self.remaining() <= 0:
            raise ModelFailure(FailureKind.DEADLINE, "the time for the model calls of this message is over")
        with self._lock:
            used = self._meter.full(tokens)
            if used is None:
                self._meter.add(calls=1, tokens=tokens)
                return Reservation(tokens)
        raise ModelFailure(FailureKind.BUDGET, f"this message's model budget is used up: {used}")

    def settle(self, reserved: Reservation, *, tokens: int, counted: bool) -> None:
        """Replace a reservation by what was used; `counted` False gives the call back."""
        with self._lock:
            self._meter.add(calls=0 if counted else -1, tokens=tokens - reserved.tokens)

    def record(self, call: ModelCall) -> None:
        """Keep the record of one attempt."""
        with self._lock:
            self._records.append(call)
