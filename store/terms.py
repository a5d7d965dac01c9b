"""The values that only one answer has: a day, a sum, a name. Computed by a tool, named by a slot, worded by `prompts`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Cash(NamedTuple):
    """An amount with its currency (ISO 4217)."""

    amount: Decimal
    currency: str


#: What a slot of one answer may hold. A text is a name, a number or a reference, never a sentence.
Term = Cash | date | int | str
