"""When a question is asked again. The only retrying of model calls in dunwell: the SDK's own is switched off."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from agent.llm_budget import Budget
from agent.llm_failure import TRANSIENT, ModelFailure

_backoff = wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)


def retrying(*, max_attempts: int, budget: Budget, sleep: Callable[[float], None]) -> Retrying:
    """Give the retrying of one question: while the failure may pass, and the wait fits into the message's time."""

    def over(state: RetryCallState) -> bool:
        return state.attempt_number >= max_attempts or state.upcoming_sleep >= budget.remaining()

    return Retrying(sleep=sleep, stop=over, wait=_pause, retry=retry_if_exception(_may_pass), reraise=True)


def _may_pass(error: BaseException) -> bool:
    """Say whether a failure may pass by itself. A server that names the format as its trouble will name it again."""
    return isinstance(error, ModelFailure) and error.kind in TRANSIENT and error.hint is None


def _pause(state: RetryCallState) -> float:
    """Give the seconds to wait: what the server asks for, else an exponential back-off with jitter."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ModelFailure) else None
    return _backoff(state) if asked is None else asked
