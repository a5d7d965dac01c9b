"""What a report shows, as values: every rendering (terminal, page, Markdown, README) takes them from here, so that none can differ.

A sheet holds figures and names, no text of a mail: it may be committed. It is of one run, so of one mode.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.figures.values import ConfidenceFigures, Confusion, Label, Named, Rate, ZeroFigure
from evals.results import Mode


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(_Value):
    """Of what the figures are. `day`: when the run began (ISO 8601, UTC)."""

    suite: str
    suite_digest: str
    prompts_digest: str
    mode: Mode
    model: str
    agent_version: str
    day: str
    command: str
    origin: str = Field(description="whether the mails are made up")
    conversations: int
    turns: int
    epochs: int
    right: int = Field(description="turns that are right in everything")
    failed: int = Field(description="turns on which the agent could not work")
    selected: str | None = Field(default=None, description="which part of the suite; None: all of it")
    broken: tuple[str, ...] = Field(default=(), description="cases that could not be loaded")
    unfinished: bool = False


class Line(_Value):
    """One thing that a person who runs receivables wants to know: a rate, a share of which no counts tell, or a score of 0 to 1."""

    key: str
    name: str
    rate: Rate | None = None
    share: float | None = None
    score: float | None = None
    note: str = ""


class Fact(_Value):
    """A single figure in words, as cost is told."""

    name: str
    value: str


class Sheet(_Value):
    """All that a report shows of one run, without the turns."""

    schema_: Literal[1] = Field(default=1, alias="schema", serialization_alias="schema")
    head: Head
    zero: tuple[ZeroFigure, ...]
    lines: tuple[Line, ...]
    reasons: tuple[Label, ...]
    matrix: Confusion
    confidence: ConfidenceFigures
    checks: tuple[Named, ...]
    escalation: tuple[Named, ...]
    languages: tuple[Named, ...]
    kinds: tuple[Named, ...] = Field(description="turns by split, by place in the conversation, and by tag")
    slots: tuple[Named, ...]
    tools: tuple[Named, ...]
    passes: tuple[Fact, ...]
    cost: tuple[Fact, ...]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)
