"""Interest for late payment and the fixed sums beside it, exact to the cent. Pure functions of the terms that a policy states.

Nothing is claimed unless the policy says so, no rate is guessed for a day that the table does not cover, and no model has a part in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CENT = Decimal("0.01")
#: Also in a leap year (UK county court practice; stated in docs/policy.md).
DAYS_A_YEAR = 365
_HALF_YEAR = re.compile(r"(?:19|20)\d\d-H[12]")


class NotClaimable(ValueError):
    """No interest may be claimed here. The text says why and what to do."""


class FixedSum(BaseModel):
    """A sum for the cost of recovery, for debts of at least `from_amount`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_amount: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    sum: Decimal = Field(ge=0, le=100, decimal_places=2)


class InterestTerms(BaseModel):
    """What may be claimed for late payment. Rates are per cent a year.

    `rate_follows`: `debt`, the rate of the half-year in which interest starts to run stays for the whole debt (UK, SI 2002/1675 art. 4);
    `half_year`, each day has the rate of its own half-year.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: Literal["off", "statutory", "contractual"] = "off"
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$", description="of the fixed sums")
    margin: Decimal = Field(default=Decimal(0), ge=0, le=12, description="points above the reference rate")
    rate_follows: Literal["debt", "half_year"] = "half_year"
    reference: dict[str, Decimal] = Field(default_factory=dict, description="reference rate by half-year: 2025-H1")
    contractual_rate: Decimal | None = Field(default=None, gt=0, le=24)
    fixed_sums: tuple[FixedSum, ...] = ()
    cap_share: Decimal | None = Field(default=None, gt=0, le=1, description="all of it, at most this share of the debt")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key, rate in self.reference.items():
            if not _HALF_YEAR.fullmatch(key):
                raise ValueError(f"reference: {key} is no half-year: write 2025-H1 or 2025-H2")
            if not Decimal(-5) <= rate <= Decimal(25):
                raise ValueError(f"reference: {rate} for {key} is not between -5 and 25 per cent")
        if self.claim == "statutory" and not self.reference:
            raise ValueError("reference: statutory interest needs a table of reference rates")
        if self.claim == "contractual" and self.contractual_rate is None:
            raise ValueError("contractual_rate: is missing: state the rate that the contract names")
        starts = [tier.from_amount for tier in self.fixed_sums]
        if starts and (starts[0] != 0 or any(a >= b for a, b in pairwise(starts))):
            raise ValueError("fixed_sums: from_amount must begin at 0 and rise")
        if any(a.sum > b.sum for a, b in pairwise(self.fixed_sums)):
            raise ValueError("fixed_sums: a larger debt must not have a smaller sum")
        if starts and not self.currency:
            raise ValueError("currency: is missing: name the currency of the fixed sums")
        return self


@dataclass(frozen=True, slots=True)
class RateSpan:
    """Days with one rate, first and last included; the rate is per cent a year."""

    first: date
    last: date
    rate: Decimal

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class LateCharge:
    """What may be claimed on one invoice, with all that a mail must state beside it."""

    currency: str
    interest: Decimal
    fixed: Decimal
    days: int
    spans: tuple[RateSpan, ...]
    capped: bool

    @property
    def total(self) -> Decimal:
        """Interest and fixed sum together."""
        return self.interest + self.fixed


def late_charge(*, principal: Decimal, currency: str, due: date, until: date, terms: InterestTerms) -> LateCharge:
    """Compute simple interest on the open amount from the day after `due` to `until` (included), and the fixed sum.

    Interest is rounded once, at the end, half up. Where the cap of the contract is met, the interest is lowered first, then the
    fixed sum. Raises NotClaimable when the policy claims none, or the table of rates misses a day.
    """
    if terms.claim == "off":
        raise NotClaimable("interest: the policy claims none in this jurisdiction: set interest.claim to change that")
    if principal < 0:
        raise ValueError("principal: is below zero")
    if until <= due or principal == 0:
        return LateCharge(currency=currency, interest=_ZERO, fixed=_ZERO, days=0, spans=(), capped=False)
    spans = _spans(due + timedelta(days=1), until, terms)
    with localcontext(prec=60):
        interest = principal * sum(span.rate * span.days for span in spans) / (100 * DAYS_A_YEAR)
        interest = interest.quantize(CENT, rounding=ROUND_HALF_UP)
        fixed = fixed_sum(principal=principal, currency=currency, terms=terms)
        most = interest + fixed
        if terms.cap_share is not None:
            # A cap is never rounded up.
            most = min(most, (principal * terms.cap_share).quantize(CENT, rounding="ROUND_DOWN"))
        kept = min(fixed, most)
    return LateCharge(
        currency=currency,
        interest=min(interest, most - kept),
        fixed=kept,
        days=(until - due).days,
        spans=spans,
        capped=interest + fixed > most,
    )


def fixed_sum(*, principal: Decimal, currency: str, terms: InterestTerms) -> Decimal:
    """Give the fixed sum of one invoice by its open amount. Raises NotClaimable in another currency than the law's."""
    reached = [tier for tier in terms.fixed_sums if principal >= tier.from_amount]
    if not reached:
        return _ZERO
    if currency != terms.currency:
        raise NotClaimable(f"fixed_sums: are in {terms.currency}, the invoice is in {currency}: a person decides")
    return reached[-1].sum.quantize(CENT)


def half_year(day: date) -> str:
    """Name the half-year of a day, as the reference table does."""
    return f"{day.year:04d}-H{1 if day.month <= 6 else 2}"


_ZERO = Decimal("0.00")


def _spans(first: date, last: date, terms: InterestTerms) -> tuple[RateSpan, ...]:
    if terms.claim == "contractual":
        assert terms.contractual_rate is not None, "the terms are checked"
        return (RateSpan(first, last, terms.contractual_rate),)
    parts = _by_half_year(first, last)
    missing = [half_year(start) for start, _ in parts if half_year(start) not in terms.reference]
    if missing:
        raise NotClaimable(f"reference: the table has no rate for {', '.join(missing)}: add it to the policy")
    spans = tuple(RateSpan(a, b, max(terms.reference[half_year(a)] + terms.margin, Decimal(0))) for a, b in parts)
    return (RateSpan(first, last, spans[0].rate),) if terms.rate_follows == "debt" else spans


def _by_half_year(first: date, last: date) -> list[tuple[date, date]]:
    parts = []
    while first <= last:
        end = min(last, date(first.year, 6, 30) if first.month <= 6 else date(first.year, 12, 31))
        parts.append((first, end))
        first = end + timedelta(days=1)
    return parts
