"""The scripted model server, for tests: it lives in `evals.model_server`, as the hostile one of `evals.evil` is built on it."""

from __future__ import annotations

from evals.model_server import (
    USAGE,
    Answer,
    Behaviour,
    ModelServer,
    broken,
    cut,
    drip,
    envelope,
    hang,
    html,
    huge,
    refusal,
    reply,
    status,
)

__all__ = [
    "USAGE",
    "Answer",
    "Behaviour",
    "ModelServer",
    "broken",
    "cut",
    "drip",
    "envelope",
    "hang",
    "html",
    "huge",
    "refusal",
    "reply",
    "status",
]
