"""Plays a suite against what is recorded so far and gives the requests that have no answer yet. Scores nothing."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.llm import ModelClient
from evals.cassettes.asking import Request, Sheet
from evals.cassettes.clients import Found, still_client
from evals.cassettes.format import Asked, request_key
from evals.cassettes.replaying import CassetteMiss, Replay
from evals.conversations.world import COMPANY, standing
from evals.running.suites import Suite
from store.engine import migrate, open_engine


class Missing(CassetteMiss):
    """A request that has no answer yet, with what is asked."""

    def __init__(self, turn: str, purpose: str, request: dict[str, Any], number: int) -> None:
        """Keep the request."""
        super().__init__(f"{turn}: the request for {purpose} has no answer yet")
        self.turn, self.purpose, self.request, self.number = turn, purpose, request, number


class Collector:
    """Plays recorded answers as far as they go; the first request of a turn without an answer ends the turn."""

    def __init__(self, replay: Replay | None, model: str) -> None:
        """Take the recording as it stands; None: nothing is recorded yet."""
        self._replay, self._model = replay, model
        self._asked = replay.asked if replay is not None else Asked()
        self._lock = threading.Lock()
        self.missing: list[Missing] = []

    @property
    def model(self) -> str:
        """Give the name of the model that is being recorded."""
        return self._model

    @contextmanager
    def client(self, turn: str) -> Iterator[ModelClient]:
        """Open a client for one playing of one turn. It raises Missing, which is kept in `missing` too."""
        found = Found(self._replay.lines(turn) if self._replay is not None else [])
        with still_client(self._asked, self._model, partial(self._answer, turn, found)) as client:
            yield client

    def _answer(self, turn: str, found: Found, purpose: str, request: dict[str, Any], seconds: float) -> bytes:
        number, line = found.next(request_key(request))
        if line is not None:
            return line.body()
        missing = Missing(turn, purpose, request, number)
        with self._lock:
            self.missing.append(missing)
        raise missing

    def sheet(self) -> Sheet:
        """Give all that is missing, in the order of the turns."""
        texts: dict[str, str] = {}
        forms: dict[str, dict[str, Any]] = {}
        requests = []
        for one in sorted(self.missing, key=lambda m: m.turn):
            first, second, *others = one.request["messages"]
            form = one.request["response_format"]["json_schema"]["schema"]
            text_name = _name(one.purpose, first["content"])
            form_name = _name(one.purpose, json.dumps(form, sort_keys=True))
            texts[text_name], forms[form_name] = first["content"], form
            requests.append(
                Request(
                    turn=one.turn,
                    purpose=one.purpose,
                    key=request_key(one.request),
                    n=one.number,
                    system=text_name,
                    form=form_name,
                    user=second["content"],
                    then=tuple(others),
                )
            )
        return Sheet(texts=texts, forms=forms, requests=tuple(requests))


def _name(purpose: str, text: str) -> str:
    return f"{purpose}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def collect(
    suite: Suite, collector: Collector, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> Sheet:
    """Play every turn as far as the recorded answers go, and give the requests that are missing."""
    reader = EmbeddedReader()
    with tempfile.TemporaryDirectory(prefix="dunwell-eval-") as scratch:
        template = Path(scratch) / "empty.db"
        engine = open_engine(f"sqlite:///{template}")
        migrate(engine)
        engine.dispose()
        for number, case in enumerate(suite.cases, 1):
            with (
                standing(case.conversation, case.turn, template=template) as there,
                collector.client(case.id) as client,
            ):
                deps = Deps(company=COMPANY, policy=there.policy, embedded=reader, client=client)
                with suppress(Missing):  # the collector keeps it
                    propose(there.message, there.facts, deps)
            progress(number, len(suite.cases))
    return collector.sheet()
