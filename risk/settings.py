"""What a company states about risk, the worklist and the forecast of cash: figures, never code."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from risk.acts import EFFECTS, Act

Share = Annotated[float, Field(ge=0, le=1)]
#: Of what is so many days past due, this share is still collected in the end. After the figures that commercial collection
#: agencies publish of their members (Commercial Law League of America: about 0.73 after three months, 0.50 after six, 0.25
#: after a year, 0.10 after two); a beginning, to be replaced by a company's own write-offs.
RECOVERED: dict[int, float] = {0: 0.99, 30: 0.94, 60: 0.85, 90: 0.73, 180: 0.50, 365: 0.25, 730: 0.10}


class RiskSettings(BaseModel):
    """How risk is worked out. `recovered`: share that is still collected, by days past due; between them in a straight line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_settled: int = Field(
        default=200, ge=50, le=100_000, description="so many settled invoices before a model is used"
    )
    recovered: dict[int, Share] = Field(default_factory=lambda: dict(RECOVERED), min_length=1)
    reliable_late_share: Share = Field(
        default=0.25, description="who paid no more than this share of their invoices late, counts as reliable"
    )
    slipping_days: float = Field(
        default=7, ge=1, le=90, description="a reliable payer slips when they pay so many days later than usual"
    )
    forecast_weeks: int = Field(default=13, ge=1, le=52)
    forecast_draws: int = Field(default=2000, ge=200, le=20_000, description="how often the forecast is drawn")
    together: float = Field(
        default=0.5, ge=0, le=0.95, description="how much one customer's invoices come early or late together"
    )
    effects: dict[Act, Share] = Field(default_factory=lambda: dict(EFFECTS), validate_default=True)
    horizon_days: int = Field(
        default=14, ge=7, le=180, description="what comes by itself within so many days needs no act"
    )
    call_after_days: int = Field(default=30, ge=1, le=365, description="past due, when mails stayed unanswered")
    check_ahead_days: int = Field(
        default=7, ge=0, le=60, description="before the due day, where late payment is likely"
    )
    weeks_off: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="by how much whole weeks are off besides: pay days, holidays, a wrong model",
    )
    worklist_least: Decimal = Field(default=Decimal("0.01"), ge=0, description="accounts that gain less are left out")

    @field_validator("effects")
    @classmethod
    def _with_the_others(cls, effects: dict[Act, float]) -> dict[Act, float]:
        return EFFECTS | effects

    @model_validator(mode="after")
    def _falling(self) -> Self:
        ages = sorted(self.recovered.items())
        if ages[0][0] < 0:
            raise ValueError("recovered: days past due are 0 or more")
        if any(later > earlier for (_, earlier), (_, later) in pairwise(ages)):
            raise ValueError("recovered: an older invoice cannot be surer than a younger one")
        return self

    def recovered_after(self, days: float) -> float:
        """Give the share that is still collected of what is so many days past due; the nearest stated age beyond the ends."""
        ages = sorted(self.recovered.items())
        if days <= ages[0][0]:
            return ages[0][1]
        for (before, high), (after, low) in pairwise(ages):
            if days <= after:
                return high + (low - high) * (days - before) / (after - before)
        return ages[-1][1]
