"""The part of the desk that reports: figures of a period, kept for a minute, and the paper of a month. Reads the books only."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from reports.gathering import Gathered, gather
from reports.paper import monthly_pdf
from reports.periods import Month
from store import audit
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.report_books import names

#: Several people who look at the same page, and its plots, read the books once.
_KEPT = timedelta(seconds=60)


@dataclass(slots=True)
class Known:
    """The figures gathered last, by period, and when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: dict[tuple[date, date], tuple[datetime, Gathered]] = field(default_factory=dict)


class Reporting:
    """Figures and papers."""

    engine: Engine
    company: CompanyProfile
    clock: Clock
    _reports: Known

    def report(self, *, days: int) -> Gathered:
        """Give the figures of the last days, today within."""
        today = self.clock().date()
        return self._gathered(today - timedelta(days=days - 1), today)

    def names_of(self, customers: Collection[str]) -> dict[str, str]:
        """Give the names of some customers, by their number."""
        with looking(self.engine) as session:
            return names(session, among=customers)

    def month_pdf(self, month: Month, *, actor: str) -> bytes:
        """Give the paper of a month, and note who took it. Raises ValueError for a month that has not begun."""
        now = self.clock()
        if month.first > now.date():
            raise ValueError(f"{month} has not begun")
        with unit_of_work(self.engine) as session:
            subject = "export:month"
            audit.append(
                session, at=now, actor=actor, event="data.exported", subject=subject, payload={"month": str(month)}
            )
        found = self._gathered(month.first, month.last)
        with looking(self.engine) as session:
            known = names(session)
        return monthly_pdf(found, company=self.company, names=known)

    def _gathered(self, since: date, until: date) -> Gathered:
        known, key = self._reports, (since, until)
        with known.lock:
            now = self.clock()
            at, found = known.found.get(key, (None, None))
            if at is not None and found is not None and timedelta() <= now - at < _KEPT:
                return found
            with looking(self.engine) as session:
                found = gather(session, since=since, until=until, now=now)
            known.found = {k: v for k, v in known.found.items() if timedelta() <= now - v[0] < _KEPT}
            known.found[key] = now, found
            return found
