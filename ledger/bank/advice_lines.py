"""Breaks sentences of a mail so that each invoice stands on a line with its amount: "INV-1 (100.00) and INV-2 (50.00)". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.bank.advice import AMOUNT
from store.numbers import find_invoices

_JOINTS = re.compile(r"(?:,|;)\s+|\s+(?:and|und|en|et|y|e|och|og|oraz|&|\+)\s+", re.IGNORECASE)
_NO_BRACKETS = str.maketrans("()[]", "    ")


def one_invoice_a_line(text: str, known: Sequence[str]) -> str:
    """Give the text with such sentences broken; a sentence whose parts do not each have an invoice and an amount stays as it is.

    Brackets go: in a sentence they are no sign before an amount, as in a table.
    """
    text = text.translate(_NO_BRACKETS)
    return "\n".join(piece for line in text.splitlines() for piece in _broken(line, known))


def _broken(line: str, known: Sequence[str]) -> list[str]:
    if len(find_invoices(line, known)) < 2:
        return [line]
    pieces = _JOINTS.split(line)
    named = [(len(find_invoices(piece, known)), len(AMOUNT.findall(piece))) for piece in pieces]
    whole = all((numbers, amounts) in ((1, 1), (0, 0)) for numbers, amounts in named)
    return pieces if whole else [line]
