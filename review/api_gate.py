"""Who asks the JSON API: the person behind a token, or, for looking only, behind a session of the same origin's pages.

A token is accepted here and nowhere else; a session cookie never decides here, so that no foreign page can use it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from review.api_problems import concerns
from review.security import same_origin
from review.tokens import Tokens
from review.viewer import Viewer
from store.api_tokens import Scope

_SCHEME = "bearer "
#: Operations that are posted and change nothing that anybody decides by: reading is enough for them.
_ONLY_LOOKS = frozenset({"/api/v1/items/{number}/preview", "/api/v1/items/{number}/here", "/api/v1/exports/{what}"})


def bearer_of(request: Request) -> str | None:
    """Give the token of a request to the API; None where it names none."""
    stated = request.headers.get("authorization", "")
    return stated[len(_SCHEME) :].strip() if stated[: len(_SCHEME)].lower() == _SCHEME else None


async def api_viewer(
    request: Request, tokens: Tokens, *, signs_in: bool, by_session: Callable[[], Awaitable[Viewer | None]]
) -> Viewer:
    """Give who asks the API. Raises HTTPException 401."""
    token = bearer_of(request)
    if token is not None:
        viewer = await run_in_threadpool(tokens.token_viewer, token, signs_in=signs_in)
        if viewer is None:
            raise HTTPException(401, "This token is not valid: it was mistyped, has run out, or was revoked.")
        return viewer
    if request.method in ("GET", "HEAD") and same_origin(request.headers, request.headers.get("host", "")):
        session = await by_session()
        if session is not None:
            return session
    raise HTTPException(401, "Send a personal token (Authorization: Bearer dw_...); it is made under My tokens.")


def scope_for(method: str, path: str) -> Scope:
    """Say which scope a token needs for a route of the API."""
    return Scope.READ if method in ("GET", "HEAD") or path in _ONLY_LOOKS else Scope.DECIDE


def check_scope(viewer: Viewer, method: str, path: str) -> None:
    """Refuse what a token's scopes do not allow. Raises HTTPException 403."""
    if viewer.scopes is None or not concerns(path):
        return
    needed = scope_for(method, path)
    if needed not in viewer.scopes:
        raise HTTPException(403, f"This token may not {needed.value}: make one with that scope.")
