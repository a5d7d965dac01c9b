"""The part of the desk that says whom to see to first, and how an account stands in risk. Reads only; kept for a minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from outreach.cadence import CadenceFault
from outreach.settings import OutreachSettings
from outreach.waiting import waiting_now
from risk.priority import Ranked
from risk.settings import RiskSettings
from risk.worklist import cells, worklist_of
from store import risks
from store.clock import Clock
from store.engine import looking
from store.risks import Risk, Slipping
from store.scoping import narrowed
from store.tables import Customer
from tools.limits import Policy

log = logging.getLogger(__name__)

#: Several people who look at the same list read the books once.
_KEPT = timedelta(seconds=60)


@dataclass(slots=True)
class RankedLately:
    """The list as it was worked out last, and when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: datetime | None = None
    rows: list[Ranked] = field(default_factory=list)
    warnings: list[tuple[Slipping, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AccountRisk:
    """How one account stands: its place on the list by currency, its open invoices, the riskiest first, and an early warning."""

    customer: str
    name: str
    rows: Sequence[Ranked]
    risks: Sequence[Risk]
    warning: Slipping | None


class Ranking:
    """The worklist."""

    engine: Engine
    clock: Clock
    risk: RiskSettings
    outreach: OutreachSettings
    policy: Policy
    _ranked: RankedLately

    def worklist(self, *, owner: str = "", currency: str = "") -> list[Ranked]:
        """Rank the accounts, all of them or those of one person, in one currency."""
        rows, _ = self._known()
        return [row for row in rows if owner in ("", row.owner) and currency in ("", row.currency)]

    def early_warnings(self) -> list[tuple[Slipping, str]]:
        """List reliable payers who slip, with their names, the newest first."""
        return self._known()[1]

    def early_warning(self, customer_id: str) -> Slipping | None:
        """Give the early warning of one customer, where there is one."""
        with looking(self.engine) as session, narrowed(session, customer_id):
            return risks.warning_of(session, customer_id)

    def account_risk(self, customer_id: str) -> AccountRisk | None:
        """Say how one account stands; None where there is no such customer."""
        with looking(self.engine) as session:
            customer = session.get(Customer, customer_id)
            if customer is None:
                return None
            now = self.clock()
            waiting = self._waiting(session, now)
            rows = worklist_of(session, now=now, settings=self.risk, customer_id=customer_id, waiting=waiting)
        with looking(self.engine) as session, narrowed(session, customer_id):
            known = risks.of_customer(session, customer_id)
            warning = risks.warning_of(session, customer_id)
        known.sort(key=lambda r: (-r.late_probability, -r.expected_days_late, r.invoice_number))
        return AccountRisk(customer_id, customer.name, rows, known, warning)

    def worklist_table(self) -> Iterator[Sequence[object]]:
        """Give the rows of the table to take along."""
        return (cells(row, rank=n) for n, row in enumerate(self.worklist(), start=1))

    def _waiting(self, session: Session, now: datetime) -> Mapping[str, str]:
        """Say who waits for their turn; nobody where the file of cadences was spoilt meanwhile: the list stands all the same."""
        try:
            return waiting_now(session, now=now, settings=self.outreach, policy=self.policy)
        except CadenceFault as fault:
            log.error("the worklist does not say who waits for their turn: %s", fault)
            return {}

    def _known(self) -> tuple[list[Ranked], list[tuple[Slipping, str]]]:
        kept, now = self._ranked, self.clock()
        with kept.lock:
            if kept.at is None or not timedelta() <= now - kept.at < _KEPT:
                with looking(self.engine) as session:
                    waiting = self._waiting(session, now)
                    kept.rows = worklist_of(session, now=now, settings=self.risk, waiting=waiting)
                    kept.warnings = [
                        (warning, session.get_one(Customer, warning.customer_id).name)
                        for warning in risks.warnings(session)
                    ]
                kept.at = now
            return kept.rows, kept.warnings
