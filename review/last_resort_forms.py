"""Reads the forms of the last steps, and says in one line what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from fastapi import HTTPException

from review import words
from store.aftermath import Cause
from store.proposals import Stale

_T = TypeVar("_T")


def told(act: Callable[[], _T]) -> _T:
    """Do it, or say in one line why not."""
    try:
        return act()
    except Stale as stale:
        raise HTTPException(409, words.sentence(str(stale))) from None
    except ValueError as error:
        raise HTTPException(409, words.sentence(str(error))) from None


def amount_of(text: str) -> Decimal | None:
    """Read a sum; None where the field is empty. Raises HTTPException 422."""
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise HTTPException(422, "Write the sum as an amount, such as 1200.00.")
    return amount


def day_of(text: str) -> date | None:
    """Read a day; None where the field is empty. Raises HTTPException 422."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise HTTPException(422, "Write the day as a date, such as 2026-03-31.") from None


def cause_of(text: str) -> Cause | None:
    """Read a cause; None where the field is empty. Raises HTTPException 422."""
    if text and text not in set(Cause):
        raise HTTPException(422, "Choose a cause from the list.")
    return Cause(text) if text else None
