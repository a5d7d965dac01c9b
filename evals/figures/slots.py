"""How well the facts of claims (amounts, days, order numbers, ...) are taken from mails. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Literal, get_args

from evals.figures.checks import named_rates
from evals.figures.values import SlotFigures, SlotName, rate
from evals.results import TurnResult
from store.proposed import Slots

Matcher = Literal["number", "day", "word", "choice"]


def matcher_of(name: str) -> Matcher:
    """Say how a fact is compared: numbers by value, days as days, choices and words without regard to case and room."""
    field = Slots.model_fields.get(name)
    kinds = get_args(field.annotation) if field is not None else ()
    if any(kind in (Decimal, int) for kind in kinds):
        return "number"
    if dt.date in kinds:
        return "day"
    return "choice" if any(isinstance(kind, type) and issubclass(kind, StrEnum) for kind in kinds) else "word"


def slot_figures(turns: Sequence[TurnResult], *, epochs: int = 1) -> SlotFigures:
    """Give the share of facts that are right, by how they are compared and by name."""
    told = [slot for turn in turns for slot in turn.slots]
    return SlotFigures(
        all=rate((slot.ok for slot in told), epochs=epochs),
        by_matcher=named_rates([(matcher_of(slot.name), slot.ok) for slot in told], epochs=epochs),
        by_name=tuple(
            SlotName(
                name=name,
                matcher=matcher_of(name),
                rate=rate((slot.ok for slot in told if slot.name == name), epochs=epochs),
                missing=sum(slot.name == name and slot.found is None for slot in told),
            )
            for name in sorted({slot.name for slot in told})
        ),
    )
