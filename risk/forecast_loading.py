"""Cuts what every account owes into pieces of a forecast: a plan first, then a promise, then what risk says; no invoice twice.

Money that came in already (applied to nothing yet, or shown by the bank) is no cash to come, and neither is what is contested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from risk.forecast import Ground, Piece
from risk.settings import RiskSettings
from risk.standing import NOTHING, Claim, PlannedMoney, PromisedMoney, Standing
from risk.standing_loading import standings
from store.clock import day_in

#: What is assumed of promises before there are any of a customer: so many of them count as if seen, so many as kept.
_WEIGHT, _USUAL = 4.0, 0.7


@dataclass(frozen=True, slots=True)
class ToCome:
    """The pieces, and what is open and contested by currency."""

    today: date
    pieces: tuple[Piece, ...]
    open: dict[str, Decimal]
    disputed: dict[str, Decimal]


def money_of(session: Session, *, now: datetime, settings: RiskSettings) -> ToCome:
    """Load all accounts and cut them into pieces."""
    return cut(standings(session, now=now, settings=settings), today=day_in("UTC", now), settings=settings)


def cut(accounts: Iterable[Standing], *, today: date, settings: RiskSettings) -> ToCome:
    """Cut accounts into pieces; the pieces of an invoice never come to more than what is open of it, uncontested and not here."""
    pieces: list[Piece] = []
    open_: dict[str, Decimal] = defaultdict(Decimal)
    disputed: dict[str, Decimal] = defaultdict(Decimal)
    for account in accounts:
        for claim in account.claims:
            open_[claim.currency] += claim.balance - claim.here
            disputed[claim.currency] += claim.disputed
        pieces += _pieces(account, settings)
    return ToCome(today, tuple(pieces), dict(open_), {c: a for c, a in disputed.items() if a})


def kept_share(account: Standing) -> float:
    """Give how likely this customer keeps a promise: what they kept, drawn to what is usual."""
    seen = account.kept_before + account.broken_before
    return (account.kept_before + _WEIGHT * _USUAL) / (seen + _WEIGHT)


def _pieces(account: Standing, settings: RiskSettings) -> list[Piece]:
    left = {c.number: max(NOTHING, c.balance - c.disputed - c.here) for c in account.claims}
    claims = {c.number: c for c in account.claims}
    found: list[Piece] = []
    for plan in account.plans:
        found += _of_plan(account, plan, claims, left, settings)
    for promise in sorted(account.promises, key=lambda p: (p.due, p.invoices)):
        found += _of_promise(account, promise, claims, left, settings)
    for number, amount in left.items():
        if amount > 0:
            claim = claims[number]
            days = _days(account, claim, after=None)
            comes = settings.recovered_after(float((account.today - claim.due).days))
            found.append(Piece(account.customer, claim.currency, amount, days, comes, Ground.RISK))
    return found


def _of_plan(
    account: Standing, plan: PlannedMoney, claims: dict[str, Claim], left: dict[str, Decimal], settings: RiskSettings
) -> Iterable[Piece]:
    """Lay the instalments over the plan's invoices, the oldest first; what no instalment covers stays for risk."""
    for due, amount in sorted(plan.instalments):
        taken = _take(plan.invoices, plan.currency, amount, claims, left)
        whole = sum((part for _, part in taken), NOTHING)
        if whole > 0:
            late = tuple(due + timedelta(days=more) for more in (7, 14, 30, 60))
            yield from _either(account, plan.currency, whole, (due,), late, Ground.PLAN, settings)


def _of_promise(
    account: Standing,
    promise: PromisedMoney,
    claims: dict[str, Claim],
    left: dict[str, Decimal],
    settings: RiskSettings,
) -> Iterable[Piece]:
    amount = promise.amount if promise.amount is not None else sum(left.values(), NOTHING)
    span = (promise.until - promise.due).days
    in_time = tuple(promise.due + timedelta(days=n) for n in range(span + 1))
    for claim, part in _take(promise.invoices, promise.currency, amount, claims, left):
        late = _days(account, claim, after=promise.until)
        yield from _either(account, promise.currency, part, in_time, late, Ground.PROMISE, settings, claim=claim)


def _either(
    account: Standing,
    currency: str,
    amount: Decimal,
    in_time: tuple[date, ...],
    late: tuple[date, ...],
    ground: Ground,
    settings: RiskSettings,
    *,
    claim: Claim | None = None,
) -> Iterable[Piece]:
    """Say when money comes that was announced: on its days as often as this customer keeps their word, else later or never.

    One piece, its days weighed by repeating them: money is never in two pieces.
    """
    kept = kept_share(account)
    old = float((account.today - claim.due).days) if claim is not None else 0.0
    later = settings.recovered_after(max(30.0, old))
    comes = kept + (1 - kept) * later
    first = round(40 * kept / comes)
    days = tuple(in_time[n % len(in_time)] for n in range(first)) + tuple(
        late[n % len(late)] for n in range(40 - first)
    )
    yield Piece(account.customer, currency, amount, tuple(sorted(days)), comes, ground)


def _take(
    numbers: Iterable[str], currency: str, amount: Decimal, claims: dict[str, Claim], left: dict[str, Decimal]
) -> list[tuple[Claim, Decimal]]:
    """Take an amount out of what is left of these invoices, the oldest first."""
    named = sorted(
        (claims[n] for n in set(numbers) if n in claims and claims[n].currency == currency),
        key=lambda c: (c.due, c.number),
    )
    found = []
    for claim in named:
        part = min(amount, left[claim.number])
        if part > 0:
            found.append((claim, part))
            left[claim.number] -= part
            amount -= part
    return found


def _days(account: Standing, claim: Claim, *, after: date | None) -> tuple[date, ...]:
    """Give the days on which an invoice may be paid; `after`: only later ones, as a promise was broken by then."""
    first = max(account.today, after + timedelta(days=1)) if after else account.today
    days = [claim.due + timedelta(days=n) for n in claim.days]
    later = tuple(day for day in days if day >= first)
    return later or tuple(first + timedelta(days=n) for n in (7, 14, 30, 60))
