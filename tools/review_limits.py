"""What people may do to many proposals at once."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from store.vocabulary import Reason

#: No other reason may ever be named: what these note or answer costs nothing that a later mail cannot put right.
HARMLESS: frozenset[Reason] = frozenset(
    {
        Reason.ACKNOWLEDGEMENT,
        Reason.AWAITING_APPROVAL,
        Reason.PAYMENT_IN_PROCESS,
        Reason.PROMISE_TO_PAY,
        Reason.QUESTION,
    }
)


class ReviewLimits(BaseModel):
    """Which proposals may be approved together, where nothing else stands against it (docs/review.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bulk_reasons: tuple[Reason, ...] = Field(
        default=(Reason.ACKNOWLEDGEMENT, Reason.PROMISE_TO_PAY, Reason.PAYMENT_IN_PROCESS, Reason.QUESTION),
        description="reasons that may be approved together; empty: none",
    )

    @model_validator(mode="after")
    def _harmless(self) -> Self:
        for reason in self.bulk_reasons:
            if reason not in HARMLESS:
                known = ", ".join(sorted(HARMLESS))
                raise ValueError(f"bulk_reasons: {reason.value} is looked at one by one; together go only {known}")
        return self
