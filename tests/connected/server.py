"""Emulated systems on one loopback port: real HTTP, what a client sends is checked, and every answer can be made wrong.

A request that the real system would not understand is answered with 400 and fails the test (`check`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from evals.loopback import Loopback

CLIENT, SECRET = "client-of-the-house", "s3cr3t-0f-the-house-long-enough"


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Answer:
    """What is sent back; `cut` breaks off in the middle of the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    kind: str = "application/json"


def said(document: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(
        status, json.dumps(document, default=str).encode(), {name.replace("_", "-"): v for name, v in headers.items()}
    )


def web_page() -> Answer:
    return Answer(200, b"<!doctype html><title>Please sign in</title>", kind="text/html")


def too_many(wait: str = "7") -> Answer:
    return said({"error": "slow down"}, 429, retry_after=wait)


def cut_off() -> Answer:
    return Answer(200, b'{"QueryResponse": {"Customer": [' + b" " * 4000, cut=True)


class NotUnderstood(AssertionError):
    """A request that the real system would reject."""


def need(condition: object, text: str) -> None:
    if not condition:
        raise NotUnderstood(text)


@dataclass
class Bend:
    """How pages are made wrong: `times` of them, or always where it is None."""

    how: str = ""
    times: int | None = None

    def now(self) -> str:
        if not self.how or self.times == 0:
            return ""
        if self.times is not None:
            self.times -= 1
        return self.how


class Emulator:
    """One system. Subclasses answer requests; this keeps tokens, faults and what was asked."""

    kind = ""
    #: How an app proves itself at the token server: basic or post.
    proof = "basic"
    rotates = True
    lives = 3600

    def __init__(self, base: str) -> None:
        self.base = f"{base}/{self.kind}"
        self.asked: list[Asked] = []
        self.wrong: list[str] = []
        self.next: deque[tuple[Callable[[Asked], bool], Answer]] = deque()
        self.bend = Bend()
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.given = 0
        self.refreshes = 0
        self.before_token: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    # --- for tests ------------------------------------------------------------------------------------------------

    def then(self, *answers: Answer, when: Callable[[Asked], bool] = lambda _: True) -> None:
        """Answer the next requests that match so."""
        self.next.extend((when, answer) for answer in answers)

    def check(self) -> None:
        assert not self.wrong, "; ".join(self.wrong)

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    # --- tokens ---------------------------------------------------------------------------------------------------

    def tokens(self) -> dict[str, Any]:
        """Give new tokens; where they rotate, the refresh token of before is void."""
        self.given += 1
        access, refresh = f"access-{self.kind}-{self.given}", f"refresh-{self.kind}-{self.given}"
        self.access = {access}
        if self.rotates:
            self.refresh = {refresh}
        else:
            self.refresh.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": self.lives}

    def token(self, asked: Asked) -> Answer:
        form = asked.form
        self.before_token()
        if form["grant_type"] in ("authorization_code", "refresh_token"):
            self._proven(asked, form)
        if form["grant_type"] == "refresh_token":
            self.refreshes += 1
            if form["refresh_token"] not in self.refresh:
                return said({"error": "invalid_grant", "error_description": form["refresh_token"]}, 400)
            return said(self.tokens())
        if form["grant_type"] == "authorization_code":
            began = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if began is None or began["code_challenge"] != challenge or began["redirect_uri"] != form["redirect_uri"]:
                return said({"error": "invalid_grant"}, 400)
            return said(self.tokens())
        return self.by_key(form)

    def _proven(self, asked: Asked, form: dict[str, str]) -> None:
        if self.proof == "basic":
            wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            need(asked.headers.get("authorization") == wanted, "the app proves itself with basic authentication")
        else:
            need(
                (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET),
                "client_id and secret in the form",
            )

    def by_key(self, form: dict[str, str]) -> Answer:
        return said({"error": "unsupported_grant_type"}, 400)

    def authorize(self, asked: Asked) -> Answer:
        """Be the person who agrees at once: send the browser back."""
        need(asked.query["response_type"] == "code" and asked.query["client_id"] == CLIENT, "a request for a code")
        need(asked.query.get("code_challenge_method") == "S256" and asked.query.get("scope"), "PKCE and scopes")
        code = f"code-{self.kind}-{len(self.codes)}"
        self.codes[code] = asked.query
        back = urlencode({"code": code, "state": asked.query["state"], **self.comes_back_with()})
        return Answer(303, b"", {"location": f"{asked.query['redirect_uri']}?{back}"})

    def comes_back_with(self) -> dict[str, str]:
        return {}

    def authorised(self, asked: Asked) -> bool:
        return asked.headers.get("authorization", "").removeprefix("Bearer ") in self.access

    # --- requests -------------------------------------------------------------------------------------------------

    def take(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            for number, (when, answer) in enumerate(self.next):
                if when(asked):
                    del self.next[number]
                    return answer
        try:
            if asked.path.endswith(("/token", "/bearer")):
                return self.token(asked)
            if asked.path == "/authorize":
                return self.authorize(asked)
            if not self.authorised(asked):
                return said({"error": "token expired"}, 401)
            return self.answer(asked)
        except Exception as error:
            self.wrong.append(f"{asked.method} {asked.path} {asked.query}: {error!r}")
            return said({"error": "not understood"}, 400)

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def part(self, records: list[Any], start: int, size: int) -> tuple[list[Any], bool]:
        """Give a page of records and whether more follow, as right or as wrong as the test wants it."""
        how = self.bend.now() if start else ""
        if how == "repeats":
            return records[:size], start + size < len(records)
        if how == "loses":
            start += size
        if how == "empty":
            return [], True
        return records[start : start + size], start + size < len(records)

    def total(self, records: list[Any]) -> int:
        return len(records) + (1 if self.bend.how == "total" and self.bend.now() else 0)


class Servers:
    """All systems behind one port."""

    def __init__(self) -> None:
        self.systems: dict[str, Emulator] = {}
        methods = ["GET", "POST", "PATCH"]
        app = Starlette(routes=[Route("/{system}/{path:path}", self._take, methods=methods)])
        self._server = Loopback(app, what="the emulated systems")
        self.base = self._server.address

    def __enter__(self) -> Servers:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    async def _take(self, request: Request) -> Response:
        path = "/" + request.path_params["path"]
        asked = Asked(request.method, path, dict(request.query_params), dict(request.headers), await request.body())
        answer = await run_in_threadpool(self.systems[request.path_params["system"]].take, asked)
        headers = dict(answer.headers)
        if answer.cut:
            return StreamingResponse(_half(answer.body), answer.status, headers, answer.kind)
        return Response(answer.body, answer.status, headers, answer.kind)


async def _half(body: bytes) -> AsyncIterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionResetError("cut by the test")
