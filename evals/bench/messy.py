"""Writes the open items of a company that does not exist the way that an ERP of ours would not: load for machines, from a seed.

Misspelt headings, numbers as floats, two date formats, marks of thousands, blank lines, page totals, rows that stand twice, and
rows of which two contradict each other or that cannot be read. `Messy` says what must come of it.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

HEADINGS = (
    "Debitor Nr.",
    "Customr Name",
    "E-Mail",
    "Rechnungs-Nr",
    "Belegdatum",
    "Faellig am",
    "Rechnugsbetrag",
    "Offener Betrag",
    "Währung",
    "Bestellnumer",
)
_CODES = ("EUR", "EUR", "EUR", "GBP", "CHF")
#: One line in so many of each kind.
_BLANK, _SUM, _TWICE, _CONTRADICTS, _BROKEN = 97, 500, 250, 2000, 1000


@dataclass(slots=True)
class Messy:
    """What a file holds. `good`: invoices that must go in, with balance and due date; the rest is counted by line kinds."""

    good: dict[str, tuple[Decimal, date]] = field(default_factory=dict)
    customers: set[str] = field(default_factory=set)
    rows: int = 0
    blank: int = 0
    sums: int = 0
    twice: int = 0
    contradicting: int = 0
    broken: int = 0


def write(path: Path, *, rows: int, seed: int = 8, clean: bool = False) -> Messy:
    """Write so many invoices. `clean`: without rows that must be refused."""
    dice, made = random.Random(seed), Messy()
    with path.open("w", encoding="cp1252", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["Offene Posten, Stand 30.09.2026"])
        out.writerow([])
        out.writerow(HEADINGS)
        for at in range(1, rows + 1):
            _line(out, dice, made, at, clean=clean)
    return made


def _line(out: object, dice: random.Random, made: Messy, at: int, *, clean: bool) -> None:
    write_row = out.writerow  # type: ignore[attr-defined]  # csv's writer has no type of its own
    if at % _BLANK == 0:
        write_row([])
        made.blank += 1
    if at % _SUM == 0:
        write_row(["Zwischensumme", "", "", "", "", "", "", _amount(Decimal(dice.randint(1, 10**9)) / 100), "", ""])
        made.sums += 1
    customer = dice.randint(1, 4000) + 10_000
    issued = date(2025, 1, 1) + timedelta(days=dice.randint(0, 600))
    due = issued + timedelta(days=dice.choice((14, 30, 45, 60)))
    amount = Decimal(dice.randint(500, 20_000_00)) / 100
    balance = amount if dice.random() < 0.7 else (amount * dice.randint(0, 99) / 100).quantize(Decimal("0.01"))
    number = f"{20_000_000 + at}"
    row = [
        f"{customer}.0" if customer % 3 else str(customer),
        f"Kunde {customer} Müller & Söhne GmbH",
        f"ap@kunde-{customer}.example",
        f"{number}.0" if at % 4 == 0 else number,
        _day(issued, at),
        _day(due, at),
        _amount(amount),
        _amount(balance) + (" €" if customer % 5 < 3 and at % 7 == 0 else ""),
        _CODES[customer % 5],
        f"{dice.randint(0, 99_999):06d}" if at % 2 else "",
    ]
    made.rows += 1
    if not clean and at % _BROKEN == 0:
        row[5] = dice.choice(("31.02.2026", "bald", "", "00.00.0000"))
        made.broken += 1
        write_row(row)
        return
    write_row(row)
    if not clean and at % _CONTRADICTS == 1:
        write_row([*row[:7], _amount(balance / 2 if balance else Decimal(1)), *row[8:]])
        made.contradicting += 2
        return
    if at % _TWICE == 0:
        write_row(row)
        made.twice += 1
    made.good[number] = (balance, due)
    made.customers.add(str(customer))


def _day(day: date, at: int) -> str:
    return day.isoformat() if at % 5 == 0 else f"{day:%d.%m.%Y}"


def _amount(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
