"""What a claim may still bring, by each way: keep trying, an agency, an attorney, write it off. Pure figures from the policy's shares.

An estimate and a recommendation, never a decision: the shares are the policy's, and the reasons stand beside the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from store.facts import InvoiceFacts
from store.last_resort import uncontested
from tools.last_resort_limits import LastResortLimits

_CENT = Decimal("0.01")


class Way(StrEnum):
    """What can be done with a claim."""

    KEEP_TRYING = "keep_trying"
    AGENCY = "agency"
    ATTORNEY = "attorney"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Expected:
    """One way in figures, in one currency: what may come in, what it costs, what is left for us."""

    way: Way
    comes_in: Decimal
    costs: Decimal

    @property
    def left(self) -> Decimal:
        """What stays with us."""
        return self.comes_in - self.costs


@dataclass(frozen=True, slots=True)
class Comparison:
    """All ways of one currency, with the best of them and why."""

    currency: str
    claim: Decimal
    oldest_days: int
    ways: tuple[Expected, ...]
    best: Way
    why: tuple[str, ...]

    def of(self, way: Way) -> Expected:
        """Give one way."""
        return next(one for one in self.ways if one.way is way)


def compare(invoices: Sequence[InvoiceFacts], *, today: date, limits: LastResortLimits) -> list[Comparison]:
    """Compare the ways for these invoices, each currency by itself; what is contested counts for nothing."""
    currencies = sorted({invoice.currency for invoice in invoices})
    return [_compare([i for i in invoices if i.currency == c], c, today=today, limits=limits) for c in currencies]


def _compare(invoices: Sequence[InvoiceFacts], currency: str, *, today: date, limits: LastResortLimits) -> Comparison:
    own = agency = fee = law = claim = Decimal(0)
    for invoice in invoices:
        part, band = uncontested(invoice), limits.band(invoice.days_overdue(today))
        claim += part
        own += part * band.keep_trying
        agency += part * band.agency
        fee += part * band.agency * band.agency_rate
        law += part * band.attorney
    ways = (
        Expected(Way.KEEP_TRYING, _cents(own), limits.own_cost),
        Expected(Way.AGENCY, _cents(agency), _cents(fee)),
        Expected(Way.ATTORNEY, _cents(law), _cents(law * limits.attorney_rate + limits.attorney_cost)),
        Expected(Way.WRITE_OFF, Decimal("0.00"), Decimal("0.00")),
    )
    best = max(ways, key=lambda one: (one.left, one.way is Way.WRITE_OFF))
    oldest = max((i.days_overdue(today) for i in invoices), default=0)
    return Comparison(currency, claim, oldest, ways, best.way, _why(ways, best, oldest, currency, limits))


def _why(
    ways: Sequence[Expected], best: Expected, oldest: int, currency: str, limits: LastResortLimits
) -> tuple[str, ...]:
    band = limits.band(oldest)
    second = max((one for one in ways if one is not best), key=lambda one: one.left)
    said = [
        f"the oldest invoice is {oldest} days past due: by the policy {band.keep_trying:.0%} of such a claim comes in when we "
        f"keep trying, {band.agency:.0%} through an agency that keeps {band.agency_rate:.0%}, {band.attorney:.0%} through an attorney"
    ]
    if best.way is Way.WRITE_OFF:
        return (*said, "every other way costs more than it may bring")
    ahead = best.left - second.left
    other = second.way.value.replace("_", " ")
    said.append(f"{currency} {best.left:,.2f} may be left, {ahead:,.2f} more than by the next best way ({other})")
    return tuple(said)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
