"""Guards every request and response of the pages: host, origin, form token, size, headers. Never logs what a request holds.

Who may do what stands in `review.gate`. Here a foreign page in the same browser is kept out, which could use a session that is
there: by its name (DNS rebinding), by a form (CSRF), in a frame, or by a script that got into a mail.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Form, HTTPException, Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.api_problems import PREFIX as API
from review.api_problems import problem as api_problem
from review.assets import PLACE
from review.csp import fresh_nonce, policy
from store.outage import disk_fault, is_outage

log = logging.getLogger(__name__)

#: OWASP ASVS 5.0, 3.4; beside the Content-Security-Policy, which differs in each response (`review.csp`).
HEADERS: dict[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
#: Said over https only: for a year, this host is asked over https alone (ASVS 3.4.1).
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
#: The type of documents: no browser opens it in a page.
BYTES = "application/octet-stream"
LOOPBACK: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
#: The longest body of a form, in bytes: a draft of 20,000 characters, percent-encoded, fits.
MAX_FORM = 300_000

_AWAY = "The database does not answer at the moment."
_ITS_DISK = "The disk that the database lies on {fault}: whoever runs dunwell must see to it."
_LOOKING = "Nothing is lost: try again in a few seconds."
_WRITING = "Whether this was saved will show when it is back: look before you do it again."
#: Seconds.
_BACK_IN = "5"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE = "dunwell_form"
_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?", re.IGNORECASE)

#: Makes the page for a refused or failed request: status, one line of what happened and what to do.
ProblemPage = Callable[[int, str], Response]


def _away(error: BaseException, *, writing: bool) -> str:
    """Say why nothing can be shown or done for the moment, and what to do."""
    fault = disk_fault(error)
    what = _AWAY if fault is None else _ITS_DISK.format(fault=fault)
    return f"{what} {_WRITING if writing else _LOOKING}"


class Guard:
    """Wraps the whole application, so that no response, not even of an error, leaves without its headers."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], problem: ProblemPage) -> None:
        """Allow these host names beside those of loopback."""
        self._app = app
        self._hosts = frozenset(name.lower() for name in (*LOOPBACK, *hosts))
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on; whatever breaks becomes a page in plain words."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with fresh_nonce() as nonce:
            await self._answer(scope, receive, send, nonce)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, nonce: str) -> None:
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                # Scripts and styles hold nothing of anybody: they alone may be kept, as they say themselves.
                kept = headers.get("cache-control") if scope["path"].startswith(f"{PLACE}/") else None
                for name, value in HEADERS.items():
                    headers[name] = value
                if kept is not None:
                    headers["cache-control"] = kept
                if scope.get("scheme") == "https":
                    headers["strict-transport-security"] = STRICT_TRANSPORT
                # What a person saves is never run as a page of ours, whatever it turns out to be.
                headers["content-security-policy"] = policy(nonce, saved=headers.get("content-type") == BYTES)
            await send(message)

        api = scope["path"].startswith(API)
        told = api_problem if api else self._problem
        refused = self._refusal(scope["method"], Headers(scope=scope), told, api=api)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:
            if is_outage(error) and not started:
                log.error(
                    "%s %s: the database does not answer (%s)", scope["method"], scope["path"], type(error).__name__
                )
                response = told(503, _away(error, writing=scope["method"] not in _SAFE))
                response.headers["retry-after"] = _BACK_IN
                await response(scope, receive, guarded)
                return
            # The text of an error may quote a mail or an address: only its kind and place are logged.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s %s failed: %s\n%s", scope["method"], scope["path"], type(error).__name__, where)
            if started:
                raise
            sorry = "Something broke in dunwell itself. Nothing was sent. The log of the review page says where."
            await told(500, sorry)(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers, told: ProblemPage, *, api: bool) -> Response | None:
        host = headers.get("host", "")
        if host_named(headers) not in self._hosts:
            return told(421, "This page is not served under that name: open it under the configured address.")
        if method in _SAFE:
            return None
        # The API decides nothing by a cookie, only by a token, which no foreign page can make a browser send.
        if not api and not same_origin(headers, host):
            return told(403, "Another site sent this request, or the browser hides where it came from.")
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return told(411, "The request does not say how long it is.")
        if int(length) > MAX_FORM:
            return told(413, "That is too much text for one form.")
        return None


def host_named(headers: Headers) -> str | None:
    """Give the host name, without port, that a request names; None where it names none."""
    named = _HOST.fullmatch(headers.get("host", ""))
    return named.group(1).lower() if named is not None else None


def same_origin(headers: Headers, host: str) -> bool:
    """Say whether the browser vouches that our own page sent a request.

    Under `no-referrer` browsers send `Origin: null` with forms, so Sec-Fetch-Site decides; a browser without it must name
    the origin.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None and origin != "null" and origin.partition("://")[2].lower() != host.lower():
        return False
    return site == "same-origin" if site is not None else origin not in (None, "null")


class FormTokens:
    """Tokens in every form: where somebody is signed in bound to that very session, else signed double-submit (OWASP).

    Double-submit: a random value in a strict cookie, its HMAC in the form.
    """

    def __init__(self, key: bytes) -> None:
        """Sign with this key."""
        self._key = key

    def for_page(self, request: Request) -> tuple[str, str | None]:
        """Give the token for the forms of a page, and the cookie to set where the browser has none yet."""
        if (session := _session(request)) is not None:
            return self._sign(session), None
        known = self._cookie(request)
        value = known or secrets.token_urlsafe(32)
        return self._sign(value), None if known else value

    def keep(self, response: Response, value: str, *, secure: bool) -> None:
        """Set the cookie."""
        response.set_cookie(_named(secure=secure), value, path="/", httponly=True, samesite="strict", secure=secure)

    def require(self, request: Request, token: Annotated[str, Form(alias="csrf")] = "") -> None:
        """Refuse a form that none of our pages made for this browser. Raises HTTPException."""
        known = _session(request) or self._cookie(request)
        if known is None or not hmac.compare_digest(self._sign(known).encode(), token.encode("utf-8", "replace")):
            raise HTTPException(
                403, "This form was not made for this browser, or is very old: reload the page, and try again."
            )

    def _cookie(self, request: Request) -> str | None:
        value = request.cookies.get(_named(secure=request.url.scheme == "https"), "")
        return value if _COOKIE_VALUE.fullmatch(value) else None

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()


def _session(request: Request) -> str | None:
    """Give what stands for the session of a signed-in browser; set by the gate."""
    key = getattr(request.state, "session_key", None)
    return f"session:{key}" if isinstance(key, str) else None


def _named(*, secure: bool) -> str:
    """Name the cookie: over https it is bound to this host alone."""
    return f"__Host-{_COOKIE}" if secure else _COOKIE
