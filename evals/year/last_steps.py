"""The last steps, as the company's people take them: reviews are looked at and ended, claims to be handed over are approved by whom it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from evals.year.house import CONTROLLER, MANAGER, House
from store.engine import looking
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Standing
from store.outreach_words import LastResort

#: So long a proposal lies until somebody has the time.
_TAKES = timedelta(days=2)


@dataclass
class LastSteps:
    """Decides what the cadence proposed to people."""

    house: House
    counts: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Go once through what is proposed."""
        home = self.house.home
        with looking(home.engine) as session:
            query = select(LastResortRow).where(
                LastResortRow.status == Standing.PROPOSED.value, col(LastResortRow.proposed_at) <= home.now - _TAKES
            )
            rows = session.exec(query.order_by(col(LastResortRow.id))).all()
        for row in rows:
            self._decide(row)

    def _decide(self, row: LastResortRow) -> None:
        desk, number = self.house.desk, row.id or 0
        try:
            approved = desk.approve_last_step(number, version=row.version, actor=MANAGER)
            approved = approved or desk.approve_last_step(number, version=row.version, actor=CONTROLLER)
        except ValueError:
            desk.refuse_last_step(number, version=row.version, actor=MANAGER, note="not now")
            self.counts[f"{row.kind} refused"] += 1
            return
        if approved:
            self.counts[f"{row.kind} approved"] += 1
        if approved and row.kind == LastResort.REVIEW:
            desk.end_last_step(number, actor=MANAGER, note="looked at the whole account")
