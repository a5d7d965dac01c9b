"""What a sender knows of a mail and could not write down, as the database was away: kept, and written before anything else is done.

A mail whose answer we have is not left to guessing because of that. What is kept here goes with the process: after a death the row
itself tells that the mail's fate is unknown.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from store.outage import is_outage

log = logging.getLogger(__name__)


class Unwritten:
    """The notes of one sender. For one thread."""

    def __init__(self) -> None:
        self._notes: deque[tuple[int, Callable[[], None]]] = deque()

    def write(self, outgoing_id: int, note: Callable[[], None]) -> None:
        """Write a note, or keep it while the database is away. Raises what else goes wrong."""
        try:
            note()
        except Exception as error:
            if not is_outage(error):
                raise
            self.keep(outgoing_id, note)
            log.error(
                "outgoing %d: the database went away (%s); what came of it is written when it is back",
                outgoing_id,
                type(error).__name__,
            )

    def keep(self, outgoing_id: int, note: Callable[[], None]) -> None:
        """Keep a note for later."""
        self._notes.append((outgoing_id, note))

    def catch_up(self) -> None:
        """Write all that was kept, in its order. Raises what the database raises; the rest then stays kept."""
        while self._notes:
            outgoing_id, note = self._notes[0]
            try:
                note()
            except Exception as error:
                if is_outage(error):
                    raise
                # Kept for ever it would stop all mail: the claim runs out, and the row is told to a person.
                log.exception("outgoing %d: what came of it could not be written", outgoing_id)
            self._notes.popleft()
