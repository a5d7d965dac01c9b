"""A made-up company with several kinds of payers, whose true chances are known: what no model can do better than is known too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from risk.bills import NEVER, Bill, Book

Floats = NDArray[np.float64]
FIRST = date(2023, 1, 2)
DAYS = 3 * 365
#: So often each invoice is drawn to learn its true chance of being late, and its true middle.
_DRAWS = 101
KINDS = ("punctual", "weekly run", "month end", "slow", "erratic", "slipping", "by amount")
_SHARES = (0.25, 0.2, 0.15, 0.15, 0.1, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Company:
    """A book that is settled to its end, with the truth of each invoice by number: chance of being late, middle of days late."""

    book: Book
    late: dict[str, float]
    middle: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Payer:
    name: str
    kind: str
    base: float
    spread: float
    terms: int
    typical: float
    turn: int


def company(*, invoices: int = 40_000, customers: int = 600, seed: int = 7) -> Company:
    """Make it up; the same seed gives the same company."""
    random = np.random.default_rng(seed)
    payers = [_payer(n, random) for n in range(customers)]
    weights = random.pareto(1.5, customers) + 0.3
    who = random.choice(customers, size=invoices, p=weights / weights.sum())
    when = np.sort(random.integers(0, DAYS, size=invoices))
    bills: list[Bill] = []
    late: dict[str, float] = {}
    middle: dict[str, float] = {}
    for n in range(invoices):
        payer, day = payers[who[n]], int(when[n])
        amount = round(float(payer.typical * np.exp(random.normal(0, 0.6))), 2)
        issued = FIRST + timedelta(days=day)
        due = issued + timedelta(days=payer.terms)
        draws = _draws(payer, amount=amount, due=due, day=day, random=random)
        number = f"S{n:06d}"
        late[number], middle[number] = float((draws > 0).mean()), float(np.median(draws))
        settled = max(issued, due + timedelta(days=int(draws[0])))
        bills.append(Bill(number, payer.name, payer.kind[:1], "EUR", amount, issued, due, settled))
    return Company(Book(bills), late, middle)


def known_on(book: Book, day: date) -> Book:
    """Give a book as it was known when a day began: nothing issued, settled or told from that day on."""
    bills = [
        Bill(
            b.number,
            b.customer,
            b.segment,
            b.currency,
            b.amount,
            b.issued,
            b.due,
            b.settled if b.settled < day else NEVER,
        )
        for b in book.bills
        if b.issued < day
    ]
    return Book(
        bills,
        broken=[t for t in book.broken if t.known_on < day],
        disputes=[t for t in book.disputes if t.known_on < day],
        since=book.since,
    )


def _payer(n: int, random: np.random.Generator) -> _Payer:
    return _Payer(
        name=f"P{n:04d}",
        kind=str(random.choice(KINDS, p=_SHARES)),
        base=float(random.normal(0, 2)),
        spread=float(random.uniform(1.0, 3.0)),
        terms=int(random.choice((14, 30, 30, 45, 60))),
        typical=float(np.exp(random.normal(7, 1))),
        turn=int(random.integers(DAYS // 3, DAYS)),
    )


def _draws(payer: _Payer, *, amount: float, due: date, day: int, random: np.random.Generator) -> Floats:
    """Draw days late, whole days; the first draw is what happens."""
    noise = random.normal(0, payer.spread, _DRAWS)
    days: Floats
    match payer.kind:
        case "punctual":
            days = -2 + payer.base + noise
        case "weekly run":
            days = ((3 - due.weekday()) % 7 + 7.0 * (random.random(_DRAWS) < 0.1)).astype(np.float64)
        case "month end":
            following = date(due.year + due.month // 12, due.month % 12 + 1, 1)
            days = ((following - due).days - 1 + np.abs(noise) / 2).astype(np.float64)
        case "slow":
            days = 12 + 2 * payer.base + 1.5 * noise
        case "erratic":
            days = np.where(random.random(_DRAWS) < 0.6, noise, 20 + 2.5 * noise)
        case "slipping":
            days = payer.base + noise + (15 if day > payer.turn else 0)
        case _:
            days = -3 + payer.base + noise + (12 if amount > 1.5 * payer.typical else 0)
    return np.clip(np.round(days), -payer.terms, 300).astype(np.float64)
