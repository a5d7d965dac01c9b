"""Gives recorded answers back. It has no network: what is not in the recording is an error that says so.

A folder holds the recording of one model; all its files must be of the prompts that stand in this tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from agent.llm import ModelClient
from evals.cassettes.clients import Found, still_client
from evals.cassettes.format import Asked, CassetteError, Head, Line, read_cassette, request_key
from evals.running.digests import prompts_digest

#: What a request without an answer is answered by: nothing may go on with it as if a model had failed.
AGAIN = "record again"


class CassetteMiss(LookupError):
    """A request that the recording does not hold. No ModelFailure: the agent must not go on without the model."""


class Replay:
    """A recording that is given back. Thread-safe: each playing of a turn has its own place in it."""

    def __init__(self, folder: Path, *, prompts: str | None = None) -> None:
        """Read a folder whole. Raises CassetteError where it is empty, mixed, broken, or of other prompts."""
        self.folder = folder
        files = sorted(folder.glob("*.jsonl"))
        if not files:
            raise CassetteError(f"{folder}: holds no recording (no .jsonl file)")
        read = [(path, *read_cassette(path)) for path in files]
        self.heads: dict[str, Head] = {path.stem: head for path, head, _ in read}
        first = read[0][1]
        wanted = prompts_digest() if prompts is None else prompts
        for path, head, _ in read:
            if head.prompts != wanted:
                raise CassetteError(
                    f"{path}:1: was recorded with other prompts ({head.prompts[:12]}, now {wanted[:12]}): {AGAIN}"
                )
            if (head.model, head.asked) != (first.model, first.asked):
                raise CassetteError(f"{path}:1: is not of the same model and settings as {files[0].name}: {AGAIN}")
        self._model, self.asked = first.model, first.asked
        self._turns: dict[str, list[Line]] = {}
        for _, _, lines in read:
            for line in lines:
                self._turns.setdefault(line.turn, []).append(line)

    @property
    def model(self) -> str:
        """Give the name of the model that was recorded."""
        return self._model

    def lines(self, turn: str) -> list[Line]:
        """Give the recorded answers of one turn, in their order."""
        return list(self._turns.get(turn, ()))

    @contextmanager
    def client(self, turn: str) -> Iterator[ModelClient]:
        """Open a client for one playing of one turn. It raises CassetteMiss where an answer is missing."""
        instead = partial(self._answer, turn, Found(self.lines(turn)))
        with still_client(self.asked, self._model, instead) as client:
            yield client

    def _answer(self, turn: str, found: Found, purpose: str, request: dict[str, Any], seconds: float) -> bytes:
        key = request_key(request)
        number, line = found.next(key)
        if line is None:
            which = f" ({number}th time)" if number > 1 else ""
            raise CassetteMiss(
                f"{turn}: {self.folder} holds no answer to the request for {purpose}{which}, {key[:12]}: {AGAIN}"
            )
        return line.body()


def first_asked(folder: Path) -> tuple[str, Asked] | None:
    """Give model and settings of a recording that has begun; None where there is none yet. Raises CassetteError."""
    for path in sorted(folder.glob("*.jsonl"))[:1]:
        head, _ = read_cassette(path)
        return head.model, head.asked
    return None
