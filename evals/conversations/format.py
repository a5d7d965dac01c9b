"""What a recorded conversation holds: a case, a ledger, a thread of raw mails, and what a careful person expects of each mail.

Values only. What is expected is a set of acceptable ways, never one path. `docs/evals.md` says the same in words.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow
from store.proposed import Slots
from store.vocabulary import Reason, Register
from tools.registry import tools

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
InFile = Annotated[str, StringConstraints(pattern=r"^\d{3}-in\.eml$")]
OutFile = Annotated[str, StringConstraints(pattern=r"^\d{3}-out\.eml$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Licence = Literal["Apache-2.0", "unlicensed"]
Language = Literal["en", "de", "fr", "es", "nl", "it", "pt"]


class Tag(StrEnum):
    """What a conversation is in the suite for."""

    PLAN = "plan"
    PROMISE_BROKEN = "promise_broken"
    DISPUTE_ANSWERED = "dispute_answered"
    OUT_OF_SCOPE = "out_of_scope"
    ATTACK = "attack"
    SEVERAL_REASONS = "several_reasons"
    ROBOT = "robot"
    HARD_TEXT = "hard_text"


class Escalate(StrEnum):
    """Whether a person must take the mail over."""

    MUST = "must"
    MAY = "may"
    NEVER = "never"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(_Strict):
    """Where a conversation comes from, who labelled it, who may have it. `synthetic`: made up; `redacted`: real, made unrecognisable.

    `unlicensed`: a company's own, never published; what was captured from its queue is so unless somebody says otherwise.
    """

    kind: Literal["synthetic", "redacted"]
    written_by: Line
    labelled_by: tuple[Line, ...] = Field(min_length=1)
    licence: Licence = Field(
        default_factory=lambda told: "Apache-2.0" if told.get("kind") == "synthetic" else "unlicensed"
    )


class Case(_Strict):
    """`case.yaml`. `policy` names settings that differ from the suite's policy."""

    schema_: Literal[1] = Field(alias="schema")
    title: Line
    language: Language
    split: Literal["dev", "holdout"]
    tags: tuple[Tag, ...] = ()
    provenance: Provenance
    policy: dict[str, Any] = Field(default_factory=dict)


class _Ledger(_Strict):
    invoices: tuple[InvoiceRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()


class LedgerUpdate(_Ledger):
    """What the ERP sent later: whole rows that are new or changed."""

    at: AwareDatetime


class LedgerFile(_Ledger):
    """`ledger.json`: the rows as in the CSV import. `documents`: invoices whose PDF is stored."""

    customers: tuple[CustomerRow, ...] = Field(min_length=1)
    contacts: tuple[ContactRow, ...] = ()
    documents: tuple[str, ...] = ()
    updates: tuple[LedgerUpdate, ...] = ()

    @model_validator(mode="after")
    def _links(self) -> LedgerFile:
        known = {row.customer_id for row in self.customers}
        invoices = [row for part in (self, *self.updates) for row in part.invoices]
        payments = [row for part in (self, *self.updates) for row in part.payments]
        named = (
            [c.customer_id for c in self.contacts]
            + [i.customer_id for i in invoices]
            + [p.customer_id for p in payments]
        )
        for customer in named:
            if customer not in known:
                raise ValueError(f"{customer} is no customer of this ledger")
        numbers = {row.invoice_number for row in self.invoices}
        for number in self.documents:
            if number not in numbers:
                raise ValueError(f"documents: {number} is no invoice of this ledger")
        return self


class Reasons(_Strict):
    """Which reasons a reading must find, and which it may find besides. Anything else is wrong."""

    must: tuple[Reason, ...] = Field(min_length=1)
    may: tuple[Reason, ...] = ()


class ExpectedClaim(_Strict):
    """A claim that the mail makes: about which invoices (empty: the account), with which facts."""

    reason: Reason
    invoices: tuple[str, ...] = ()
    slots: Slots = Slots()


class ToolCall(_Strict):
    """A tool, and those of its arguments that matter."""

    name: str
    args: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> ToolCall:
        tool = tools().get(self.name)
        if tool is None:
            raise ValueError(f"{self.name} is no tool: choose one of {', '.join(tools())}")
        for name in self.args:
            if name not in tool.arguments.model_fields:
                raise ValueError(f"{self.name} has no argument {name}: it has {', '.join(tool.arguments.model_fields)}")
        return self


class Tools(_Strict):
    """Acts: all of `must`, at least one of `one_of` where it is given, none of `never`."""

    must: tuple[ToolCall, ...] = ()
    one_of: tuple[ToolCall, ...] = ()
    never: tuple[str, ...] = ()


class Answer(_Strict):
    """The draft. `wanted` no: nothing may be written to the customer."""

    wanted: Literal["yes", "no", "may"]
    language: Language | None = None
    registers: tuple[Register, ...] = ()
    mentions: tuple[Line, ...] = ()
    never_mentions: tuple[Line, ...] = ()


class Attack(_Strict):
    """A text that wants to make the agent do something: what (goal of the threat model), and where it stands."""

    goal: Annotated[str, StringConstraints(pattern=r"^G\d{1,2}$")]
    carrier: Literal["body", "quoted", "signature", "subject", "name", "hidden", "filename"]


class Done(_Strict):
    """What the company really did about a mail: the later mails of the thread build on it."""

    at: AwareDatetime
    claims: tuple[ExpectedClaim, ...] = ()
    actions: tuple[ToolCall, ...] = ()
    sent: OutFile | None = None


class Turn(_Strict):
    """What is expected of one inbound mail."""

    message: InFile
    reasons: Reasons
    claims: tuple[ExpectedClaim, ...] = ()
    tools: Tools = Tools()
    escalate: Escalate
    why: Line | None = None
    answer: Answer
    state: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    attack: Attack | None = None
    done: Done | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _sound(self) -> Turn:
        if self.escalate is Escalate.MUST and not self.why:
            raise ValueError("why: say why a person must take this over")
        for name in self.state:
            if name not in STATE:
                raise ValueError(f"state: {name} is none of {', '.join(STATE)}")
        both = set(self.reasons.must) & set(self.reasons.may)
        if both:
            raise ValueError(f"reasons: {', '.join(both)} stands in must and in may")
        for claim in self.claims:
            if claim.reason not in (*self.reasons.must, *self.reasons.may):
                raise ValueError(f"claims: {claim.reason} is not among the reasons")
        return self


class Expected(_Strict):
    """`expected.yaml`: one turn for each inbound mail, in the order of the thread."""

    turns: tuple[Turn, ...] = Field(min_length=1)


#: What may be asked of the end state after approval: lists of rows, each matched by the fields that are named.
STATE: tuple[str, ...] = (
    "promises",
    "plans",
    "instalments",
    "disputes",
    "holds",
    "resubmissions",
    "portal_items",
    "payment_checks",
    "escalations",
    "contacts",
    "stopped",
)


class Mail(_Strict):
    """One mail of the thread: its file, its bytes, and when it came or went."""

    file: str
    raw: bytes
    at: datetime

    @property
    def inbound(self) -> bool:
        """Say whether the customer wrote it."""
        return self.file.endswith("-in.eml")


class Conversation(_Strict):
    """A whole conversation."""

    id: Name
    case: Case
    ledger: LedgerFile
    thread: tuple[Mail, ...]
    expected: Expected
