"""The connected systems at the desk: how each stands, and what a controller does about one. Signing in stays with the command line.

Nothing is read into the ledger here: the daemon does that. Trying asks the system, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from store import connection_steering as steering
from store import connections as stored
from store.clock import Clock
from store.connection_steering import CannotSteer
from store.engine import unit_of_work

if TYPE_CHECKING:
    from agent.connecting import Connections
    from agent.connection_standing import Standing

__all__ = ["CannotSteer", "Connecting", "Tried"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What reading a system now would change. `left_out` and `faults`: a line each; with a fault nothing would be taken.

    `failed`: why it could not be read at all, "" where it could.
    """

    full: bool = False
    read: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    faults: Sequence[str] = ()
    failed: str = ""


class Connecting:
    """The part of the desk that deals with connected systems. `connected`: those of the configuration; None where there are none."""

    engine: Engine
    clock: Clock
    connected: Callable[[], Connections] | None

    def connections(self) -> list[Standing]:
        """Say how each connection stands."""
        from agent.connection_standing import standings

        return standings(self.connected()) if self.connected is not None else []

    def connection(self, name: str) -> Standing | None:
        """Say how one stands; None where the configuration has none of this name."""
        return next((each for each in self.connections() if each.name == name), None)

    def read_connection_now(self, name: str, *, actor: str) -> None:
        """Have one read at the daemon's next round. Raises CannotSteer."""
        self._there(name)
        with unit_of_work(self.engine) as session:
            steering.read_now(session, name, actor=actor, now=self.clock())

    def pause_connection(self, name: str, *, actor: str) -> None:
        """Have one read no more by itself. Raises CannotSteer."""
        self._there(name)
        with unit_of_work(self.engine) as session:
            steering.pause(session, name, actor=actor, now=self.clock())

    def resume_connection(self, name: str, *, actor: str) -> None:
        """Have a paused one read again. Raises CannotSteer."""
        self._there(name)
        with unit_of_work(self.engine) as session:
            steering.resume(session, name, actor=actor, now=self.clock())

    def remove_connection(self, name: str, *, actor: str) -> None:
        """Forget the tokens of one, and how far it was read; what it brought stays. Raises CannotSteer."""
        self._there(name)
        with unit_of_work(self.engine) as session:
            if not stored.forget(session, name, actor=actor, now=self.clock()):
                raise CannotSteer(f"{name}: there is nothing to forget")

    def try_connection(self, name: str, *, actor: str) -> Tried:
        """Ask a system what reading it now would change, and change nothing. Raises CannotSteer."""
        from ledger.connectors.failures import ConnectorError
        from store.ledger import LedgerFaults

        found = self._there(name)
        try:
            done = found.sync(name, actor=actor, dry_run=True)
        except ConnectorError as error:
            return Tried(failed=str(error))
        except LedgerFaults as faults:
            return Tried(faults=[str(fault) for fault in faults.faults])
        assert done is not None, "only a reading that is due alone is passed over"
        return Tried(done.full, done.read, done.changed, done.left_out)

    def _there(self, name: str) -> Connections:
        found = self.connected() if self.connected is not None else None
        if found is None or all(each.name != name for each in found.settings):
            raise CannotSteer(f"{name} is no connection of the configuration")
        return found
