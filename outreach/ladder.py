"""Which step of a cadence is due for one invoice today. Pure; it knows days and what was sent, and no customer.

Nobody hears a firm word first: firm steps need a reminder about the invoice that really went out, the last notice a firm one, handing
on the last notice and its deadline. Of several steps that would be due, as after a late start or days without the program, only the
latest one that may be taken is; those before it are not made up for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from outreach.cadence import AFTER_FINAL, BEFORE, BEFORE_FINAL, FIRM, Cadence, CadenceStep
from store.outreach_around import StepState, StepTaken
from store.outreach_words import LastResort, OutreachStep
from tools.remind_ground import REMINDERS

_RANK = {step: place for place, step in enumerate(OutreachStep)}
#: Between two reminders about one invoice, unless the cadence itself has them closer.
RISE = 5
#: So far ahead the next step is looked for.
HORIZON = 120


@dataclass(frozen=True, slots=True)
class Ways:
    """What the steps of an invoice are measured by. `grace`: no reminder so many days after the due date.

    `answer`: days that a customer is given after the final notice. `doubtful`: something should be asked before it is due.
    """

    cadence: Cadence
    grace: int
    answer: int
    doubtful: bool = False
    open_last_resorts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What was done about one invoice. Days on which mail went out; `begun`: steps that were taken, refused, or wait."""

    begun: frozenset[OutreachStep]
    asked_on: date | None = None
    firm_on: date | None = None
    final_on: date | None = None


def past_of(number: str, steps: Iterable[StepTaken]) -> Past:
    """Collect what was done about an invoice. A step whose ground was gone before it went out was never taken."""
    begun: set[OutreachStep] = set()
    asked: list[date] = []
    firm: list[date] = []
    final: list[date] = []
    for one in steps:
        own = one.taken.get(number)
        if own is not None and one.state is not StepState.DROPPED:
            begun.add(own)
        if one.internal or one.sent_on is None or number not in (*one.listed, *one.taken):
            continue
        if one.step in REMINDERS:
            asked.append(one.sent_on)
        if one.step in FIRM or one.step is OutreachStep.FINAL_NOTICE:
            firm.append(one.sent_on)
        if own is OutreachStep.FINAL_NOTICE:
            final.append(one.sent_on)
    return Past(frozenset(begun), max(asked, default=None), max(firm, default=None), max(final, default=None))


def due_step(due: date, past: Past, ways: Ways, *, today: date, internal: bool) -> CadenceStep | None:
    """Give the step that is to be taken today for an invoice due on `due`; None where there is none.

    `internal`: of the steps that people of ours take alone; else of those that write to the customer.
    """
    furthest = max((_RANK[step] for step in past.begun), default=-1)
    for one in reversed(ways.cadence.steps):
        if _RANK[one.step] < furthest:
            # Nothing goes back: whoever was asked firmly is not reminded as at first.
            return None
        if one.internal is not internal or due + timedelta(days=one.day) > today:
            continue
        if not _may(one, due, past, ways, today=today):
            continue
        return None if one.step in past.begun else one
    return None


def next_step(due: date, past: Past, ways: Ways, *, today: date) -> tuple[CadenceStep, date] | None:
    """Give the step that comes next after today, if nothing else happens, and its day; None where none does in the next months."""
    for ahead in range(1, HORIZON + 1):
        day = today + timedelta(days=ahead)
        for internal in (False, True):
            one = due_step(due, past, ways, today=day, internal=internal)
            if one is not None:
                return one, day
    return None


def _may(one: CadenceStep, due: date, past: Past, ways: Ways, *, today: date) -> bool:
    """Say whether a step whose day has come may be taken: its words are true, and what must go before it went out."""
    step = one.step
    if step in BEFORE:
        return today < due and (step is not OutreachStep.VERIFY or ways.doubtful)
    if step is OutreachStep.DUE_TODAY:
        return today == due
    if due + timedelta(days=ways.grace) >= today:
        return False
    if step is OutreachStep.OVERDUE:
        return True
    if step in FIRM:
        return _since(past.asked_on, today) >= _rise(one, ways.cadence)
    if step is OutreachStep.REVIEW:
        return past.firm_on is not None or (not _has_firm(ways.cadence) and past.asked_on is not None)
    if step is OutreachStep.FINAL_NOTICE:
        reviewed = ways.cadence.day_of(OutreachStep.REVIEW) is None or OutreachStep.REVIEW in past.begun
        open_still = LastResort.REVIEW in ways.open_last_resorts
        return reviewed and not open_still and _since(past.firm_on, today) >= BEFORE_FINAL
    return _since(past.final_on, today) >= max(AFTER_FINAL, ways.answer + 1)


def _since(day: date | None, today: date) -> int:
    return (today - day).days if day is not None else -1


def _has_firm(cadence: Cadence) -> bool:
    return any(one.step in FIRM for one in cadence.steps)


def _rise(one: CadenceStep, cadence: Cadence) -> int:
    before = [other.day for other in cadence.steps if other.day < one.day and not other.internal]
    return min(RISE, one.day - max(before)) if before else RISE
