"""What kinds of customers there are, how many of each, and how each pays when nobody writes to it and when somebody does.

These figures are assumptions of the simulation. They show that dunwell keeps its rules, and prove nothing about its effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a customer behaves."""

    ON_TIME = "on_time"
    HABIT = "late_by_habit"
    SLIPPING = "slipping"
    CHRONIC = "chronic"
    PROMISING = "promising"
    HARDSHIP = "hardship"
    DISPUTING = "disputing"
    WRONG_ORDER = "wrong_order"
    MOVED = "moved"
    OVERPAYING = "overpaying"
    LUMP = "one_sum"
    PARTS = "part_paying"
    STOPPING = "stopping"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Habit:
    """Of a thousand customers so many; invoices a year; days after the due date on which the money comes unasked (None: never).

    `mails`: so many mails of ours about an invoice move the payment forward; 0: none does. `after`: days from that mail to
    the money.
    """

    of_thousand: int
    invoices: tuple[int, int]
    unasked: tuple[int, int] | None
    mails: int = 0
    after: tuple[int, int] = (2, 6)


HABITS: dict[Kind, Habit] = {
    Kind.ON_TIME: Habit(430, (1, 2), (-4, 1)),
    Kind.HABIT: Habit(160, (1, 2), (6, 13), mails=1),
    Kind.SLIPPING: Habit(60, (2, 3), (0, 40), mails=1),
    Kind.CHRONIC: Habit(50, (1, 2), (45, 75), mails=3),
    Kind.PROMISING: Habit(60, (1, 2), (25, 45)),
    Kind.HARDSHIP: Habit(30, (1, 1), (80, 120)),
    Kind.DISPUTING: Habit(40, (1, 2), (35, 60)),
    Kind.WRONG_ORDER: Habit(30, (1, 2), (40, 60)),
    Kind.MOVED: Habit(20, (1, 2), (40, 60)),
    Kind.OVERPAYING: Habit(30, (2, 3), (2, 6)),
    Kind.LUMP: Habit(40, (3, 5), (1, 30)),
    Kind.PARTS: Habit(20, (1, 2), (30, 50), mails=1),
    Kind.STOPPING: Habit(10, (1, 2), None),
    Kind.NEVER: Habit(20, (1, 1), None),
}


def kind_of(share: float) -> Kind:
    """Give the kind that stands at this share (0 to 1) of all customers."""
    whole = sum(habit.of_thousand for habit in HABITS.values())
    reached = 0
    for kind, habit in HABITS.items():
        reached += habit.of_thousand
        if share * whole < reached:
            return kind
    return Kind.NEVER
