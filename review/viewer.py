"""Who is looking: the person behind a request. Set once, by the gate, before any route runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from store.roles import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in. `login` is the name in the audit log; `person_id` is None where nobody signs in."""

    login: str
    name: str
    role: Role
    person_id: int | None = None
    session_id: int | None = None
    proven_at: datetime | None = None
    """When they last proved who they are, in a browser; None where nobody knows."""
    scopes: frozenset[str] | None = None
    """For a token of the JSON API, what it may be used for; None for a session in a browser."""


#: Whoever sits at the machine, where sign-in is off: the demo on loopback. What they may approve is `roles.local`.
LOCAL = Viewer(login="local", name="You", role=Role.MANAGER)


def viewer_of(request: Request) -> Viewer:
    """Give who made a request that passed the gate."""
    viewer = request.state.viewer
    assert isinstance(viewer, Viewer)
    return viewer


def actor_of(request: Request) -> str:
    """Give the name that goes into the audit log."""
    return viewer_of(request).login


def introduced(viewer: Viewer) -> str:
    """Give the name under which somebody calls a customer; left open where nobody signs in, as what was agreed is."""
    return viewer.name if viewer.person_id is not None else "___"
