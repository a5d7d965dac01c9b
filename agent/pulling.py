"""The daemon's errand that reads each connected system when it is time. One that fails keeps no other from being read."""

from __future__ import annotations

import logging
import threading

from agent.connecting import Connections
from ledger.connectors.failures import ConnectorError, Interrupted
from store.ledger import LedgerFaults

log = logging.getLogger(__name__)


class Pulling:
    """The daemon's errand: reads each connected system when it is time. One that fails keeps no other from being read."""

    name = "reading connected systems"

    def __init__(self, found: Connections) -> None:
        """Take the connections."""
        self._connections = found

    def heed(self, stopping: threading.Event) -> None:
        """End a pull that waits for a system when told to stop."""
        self._connections.stopping = stopping

    def run(self) -> int:
        """Read what is due; give how many rows changed."""
        changed = 0
        for settings in self._connections.settings:
            try:
                done = self._connections.sync(settings.name, actor="daemon", only_due=True)
            except Interrupted:
                break
            except ConnectorError as error:
                log.warning("connection %s: %s; it is tried again later", settings.name, error.code)
                continue
            except LedgerFaults as faults:
                # Their texts may hold what stands in a record.
                log.warning(
                    "connection %s: %d records do not add up: nothing was taken", settings.name, len(faults.faults)
                )
                continue
            changed += sum(done.changed.values()) if done is not None else 0
        return changed

    def close(self) -> None:
        """Nothing stays open between rounds."""
