"""How an account stands, for the worklist and the forecast: what is open and free to be asked for, and what already moves. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """One open invoice. `disputed`, `here`: parts of the balance that are contested, or came in already (applied to nothing yet).

    `days`: days late at equally likely levels. `planned`: an agreed plan pays it. `promised`: an open promise names it.
    `paused`: reminders rest. `late`: the probability that it is, or stays, unpaid at its day.
    """

    number: str
    currency: str
    due: date
    balance: Decimal
    disputed: Decimal = NOTHING
    here: Decimal = NOTHING
    planned: bool = False
    promised: bool = False
    paused: bool = False
    late: float = 1.0
    days: tuple[int, ...] = (0,)
    reasons: tuple[str, ...] = ()

    @property
    def free(self) -> Decimal:
        """Give what may be asked for: neither contested, nor here, nor on its way by a promise or a plan, nor paused."""
        if self.planned or self.promised or self.paused:
            return NOTHING
        return max(NOTHING, self.balance - self.disputed - self.here)


@dataclass(frozen=True, slots=True)
class PromisedMoney:
    """An open promise. `amount` None: what is open of its invoices. `until`: the last day on which it is in time."""

    invoices: tuple[str, ...]
    currency: str
    amount: Decimal | None
    due: date
    until: date


@dataclass(frozen=True, slots=True)
class PlannedMoney:
    """What is to come of an agreed plan: its open instalments."""

    invoices: tuple[str, ...]
    currency: str
    instalments: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it stands on `today` (the customer's day).

    `waiting`: proposals that wait for a decision, the oldest first. `broken`: invoices of the latest broken promise or plan.
    `kept_before`, `broken_before`: how many promises ended so. `written`: how many mails of ours they have not answered;
    `written_before`: whether any ever went out. `reachable`: by mail; `otherwise`: what is known for another way, in words.
    """

    customer: str
    name: str
    tier: str
    owner: str
    today: date
    claims: tuple[Claim, ...] = ()
    stopped: bool = False
    reachable: bool = True
    otherwise: tuple[str, ...] = ()
    waiting: tuple[int, ...] = ()
    broken: tuple[str, ...] = ()
    kept_before: int = 0
    broken_before: int = 0
    written: int = 0
    written_before: bool = False
    promises: tuple[PromisedMoney, ...] = ()
    plans: tuple[PlannedMoney, ...] = ()
    slipping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """What is laid over an account's invoices: contested parts, and what came in but was applied to nothing."""

    disputed: Mapping[str, Decimal] = field(default_factory=dict)
    seen: Mapping[str, Decimal] = field(default_factory=dict)
    unapplied: Mapping[str, Decimal] = field(default_factory=dict)


def laid(claims: tuple[Claim, ...], money: Money) -> tuple[Claim, ...]:
    """Lay money over claims: what the bank shows on its invoice, what nobody applied on the oldest ones of its currency."""
    left = dict(money.unapplied)
    found = []
    for claim in sorted(claims, key=lambda c: (c.due, c.number)):
        disputed = min(claim.balance, money.disputed.get(claim.number, NOTHING))
        room = claim.balance - disputed
        seen = min(room, money.seen.get(claim.number, NOTHING))
        unapplied = min(room - seen, left.get(claim.currency, NOTHING))
        left[claim.currency] = left.get(claim.currency, NOTHING) - unapplied
        found.append(replace(claim, disputed=disputed, here=seen + unapplied))
    return tuple(found)
