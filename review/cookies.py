"""The cookies of people who sign in. Over https they are bound to this host alone (`__Host-`); plain http is for loopback only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import HTTPException, Request, Response

from review.security import LOOPBACK

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie by its plain name; `max_age` in seconds, None for as long as the browser runs."""

    name: str
    max_age: int | None = None

    def read(self, request: Request) -> str | None:
        """Give its value."""
        return request.cookies.get(self._named(request))

    def set(self, request: Request, response: Response, value: str) -> None:
        """Set it: never for scripts, never on a request that another site began."""
        response.set_cookie(
            self._named(request),
            value,
            max_age=self.max_age,
            path="/",
            secure=is_https(request),
            httponly=True,
            samesite="strict",
        )

    def remove(self, request: Request, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self._named(request), path="/", secure=is_https(request), httponly=True, samesite="strict"
        )

    def _named(self, request: Request) -> str:
        return f"__Host-{self.name}" if is_https(request) else self.name


#: The session; which browser somebody signed in from before; a sign-in at the identity provider that is under way.
SESSION = Cookie("dunwell")
DEVICE = Cookie("dunwell_device", max_age=_A_YEAR)
FLOW = Cookie("dunwell_flow", max_age=600)


def session_token(request: Request) -> str | None:
    """Give the token of the session that a browser names; None where it cannot be one."""
    value = SESSION.read(request) or ""
    return value if _TOKEN.fullmatch(value) else None


def is_https(request: Request) -> bool:
    """Say whether the browser speaks https (a proxy in front says so by X-Forwarded-Proto)."""
    return request.url.scheme == "https"


def insist_on_https(request: Request) -> None:
    """Refuse plain http under any name but those of loopback. Raises HTTPException."""
    host = request.headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if not is_https(request) and name not in LOOPBACK:
        raise HTTPException(
            403,
            "This page is for https only. Behind a proxy: let it send X-Forwarded-Proto, and name it in review.proxies.",
        )
