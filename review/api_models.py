"""What the JSON API answers with: typed, with money as decimal strings beside their currency, and times in UTC (ISO 8601).

Values only. What is sent to the API stands in `review.api_requests`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from store.vocabulary import ProposalStatus, SendState, Severity

#: A decimal that travels as text, so that no reader makes a float of it.
Amount = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["448.00"]}),
]


class Answer(BaseModel):
    """The base of every answer: closed and unchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Answer):
    """An amount in one currency."""

    amount: Amount
    currency: str = Field(description="ISO 4217; empty where the source names none")


class FindingOut(Answer):
    """An outbound rule that a draft breaks. `block` cannot be approved, `manager` needs a manager, `warn` is told."""

    rule: str = Field(examples=["R-TIM-01"])
    severity: Severity
    text: str


class Problem(Answer):
    """What went wrong (RFC 9457): one clear line in `detail`."""

    type: str = Field(
        description="`urn:dunwell:stale`, `urn:dunwell:blocked`, ...; `about:blank` where the status says it all"
    )
    title: str
    status: int
    detail: str = Field(description="what happened, and what to do")
    findings: list[FindingOut] | None = Field(default=None, description="for `blocked`: the rules that forbid it")


class CustomerRef(Answer):
    """A customer's number and name."""

    id: str
    name: str


class Attachment(Answer):
    """An attachment by name; the API does not hand out its content."""

    filename: str
    content_type: str
    size: int = Field(description="bytes")


class MailOut(Answer):
    """A customer's mail as it was read: plain text, never HTML."""

    id: int
    mailbox: str
    received_at: datetime
    from_address: str | None
    from_name: str
    to: list[str]
    subject: str
    text: str = Field(description="what is new in this mail")
    quoted: str
    signature: str
    kind: str
    flags: list[str]
    attachments: list[Attachment]


class FirstOut(Answer):
    """Why we write first: a step of a cadence. Then the mail is a note of ours of kind `outreach`, and nobody claimed anything."""

    step: str
    channel: str
    day: date = Field(description="the customer's day for which it was planned")
    invoices: list[str]
    why: str


class ClaimOut(Answer):
    """One reason about one set of invoices. `invoices` empty: the whole account, or unspecified."""

    reason: str
    invoices: list[str]
    evidence: str = Field(description="an exact piece of the mail's new text")
    confidence: float = Field(ge=0, le=1)
    slots: dict[str, str] = Field(description="dates, amounts and other facts, as text")
    flags: list[str]


class ActionOut(Answer):
    """What approving will do. `position` names it in `choose`; `declined`: left out by a person."""

    position: int
    tool: str
    preview: str
    claims: list[int]
    allowed: list[str]
    why: str
    declined: bool


class SlotOut(Answer):
    """A value that code filled into the draft, and where it comes from."""

    slot: str
    text: str
    source: str


class DraftOut(Answer):
    """The answer. `body` holds slots and is what `edit` takes; `rendered` is what the customer would read."""

    language: str
    subject: str
    body: str
    rendered: str
    slots: list[SlotOut]
    recipients: list[str]
    files: list[str]
    written_by: str


class InvoiceOut(Answer):
    """An open invoice."""

    number: str
    issue_date: date
    due_date: date
    days_overdue: int
    amount: Money
    balance: Money
    disputed: Money
    po_number: str
    held_until: date | None


class OutgoingOut(Answer):
    """What became of an approved mail."""

    id: int
    state: SendState
    recipients: list[str]
    message_id: str
    next_attempt_at: datetime | None = Field(description="for a mail that waits: when it leaves or is tried again")
    error: str | None
    sent_at: datetime | None


class EffectOut(Answer):
    """What an approval did."""

    position: int
    tool: str
    text: str
    applied_at: datetime


class ItemSummary(Answer):
    """One line of the queue."""

    id: int
    version: int = Field(description="send it back with every decision: an older one is refused (409)")
    status: ProposalStatus
    customer: CustomerRef | None
    subject: str
    received_at: datetime
    created_at: datetime
    reasons: list[str]
    flags: list[str]
    proposed: list[str] = Field(description="what approving would do, in words")
    open: list[Money] = Field(description="what is open on the invoices in question, by currency")
    blocked: bool = Field(description="a rule forbids approving the draft as it stands")
    needs_person: str | None
    approved_first_by: str | None = Field(description="the first of two who must approve")
    decided_by: str | None
    decided_at: datetime | None


class ItemList(Answer):
    """A page of the list. Give `next_cursor` as `cursor` for the next one; it is null on the last."""

    items: list[ItemSummary]
    next_cursor: str | None


class ItemOut(ItemSummary):
    """One item with all that is known of it."""

    verdict: str
    identity: str = Field(description="how sure we are who wrote: A and B are proven, C and D get no figures")
    mail: MailOut
    first: FirstOut | None = Field(default=None, description="set where nobody wrote before us")
    claims: list[ClaimOut]
    actions: list[ActionOut]
    tone: str
    tone_reasons: list[str]
    draft: DraftOut | None
    findings: list[FindingOut]
    to_acknowledge: list[str] = Field(description="serious flags: `approve` wants a reason for each")
    invoices: list[InvoiceOut]
    reader: str
    writer: str
    decision: str | None
    void_reason: str | None
    outgoing: OutgoingOut | None
    effects: list[EffectOut]


class PreviewOut(Answer):
    """A draft as it would be saved."""

    draft: DraftOut
    findings: list[FindingOut]
    blocked: bool


class Decided(Answer):
    """Where an item stands after a decision."""

    id: int
    version: int
    status: ProposalStatus
    findings: list[FindingOut] = Field(
        default_factory=list, description="after `edit`: what the rules say of the new words"
    )
    waits_for_second: bool = Field(default=False, description="a second person has to approve as well")


class Done(Answer):
    """It is done."""

    ok: bool = True
