"""The common address of several companies' pages: passes each request to the process of the company whose host name it names.

It holds nothing of any company: no key, no session, no page, no database; it knows which host name belongs to which socket. Each
process refuses every host name but its own by itself (`review.security`), so that even a fault here shows nobody another's page.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import httpx2
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from review.security import HEADERS, LOOPBACK, host_named

log = logging.getLogger(__name__)

_NOT_HERE = "This page is not served under that name: open it under the configured address.\n"
_AWAY = "This page is being started, or cannot be: try again in a minute. The log of dunwell says more.\n"
#: RFC 9110, 7.6.1: of one connection only; and what says who asked, which we say ourselves.
_OF_ONE_CONNECTION = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
_WHO_ASKED = frozenset(
    (b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port")
)
_OURS = _OF_ONE_CONNECTION | _WHO_ASKED
#: Streams of news are open as long as the page is: only what never begins is given up.
_PATIENCE = httpx2.Timeout(connect=5, read=None, write=60, pool=5)
_MANY = httpx2.Limits(max_connections=1000, max_keepalive_connections=20)
_ASKED_FOR = 2.0
_ASKS_FOR = 10.0


class FrontDoor:
    """The application of the common address (ASGI)."""

    def __init__(self, sockets: Mapping[str, Path], company_of: Callable[[str], str | None]) -> None:
        """Take each company's socket, and who is served under a host name (None: nobody)."""
        self._company_of = company_of
        self._ways = {
            name: httpx2.AsyncClient(
                transport=httpx2.AsyncHTTPTransport(uds=str(path), limits=_MANY), timeout=_PATIENCE, trust_env=False
            )
            for name, path in sockets.items()
        }
        self._looking = asyncio.Lock()
        self._seen: tuple[float, int] | None = None
        # At DEBUG these log addresses of pages.
        for name in ("httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError("only pages are served here")
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        named = host_named(request.headers)
        if named in LOOPBACK:
            return await self._of_the_house(request)
        company = self._company_of(named) if named is not None else None
        way = self._ways.get(company) if company is not None else None
        if way is None:
            return _said(421, _NOT_HERE)
        try:
            answer = await way.send(_passed_on(request), stream=True)
        except ClientDisconnect:
            return _said(400, "The request is not whole.\n")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            log.warning("company %s: its page does not answer (%s)", company, type(error).__name__)
            return _said(503, _AWAY, headers={"retry-after": "30"})
        given = StreamingResponse(_whole(answer), answer.status_code)
        # As they are: a mapping would drop one of two cookies. The date is said by our own server.
        given.raw_headers = [(k.lower(), v) for k, v in answer.headers.raw if k.lower() not in _OURS | {b"date"}]
        return given

    async def _of_the_house(self, request: Request) -> Response:
        """Answer those who watch the machine. Tells no company's name: whoever reaches the port may ask."""
        path = request.url.path
        if request.method not in ("GET", "HEAD") or path not in ("/healthz", "/readyz"):
            return _said(421, _NOT_HERE)
        if path == "/healthz":
            return _said(200, "ok\n")
        bad, every = await self._not_ready(), len(self._ways)
        reasons = [f"{bad} of {every} companies not ready"] if bad else []
        return JSONResponse({"ready": not bad, "reasons": reasons}, status_code=503 if bad else 200, headers=_headers())

    async def _not_ready(self) -> int:
        async with self._looking:
            if self._seen is None or time.monotonic() - self._seen[0] > _ASKED_FOR:
                ready = await asyncio.gather(*map(_is_ready, self._ways.values()))
                self._seen = (time.monotonic(), ready.count(False))
            return self._seen[1]


def _passed_on(request: Request) -> httpx2.Request:
    """Make the request for the company's process: the same, from whom and how it came being said by us."""
    ended = {name.strip().lower().encode() for name in request.headers.get("connection", "").split(",")}
    headers = [(k, v) for k, v in request.headers.raw if k.lower() not in _OURS | ended]
    if request.client is not None:
        headers.append((b"x-forwarded-for", request.client.host.encode()))
    headers.append((b"x-forwarded-proto", request.url.scheme.encode()))
    query = request.scope["query_string"]
    target = request.scope["raw_path"] + (b"?" + query if query else b"")
    has_body = bool({"content-length", "transfer-encoding"} & set(request.headers.keys()))
    return httpx2.Request(
        request.method,
        "http://company",
        headers=headers,
        content=request.stream() if has_body else None,
        # Byte for byte as it came: no second reading of an address may differ from the first.
        extensions={"target": target, "timeout": _PATIENCE.as_dict()},
    )


async def _whole(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    except httpx2.HTTPError as error:
        log.warning("a page's process went away while it answered (%s)", type(error).__name__)
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return  # the browser comes back by itself
        # Half an answer must not look like a whole one: the connection ends.
        raise ConnectionResetError("the answer is not whole") from None
    finally:
        await answer.aclose()


async def _is_ready(way: httpx2.AsyncClient) -> bool:
    try:
        async with asyncio.timeout(_ASKS_FOR):
            answer = await way.get("http://localhost/readyz")
            return answer.status_code == 200
    except (httpx2.HTTPError, TimeoutError):
        return False


def _said(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(text, status, headers={**_headers(), **(headers or {})})


def _headers() -> dict[str, str]:
    return {**HEADERS, "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}


def known_hosts(named: Mapping[str, str | None]) -> Callable[[str], str | None]:
    """Give who is served under a host name, from the host name of each company; nobody where two claim the same."""

    def company_of(host: str) -> str | None:
        found = [company for company, theirs in dict(named).items() if theirs == host]
        return found[0] if len(found) == 1 else None

    return company_of
