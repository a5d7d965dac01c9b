"""What a company's policy says about the last steps: who signs, what outside help costs and brings. Data; no figure is shown to a model.

The shares of recovery are starting points for business debts and no promise: replace them with your own experience.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Part = Annotated[Decimal, Field(ge=0, le=1)]


class RecoveryBand(BaseModel):
    """What may be expected of a claim that is so many days past due: shares of it that come in, and what an agency keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_days: int = Field(ge=0, le=3650)
    keep_trying: Part
    agency: Part
    attorney: Part
    agency_rate: Annotated[Decimal, Field(ge=0, le=Decimal("0.60"), description="contingency: kept of what comes in")]


def _bands() -> tuple[RecoveryBand, ...]:
    shares = (
        (0, "0.90", "0.85", "0.85", "0.25"),
        (91, "0.60", "0.70", "0.72", "0.25"),
        (181, "0.35", "0.50", "0.55", "0.30"),
        (366, "0.15", "0.30", "0.40", "0.40"),
        (731, "0.05", "0.15", "0.25", "0.50"),
    )
    return tuple(
        RecoveryBand(
            from_days=days,
            keep_trying=Decimal(own),
            agency=Decimal(theirs),
            attorney=Decimal(law),
            agency_rate=Decimal(rate),
        )
        for days, own, theirs, law, rate in shares
    )


class LastResortLimits(BaseModel):
    """Account holds, settlements, hand-offs and write-offs. Sums carry no currency, as everywhere in a policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settlement_two_above: Decimal = Field(
        default=Decimal("1000.00"), ge=0, description="given away by a settlement, above which two persons approve"
    )
    settlement_days: int = Field(
        default=60, ge=1, le=365, description="the sum of a settlement is paid within so many days"
    )
    write_off_two_above: Decimal = Field(
        default=Decimal("1000.00"), ge=0, description="written off, above which two persons approve"
    )
    limitation_warn_days: int = Field(
        default=180, ge=0, le=730, description="so long before the limitation of a claim its hand-off is urgent"
    )
    own_cost: Decimal = Field(default=Decimal("60.00"), ge=0, description="what keeping on asking costs us, a claim")
    attorney_rate: Annotated[Decimal, Field(ge=0, le=Decimal("0.60"))] = Decimal("0.33")
    attorney_cost: Decimal = Field(default=Decimal("450.00"), ge=0, description="fees that are due whatever comes in")
    recovery: tuple[RecoveryBand, ...] = Field(default_factory=_bands, min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [band.from_days for band in self.recovery]
        if days[0] != 0 or any(a >= b for a, b in pairwise(days)):
            raise ValueError("recovery: from_days must begin at 0 and rise")
        return self

    def band(self, days_overdue: int) -> RecoveryBand:
        """Give what may be expected of a claim so many days past due."""
        return [band for band in self.recovery if band.from_days <= max(0, days_overdue)][-1]
