"""Has the words of old mails erased, once a day and out of the files as well. Nothing of it happens unless the settings say so.

It sends nothing, and a failure keeps nobody from anything: what is due today is due tomorrow.
"""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy import Engine

from agent.installation import Installation
from store import retention
from store.clock import Clock
from store.engine import looking, unit_of_work
from store.retention_rules import Rules
from store.scrubbing import NotScrubbed, scrub

log = logging.getLogger(__name__)


class Retention:
    """The daemon's share: looks every few minutes whether today's erasing is still to be done."""

    def __init__(self, installation: Installation) -> None:
        """Take an installation; nothing was done yet."""
        self._home = installation
        self._done_on: date | None = None

    def look(self) -> int:
        """Erase what is due, once a day from the stated hour on; give of how many mails. Never raises."""
        settings, now = self._home.settings.retention, self._home.clock()
        rules = settings.rules
        if rules is None or now.hour < settings.hour or self._done_on == now.date():
            return 0
        try:
            count = erase_old(self._home.engine, rules, clock=self._home.clock)
        except NotScrubbed as error:
            # The rows are erased; until the files are rewritten it is tried again at every look.
            log.warning("retention: %s", error)
            return 0
        except Exception as error:
            log.error("retention: not done, and tried again: %s", type(error).__name__)
            return 0
        self._done_on = now.date()
        if count:
            log.info("retention: the words of %d old mails were erased", count)
        return count


def erase_old(engine: Engine, rules: Rules, *, clock: Clock, actor: str = retention.ACTOR) -> int:
    """Erase all that is due and rewrite the files, also for what an earlier run had left in them; give of how many mails.

    Raises NotScrubbed where another program holds the database: the rows are erased then.
    """
    with looking(engine) as session:
        messages, total = retention.due(session, rules, now=clock()).messages, 0
    for first in range(0, len(messages), retention.BATCH):
        with unit_of_work(engine) as session:
            batch = messages[first : first + retention.BATCH]
            total += retention.erase_due(session, batch, rules, now=clock(), actor=actor)
    with looking(engine) as session:
        clean = retention.is_scrubbed(session)
    if not clean:
        scrub(engine)
        with unit_of_work(engine) as session:
            retention.note_scrubbed(session, now=clock(), actor=actor)
    return total
