"""Knows when a model server is away, so that not every mail waits for it anew: after three mails in vain it is left alone.

Mails, not questions: a mail that a server chokes on must not keep the next ones from it. Meanwhile questions fail at once and cost nothing; one at a time looks whether the server is back. It never keeps a server that
answers from being asked, whatever the answer is worth.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.llm_failure import TRANSIENT, FailureKind, ModelFailure

log = logging.getLogger(__name__)

#: Mails in a row whose questions found no server, each with its own retries.
IN_VAIN = 3
#: Seconds for which it is left alone: doubled up to the longest while it stays away.
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 120.0
#: These say nothing about the server: they arise here.
_OURS = frozenset({FailureKind.BUDGET, FailureKind.DEADLINE, FailureKind.SETTINGS})


class Away:
    """How the questions to one server ended of late. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Take what gives seconds; the server counts as being there."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._in_vain: list[object] = []
        self._pause = FIRST_PAUSE
        self._until: float | None = None
        self._looking = False

    @contextmanager
    def question(self, *, about: object) -> Iterator[bool]:
        """Ask one question inside; gives True where it is the one that looks whether the server is back, which is made once.

        `about` is one and the same object for all questions of a mail. Raises ModelFailure where the server is left alone.
        """
        looking = self._let_through()
        try:
            yield looking
        except ModelFailure as failure:
            self._failed(failure, about, looking=looking)
            raise
        except BaseException:
            self._no_news(looking=looking)
            raise
        self._answered()

    def _let_through(self) -> bool:
        with self._lock:
            if self._until is None:
                return False
            left = self._until - self._monotonic()
            if left <= 0 and not self._looking:
                self._looking = True
                return True
        text = f"the server was away for {IN_VAIN} mails in a row; it is asked again in {max(left, 1):.0f} s"
        raise ModelFailure(FailureKind.CONNECTION, text)

    def _failed(self, failure: ModelFailure, about: object, *, looking: bool) -> None:
        if failure.kind in _OURS:
            self._no_news(looking=looking)
        elif failure.kind not in TRANSIENT:
            self._answered()
        else:
            self._found_nobody(failure, about, looking=looking)

    def _found_nobody(self, failure: ModelFailure, about: object, *, looking: bool) -> None:
        with self._lock:
            self._looking = self._looking and not looking
            if self._until is not None and not looking:
                return  # it was asked before the server was left alone
            if not any(mail is about for mail in self._in_vain):
                self._in_vain.append(about)
            if not looking and len(self._in_vain) < IN_VAIN:
                return
            self._pause = min(LONGEST_PAUSE, self._pause * 2) if looking else FIRST_PAUSE
            pause = max(self._pause, min(failure.retry_after or 0.0, LONGEST_PAUSE))
            self._until = self._monotonic() + pause
        log.warning("the model server is away (%s): left alone for %.0f s", failure.kind.value, pause)

    def _no_news(self, *, looking: bool) -> None:
        with self._lock:
            self._looking = self._looking and not looking

    def _answered(self) -> None:
        with self._lock:
            back = self._until is not None
            self._in_vain, self._until, self._looking, self._pause = [], None, False, FIRST_PAUSE
        if back:
            log.warning("the model server is back")
