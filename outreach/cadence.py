"""The cadences as data: which step comes how many days before or after the due date, for whom, by which channel. Read and checked only.

A file is refused with one line a fault: what, where, what to do. Nobody is ever written to after a file that is not understood.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.outreach_words import Channel, OutreachStep
from tools.remind_ground import INTERNAL, REMINDERS

SHIPPED = Path(__file__).parent / "cadences.toml"
#: The order in which steps may stand in a cadence, by their days; which of two is the more advanced.
ORDER: tuple[OutreachStep, ...] = tuple(OutreachStep)
_RANK = {step: place for place, step in enumerate(ORDER)}
#: Steps before the due day, and the one on it.
BEFORE = frozenset({OutreachStep.VERIFY, OutreachStep.BEFORE_DUE})
#: A firm word needs a plain one before it, the last word a firm one (see `outreach.ladder`).
FIRM = frozenset({OutreachStep.FIRMER, OutreachStep.HOLD_AHEAD, OutreachStep.PLAN_OFFER, OutreachStep.STILL_OPEN})
#: Days after the final notice before anything is handed on: its own deadline is seven days and more (rule R-TIM-05).
AFTER_FINAL = 8
#: Between our last firm word and the final notice.
BEFORE_FINAL = 7


class CadenceFault(ValueError):
    """A file of cadences cannot be used. The text has one line a fault."""


class History(StrEnum):
    """How a customer has paid so far."""

    NEW = "new"
    RELIABLE = "reliable"
    LATE = "late"


class CadenceStep(BaseModel):
    """One step: `day` counts from the due date, negative before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: OutreachStep
    day: int = Field(ge=-60, le=365)
    channel: Channel = Channel.MAIL

    @property
    def internal(self) -> bool:
        """Say whether only people of ours take it."""
        return self.step in INTERNAL


class Cadence(BaseModel):
    """The steps for one kind of customer. What stands in `tiers`, `history` and the amounts must all hold; left out, it holds for all.

    Amounts are what is open of the account, in the customer's own currency. `gap_days`: between any mail of ours and the next
    step. `reply_days`: after a mail of theirs, nothing is written first. `large`: an invoice from this sum on is verified.
    `unreached`: ways that are tried in this order where no mail reaches the customer; none: a person finds a contact first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    tiers: tuple[str, ...] = ()
    history: tuple[History, ...] = ()
    amount_from: Decimal = Field(default=Decimal(0), ge=0)
    amount_below: Decimal | None = Field(default=None, gt=0)
    gap_days: int = Field(default=3, ge=1, le=30)
    reply_days: int = Field(default=7, ge=1, le=60)
    large: Decimal = Field(default=Decimal("10000.00"), gt=0)
    unreached: tuple[Literal[Channel.LETTER, Channel.CALL], ...] = (Channel.LETTER, Channel.CALL)
    steps: tuple[CadenceStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = [*self._once(), *self._sides(), *self._rising(), *self._grounded()]
        if self.amount_below is not None and self.amount_below <= self.amount_from:
            faults.append("amount_below: is not above amount_from")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _once(self) -> list[str]:
        names = [one.step for one in self.steps]
        return [f"{step}: stands twice" for step in dict.fromkeys(names) if names.count(step) > 1]

    def _sides(self) -> list[str]:
        told = []
        for one in self.steps:
            if one.step in BEFORE and one.day >= 0:
                told.append(f"{one.step}: day {one.day} is not before the due date: give a negative day")
            if one.step is OutreachStep.DUE_TODAY and one.day != 0:
                told.append(f"{one.step}: is for day 0")
            if (one.step in REMINDERS or one.internal) and one.day < 1:
                told.append(f"{one.step}: day {one.day} is not after the due date: nobody is reminded before it")
            if one.internal and one.channel is not Channel.MAIL:
                told.append(f"{one.step}: is for people of ours, and has no channel")
        return told

    def _rising(self) -> list[str]:
        told = []
        for one, other in pairwise(self.steps):
            if _RANK[one.step] >= _RANK[other.step]:
                told.append(f"{other.step}: stands after {one.step}; the order is {', '.join(ORDER)}")
            if other.day - one.day < self.gap_days and not (one.internal or other.internal):
                told.append(
                    f"{other.step}: day {other.day} is less than gap_days ({self.gap_days}) after {one.step} (day {one.day})"
                )
            elif other.day <= one.day:
                told.append(f"{other.step}: day {other.day} is not after {one.step} (day {one.day})")
        return told

    def _grounded(self) -> list[str]:
        days = {one.step: one.day for one in self.steps}
        told = []
        firm = [step for step in FIRM if step in days]
        if firm and OutreachStep.OVERDUE not in days:
            told.append(f"{min(firm, key=_RANK.__getitem__)}: needs {OutreachStep.OVERDUE} before it")
        final = days.get(OutreachStep.FINAL_NOTICE)
        if final is not None:
            if not firm:
                told.append(f"{OutreachStep.FINAL_NOTICE}: needs a firm step before it, such as {OutreachStep.FIRMER}")
            elif final - max(days[step] for step in firm) < BEFORE_FINAL:
                told.append(
                    f"{OutreachStep.FINAL_NOTICE}: comes less than {BEFORE_FINAL} days after the last firm step"
                )
        handed = days.get(OutreachStep.HAND_OFF)
        if handed is not None:
            if final is None:
                told.append(f"{OutreachStep.HAND_OFF}: needs {OutreachStep.FINAL_NOTICE} before it")
            elif handed - final < AFTER_FINAL:
                told.append(
                    f"{OutreachStep.HAND_OFF}: comes less than {AFTER_FINAL} days after the final notice, "
                    "within its own deadline"
                )
        return told

    def day_of(self, step: OutreachStep) -> int | None:
        """Give the day of a step; None where this cadence has none."""
        return next((one.day for one in self.steps if one.step is step), None)


class Cadences(BaseModel):
    """All cadences of an installation, the first that fits a customer counts. The last fits everybody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cadence: tuple[Cadence, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_for_everybody(self) -> Self:
        names = [one.name for one in self.cadence]
        if len(set(names)) != len(names):
            raise ValueError("two cadences have the same name")
        last = self.cadence[-1]
        if last.tiers or last.history or last.amount_from or last.amount_below is not None:
            raise ValueError(f"{last.name}: is the last cadence, so it must fit everybody: leave out what narrows it")
        for one in self.cadence[:-1]:
            if not (one.tiers or one.history or one.amount_from or one.amount_below is not None):
                raise ValueError(f"{one.name}: fits everybody, so that those after it are never used: put it last")
        return self

    @property
    def ahead(self) -> int:
        """Give how many days before an invoice is due the first step may come."""
        return max(0, *(-one.day for cadence in self.cadence for one in cadence.steps))


def read_cadences(path: Path | None = None) -> Cadences:
    """Read and check a file of cadences, by default the one that comes along. Raises CadenceFault."""
    source = path or SHIPPED
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise CadenceFault(f"{source}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CadenceFault(f"{source}: is not TOML: {error}") from None
    try:
        return Cadences.model_validate(raw)
    except ValidationError as error:
        raise CadenceFault("\n".join(f"{source}: {_told(detail, raw)}" for detail in error.errors())) from None


def _told(detail: object, raw: object) -> str:
    """Word a fault: which cadence, which step, what is wrong."""
    assert isinstance(detail, dict)
    place = list(detail["loc"])
    where = ""
    if len(place) > 1 and place[0] == "cadence" and isinstance(place[1], int):
        where = f"cadence {_name(raw, place[1])}"
        place = place[2:]
        if len(place) > 1 and place[0] == "steps" and isinstance(place[1], int):
            where += f", step {place[1] + 1}"
            place = place[2:]
    field = ".".join(str(part) for part in place)
    message = str(detail["msg"]).removeprefix("Value error, ")
    return ": ".join(part for part in (where, field, message) if part)


def _name(raw: object, place: int) -> str:
    try:
        return repr(str(raw["cadence"][place]["name"]))  # type: ignore[index]  # whatever the file holds
    except (KeyError, IndexError, TypeError):
        return f"{place + 1}"
