"""When a mail may go out, and how often, in the recipient's own time. Pure functions of a clock that is given to them.

Never looser than the hard limits below, whatever a policy says; in doubt about the recipient's zone, never in the night of any
zone that it could be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tools.holidays_of_a_year import is_holiday

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: No mail before or after these hours, on no policy (12 CFR 1006.6(b), taken over for companies as well).
EARLIEST, LATEST = time(8), time(21)
_HORIZON = timedelta(days=400)
_DAY, _TWO_DAYS, _WEEK = timedelta(days=1), timedelta(hours=48), timedelta(days=7)


class NoMoment(ValueError):
    """There is no moment at which the mail may go out. The text says why and what to do."""


class ContactRules(BaseModel):
    """When and how often a customer may be written to. Hours are local to the recipient; `closes` is the first that is too late."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: time = time(9)
    closes: time = time(17)
    days: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    per_customer_7_days: int = Field(default=3, ge=1, le=7, description="mails to one customer in 7 days, answers too")
    per_case_48_hours: int = Field(default=1, ge=1, le=2, description="mails of one case in 48 hours")
    answers_per_day: int = Field(default=3, ge=1, le=3, description="answers to a customer's questions in 24 hours")
    hard_per_customer_7_days: int = Field(default=7, ge=1, le=7, description="the same with every answer counted")

    @model_validator(mode="after")
    def _within_the_hard_limits(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opens, closes: are local to the recipient: leave out the zone")
        if not EARLIEST <= self.opens < self.closes <= LATEST:
            raise ValueError(
                f"opens, closes: {self.opens:%H:%M} to {self.closes:%H:%M} is not within the hard limit "
                f"{EARLIEST:%H:%M} to {LATEST:%H:%M}: give local hours inside it, opens before closes"
            )
        if self.hard_per_customer_7_days < self.per_customer_7_days:
            raise ValueError("hard_per_customer_7_days: is below per_customer_7_days: raise it or lower the other")
        return self

    @property
    def weekdays(self) -> frozenset[int]:
        """The days as `date.weekday` counts them."""
        return frozenset(_WEEKDAYS.index(day) for day in self.days)


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that went to the customer, or is on its way. `answer`: it answered a question of theirs."""

    at: datetime
    case_id: int | None = None
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing more may be written yet, and from when on it may, if nothing else goes out meanwhile."""

    why: str
    until: datetime


def next_moment(
    now: datetime,
    zone: str | None,
    rules: ContactRules,
    holidays: Sequence[str] = (),
    *,
    candidates: Sequence[str] = (),
) -> datetime:
    """Give the first moment from `now` on (aware) at which the window is open; in UTC.

    `zone` is the recipient's IANA zone. Where it is not known, the window must be open in every one of `candidates` at once.
    `holidays` are days, `2026-12-25`, or `12-25` for every year. Raises NoMoment where there is none in 400 days or no zone at all.
    """
    if now.tzinfo is None:
        raise ValueError("now: needs a time zone")
    known = known_zone(zone)
    zones = [known] if known is not None else [z for z in map(known_zone, candidates) if z is not None]
    if not zones:
        raise NoMoment(
            f"the recipient's time zone {zone or '(none)'} is not known, and the profile names none: set the customer's time zone"
        )
    moment, last = now.astimezone(UTC), now.astimezone(UTC) + _HORIZON
    while moment <= last:
        # Each zone moves the moment on to where it is open; where none does, all are.
        latest = max(_next_open(moment, zone=z, rules=rules, holidays=holidays, last=last) for z in zones)
        if latest == moment:
            return moment
        moment = latest
    raise NoMoment("no day and hour of the next 400 days is inside the window: look at its hours, days and holidays")


def known_zone(name: str | None) -> ZoneInfo | None:
    """Give the IANA zone of this name; None when there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _next_open(
    moment: datetime, *, zone: ZoneInfo, rules: ContactRules, holidays: Sequence[str], last: datetime
) -> datetime:
    day = moment.astimezone(zone).date()
    while True:
        # Through UTC: hours on both sides of a change of clocks are compared as moments, not as readings of a clock.
        opens = datetime.combine(day, rules.opens, tzinfo=zone).astimezone(UTC)
        closes = datetime.combine(day, rules.closes, tzinfo=zone).astimezone(UTC)
        if opens > last:
            return last + _DAY
        if moment < closes and day.weekday() in rules.weekdays and not is_holiday(day, holidays):
            return max(moment, opens)
        day += _DAY


def may_write(
    history: Sequence[Written], now: datetime, rules: ContactRules, *, case_id: int | None, answer: bool = False
) -> Pause | None:
    """Say why the customer may not be written to again yet; None when they may.

    `history` is every mail to this customer, of any case. `answer`: the mail answers a question of theirs; it is held by the cap on
    answers and by the hard cap alone. A mail of the future counts: a clock that was wrong must not open the gate.
    """
    everything = [mail.at for mail in history]
    of_case = [mail.at for mail in history if case_id is None or mail.case_id in (case_id, None)]
    answers = [mail.at for mail in history if mail.answer]
    usual = (
        (everything, rules.per_customer_7_days, _WEEK, "mails to this customer in 7 days"),
        (of_case, rules.per_case_48_hours, _TWO_DAYS, "mails of this case in 48 hours"),
    )
    of_answers = ((answers, rules.answers_per_day, _DAY, "answers to this customer in 24 hours"),)
    always = ((everything, rules.hard_per_customer_7_days, _WEEK, "mails to this customer in 7 days, answers counted"),)
    pauses = []
    for times, most, period, what in (*(of_answers if answer else usual), *always):
        recent = sorted(at for at in times if at > now - period)
        if len(recent) >= most:
            pauses.append(Pause(why=f"{len(recent)} {what}, {most} allowed", until=recent[-most] + period))
    return max(pauses, key=lambda pause: pause.until, default=None)
