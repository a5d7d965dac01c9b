"""What thinks in a run, and what became of each question to it.

Production falls back to the embedded reader where a model gives no answer. A run must not: a figure of a model whose server
was away would be the figure of another reader. So each question that failed is kept, and the turn says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel

from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.llm import Budget, ModelClient, ModelFailure
from agent.llm_failure import TRANSIENT, UNCOUNTED, FailureKind
from evals.cassettes.clients import Source
from evals.cassettes.recording import Recorder
from evals.cassettes.replaying import Replay
from evals.results import Mode
from evals.running.models import Model
from store.proposed import Proposal

T = TypeVar("T", bound=BaseModel)
Think = Callable[..., Proposal]
#: Failures that say something of the server, not of the model. A turn with one of them counts for nothing.
AWAY = (TRANSIENT | UNCOUNTED | {FailureKind.BAD_BODY, FailureKind.DEADLINE}) - {
    FailureKind.TOO_LONG,
    FailureKind.REJECTED,
}


class Asked(ModelClient):
    """A client for one turn, which keeps what failed. All asking is the other client's."""

    def __init__(self, inner: ModelClient) -> None:  # the other client's settings are not ours to keep
        self._inner = inner
        self.failures: list[tuple[str, ModelFailure]] = []
        self.answers = 0

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._inner.name

    def budget(self) -> Budget:
        """Give a budget for this turn."""
        return self._inner.budget()

    def close(self) -> None:
        """Leave the connections to whoever opened them."""

    def ask(self, schema: type[T], *, purpose: str, system: str, user: str, budget: Budget) -> T:
        """Ask; keep a failure and raise it on."""
        try:
            answer = self._inner.ask(schema, purpose=purpose, system=system, user=user, budget=budget)
        except ModelFailure as failure:
            self.failures.append((purpose, failure))
            raise
        self.answers += 1
        return answer


class Thinking:
    """What thinks in one process: the embedded reader always, and the model where one is asked. Thread-safe."""

    def __init__(self, model: Model, think: Think = propose) -> None:
        """Take a model. `think`: the agent under test. Nothing is opened yet."""
        self.model = model
        self.think = think
        self._answered = threading.Event()
        self._open = ExitStack()

    @cached_property
    def reader(self) -> EmbeddedReader:
        """The embedded reader."""
        return EmbeddedReader()

    def begin(self) -> None:
        """Open what a turn needs. Raises CassetteError, ModelFailure."""
        _ = self._source

    @cached_property
    def _source(self) -> Source | None:
        model = self.model
        if model.mode is Mode.EMBEDDED:
            return None
        if model.mode is Mode.REPLAY:
            assert model.cassette is not None
            return Replay(model.cassette)
        assert model.settings is not None
        if model.cassette is not None:
            return self._open.enter_context(Recorder(model.cassette, model.settings))
        return _Live(self._open.enter_context(closing(ModelClient(model.settings))), model.name)

    @contextmanager
    def asking(self, turn: str) -> Iterator[Asked | None]:
        """Open the client for one playing of one turn; None without a model."""
        if self._source is None:
            yield None
            return
        with self._source.client(turn) as client:
            yield Asked(client)

    def close(self) -> None:
        """Close the connections."""
        self._open.close()

    def trouble(self, asked: Asked) -> str | None:
        """Say why a turn says nothing of the model: its server did not work. None where it did."""
        if asked.answers:
            self._answered.set()
        for purpose, failure in asked.failures:
            # A server that takes no request at all is set up wrongly; one that refuses this request alone is not.
            refuses_all = failure.kind is FailureKind.REJECTED and not self._answered.is_set()
            spent = failure.kind is FailureKind.BUDGET and failure.text.startswith("today's")
            if failure.kind in AWAY or refuses_all or spent:
                return f"{purpose}: {failure}"
        return None


@dataclass(frozen=True, slots=True)
class _Live:
    """A server that is asked, nothing kept."""

    open: ModelClient
    model: str

    @contextmanager
    def client(self, turn: str) -> Iterator[ModelClient]:
        """Give the one client."""
        del turn
        yield self.open
