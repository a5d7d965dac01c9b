"""Reads a remittance advice: a table, or the words of a PDF, that lists invoices with what each gets. Pure; believed if it adds up.

Only numbers that exist are found. What each column means is settled by the sums: the one reading whose parts come to the total.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.bank.csv_cells import amount_in, decimal_mark
from store.bank_words import BankFault, NamedPart
from store.numbers import find_invoices

MAX_BYTES = 5_000_000
_MAX_LINES = 5000
_MOST_DISCOUNT = Decimal("0.05")
AMOUNT = re.compile(
    r"(?<![\w.,/-])[-(\u2212]?(?:\d{1,3}(?:[.,'\u00a0\u202f ]\d{3}){1,4}|\d+)[.,]\d{2}\)?-?(?![\w.,/]*\d)"
)
_TOTAL = re.compile(
    r"\b(?:total|sum|summe|gesamt\w*|betrag gesamt|zahlbetrag|zahlungsbetrag|totaal|te betalen|montant total|total general|totale|importo totale|"
    r"importe total|razem|suma|amount paid|payment amount|paid amount|net amount paid|uitbetaald|netto)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:payment|zahlungs?|betalings?|avis|advice|remittance|paiement|pago|pagamento|end.to.end)[ \-]?(?:ref\w*|nr|no|number|nummer|id|kenmerk|numero|numéro)?\.?\s*[:#]\s*"
    r"([A-Za-z0-9][A-Za-z0-9/\-_.]{3,34})",
    re.IGNORECASE,
)
_DISCOUNT = re.compile(r"skonto|discount|escompte|korting|sconto|descuento|rabat|pronto pago", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|CAD|AUD)\b")


@dataclass(frozen=True, slots=True)
class ReadAdvice:
    """What an advice says. `currency` empty: it does not say. `digest`: of all of it."""

    parts: tuple[NamedPart, ...]
    total: Decimal
    currency: str
    reference: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Row:
    number: str
    amounts: tuple[Decimal, ...]


def read_advice(text: str, *, name: str, known: Sequence[str]) -> ReadAdvice:
    """Read an advice in which some of the `known` invoices and credit notes are listed. Raises BankFault."""
    lines = _lines(text)
    if len(lines) > _MAX_LINES:
        raise BankFault(f"{name}: has more than {_MAX_LINES} lines: it is no remittance advice")
    try:
        rows, totals = _rows(lines, known)
    except BankFault as fault:
        raise BankFault(f"{name}: {fault}") from None
    if not rows:
        raise BankFault(f"{name}: none of its lines names one invoice of ours with an amount")
    parts, total = _settled(rows, totals, discounts=bool(_DISCOUNT.search(text)), name=name)
    currencies = set(_CURRENCY.findall(text.upper()))
    reference = _REFERENCE.search(text)
    told = "\x1f".join(f"{p.number}={p.paid}-{p.deducted}" for p in parts) + f"\x1f{total}"
    return ReadAdvice(
        parts=parts,
        total=total,
        currency=currencies.pop() if len(currencies) == 1 else "",
        reference=reference.group(1) if reference and any(c.isdigit() for c in reference.group(1)) else "",
        digest=hashlib.sha256(told.encode()).hexdigest(),
    )


def _lines(text: str) -> list[str]:
    """Give the lines of a text; those of a table with its cells apart, so that an amount is never two cells."""
    head = text[:5000]
    for mark in (";", "\t", "|", ","):
        if sum(line.count(mark) >= 2 for line in head.splitlines()) >= 2 and (
            mark != "," or '"' in head or not re.search(r"\d,\d\d\b", head)
        ):
            rows = csv.reader(io.StringIO(text), delimiter=mark)
            try:
                return ["   ".join(cell.strip() for cell in row) for row in rows if any(row)]
            except csv.Error:
                break
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _rows(lines: Sequence[str], known: Sequence[str]) -> tuple[list[_Row], list[Decimal]]:
    written = [(line, find_invoices(line, known)) for line in lines]
    cells = [m.group(0) for line, _ in written for m in AMOUNT.finditer(line)]
    mark = decimal_mark([re.sub(r"[()\-\u2212]", "", cell) for cell in cells]) if cells else "."
    rows: list[_Row] = []
    totals: list[Decimal] = []
    for place, (line, numbers) in enumerate(written, 1):
        amounts = tuple(amount_in(m.group(0), mark, line=place) for m in AMOUNT.finditer(line))
        if len(numbers) == 1 and amounts:
            rows.append(_Row(numbers[0], amounts))
        elif len(numbers) > 1 and amounts:
            raise BankFault(f"line {place} names several invoices with one amount")
        elif amounts and _TOTAL.search(line):
            totals += amounts
    return rows, totals


def _settled(
    rows: Sequence[_Row], totals: Sequence[Decimal], *, discounts: bool, name: str
) -> tuple[tuple[NamedPart, ...], Decimal]:
    numbers = [row.number for row in rows]
    if len(set(numbers)) < len(numbers):
        twice = next(n for n in numbers if numbers.count(n) > 1)
        raise BankFault(f"{name}: {twice} is listed twice")
    why = "discount" if discounts else "deduction"
    for reading in (_last, _first_less_second, _first):
        parts = [reading(row, why) for row in rows]
        paid = sum((p.paid or Decimal(0) for p in parts), Decimal(0))
        if paid > 0 and (paid in totals or (not totals and all(len(row.amounts) == 1 for row in rows))):
            return tuple(parts), paid
    if not totals:
        raise BankFault(f"{name}: has several amounts a line and no total: which column was paid cannot be told")
    raise BankFault(
        f"{name}: its lines do not come to its total of {totals[-1]:,.2f}: a line is missing, or is not ours"
    )


Reading = Callable[[_Row, str], NamedPart]


def _last(row: _Row, why: str) -> NamedPart:
    """Read the last amount as paid. What lacks to the first was deducted, where it is listed, or as small as a discount is.

    More than that is a part payment: the rest stays open, and nothing was deducted.
    """
    billed, paid = row.amounts[0], row.amounts[-1]
    lacks = billed - paid
    listed = len(row.amounts) >= 3 and lacks == abs(row.amounts[1])
    kept = lacks if paid > 0 and lacks > 0 and (listed or lacks <= billed * _MOST_DISCOUNT) else Decimal(0)
    return NamedPart(row.number, paid, kept, why if kept else "")


def _first_less_second(row: _Row, why: str) -> NamedPart:
    """Read the second amount as deducted from the first."""
    kept = abs(row.amounts[1]) if len(row.amounts) > 1 else Decimal(0)
    return NamedPart(row.number, row.amounts[0] - kept, kept, why if kept else "")


def _first(row: _Row, why: str) -> NamedPart:
    del why
    return NamedPart(row.number, row.amounts[0])
