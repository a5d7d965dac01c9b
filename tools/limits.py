"""What a company allows, as data. Limits live in code's hands: none of them is ever shown to a model."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from store.keeping_days import KeepingDays
from store.vocabulary import Reason
from tools.autonomy import Autonomy
from tools.jurisdiction import STRICT, Jurisdiction, laid_over
from tools.last_resort_limits import LastResortLimits
from tools.processing import ProcessingDays
from tools.review_limits import ReviewLimits
from tools.sending_limits import SendingLimits

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
    controller_max_instalments: int = Field(default=12, ge=2, le=36)
    controller_last_due_days: int = Field(default=180, ge=1, le=730)
    down_payment_share: Decimal = Field(default=Decimal(0), ge=0, le=Decimal("0.9"))
    broken_pause_days: int = Field(default=180, ge=0, le=3650)
    rounds: int = Field(default=3, ge=1, le=10)

    @model_validator(mode="after")
    def _no_role_above_the_next(self) -> Self:
        # Only what was stated is compared: a limit that was left out rises with the one below it (tools/approval.py).
        for what in ("max_instalments", "last_due_days"):
            stated = [n for n in (what, f"manager_{what}", f"controller_{what}") if n in self.model_fields_set]
            for lower, higher in pairwise(stated):
                if getattr(self, lower) > getattr(self, higher):
                    raise ValueError(f"{higher}: is below {lower}: a higher role may not have the smaller limit")
        if {"first_due_days", "last_due_days"} <= self.model_fields_set and self.first_due_days >= self.last_due_days:
            raise ValueError("last_due_days: must be after first_due_days")
        return self


class Concessions(BaseModel):
    """How much of an open balance may be given away, as a share, by whom. A collector and a model: nothing, on any policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collector: Decimal = Field(default=Decimal(0), description="always 0")
    manager: Decimal = Field(default=Decimal("0.05"), ge=0, le=Decimal("0.10"))
    controller: Decimal = Field(default=Decimal("0.20"), ge=0, le=Decimal("0.50"), description="with a second person")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.collector != 0:
            raise ValueError("collector: must be 0: a collector gives nothing away, a manager decides")
        if self.manager > self.controller:
            raise ValueError("controller: is below manager: a higher role may not have the smaller limit")
        return self


class HoldLimits(BaseModel):
    """How long reminders may rest on a customer's word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_in_process_days: int = Field(default=10, ge=1, le=60, description="the next payment run, and the bank")
    awaiting_approval_days: int = Field(default=7, ge=1, le=60, description="a signature, a goods receipt")
    acknowledgement_days: int = Field(default=5, ge=1, le=60, description="somebody looks into it")
    absence_days: int = Field(default=1, ge=0, le=14, description="after the last day of an absence")
    max_days: int = Field(default=21, ge=1, le=90, description="never longer than this, whatever the customer says")
    times: int = Field(default=2, ge=1, le=10, description="after so many mails of one kind a person looks")

    def days_for(self, reason: Reason) -> int | None:
        """Give the days of a reason's pause; None where it rests on a day that the customer names, or there is none."""
        return {
            Reason.PAYMENT_IN_PROCESS: self.payment_in_process_days,
            Reason.AWAITING_APPROVAL: self.awaiting_approval_days,
            Reason.ACKNOWLEDGEMENT: self.acknowledgement_days,
        }.get(reason)


class CashLimits(BaseModel):
    """How the cash that a customer says they paid is looked for, and how long reminders rest meanwhile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claimed_paid_pause_days: int = Field(
        default=5, ge=1, le=10, description="the longest that a mere word about a payment pauses reminders"
    )
    tolerance: Decimal = Field(
        default=Decimal("15.00"),
        ge=0,
        le=100,
        description="bank charges, of a claimed or a promised payment, but never more than the share below",
    )
    tolerance_share: Decimal = Field(default=Decimal("0.005"), ge=0, le=Decimal("0.05"), description="of the amount")
    window_days: int = Field(
        default=7, ge=0, le=31, description="between the day that the customer names and the receipt"
    )
    discount_share: Decimal = Field(
        default=Decimal("0.03"), ge=0, le=Decimal("0.05"), description="early-payment discount that may be kept back"
    )
    discount_days: int = Field(
        default=20, ge=0, le=90, description="after the invoice's date, until when that discount may be taken"
    )


class Policy(BaseModel):
    """The limits of every tool and of the agent as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(default="default-1", min_length=1, max_length=40, description="your name for this state of it")
    plan: PlanLimits = PlanLimits()
    concessions: Concessions = Concessions()
    autonomy: Autonomy = Autonomy()
    jurisdiction: str = Field(default=STRICT, description="the profile of every customer")
    jurisdictions: Annotated[dict[str, Jurisdiction], BeforeValidator(laid_over)] = Field(
        default_factory=dict, validate_default=True
    )
    hold: HoldLimits = HoldLimits()
    cash: CashLimits = CashLimits()
    sending: SendingLimits = SendingLimits()
    review: ReviewLimits = ReviewLimits()
    last_resort: LastResortLimits = LastResortLimits()
    promise_grace_days: int = Field(
        default=3, ge=0, le=30, description="days after the promised one before it counts as broken"
    )
    promise_processing_days: ProcessingDays = ProcessingDays()
    unapplied_wait_days: int = Field(
        default=7, ge=0, le=30, description="money that nobody applied yet may be what was promised: so much longer"
    )
    plan_remind_days: int = Field(default=3, ge=0, le=14, description="before an instalment of a plan is due")
    promise_max_days: int = Field(default=60, ge=1, le=365, description="a later date than this is a person's matter")
    answer_within_days: int = Field(default=3, ge=1, le=30, description="when a person's answer is announced for")
    dispute_days: int = Field(default=14, ge=1, le=60, description="by when a dispute is settled by its owner")
    reply_deadline_days: int = Field(default=7, ge=7, le=60, description="how long a customer has to confirm something")
    resubmission_answer_days: int = Field(
        default=7, ge=1, le=60, description="after an invoice was sent again, until its case wakes unanswered"
    )
    ask_back_times: int = Field(
        default=1, ge=1, le=5, description="how often one case is asked back before a person looks"
    )
    min_confidence: float = Field(default=0.5, ge=0, le=1, description="a claim below this also goes to a person")
    min_confidence_of: dict[Reason, Share] = Field(
        default_factory=lambda: dict(_SURER),
        description="the same for single reasons; replaces the defaults of all of them",
    )
    manager_above: Decimal = Field(
        default=Decimal("10000.00"), gt=0, description="open balance above which a manager decides"
    )
    controller_above: Decimal = Field(
        default=Decimal("100000.00"),
        gt=0,
        description="open balance above which a controller and a second person decide",
    )

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        if self.jurisdiction not in self.jurisdictions:
            raise ValueError(f"jurisdiction: {self.jurisdiction} is none of {', '.join(sorted(self.jurisdictions))}")
        if self.autonomy.open and self.autonomy.medium_up_to > self.manager_above:
            raise ValueError("autonomy.medium_up_to: is above manager_above: what a manager decides is never automatic")
        if "controller_above" in self.model_fields_set and self.controller_above < self.manager_above:
            raise ValueError("controller_above: is below manager_above")
        return self

    def profile(self, name: str | None = None) -> Jurisdiction:
        """Give a jurisdiction profile by name, by default that of the company. Raises KeyError for a name that there is not."""
        return self.jurisdictions[name or self.jurisdiction]

    def keeping_days(self) -> KeepingDays:
        """Give the days, and the bank charges, by which promises, plans and answers are judged (`store.keeping`)."""
        return KeepingDays(
            grace=self.promise_grace_days,
            unapplied_wait=self.unapplied_wait_days,
            remind=self.plan_remind_days,
            resubmission_answer=self.resubmission_answer_days,
            answer=self.reply_deadline_days,
            processing=self.promise_processing_days.by_method(),
            charges=self.cash.tolerance,
            charges_share=self.cash.tolerance_share,
        )

    def sure_from(self, reason: Reason) -> float:
        """Give the confidence from which a claim of this reason is acted on; below it, it is a person's matter."""
        return self.min_confidence_of.get(reason, self.min_confidence)

    def digest(self) -> str:
        """Hash the policy, as approvals bind it."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
