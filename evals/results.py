"""What one run of a suite gives: for each turn what was expected, what the agent did, and what it cost. Values only.

The runner writes it, and statistics, gate and reports read it; none of them knows which framework ran the turns. A record
says in which mode it was made, and records of different modes are never put into one figure.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Mode(StrEnum):
    """How a run got its readings and wordings."""

    EMBEDDED = "embedded"  # the reader that comes along, no language model
    REPLAY = "replay"  # recorded answers of a language model, no network
    LIVE = "live"  # a language model that was asked during the run


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckResult(_Value):
    """One thing that was compared: `area` as reports group it, what it was about, what is wrong (None: right)."""

    area: str
    about: str
    fault: str | None = None

    @property
    def ok(self) -> bool:
        """Say whether it is as expected."""
        return self.fault is None


class FoundReason(_Value):
    """A reason that the reading holds, with its calibrated confidence (0 to 1), and whether it may stand there."""

    reason: str
    confidence: float = Field(ge=0, le=1)
    right: bool


class SlotResult(_Value):
    """One fact of a claim: expected, found (both as text; None: nothing found), and whether they agree."""

    name: str
    wanted: str
    found: str | None
    ok: bool


class ClaimResult(_Value):
    """An expected claim: its invoices, and those of the claim of its reason that comes nearest (None: there is none)."""

    reason: str
    wanted: tuple[str, ...] = ()
    found: tuple[str, ...] | None = None


class ArgumentResult(_Value):
    """One argument that matters of an act that was proposed, as text, and whether it agrees."""

    name: str
    wanted: str
    found: str | None
    ok: bool


class ActResult(_Value):
    """An expected act: its tool (several: one of them will do), whether it was proposed, and its arguments."""

    tools: tuple[str, ...]
    chosen: bool
    arguments: tuple[ArgumentResult, ...] = ()


class Cost(_Value):
    """What one turn took. Tokens and money are sums over its model calls; `seconds` is wall time."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    money: Decimal | None = None
    seconds: float = 0


class TurnResult(_Value):
    """One inbound mail, worked on once. `error`: the agent could not work (then nothing below it was compared)."""

    turn: str = Field(description="conversation/file, as in promise-kept/002-in.eml")
    conversation: str
    epoch: int = Field(default=1, ge=1)
    split: Literal["dev", "holdout"]
    language: str
    tags: tuple[str, ...] = ()
    attack: str | None = None
    provenance: Literal["synthetic", "redacted"] = Field(
        default="redacted", description="as the case says; reports show no mail text of a redacted one unless asked"
    )
    error: str | None = None

    must: tuple[str, ...] = Field(description="reasons that must be found")
    may: tuple[str, ...] = ()
    found: tuple[FoundReason, ...] = ()
    slots: tuple[SlotResult, ...] = ()
    claims: tuple[ClaimResult, ...] = Field(
        default=(), description="for rates by invoice; filled by evals/running/turns.py"
    )
    acts: tuple[ActResult, ...] = Field(
        default=(), description="for rates by argument; filled by evals/running/turns.py"
    )
    tools: tuple[str, ...] = ()
    escalate: Literal["must", "may", "never"]
    escalated: bool = False
    verdict: str = ""
    blocked: tuple[str, ...] = Field(default=(), description="outbound rules that forbid the draft")
    subject: str | None = None
    draft: str | None = Field(default=None, description="the answer as the customer would read it")
    state: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    checks: tuple[CheckResult, ...] = ()
    hits: tuple[str, ...] = Field(default=(), description="zero-tolerance checks that were hit, by name")
    opportunities: tuple[str, ...] = Field(default=(), description="zero-tolerance checks that applied to this turn")
    seen: tuple[str, ...] = Field(default=(), description="what was seen of each hit, as `name: what`")
    unanswered: tuple[str, ...] = Field(
        default=(),
        description="questions to which the model gave no usable answer, as `read:invalid`: another reader or the template went on",
    )
    cost: Cost = Cost()

    @property
    def ok(self) -> bool:
        """Say whether everything is as expected."""
        return self.error is None and not self.hits and all(check.ok for check in self.checks)


class RunRecord(_Value):
    """A whole run. `suite_digest` is over every file of the suite; `prompts_digest` over all prompts and schemas."""

    schema_: Literal[1] = Field(default=1, alias="schema", serialization_alias="schema")
    suite: str
    suite_digest: str
    prompts_digest: str
    mode: Mode
    model: str
    agent_version: str
    started: AwareDatetime
    ended: AwareDatetime | None = Field(default=None, description="None: the run was cut off and can be resumed")
    epochs: int = Field(default=1, ge=1)
    command: str = Field(default="", description="the command that made it, as a person would type it again")
    selected: str | None = Field(default=None, description="which part of the suite was run; None: all of it")
    broken: tuple[str, ...] = Field(default=(), description="cases that could not be loaded: file, line and what")
    turns: tuple[TurnResult, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


def read_record(path: Path) -> RunRecord:
    """Read a record. Raises ValueError that names the file."""
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        # Its first line alone: the rest shows what stands in the file.
        raise ValueError(f"{path}: is no record of a run: {str(error).splitlines()[0]}") from error


def write_record(path: Path, record: RunRecord) -> None:
    """Write a record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(record.model_dump_json(indent=1) + "\n", "utf-8")
    part.replace(path)
