"""The one model client: asks a question, gives a validated value or raises ModelFailure.

It never raises anything else for what a server or a model does, never asks beyond a budget, never gives a value that is
not the schema, and never lets a prompt, an answer or a key into a log, a record or an exception. Nothing is built at import.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from agent.llm_answer import Envelope, Usage, WrongAnswer, read_answer, read_envelope
from agent.llm_away import Away
from agent.llm_budget import Budget, DailyBudget
from agent.llm_failure import UNCOUNTED, FailureKind, Hint, ModelFailure
from agent.llm_habits import Habits
from agent.llm_retry import retrying
from agent.llm_schema import Message, Question, Rung, digest, estimated_tokens
from agent.llm_settings import ModelSettings
from store.clock import Clock, system_clock
from store.proposed import ModelCall

if TYPE_CHECKING:
    from agent.llm_http import Wire

__all__ = ["Budget", "Completing", "DailyBudget", "FailureKind", "ModelClient", "ModelFailure", "ModelSettings"]

T = TypeVar("T", bound=BaseModel)

#: From purpose, request and seconds to the body of a completion. Raises ModelFailure, as the wire does.
Completing = Callable[[str, dict[str, Any], float], bytes]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Attempt:
    """One request that is about to be made."""

    question: Question
    rung: Rung
    messages: list[Message]
    budget: Budget
    most: int

    @property
    def estimate(self) -> int:
        return estimated_tokens(self.messages, self.question.response_format(self.rung))


class ModelClient:
    """A model behind an OpenAI-compatible address. Thread-safe; connects at the first question."""

    def __init__(
        self,
        settings: ModelSettings,
        *,
        daily: DailyBudget | None = None,
        habits: Habits | None = None,
        clock: Clock = system_clock,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        instead: Completing | None = None,
    ) -> None:
        """Keep the settings. `instead` answers in place of the wire, which is then never opened: recorded answers."""
        self._settings = settings
        self._server = (settings.base_url, settings.model)
        # One for the process where the caller gives it; else one for this client alone.
        self._daily = daily or DailyBudget(
            clock, max_calls=settings.daily_budget_calls, max_tokens=settings.daily_budget_tokens
        )
        self._habits = habits or Habits()
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._instead = instead
        self._away = Away(monotonic)
        self._lock = threading.Lock()
        self._wire: Wire | None = None

    @property
    def name(self) -> str:
        """The name of the model, for records and pages."""
        return self._settings.model

    def budget(self) -> Budget:
        """Give a fresh budget for one message, as the settings allow; its time runs from now."""
        return Budget(
            max_calls=self._settings.max_calls_per_message,
            max_tokens=self._settings.max_tokens_per_message,
            deadline_seconds=self._settings.deadline_seconds,
            monotonic=self._monotonic,
        )

    def catch_up(self, *, calls: int, tokens: int) -> None:
        """Count what all processes together spent of the day's budget."""
        self._daily.catch_up(calls=calls, tokens=tokens)

    def close(self) -> None:
        """Close the connections; a later question opens new ones."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def ask(self, schema: type[T], *, purpose: str, system: str, user: str, budget: Budget) -> T:
        """Ask for a value of `schema`, going down the ladder of structured output as far as the server needs.

        `system` is the static text, `user` the text of this message. Every attempt is recorded in `budget`.
        Raises ModelFailure, and TypeError for a schema that strict output cannot say (see `strict_schema`).
        """
        question = Question(schema, purpose, system, user)
        if self._instead is not None:
            return self._answered(schema, question, budget, most=self._settings.max_attempts)
        with self._away.question(about=budget) as looking:
            return self._answered(schema, question, budget, most=1 if looking else self._settings.max_attempts)

    def _answered(self, schema: type[T], question: Question, budget: Budget, *, most: int) -> T:
        """Go down the ladder, with so many attempts a request at most."""
        for rung in self._habits.rungs(self._server):
            try:
                answer = self._on_rung(schema, question, rung, budget, most=most)
            except ModelFailure as failure:
                if not self._steps_down(failure, rung):
                    raise
                answer = None
            if answer is not None:
                self._habits.worked(self._server, rung)
                return answer
        raise AssertionError("the plain rung answers or raises")

    def _on_rung(self, schema: type[T], question: Question, rung: Rung, budget: Budget, *, most: int) -> T | None:
        """Ask on one rung, with one repair. None means that the server ignores the rung."""
        first = self._persist(schema, _Attempt(question, rung, question.messages(rung), budget, most))
        if not isinstance(first, WrongAnswer):
            return first
        proven = self._habits.of(self._server).proven
        if first.misshapen and not proven and rung is not Rung.PLAIN:
            return None
        repair = question.repair(rung, answer=first.text, problems=first.problems)
        second = self._persist(schema, _Attempt(question, rung, repair, budget, most))
        if isinstance(second, WrongAnswer):
            raise second.failure
        return second

    def _steps_down(self, failure: ModelFailure, rung: Rung) -> bool:
        """Say whether the rung below may work. A server fault on a proven rung is an outage, not a matter of format."""
        if rung is Rung.PLAIN:
            return False
        if failure.hint is Hint.FORMAT:
            self._habits.refused(self._server, rung)
            return True
        if failure.status in {400, 422}:
            return failure.kind is FailureKind.REJECTED
        return failure.status in {500, 501} and not self._habits.of(self._server).proven

    def _persist(self, schema: type[T], attempt: _Attempt) -> T | WrongAnswer:
        """Make an attempt, again where that may help, as long as the message's time allows."""
        again = retrying(max_attempts=attempt.most, budget=attempt.budget, sleep=self._sleep)
        return again(self._adapting, schema, attempt)

    def _adapting(self, schema: type[T], attempt: _Attempt) -> T | WrongAnswer:
        """Make an attempt; where the server rejects a parameter by name, make it without."""
        while True:
            try:
                return self._once(schema, attempt)
            except ModelFailure as failure:
                if not self._habits.adapt(self._server, failure.hint):
                    raise

    def _once(self, schema: type[T], attempt: _Attempt) -> T | WrongAnswer:
        settings, budget = self._settings, attempt.budget
        most = attempt.estimate + settings.max_tokens
        in_message = budget.reserve(most)
        try:
            in_day = self._daily.reserve(most)
        except ModelFailure:
            budget.settle(in_message, tokens=0, counted=False)
            raise
        started = self._monotonic()
        envelope = self._exchange(attempt)
        answer = None if envelope.failure else read_answer(schema, envelope.text)
        failure = answer.failure if isinstance(answer, WrongAnswer) else envelope.failure
        counted = failure is None or failure.kind not in UNCOUNTED
        used = _used(envelope, attempt) if counted else 0
        budget.settle(in_message, tokens=used, counted=counted)
        self._daily.settle(in_day, tokens=used, counted=counted)
        self._record(attempt, envelope.usage, failure, seconds=self._monotonic() - started)
        if envelope.failure is not None:
            raise envelope.failure
        assert answer is not None
        return answer

    def _exchange(self, attempt: _Attempt) -> Envelope:
        """Send the request and read the answer's envelope; a failure on the way is an envelope too."""
        settings = self._settings
        habit = self._habits.of(self._server)
        shape = attempt.question.response_format(attempt.rung)
        request = {
            "model": settings.model,
            "messages": attempt.messages,
            **habit.parameters(max_tokens=settings.max_tokens, temperature=settings.temperature),
            **({"response_format": shape} if shape else {}),
        }
        seconds = max(0.001, min(settings.timeout_seconds, attempt.budget.remaining()))
        try:
            if self._instead is not None:
                return read_envelope(self._instead(attempt.question.purpose, request, seconds))
            return read_envelope(self._connected().complete(timeout_seconds=seconds, request=request))
        except ModelFailure as failure:
            return Envelope(None, failure=failure)

    def _connected(self) -> Wire:
        from agent.llm_http import Wire

        with self._lock:
            if self._wire is None:
                try:
                    key = self._settings.key()
                except ValueError as error:
                    raise ModelFailure(FailureKind.SETTINGS, f"model.{error}") from None
                self._wire = Wire.to(base_url=self._settings.base_url, key=key, clock=self._clock)
            return self._wire

    def _record(self, attempt: _Attempt, usage: Usage | None, failure: ModelFailure | None, *, seconds: float) -> None:
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        cost = self._settings.cost(prompt_tokens=tokens[0], completion_tokens=tokens[1]) if usage else None
        call = ModelCall(
            purpose=attempt.question.purpose,
            base_url=self._settings.base_url,
            model=self._settings.model,
            rung=attempt.rung.value,
            prompt_sha256=digest(attempt.messages, attempt.question.response_format(attempt.rung)),
            prompt_tokens=tokens[0],
            completion_tokens=tokens[1],
            cost=cost,
            latency_ms=round(seconds * 1000),
            outcome=failure.kind.value if failure else "ok",
        )
        attempt.budget.record(call)
        if failure is not None:
            _log.warning("model call for %s on rung %s: %s", call.purpose, call.rung, failure)


def _used(envelope: Envelope, attempt: _Attempt) -> int:
    """Give the tokens of a call that counts; where the server does not say them, an estimate."""
    if envelope.usage is not None:
        return envelope.usage.prompt_tokens + envelope.usage.completion_tokens
    return attempt.estimate + len(envelope.text.encode()) // 3
