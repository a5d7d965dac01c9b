"""The daemon's eye on letters, calls and SMS: ends those whose ground is gone, and sends the SMS that are due. Posts and dials nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.installation import Installation
from outreach.channels.provider import Twilio
from outreach.channels.sending import Texting
from store.channel_ground import void_groundless
from store.engine import unit_of_work

#: How often it looks; a provider is asked no more often than that.
EVERY = timedelta(minutes=1)


class OtherWays:
    """An errand of the daemon."""

    name = "letters, calls and SMS"

    def __init__(self, installation: Installation, *, worker: str) -> None:
        """Take an installation; the name must be stable over restarts, as by it an SMS in hand is known for what it is."""
        self._home, self._worker = installation, worker
        self._looked_at: datetime | None = None
        self._provider: Twilio | None = None

    def run(self) -> int:
        """Do what is due, now and then; give how many tasks ended or were sent."""
        now = self._home.clock()
        if self._looked_at is not None and timedelta() <= now - self._looked_at < EVERY:
            return 0
        self._looked_at = now
        with unit_of_work(self._home.engine) as session:
            ended = len(void_groundless(session, now=now))
        settings = self._home.settings.channels.sms
        if settings is None:
            return ended
        self._provider = self._provider or Twilio(settings)
        texting = Texting(
            self._home.engine,
            clock=self._home.clock,
            policy=self._home.settings.policy,
            provider=self._provider,
            worker=self._worker,
        )
        return ended + texting.round().sent

    def close(self) -> None:
        """Let go of the connections."""
        if self._provider is not None:
            self._provider.close()
            self._provider = None
