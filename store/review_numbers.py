"""The numbers of reviewing over a period: how much is approved as it was proposed, and how long things take. Reads only.

One pass over the decisions of the period, by the index on their time; the rest is added up from its groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from store.measured import Decision, Outcome

#: What wrote no draft is shown under this name.
NONE = "none"


@dataclass(slots=True)
class Tally:
    """How often what was decided. `alone`: approved without a person; `taken_back` counts for nothing else."""

    unedited: int = 0
    edited: int = 0
    rejected: int = 0
    alone: int = 0
    taken_back: int = 0

    @property
    def decided(self) -> int:
        """Give how many a person decided."""
        return self.unedited + self.edited + self.rejected

    @property
    def share(self) -> float | None:
        """Give the share that a person approved unedited; None where nobody decided anything."""
        return self.unedited / self.decided if self.decided else None

    def add(self, outcome: str, *, automatic: bool, count: int) -> None:
        """Count some decisions."""
        if outcome == Outcome.TAKEN_BACK:
            self.taken_back += count
        elif automatic:
            self.alone += count
        elif outcome == Outcome.UNEDITED:
            self.unedited += count
        elif outcome == Outcome.EDITED:
            self.edited += count
        else:
            self.rejected += count


@dataclass(frozen=True, slots=True)
class Numbers:
    """All of a period. `whys`: rejections by typed reason. Seconds are medians; None where there is nothing to measure."""

    whole: Tally
    reasons: dict[str, Tally] = field(default_factory=dict)
    readers: dict[str, Tally] = field(default_factory=dict)
    models: dict[str, Tally] = field(default_factory=dict)
    whys: dict[str, int] = field(default_factory=dict)
    review_seconds: int | None = None
    reply_seconds: int | None = None
    replies: int = 0


def numbers(session: Session, *, since: datetime, until: datetime) -> Numbers:
    """Count the decisions from a moment on, up to and with another."""
    period = _period(since, until)
    made = (Decision.outcome, Decision.automatic, Decision.why, Decision.reason, Decision.reader, Decision.model)
    group = [col(column) for column in made]
    rows = session.execute(sa.select(*group, func.count()).where(*period).group_by(*group)).all()
    found = Numbers(whole=Tally())
    for outcome, automatic, why, reason, reader, model, count in rows:
        found.whole.add(outcome, automatic=automatic, count=count)
        for table, name in ((found.reasons, reason), (found.readers, reader), (found.models, model)):
            table.setdefault(name or NONE, Tally()).add(outcome, automatic=automatic, count=count)
        if outcome == Outcome.REJECTED:
            found.whys[why] = found.whys.get(why, 0) + count
    by_people = (*period, col(Decision.automatic).is_(False), col(Decision.outcome) != Outcome.TAKEN_BACK)
    review = _median(session, Decision.review_seconds, by_people)
    answered = (*period, col(Decision.reply_seconds).is_not(None))
    reply = _median(session, Decision.reply_seconds, answered)
    return Numbers(
        whole=found.whole,
        reasons=_sorted(found.reasons, lambda t: -(t.decided + t.alone)),
        readers=_sorted(found.readers, lambda t: -(t.decided + t.alone)),
        models=_sorted(found.models, lambda t: -(t.decided + t.alone)),
        whys=dict(sorted(found.whys.items(), key=lambda pair: -pair[1])),
        review_seconds=review[0],
        reply_seconds=reply[0],
        replies=reply[1],
    )


def _period(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(Decision.first).is_(True), col(Decision.decided_at) >= since, col(Decision.decided_at) <= until)


def _median(session: Session, column: Any, filters: Iterable[ColumnElement[bool]]) -> tuple[int | None, int]:
    """Give the lower median, and of how many."""
    meant = list(filters)
    count = session.exec(select(func.count()).select_from(Decision).where(*meant)).one()
    if not count:
        return None, 0
    middle = select(column).where(*meant).order_by(column).offset((count - 1) // 2).limit(1)
    return session.exec(middle).one(), count


def _sorted(found: dict[str, Tally], key: Callable[[Tally], int]) -> dict[str, Tally]:
    return dict(sorted(found.items(), key=lambda pair: (key(pair[1]), pair[0])))
