"""What the agent gives back: claims, actions, a draft, findings. Values only; `store.proposals` keeps them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from store.aftermath import PlanRhythm, PlanStance
from store.vocabulary import (
    DisputeKind,
    DocumentKind,
    IdentityLevel,
    QuestionTopic,
    Reason,
    Register,
    Severity,
    Verdict,
)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Slots(_Value):
    """Facts that a claim carries, resolved by code from the customer's own words."""

    date: dt.date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    reference: str | None = None
    dispute_kind: DisputeKind | None = None
    po_number: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    portal: str | None = None
    document: DocumentKind | None = None
    instalments: int | None = None
    topic: QuestionTopic | None = None
    stance: PlanStance | None = None
    rhythm: PlanRhythm | None = None
    pay_day: int | None = Field(default=None, ge=1, le=31, description="day of the month; 31 for its end")
    down_payment: Decimal | None = None


class Claim(_Value):
    """One reason about one set of invoices. `evidence` is an exact piece of the reply's new text.

    `invoices` empty means the whole account, or unspecified. `flags` names what code found odd
    (for instance `unknown_invoice:INV-1`).
    """

    reason: Reason
    invoices: tuple[str, ...] = ()
    evidence: str
    confidence: float = Field(ge=0, le=1)
    slots: Slots = Slots()
    flags: tuple[str, ...] = ()


class ProposedAction(_Value):
    """One tool call that answers one or more claims (by index), with what approving it will do.

    `declined`: a person left it out of what they approve; it is neither carried out nor told.
    """

    tool: str
    arguments: dict[str, Any]
    claims: tuple[int, ...]
    preview: str
    allowed: tuple[str, ...] = ()
    why: str = ""
    declined: bool = False


class Tone(_Value):
    """How the draft should sound, with the reasons for it in words."""

    register_: Register = Field(default=Register.NEUTRAL, alias="register", serialization_alias="register")
    formal: bool = True
    reasons: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)


class SlotValue(_Value):
    """A filled slot: the expression, the text that stands for it, and where the value comes from."""

    slot: str
    text: str
    source: str


class Paper(_Value):
    """A document that goes along with a mail, other than a stored invoice.

    `stored`: ours, by its hash. `statement` and `corrected_invoice` are rendered from the ledger at approval.
    """

    kind: Literal["stored", "statement", "corrected_invoice"]
    filename: str
    sha256: str | None = None
    invoice_number: str | None = None
    po_number: str | None = None


class Draft(_Value):
    """An answer. `body` holds slots and is what a person edits; `rendered` is what the customer would read."""

    language: str
    subject: str
    body: str
    rendered: str = ""
    slots: tuple[SlotValue, ...] = ()
    recipients: tuple[str, ...] = ()
    attachments: tuple[str, ...] = Field(default=(), description="invoice numbers whose stored PDF goes along")
    papers: tuple[Paper, ...] = ()
    written_by: str = "template"


class Finding(_Value):
    """One outbound rule that a draft breaks."""

    rule: str
    severity: Severity
    text: str


class ModelCall(_Value):
    """One call of a language model, for the record of usage and cost. Never holds the prompt itself."""

    purpose: str
    base_url: str
    model: str
    rung: str
    prompt_sha256: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = None
    latency_ms: int = 0
    outcome: str = "ok"


class Proposal(_Value):
    """What is held for review: everything that the agent understood and suggests for one message."""

    message_id: int
    followup_id: int | None = None
    verdict: Verdict
    identity: IdentityLevel
    claims: tuple[Claim, ...] = ()
    actions: tuple[ProposedAction, ...] = ()
    tone: Tone = Tone()
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    flags: tuple[str, ...] = ()
    reader: str = "none"
    writer: str = "none"
    needs_person: str | None = None
    policy_digest: str = ""
    ledger_digest: str = ""
    calls: tuple[ModelCall, ...] = ()

    @property
    def blocked(self) -> bool:
        """Say whether the draft breaks a rule that forbids approval."""
        return any(f.severity is Severity.BLOCK for f in self.findings)
