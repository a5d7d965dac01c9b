"""What a company allows, as data. Limits live in code's hands: none of them is ever shown to a model."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from store.vocabulary import Reason

Share = Annotated[float, Field(ge=0, le=1)]
#: Reasons whose act costs money or an address when the reading is wrong, and that are mistaken most often: measured on
#: writers left out of training, claims from 0.6 on are right in about 84 of 100, from 0.5 on in 80.
_SURER: dict[Reason, float] = {
    Reason.PROMISE_TO_PAY: 0.6,
    Reason.ALREADY_PAID: 0.6,
    Reason.DISPUTE: 0.6,
    Reason.WRONG_CONTACT: 0.6,
}


class PlanLimits(BaseModel):
    """What a payment plan may look like without a manager."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_instalments: int = Field(default=3, ge=2, le=24)
    manager_max_instalments: int = Field(default=6, ge=2, le=36)
    min_instalment: Decimal = Field(default=Decimal("100.00"), gt=0)
    min_instalment_share: Decimal = Field(default=Decimal("0.10"), gt=0, le=1)
    first_due_days: int = Field(default=14, ge=1, le=90)
    last_due_days: int = Field(default=90, ge=1, le=730)
    manager_last_due_days: int = Field(default=180, ge=1, le=730)


class Policy(BaseModel):
    """The limits of every tool and of the agent as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: PlanLimits = PlanLimits()
    promise_grace_days: int = Field(
        default=3, ge=0, le=30, description="days after the promised one before it counts as broken"
    )
    promise_max_days: int = Field(default=60, ge=1, le=365, description="a later date than this is a person's matter")
    answer_within_days: int = Field(default=3, ge=1, le=30, description="when a person's answer is announced for")
    reply_deadline_days: int = Field(default=7, ge=7, le=60, description="how long a customer has to confirm something")
    min_confidence: float = Field(default=0.5, ge=0, le=1, description="a claim below this also goes to a person")
    min_confidence_of: dict[Reason, Share] = Field(
        default_factory=lambda: dict(_SURER),
        description="the same for single reasons; replaces the defaults of all of them",
    )
    manager_above: Decimal = Field(
        default=Decimal("10000.00"), gt=0, description="open balance above which a manager decides"
    )

    def sure_from(self, reason: Reason) -> float:
        """Give the confidence from which a claim of this reason is acted on; below it, it is a person's matter."""
        return self.min_confidence_of.get(reason, self.min_confidence)

    def digest(self) -> str:
        """Hash the policy, as approvals bind it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
