"""Looks whether a day has begun: a customer's, to have promises, plans and pauses judged and steps planned, and ours, to erase what is old.

Judges nothing by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.installation import Installation
from agent.retention import Retention
from outreach.planning import plan_day
from store.keeping import keep_daily
from store.last_resort_keeping import keep_last_resorts

#: How often the daemon's loop looks, and how often at the last steps: nothing about them is a matter of minutes.
EVERY, LAST_STEPS_EVERY = timedelta(minutes=5), timedelta(hours=1)


class NewDay:
    """The daemon's eye on the calendar."""

    def __init__(self, installation: Installation) -> None:
        """Take an installation; nothing was looked at yet."""
        self._home = installation
        self._looked_at: datetime | None = None
        self._kept_steps_at: datetime | None = None
        self._retention = Retention(installation)

    def judge(self) -> int:
        """Judge those who were not judged yet on this day of theirs; give how many cases woke."""
        self._looked_at = self._home.clock()
        days = self._home.settings.policy.keeping_days()
        woken = keep_daily(self._home.engine, now=self._looked_at, days=days).woken
        self._keep_last_steps(self._looked_at)
        woken += self._write_first(self._looked_at)
        self._retention.look()
        return woken

    def _write_first(self, now: datetime) -> int:
        """Plan the steps of cadences that are due, after promises and pauses were judged: those come first."""
        settings = self._home.settings
        if not settings.outreach.enabled:
            return 0
        return plan_day(
            self._home.engine,
            now=now,
            settings=settings.outreach,
            policy=settings.policy,
            mailbox=settings.writes_first_from,
            texts=settings.channels.sms is not None,
            risk=settings.risk,
        ).planned

    def _keep_last_steps(self, now: datetime) -> None:
        """Judge holds, settlements and hand-offs; a clock that was put back is no reason to wait."""
        since = None if self._kept_steps_at is None else now - self._kept_steps_at
        if since is None or not timedelta() <= since < LAST_STEPS_EVERY:
            self._kept_steps_at = now
            keep_last_resorts(self._home.engine, now=now, days=self._home.settings.policy.keeping_days())

    def look(self) -> int:
        """Do the same, but only now and then; a clock that was put back is no reason to wait."""
        since = None if self._looked_at is None else self._home.clock() - self._looked_at
        return self.judge() if since is None or not timedelta() <= since < EVERY else 0
