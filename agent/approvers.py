"""Who an actor of the log is when something is to be approved: a person of the queue, or a name under [roles] in dunwell.toml.

A person's own role always wins, so that a line of the configuration cannot lift somebody who signs in.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from store.persons import by_login
from store.roles import DECIDERS
from tools.approval import Approver


def approver_of(session: Session, actor: str, roles: Mapping[str, Approver]) -> Approver | None:
    """Give what an actor may approve as; None for a person who approves nothing: an admin, an auditor, somebody disabled."""
    person = by_login(session, actor)
    if person is None:
        return roles.get(actor, Approver.COLLECTOR)
    if person.disabled_at is not None or person.role not in DECIDERS:
        return None
    return Approver(person.role)
