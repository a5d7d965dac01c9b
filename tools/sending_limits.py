"""What must hold when a mail leaves, as data: how old an approval, a ledger and a contact may be, and who may word a draft."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SendingLimits(BaseModel):
    """The ages that an approval rests on. Times are hours of the clock, not of business."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval_hours: int = Field(default=72, ge=1, le=72, description="after which an approval no longer holds")
    ledger_hours: int = Field(
        default=24, ge=1, le=168, description="after the last import, nothing leaves until the next"
    )
    contact_rest_hours: int = Field(
        default=24, ge=24, le=336, description="after a contact was verified, a manager approves mail to it"
    )
    reminder_grace_days: int = Field(default=3, ge=0, le=60, description="after the due date, before a reminder")
    processors: tuple[str, ...] = Field(
        default=(),
        description="hosts of model servers with whom there is a contract; empty: the one that is configured",
    )
