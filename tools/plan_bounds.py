"""What a payment plan must keep: the limits of a role for one total on one day, and what a schedule breaks of them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from babel.numbers import get_currency_precision

from tools.approval import Approver, limits_of
from tools.limits import Policy

#: Payments closer together than this are no plan.
SHORTEST_GAP = 7


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: when, and how much."""

    due: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a schedule over `total` must keep, from `today`.

    `most`: payments. `smallest`: each of them at least. `down`: the first at least. All in coins of `unit`.
    """

    total: Decimal
    unit: Decimal
    today: dt.date
    most: int
    smallest: Decimal
    down: Decimal
    first_by: dt.date
    last_by: dt.date


def unit_of(total: Decimal, currency: str) -> Decimal:
    """Give the smallest coin that a sum can be split into: the currency's, or a smaller one that the sum already has."""
    exponent = total.normalize().as_tuple().exponent
    digits = max(get_currency_precision(currency), -exponent if isinstance(exponent, int) else 0)
    return Decimal(1).scaleb(-digits)


def bounds_for(
    total: Decimal, currency: str, *, policy: Policy, today: dt.date, role: Approver = Approver.COLLECTOR
) -> Bounds:
    """Give what a role may grant on its own for a total."""
    plan, limits, unit = policy.plan, limits_of(role, policy), unit_of(total, currency)
    return Bounds(
        total=total,
        unit=unit,
        today=today,
        most=limits.instalments,
        smallest=max(
            plan.min_instalment.quantize(unit, rounding=ROUND_CEILING),
            (total * plan.min_instalment_share).quantize(unit, rounding=ROUND_FLOOR),
        ),
        down=(total * plan.down_payment_share).quantize(unit, rounding=ROUND_CEILING),
        first_by=today + dt.timedelta(days=plan.first_due_days),
        last_by=today + dt.timedelta(days=limits.last_due_days),
    )


def faults(schedule: Sequence[Payment], bounds: Bounds) -> list[str]:
    """List every limit that a schedule breaks, in words for a person."""
    if len(schedule) < 2:
        return ["a plan has at least two instalments"]
    amounts, days = [p.amount for p in schedule], [p.due for p in schedule]
    rest = amounts if amounts[0] - min(amounts) <= bounds.unit else amounts[1:]
    tests = (
        (sum(amounts) == bounds.total, "the instalments do not add up to the open balance"),
        (max(rest) - min(rest) <= bounds.unit, "the instalments are not equal within one cent"),
        (amounts[0] >= min(rest), "the first instalment is smaller than the others"),
        (len(amounts) <= bounds.most, f"more than {bounds.most} instalments"),
        (min(amounts) >= bounds.smallest, f"an instalment is below {bounds.smallest}"),
        (amounts[0] >= bounds.down, f"the first instalment is below {bounds.down}"),
        (days == sorted(set(days)), "the due dates are not in order"),
        (days[0] > bounds.today, "the first instalment is not in the future"),
        (all((b - a).days >= SHORTEST_GAP for a, b in pairwise(days)), "the instalments are less than a week apart"),
        (days[0] <= bounds.first_by, f"the first instalment is later than {bounds.first_by}"),
        (days[-1] <= bounds.last_by, f"the last instalment is later than {bounds.last_by}"),
    )
    return [text for holds, text in tests if not holds]
