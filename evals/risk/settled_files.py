"""Reads files of settled invoices: customer, day of the invoice (m/d/Y), amount, how it is billed, days to settle. Terms are 30 days.

The form of a public set of 2,466 invoices that is known as WA_Fn-UseC_-Accounts-Receivable, without its Disputed column; the data
stays where it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from risk.bills import Bill, Book

TERMS = 30


def book_of_files(paths: Iterable[Path]) -> Book:
    """Read files one after the other. Raises ValueError that names the file and the line."""
    bills: list[Bill] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for line, cells in enumerate(csv.reader(file), start=1):
                try:
                    bills.append(_bill(cells, number=f"{len(bills) + 1:05d}"))
                except (ValueError, IndexError) as error:
                    raise ValueError(f"{path.name}, line {line}: {error}") from None
    return Book(bills)


def _bill(cells: list[str], *, number: str) -> Bill:
    customer, day, amount, billed, days = cells
    issued: date = datetime.strptime(day, "%m/%d/%Y").date()  # noqa: DTZ007 (a day, no moment)
    return Bill(
        number=number,
        customer=customer,
        segment=billed,
        currency="USD",
        amount=float(amount),
        issued=issued,
        due=issued + timedelta(days=TERMS),
        settled=issued + timedelta(days=int(days)),
    )
