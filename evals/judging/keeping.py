"""Keeps what a judge answered, a line each, so that a judging that was cut off goes on where it was.

Keeps no mail; a remark may quote a few words of one.
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.judging.criteria import Criterion


class Answer(BaseModel):
    """What a judge said of one draft. `key`: of judge, questions and draft; anything else in them is another answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    answers: dict[Criterion, bool]
    remark: str = ""


def key_of(judge: str, system: str, user: str) -> str:
    """Give the key of a question."""
    return hashlib.sha256(json.dumps([judge, system, user]).encode()).hexdigest()


class Kept:
    """The answers of a file. Thread-safe. Without a file they are kept for as long as this lives."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what is there; a line that was cut off is asked about again."""
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Answer] = {}
        lines = path.read_bytes().splitlines() if path is not None and path.exists() else []
        for line in lines:
            try:
                answer = Answer.model_validate_json(line)
            except ValidationError:
                continue
            if set(answer.answers) == set(Criterion):
                self._known[answer.key] = answer

    def get(self, key: str) -> Answer | None:
        """Give a known answer."""
        with self._lock:
            return self._known.get(key)

    def add(self, answer: Answer) -> None:
        """Keep an answer, at once."""
        with self._lock:
            self._known[answer.key] = answer
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    # A line that was cut off before must not swallow this one.
                    file.write(("\n" if file.tell() else "") + answer.model_dump_json())
