"""The JSON API of connected systems: how each stands, and what is done about it. Signing in stays with the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from review import words
from review.api_models import Answer, Done
from review.api_problems import RESPONSES, Refusal
from review.connected import CannotSteer
from review.connectionpages import Name
from review.desk import Desk
from review.limiting import limited
from review.viewer import actor_of

if TYPE_CHECKING:
    from agent.connection_standing import Standing


class ConnectionOut(Answer):
    """A connected system."""

    name: str
    kind: str
    condition: str = Field(
        description="not_signed_in, refused, paused, being_read, rate_limited, failing, not_read or works"
    )
    told: str = Field(description="the same in words")
    command: str = Field(description="what somebody has to run at the machine; empty where nothing")
    signed_in: str = Field(description="yes, no or not needed")
    read_to: datetime | None
    good_at: datetime | None = Field(description="when it was last read")
    tried_at: datetime | None
    full_at: datetime | None = Field(description="when everything was last read")
    next_at: datetime | None = Field(
        description="when it is read next; while it is rate_limited: until when it is left alone"
    )
    failures: int
    left_out: int = Field(description="how many records were passed over last time")
    brought: dict[str, int] = Field(description="what it brought so far, by kind")
    notes: dict[str, int] = Field(description="notes in a CRM, by state")


class ConnectionList(Answer):
    """All connections of the configuration."""

    connections: list[ConnectionOut]


class TriedOut(Answer):
    """What reading a system now would change. With a fault, or where it `failed`, nothing would be taken."""

    full: bool
    read: dict[str, int]
    changed: dict[str, int]
    left_out: list[str]
    faults: list[str]
    failed: str


def connection_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["connections"], responses=RESPONSES)

    @api.get("/connections", operation_id="get_connections")
    def get_connections() -> ConnectionList:
        """Say how each connected system stands. No system is asked."""
        return ConnectionList(connections=[_out(each) for each in desk.connections()])

    @api.get("/connections/{name}", operation_id="get_connection")
    def get_connection(name: Name) -> ConnectionOut:
        """Say how one connected system stands."""
        found = desk.connection(name)
        if found is None:
            raise HTTPException(404, "There is no connection of this name.")
        return _out(found)

    @api.post("/connections/{name}/read-now", operation_id="read_connection_now")
    def read_now(request: Request, name: Name) -> Done:
        """Have a system read at the daemon's next round."""
        with _told():
            desk.read_connection_now(name, actor=actor_of(request))
        return Done()

    @api.post("/connections/{name}/pause", operation_id="pause_connection")
    def pause(request: Request, name: Name) -> Done:
        """Have a system read no more by itself."""
        with _told():
            desk.pause_connection(name, actor=actor_of(request))
        return Done()

    @api.post("/connections/{name}/resume", operation_id="resume_connection")
    def resume(request: Request, name: Name) -> Done:
        """Have a paused system read again."""
        with _told():
            desk.resume_connection(name, actor=actor_of(request))
        return Done()

    @api.post("/connections/{name}/remove", operation_id="remove_connection")
    def remove(request: Request, name: Name) -> Done:
        """Forget its tokens and how far it was read; what it brought stays."""
        with _told():
            desk.remove_connection(name, actor=actor_of(request))
        return Done()

    @api.post("/connections/{name}/try", operation_id="try_connection")
    def try_(request: Request, name: Name) -> TriedOut:
        """Ask a system what reading it now would change, and what is left out and why. Changes nothing."""
        limited(request, "connect")
        with _told():
            found = desk.try_connection(name, actor=actor_of(request))
        return TriedOut(
            full=found.full,
            read=found.read,
            changed=found.changed,
            left_out=list(found.left_out),
            faults=list(found.faults),
            failed=found.failed,
        )

    return api


def _out(row: Standing) -> ConnectionOut:
    return ConnectionOut(
        name=row.name,
        kind=row.settings.kind,
        condition=row.condition.value,
        told=row.told,
        command=row.command,
        signed_in=row.signed_in,
        read_to=row.read_to,
        good_at=row.good_at,
        tried_at=row.tried_at,
        full_at=row.full_at,
        next_at=row.next_at,
        failures=row.failures,
        left_out=row.left_out,
        brought=dict(row.brought),
        notes=dict(row.notes),
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except CannotSteer as error:
        raise Refusal(409, words.sentence(str(error)), kind="state") from None
