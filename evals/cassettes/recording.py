"""Records what a language model answers while the agent works on a suite. A conversation's file is whole or not there.

What is kept is what a model says, and requests that a server turns down for what they hold. An outage is never kept: the
turn is then not recorded, and says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from json import loads
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from agent.llm import DailyBudget, ModelClient
from agent.llm_answer import read_envelope
from agent.llm_failure import FailureKind, ModelFailure
from agent.llm_habits import Habits
from agent.llm_http import Wire
from agent.llm_settings import ModelSettings
from evals.cassettes.clients import habits_of
from evals.cassettes.format import (
    Asked,
    CassetteError,
    Failed,
    Head,
    Line,
    kept,
    read_cassette,
    request_key,
    write_cassette,
)
from evals.cassettes.replaying import first_asked
from evals.running.digests import prompts_digest
from store.clock import Clock, system_clock

#: What a server turns down because of the request itself; anything else is the server's state of the moment.
_LASTING = frozenset({FailureKind.REJECTED, FailureKind.TOO_LONG, FailureKind.CONTENT_FILTER, FailureKind.TOO_LARGE})


class NotRecorded(RuntimeError):
    """The server was away while a turn was played: nothing of the turn was kept."""


class _Ready(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ready: bool


@dataclass
class _Tape:
    """What one playing of a turn has given so far, and the outage that ended it."""

    lines: list[Line] = field(default_factory=list)
    open: dict[str, ModelFailure] = field(default_factory=dict)


class Recorder:
    """Records one model into one folder. Thread-safe. Use it as a context manager: it holds a connection pool."""

    def __init__(
        self, folder: Path, settings: ModelSettings, *, most_calls: int = 5000, clock: Clock = system_clock
    ) -> None:
        """Ask once how the server wants to be asked. Raises CassetteError, ModelFailure where it does not answer.

        `most_calls` bounds the whole recording. A folder that holds a recording already is added to.
        """
        self.folder, self._settings, self._clock = folder, settings, clock
        self._most_calls = most_calls
        self._daily = DailyBudget(clock, max_calls=most_calls)
        self._lock = threading.Lock()
        self._wire = Wire.to(base_url=settings.base_url, key=_key(settings), clock=clock)
        try:
            self.asked = self._begun() or self._probed()
        except BaseException:
            self._wire.close()
            raise

    @property
    def model(self) -> str:
        """Give the model's name."""
        return self._settings.model

    def __enter__(self) -> Recorder:
        """Go on with the open connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._wire.close()

    @contextmanager
    def client(self, turn: str) -> Iterator[ModelClient]:
        """Open a client for one turn; when the turn has been played, its answers are on the disk.

        Raises NotRecorded where the server was away. A turn that is recorded again replaces itself.
        """
        tape, settings, began = _Tape(), self._settings, time.monotonic()
        client = ModelClient(
            settings,
            daily=self._daily,
            habits=habits_of(self.asked, settings),
            clock=self._clock,
            instead=partial(self._exchange, turn, tape),
        )
        yield client
        why = self._spoilt(tape, time.monotonic() - began)
        if why:
            raise NotRecorded(f"{turn}: {why}: nothing of this turn was recorded")
        self._keep(turn, tape.lines)

    def _spoilt(self, tape: _Tape, seconds: float) -> str | None:
        """Say why a playing was not what the model alone made of it: then a replay could not be the same."""
        if tape.open:
            return f"the model gave no answer ({next(iter(tape.open.values()))})"
        if seconds >= self._settings.deadline_seconds:
            return f"it took longer than model.deadline_seconds ({self._settings.deadline_seconds:.0f})"
        if self._daily.used[0] >= self._most_calls:
            return f"the recording may make {self._most_calls} calls, and they are used up"
        return None

    def _exchange(self, turn: str, tape: _Tape, purpose: str, request: dict[str, Any], seconds: float) -> bytes:
        key = request_key(request)
        number = 1 + sum(line.key == key for line in tape.lines)
        about = {"turn": turn, "purpose": purpose, "key": key, "n": number}
        try:
            body = self._wire.complete(timeout_seconds=seconds, request=request)
            line = _line(about, body)
        except ModelFailure as failure:
            if failure.kind not in _LASTING:
                tape.open[key] = failure
                raise
            failed = Failed(kind=failure.kind, text=failure.text, status=failure.status, hint=failure.hint)
            tape.lines.append(Line.model_validate({**about, "failed": failed}))
            raise
        tape.open.pop(key, None)
        tape.lines.append(line)
        return line.body()

    def _keep(self, turn: str, lines: list[Line]) -> None:
        conversation = turn.partition("/")[0]
        path = self.folder / f"{conversation}.jsonl"
        with self._lock:
            others = [line for line in read_cassette(path)[1] if line.turn != turn] if path.exists() else []
            head = Head(
                conversation=conversation,
                model=self.model,
                how="live",
                recorded=self._clock(),
                dunwell=version("dunwell"),
                prompts=prompts_digest(),
                asked=self.asked,
            )
            write_cassette(path, head, [*others, *lines])

    def _begun(self) -> Asked | None:
        """Give how a recording that has begun was asked, where this one may be added to it."""
        begun = first_asked(self.folder)
        if begun is None:
            return None
        model, asked = begun
        if model != self.model:
            raise CassetteError(f"{self.folder}: holds a recording of {model}: give a folder for each model")
        fresh = _asked(self._settings, asked)
        if fresh != asked:
            raise CassetteError(f"{self.folder}: was recorded with other settings of the model: give an empty folder")
        for path in sorted(self.folder.glob("*.jsonl")):
            head, _ = read_cassette(path)
            if head.prompts != prompts_digest():
                raise CassetteError(f"{path}:1: was recorded with other prompts: give an empty folder")
            if head.how != "live":
                raise CassetteError(f"{path}:1: was answered in files: give an empty folder")
        return asked

    def _probed(self) -> Asked:
        """Ask something small and see which way of asking the server takes."""
        settings, habits = self._settings, Habits()
        client = ModelClient(settings, daily=self._daily, habits=habits, clock=self._clock)
        try:
            client.ask(
                _Ready, purpose="probe", system="Answer as the schema says.", user="Ready?", budget=client.budget()
            )
        finally:
            client.close()
        habit = habits.of((settings.base_url, settings.model))
        learned = {
            "rung": habit.rung,
            "token_parameter": habit.token_parameter,
            "takes_temperature": habit.temperature,
        }
        return _asked(settings, Asked.model_validate(learned))


def _asked(settings: ModelSettings, learned: Asked) -> Asked:
    given = settings.model_dump(include=set(Asked.model_fields), exclude={"input_price", "output_price"})
    prices = {
        name: None if price is None else f"{price:f}"
        for name, price in (("input_price", settings.input_price), ("output_price", settings.output_price))
    }
    return Asked.model_validate({**learned.model_dump(), **given, **prices})


def _line(about: dict[str, Any], body: bytes) -> Line:
    """Give an answer as it is kept. Raises the failure of a body that is no completion at all."""
    envelope = read_envelope(body)
    if envelope.failure is not None and envelope.failure.kind is FailureKind.BAD_BODY:
        raise envelope.failure
    choice = (loads(body).get("choices") or [{}])[0]
    message = choice.get("message") or {}
    return Line.model_validate(
        {
            **about,
            "answer": kept(message.get("content")),
            "refusal": message.get("refusal"),
            "finish_reason": choice.get("finish_reason"),
            "usage": envelope.usage,
        }
    )


def _key(settings: ModelSettings) -> str | None:
    try:
        return settings.key()
    except ValueError as error:
        raise CassetteError(f"model.{error}") from None
