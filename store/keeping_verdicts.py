"""What a judgement comes to: statuses that change, cases that wake, pauses that are let go. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from store.aftermath import FollowupKind
from store.keeping_facts import Origin


class Matter(StrEnum):
    """The kinds of rows whose status the ledger and the calendar change."""

    PROMISE = "promise"
    PLAN = "plan"
    INSTALMENT = "instalment"
    RESUBMISSION = "resubmission"
    CHECK = "payment_check"


@dataclass(frozen=True, slots=True)
class Change:
    """A row gets another status, with the reason in words that name no person."""

    matter: Matter
    id: int
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Waking:
    """A case should wake: why, about which row, and which day was to bring something."""

    kind: FollowupKind
    subject_id: int
    origin: Origin
    due_on: date


@dataclass(frozen=True, slots=True)
class Question:
    """What neither ledger nor calendar can tell: a person is asked, once for an effect, in words that name no person."""

    origin: Origin
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that follows on one day. Applied twice it changes nothing more."""

    changes: tuple[Change, ...] = ()
    wakings: tuple[Waking, ...] = ()
    released: tuple[int, ...] = ()
    questions: tuple[Question, ...] = ()

    def __add__(self, other: Verdict) -> Verdict:
        """Put two together."""
        return Verdict(
            self.changes + other.changes,
            self.wakings + other.wakings,
            self.released + tuple(n for n in other.released if n not in self.released),
            self.questions + other.questions,
        )
