"""The product's own client, asked in exactly the way that a recording was made; only what answers it is another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from agent.llm import Completing, DailyBudget, ModelClient
from agent.llm_failure import Hint
from agent.llm_habits import Habits
from agent.llm_settings import ModelSettings
from evals.cassettes.format import Asked, Line
from store.clock import system_clock


class Source(Protocol):
    """What gives the client with which the agent works on one turn: a replay, a recording, or a collector of requests."""

    @property
    def model(self) -> str:
        """Give the model's name."""
        ...

    def client(self, turn: str) -> AbstractContextManager[ModelClient]:
        """Open a client for one playing of one turn (as in `promise-kept/002-in.eml`); play the turn inside."""
        ...


class Found:
    """The answers of one turn, given in the order in which equal requests come. For one playing of the turn."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = {(line.key, line.n): line for line in lines}
        self._asked: dict[str, int] = {}

    def next(self, key: str) -> tuple[int, Line | None]:
        """Give which of the equal requests this is, and its answer where there is one."""
        number = self._asked[key] = self._asked.get(key, 0) + 1
        return number, self._lines.get((key, number))


def habits_of(asked: Asked, settings: ModelSettings) -> Habits:
    """Give habits as they stood when the recording began, so that nothing has to be learned anew."""
    habits, server = Habits(), (settings.base_url, settings.model)
    habits.worked(server, asked.rung)
    if asked.token_parameter == "max_completion_tokens":
        habits.adapt(server, Hint.MAX_TOKENS)
    if not asked.takes_temperature:
        habits.adapt(server, Hint.TEMPERATURE)
    return habits


@contextmanager
def still_client(asked: Asked, model: str, instead: Completing) -> Iterator[ModelClient]:
    """Give a client for which no time passes: nothing waits, and no deadline strikes that did not strike before."""
    settings = asked.settings(model)
    client = ModelClient(
        settings,
        daily=DailyBudget(system_clock),
        habits=habits_of(asked, settings),
        sleep=lambda _: None,
        monotonic=lambda: 0.0,
        instead=instead,
    )
    try:
        yield client
    finally:
        client.close()
