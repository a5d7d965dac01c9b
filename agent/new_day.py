"""Looks whether a day has begun: a customer's, to have promises, plans and pauses judged, and ours, to erase what is old enough.

Judges nothing by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.installation import Installation
from agent.retention import Retention
from store.keeping import keep_daily

#: How often the daemon's loop looks.
EVERY = timedelta(minutes=5)


class NewDay:
    """The daemon's eye on the calendar."""

    def __init__(self, installation: Installation) -> None:
        """Take an installation; nothing was looked at yet."""
        self._home = installation
        self._looked_at: datetime | None = None
        self._retention = Retention(installation)

    def judge(self) -> int:
        """Judge those who were not judged yet on this day of theirs; give how many cases woke."""
        self._looked_at = self._home.clock()
        days = self._home.settings.policy.keeping_days()
        woken = keep_daily(self._home.engine, now=self._looked_at, days=days).woken
        self._retention.look()
        return woken

    def look(self) -> int:
        """Do the same, but only now and then; a clock that was put back is no reason to wait."""
        since = None if self._looked_at is None else self._home.clock() - self._looked_at
        return self.judge() if since is None or not timedelta() <= since < EVERY else 0
