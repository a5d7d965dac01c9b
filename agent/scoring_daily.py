"""Has the open invoices scored when a day began, and after every import of the ledger. A failure keeps nobody from anything."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from agent.installation import Installation
from risk.scoring import score_now
from store import risks
from store.engine import looking
from store.keeping_concerned import ledger_brought_in

log = logging.getLogger(__name__)

#: How often it looks.
EVERY = timedelta(minutes=5)


class DailyScoring:
    """The daemon's errand: risk is as of today, and of the ledger as it is."""

    name = "scoring of open invoices"

    def __init__(self, home: Installation) -> None:
        """Take an installation; nothing was looked at yet."""
        self._home = home
        self._looked_at: datetime | None = None

    def run(self) -> int:
        """Score where it is due; give how many invoices."""
        now = self._home.clock()
        since = None if self._looked_at is None else now - self._looked_at
        # A clock that was put back is no reason to wait.
        if since is not None and timedelta() <= since < EVERY:
            return 0
        self._looked_at = now
        if not self._due(now):
            return 0
        scored = score_now(self._home.engine, now=now, settings=self._home.settings.risk)
        log.info("%d open invoices were scored, %d early warnings stand", scored.invoices, scored.warnings)
        return scored.invoices

    def close(self) -> None:
        """Let go of nothing: it holds no connection."""

    def _due(self, now: datetime) -> bool:
        with looking(self._home.engine) as session:
            scored, imported = risks.scored_at(session), ledger_brought_in(session)
        if imported is None:
            return False
        return scored is None or scored.date() < now.date() or scored < imported
