"""What the JSON API tells and takes of the last steps. Closed models; money as decimal text beside its currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from review.api_models import Answer, CustomerRef, Money
from review.api_requests import Note, Version
from review.last_resort_looking import Step
from store.aftermath import Cause
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Ending, Ground, Receiver, Standing
from store.outreach_words import LastResort

_Invoice = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
_Amount = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]


class Asked(BaseModel):
    """The base of what is sent: closed, so that a misspelt field is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LastStepOut(Answer):
    """One last step as it stands."""

    id: int
    customer: CustomerRef
    kind: LastResort
    status: Standing
    version: int
    invoices: list[str]
    claim: Money = Field(description="open and uncontested when it was proposed")
    amount: Money | None = Field(description="what a settlement accepts, or what is written off")
    pay_by: date | None
    cause: str | None
    reason: str
    note: str
    proposed_by: str
    proposed_at: datetime
    approved_first_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    carried_out_at: datetime | None
    receiver: str | None
    packet_sha256: str | None = Field(description="of the packet that was handed over")
    end_proposed_at: datetime | None
    end_reason: str | None
    ended_by: str | None
    ended_at: datetime | None


class LastStepList(Answer):
    """Last steps, the newest first."""

    steps: list[LastStepOut]
    total: int
    page: int


class WayOut(Answer):
    """One way to collect, in figures: estimates by the policy's shares."""

    way: str
    comes_in: Money
    costs: Money
    left: Money
    recommended: bool


class LastStepWhole(Answer):
    """One last step with what a decision rests on."""

    step: LastStepOut
    claim_today: Money
    approves: str | None = Field(description="the role that approves; null where the policy lets nobody")
    two_persons: bool
    why: list[str]
    ways: list[WayOut]
    refused: list[str] = Field(description="what stands against a hand-off")
    said: list[str]
    suggestions: list[str] = Field(description="for a review: three ways, the most fitting first")
    packet: str | None = Field(description="SHA-256 of the packet as it would be handed over today")


class ProposeIn(Asked):
    """A last step to propose. Without `invoices`: all that is open and uncontested."""

    kind: LastResort
    invoices: Annotated[list[_Invoice], Field(max_length=1000)] = Field(default_factory=list)
    why: Ground = Ground.JUDGEMENT
    note: Note = ""
    amount: _Amount | None = None
    pay_by: date | None = None
    cause: Cause | None = None


class SeenIn(Asked):
    """The version that was looked at."""

    version: Version


class RefuseIn(Asked):
    """A refusal, with its reason in one's own words."""

    version: Version
    note: Note


class ReviseIn(Asked):
    """Another sum, day or cause."""

    version: Version
    amount: _Amount | None = None
    pay_by: date | None = None
    cause: Cause | None = None


class HandOverIn(Asked):
    """To whom which packet was handed."""

    receiver: Receiver
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class EndIn(Asked):
    """Why it ends."""

    note: Note = ""
    why: Ending | None = None


class ApprovedOut(Answer):
    """`approved` false: a second person has to approve as well."""

    approved: bool


class ProposedOut(Answer):
    """The number of what was proposed."""

    id: int


def whole_out(step: Step) -> LastStepWhole:
    """Tell a last step with what a decision rests on."""
    packet = step.packet
    return LastStepWhole(
        step=step_out(step.row, step.customer),
        claim_today=Money(amount=step.claim, currency=step.row.currency),
        approves=step.needed.role.value if step.needed.role else None,
        two_persons=step.needed.two,
        why=list(step.needed.why),
        ways=[
            WayOut(
                way=way.way.value,
                comes_in=Money(amount=way.comes_in, currency=one.currency),
                costs=Money(amount=way.costs, currency=one.currency),
                left=Money(amount=way.left, currency=one.currency),
                recommended=way.way is one.best,
            )
            for one in (packet.compared if packet else ())
            for way in one.ways
        ],
        refused=list(packet.refused) if packet else [],
        said=list(packet.said) if packet else [],
        suggestions=[f"{one.way.value}: {one.why}" for one in step.ways],
        packet=packet.sha256 if packet and step.row.kind == LastResort.HAND_OFF else None,
    )


def step_out(row: LastResortRow, customer: str) -> LastStepOut:
    """Tell a last step as it stands."""
    return LastStepOut(
        id=row.id or 0,
        customer=CustomerRef(id=row.customer_id, name=customer),
        kind=LastResort(row.kind),
        status=Standing(row.status),
        claim=Money(amount=row.claim, currency=row.currency),
        amount=Money(amount=row.amount, currency=row.currency) if row.amount is not None else None,
        **row.model_dump(
            include={
                *("version", "invoices", "pay_by", "cause", "reason", "note", "proposed_by", "proposed_at"),
                *("approved_first_by", "approved_by", "approved_at", "carried_out_at", "receiver", "packet_sha256"),
                *("end_proposed_at", "end_reason", "ended_by", "ended_at"),
            }
        ),
    )
