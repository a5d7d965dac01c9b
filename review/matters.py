"""Ends matters and stops, for those who may: what protects the customer or us is lifted by a manager, never by code."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine
from sqlmodel import Session

from agent.approvers import decides_as_senior
from store.clock import Clock
from store.engine import unit_of_work
from store.matters_closed import close_matter, lift_stop, take_over
from store.tables import Escalation
from tools.approval import Approver


class Matters:
    """The part of the desk that closes what was handed over."""

    engine: Engine
    clock: Clock
    roles: Mapping[str, Approver]

    def close_matter(self, escalation_id: int, *, actor: str, note: str) -> None:
        """Close a matter, with a note of what became of it; one that was a collector's is closed by one. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            matter = session.get(Escalation, escalation_id)
            if matter is None or matter.role != "collector":
                self._only_managers(session, actor)
            close_matter(session, escalation_id, actor=actor, note=note, now=self.clock())

    def take_over(self, escalation_id: int, *, actor: str, seen: str = "") -> None:
        """Put one's name to a matter. `seen`: who had it when one looked. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            take_over(session, escalation_id, actor=actor, seen=seen, now=self.clock())

    def lift_stop(self, customer_id: str, *, actor: str, note: str) -> None:
        """Let a customer be written to again, with a note of why. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            self._only_managers(session, actor)
            lift_stop(session, customer_id, actor=actor, note=note, now=self.clock())

    def _only_managers(self, session: Session, actor: str) -> None:
        if not decides_as_senior(session, actor, self.roles):
            raise ValueError(
                f"is a manager's: {actor} is a collector, or less (roles stand under People, or [roles] in dunwell.toml)"
            )
