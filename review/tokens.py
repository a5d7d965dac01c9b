"""Personal tokens at the desk: making, listing, revoking, and whom one stands for. Never gives a token's text twice."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine

from review.viewer import LOCAL, Viewer
from store import api_tokens
from store.api_tokens import Scope
from store.clients import ApiToken
from store.clock import Clock
from store.engine import looking, unit_of_work
from store.people import Person
from store.roles import Role


class Tokens:
    """The part of the desk that keeps personal tokens."""

    engine: Engine
    clock: Clock

    def tokens_of(self, viewer: Viewer) -> list[ApiToken]:
        """List somebody's own tokens, newest first."""
        with looking(self.engine) as session:
            return api_tokens.of(session, person_id=viewer.person_id, login=viewer.login)

    def make_token(self, viewer: Viewer, *, name: str, scopes: Collection[Scope], days: int) -> tuple[ApiToken, str]:
        """Make a token for somebody; give its row, and its text for this one time. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            return api_tokens.create(
                session,
                person_id=viewer.person_id,
                login=viewer.login,
                name=name,
                scopes=scopes,
                days=days,
                now=self.clock(),
            )

    def revoke_token(self, viewer: Viewer, token_id: int) -> None:
        """Revoke one of somebody's own tokens. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            api_tokens.revoke(session, token_id, actor=viewer.login, login=viewer.login, now=self.clock())

    def token_viewer(self, text: str, *, signs_in: bool) -> Viewer | None:
        """Give whom a token stands for, with its scopes; None for one that is not valid (any more).

        `signs_in`: people sign in here; then a token that was made without a person is worth nothing.
        """
        now = self.clock()
        # Looking keeps no writer waiting; that a token is used is written every few minutes.
        with looking(self.engine) as session:
            token = api_tokens.find(session, text, now=now)
            person = session.get(Person, token.person_id) if token is not None and token.person_id else None
        if token is None or token.id is None:
            return None
        viewer = _viewer(token, person, signs_in=signs_in)
        if viewer is not None and not api_tokens.is_noted(token, now=now):
            with unit_of_work(self.engine) as session:
                api_tokens.note_used(session, token.id, now=now)
        return viewer


def _viewer(token: ApiToken, person: Person | None, *, signs_in: bool) -> Viewer | None:
    scopes = frozenset(token.scopes)
    if token.person_id is None:
        local = Viewer(login=token.login, name=LOCAL.name, role=LOCAL.role, scopes=scopes)
        return None if signs_in or token.login != LOCAL.login else local
    if person is None or person.disabled_at is not None or person.joined_at is None:
        return None
    return Viewer(login=person.login, name=person.name, role=Role(person.role), person_id=person.id, scopes=scopes)
