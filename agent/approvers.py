"""Who an actor of the log is when something is to be approved: a person of the queue, or a name under [roles] in dunwell.toml.

A person's own role always wins, so that a line of the configuration cannot lift somebody who signs in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Select, select
from sqlmodel import Session, col

from store.people import Person
from store.persons import by_login
from store.roles import DECIDERS
from tools.approval import Approver, login_behind

_ORDER = list(Approver)


def approver_of(session: Session, actor: str, roles: Mapping[str, Approver]) -> Approver | None:
    """Give what an actor may approve as; None for a person who approves nothing: an admin, an auditor, somebody disabled."""
    configured = roles.get(actor, Approver.COLLECTOR)
    person = by_login(session, login_behind(actor))
    if person is None:
        return configured
    if person.disabled_at is not None or person.role not in DECIDERS:
        return None
    own = Approver(person.role)
    # At the terminal nobody proves who they are: there a person is no more than either says.
    return own if person.login == actor else min(own, configured, key=_ORDER.index)


def decides_as_senior(session: Session, actor: str, roles: Mapping[str, Approver]) -> bool:
    """Say whether an actor is a manager or more: by their own role where they sign in, else by [roles]."""
    return approver_of(session, actor, roles) in (Approver.MANAGER, Approver.CONTROLLER)


@cache
def _deciding() -> Select[str]:
    return select(col(Person.name)).where(col(Person.role).in_(sorted(DECIDERS)), col(Person.disabled_at).is_(None))


def signing_names(session: Session, roles: Mapping[str, Approver]) -> tuple[str, ...]:
    """List the names that may stand under a mail: of the persons who decide, and those under [roles]."""
    return (*session.execute(_deciding()).scalars(), *(name.removeprefix("cli:") for name in roles if name != "local"))
