"""Stands before every route: finds out who asks, and refuses what the matrix does not allow. Denies by default."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from review.api_gate import api_viewer, check_scope
from review.api_problems import concerns
from review.cookies import insist_on_https, session_token
from review.matrix import BY_ITSELF, allowed, is_public
from review.people import People, hashed
from review.tokens import Tokens
from review.viewer import LOCAL, Viewer


class Gate:
    """The dependency of the whole application."""

    def __init__(self, tokens: Tokens, people: People | None = None) -> None:
        """Take who knows personal tokens, and who knows sessions; without people everybody is LOCAL."""
        self._tokens = tokens
        self._people = people

    async def admit(self, request: Request) -> None:
        """Set who asks, or refuse. Raises HTTPException."""
        method, path = request.method, request.scope["route"].path
        if self._people is not None:
            insist_on_https(request)
        if is_public(method, path):
            return
        viewer = await self._who(request, path)
        if viewer is None:
            raise HTTPException(401, "Nobody is signed in here, or the session is over.")
        request.state.viewer = viewer
        if viewer.role not in allowed(method, path):
            if self._people is not None:
                await run_in_threadpool(self._people.note_refused, viewer, method=method, route=path)
            raise HTTPException(403, f"This is not for the role {viewer.role.value}.")
        check_scope(viewer, method, path)

    async def still_admits(self, request: Request) -> bool:
        """Say whether who was admitted to a stream may still be told: their session goes on. Listening does not prolong it."""
        if self._people is None:
            return True
        token = session_token(request)
        viewer = await run_in_threadpool(self._people.viewer, token, in_use=False) if token is not None else None
        return viewer is not None and viewer.role in allowed(request.method, request.scope["route"].path)

    async def _who(self, request: Request, path: str) -> Viewer | None:
        async def by_session() -> Viewer | None:
            return await self._by_session(request)

        if concerns(path):
            return await api_viewer(request, self._tokens, signs_in=self._people is not None, by_session=by_session)
        return await by_session()

    async def _by_session(self, request: Request) -> Viewer | None:
        if self._people is None:
            return LOCAL
        token = session_token(request)
        in_use = (request.method, request.scope["route"].path) not in BY_ITSELF
        viewer = await run_in_threadpool(self._people.viewer, token, in_use=in_use) if token is not None else None
        if token is not None and viewer is not None:
            # The forms of a signed-in browser are bound to its session (`FormTokens`).
            request.state.session_key = hashed(token)
        return viewer
