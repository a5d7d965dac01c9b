"""What a simulated conversation gives: the transcript, the decisions, the end of the ledger, and what is right about it. Values only."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from evals.results import CheckResult, Cost, Mode

Side = Literal["customer", "us", "office", "ledger"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Value):
    """One thing that happened: a mail of either side, a decision of the office, money."""

    at: AwareDatetime
    side: Side
    text: str
    subject: str | None = None
    enclosed: tuple[str, ...] = ()


class Proposed(_Value):
    """One proposal of the agent, and what became of it. `by` is None where nobody could approve it."""

    at: AwareDatetime
    woken: str | None = Field(default=None, description="why the case woke, where no mail came")
    reasons: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    escalates: bool = False
    needs_person: str | None = None
    writes: bool = False
    by: str | None = None
    why: str = ""
    reader: str = ""
    writer: str = ""


class Concession(_Value):
    """One plan that was put to the customer: what it grants, what they would have taken, and what the policy allows."""

    status: str
    instalments: int
    first_days: int = Field(description="from the offer to the first payment")
    last_days: int
    discount: Decimal = Field(description="open balance less the plan's sum")
    needed_instalments: int | None = None
    needed_first_days: int | None = None
    most_instalments: int = Field(description="what the policy lets the role grant that approved it")
    over: bool = Field(description="softer than this customer needed")
    breach: str | None = Field(default=None, description="what it breaks of the policy")


class TalkResult(_Value):
    """One conversation. `error`: it was cut off by something that is not the agent's fault, and is not judged."""

    persona: str
    seed: int
    language: str
    player: str
    error: str | None = None
    ended: str = ""
    rounds: int = Field(default=0, description="mails that the customer wrote")
    mails: int = Field(default=0, description="mails that the customer got from us")
    repeated: int = Field(default=0, description="mails of ours that say again what an earlier one said")
    unanswered: int = Field(default=0, description="mails of the customer that got no mail back")
    escalated: bool = False
    over_conceded: bool = False
    checks: tuple[CheckResult, ...] = ()
    hits: tuple[str, ...] = Field(default=(), description="zero-tolerance checks that a mail of ours hit")
    concessions: tuple[Concession, ...] = ()
    proposals: tuple[Proposed, ...] = ()
    transcript: tuple[Entry, ...] = ()
    state: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    paid: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    agent_cost: Cost = Cost()
    player_cost: Cost = Cost()

    @property
    def ok(self) -> bool:
        """Say whether all came out as it should."""
        return self.error is None and not self.hits and all(check.ok for check in self.checks)


class DebtorRecord(_Value):
    """A whole run. `mode` is the agent's; `player` says who played the customer. `rule`: who approved what."""

    schema_: Literal[1] = Field(default=1, alias="schema", serialization_alias="schema")
    mode: Mode
    model: str
    player: str
    agent_version: str
    rule: str
    started: AwareDatetime
    ended: AwareDatetime | None = None
    turns_most: int
    talks: tuple[TalkResult, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


def write_json(path: Path, value: BaseModel) -> None:
    """Write a value, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(value.model_dump_json(indent=1) + "\n", "utf-8")
    part.replace(path)
