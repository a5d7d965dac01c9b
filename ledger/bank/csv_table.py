"""A bank's table with its columns known: its cells, the amount of a row with its sign, and whether balances follow from amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from ledger.bank.csv_cells import SIDE, amount_in
from ledger.bank.csv_heading import folded
from store.bank_words import BankFault, ReadLine

#: So many letters of a cell are kept.
MAX_CELL = 4000
_LEFT = frozenset(["d", "dr", "debit", "af", "s", "soll", "d-", "dbit", "uit", "dare", "debet", "cargo", "ud", "out"])
_CAME = frozenset(["c", "cr", "credit", "bij", "h", "haben", "crdt", "avere", "kredit", "abono", "ind", "in"])


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their line in the file; `places`: which column is what; `texts`: those with words; `preamble`: what stands above."""

    places: Mapping[str, int]
    texts: tuple[int, ...]
    rows: tuple[tuple[int, list[str]], ...]
    preamble: str

    def cell(self, row: Sequence[str], what: str) -> str:
        """Give a cell; empty where the table has no such column."""
        place = self.places.get(what)
        return row[place].strip()[:MAX_CELL] if place is not None and place < len(row) else ""

    def column(self, what: str) -> list[str]:
        """Give the cells of a column that are not empty."""
        return [cell for _, row in self.rows if (cell := self.cell(row, what))]


def amount_of(table: Table, row: list[str], mark: str, number: int) -> Decimal:
    """Give what a row moves: above zero came in. Raises BankFault."""
    if table.cell(row, "amount"):
        cell = table.cell(row, "amount")
        amount = amount_in(cell, mark, line=number)
        side = folded(table.cell(row, "sign")) or folded("".join(SIDE.findall(cell)))
        if side:
            if side not in _LEFT | _CAME:
                raise BankFault(f"line {number}: {side!r} is neither debit nor credit")
            if side in _CAME and amount < 0:
                raise BankFault(f"line {number}: is a credit with a minus: say what it is by one of the two")
            return -abs(amount) if side in _LEFT else amount
        return amount
    came, left = table.cell(row, "credit"), table.cell(row, "debit")
    credited = amount_in(came, mark, line=number) if came else Decimal(0)
    if credited < 0:
        raise BankFault(f"line {number}: has a credit with a minus: is it a debit?")
    amounts = [a for a in (credited, -_side(left, mark, number)) if a]
    if len(amounts) != 1:
        raise BankFault(f"line {number}: has {'both a credit and a debit' if amounts else 'no amount'}")
    return amounts[0]


def _side(cell: str, mark: str, number: int) -> Decimal:
    return abs(amount_in(cell, mark, line=number)) if cell else Decimal(0)


def _balance(cell: str, mark: str, number: int) -> Decimal:
    """Give a balance; one on the debit side is overdrawn."""
    amount = amount_in(cell, mark, line=number)
    return -abs(amount) if folded("".join(SIDE.findall(cell))) in _LEFT else amount


def balances_of(
    table: Table, rows: list[tuple[int, list[str]]], lines: list[ReadLine], *, mark: str
) -> tuple[Decimal | None, Decimal | None, list[ReadLine]]:
    """Give the balances before and after, and the lines in the order in which they were booked, oldest first.

    Raises BankFault where the column of balances does not go with the amounts, in neither order.
    """
    upside_down = bool(lines) and lines[0].booked_on > lines[-1].booked_on
    ordered = lines[::-1] if upside_down else lines
    cells = [table.cell(row, "balance") for _, row in rows]
    if not lines or not all(cells):
        return None, None, ordered
    told = [_balance(cell, mark, n) for cell, (n, _) in zip(cells, rows, strict=True)]
    for balances, moved in ((told, lines), (told[::-1], lines[::-1])):
        if all(b + line.amount == a for (b, a), line in zip(pairwise(balances), moved[1:], strict=True)):
            return balances[0] - moved[0].amount, balances[-1], list(moved)
    raise BankFault(
        "the column of balances does not follow from the amounts: a row is missing, or the table was sorted"
    )
