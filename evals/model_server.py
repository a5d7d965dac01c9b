"""A model server that says what the script says: real HTTP on a loopback port, chat completions in the OpenAI dialect.

A test gives either answers one after another, or a function of the request's JSON:

    model_server.say(reply({"reason": "dispute"}), status(429, headers={"Retry-After": "2"}), hang())
    model_server.behave(lambda request: reply({"reason": "dispute"}))

Every request is kept in `requests`. A request beyond the script is an error of the test, raised by `check()`.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from evals.loopback import Loopback


@dataclass(frozen=True)
class Answer:
    """What the server does with one request."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    hangs: bool = False
    chunks: int = 0
    pause: float = 0
    cut: bool = False


Behaviour = Callable[[dict[str, Any]], Answer]
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def reply(
    content: Any,
    *,
    finish_reason: str | None = "stop",
    refusal: str | None = None,
    usage: Mapping[str, Any] | None = USAGE,
) -> Answer:
    """Answer with a completion. A content that is no text is sent as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return envelope({"choices": [choice], "usage": usage})


def envelope(fields: Mapping[str, Any]) -> Answer:
    """Answer with a completion of exactly these choices and usage."""
    return Answer(json.dumps({"id": "c-1", "object": "chat.completion", "created": 1, "model": "m", **fields}).encode())


def refusal(text: str = "I cannot help with that.") -> Answer:
    """Answer as a model that refuses."""
    return reply(None, refusal=text)


def status(number: int, message: str = "no", *, headers: Mapping[str, str] | None = None, **error: Any) -> Answer:
    """Answer with an error status and an OpenAI error body."""
    body = json.dumps({"error": {"message": message, "type": "error", **error}})
    return Answer(body.encode(), status=number, headers=headers or {})


def html() -> Answer:
    """Answer 200 with a web page, as a proxy or a wrong address does."""
    return Answer(b"<!doctype html><title>Welcome</title>", media_type="text/html")


def broken() -> Answer:
    """Answer 200 with half of a JSON body."""
    return Answer(b'{"choices": [{"mess')


def hang() -> Answer:
    """Never answer; the client has to give up."""
    return Answer(hangs=True)


def huge(size: int = 10_000_000, *, announced: bool = True) -> Answer:
    """Answer with a completion of `size` bytes; without a Content-Length where not `announced`."""
    answer = reply("x" * size)
    return answer if announced else Answer(answer.body, chunks=200)


def cut() -> Answer:
    """Break the connection in the middle of a body."""
    return Answer(reply("{}").body, chunks=2, cut=True)


def drip(pause: float = 0.05) -> Answer:
    """Send a body byte by byte, each within any read timeout."""
    body = reply({"x": "y" * 2000}).body
    return Answer(body, chunks=len(body), pause=pause)


class ModelServer:
    """The server in a thread of its own. Start it with `with ModelServer() as server:`."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._script: deque[Answer] = deque()
        self._behaviour: Behaviour | None = None
        self._wrong: list[str] = []
        self._lock = threading.Lock()
        app = Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])
        self._server = Loopback(app, what="the model server")
        self.base_url = f"{self._server.address}/v1"

    def say(self, *answers: Answer) -> None:
        """Append answers to the script."""
        with self._lock:
            self._script.extend(answers)

    def behave(self, behaviour: Behaviour) -> None:
        """Answer every request that the script does not answer by a function of its JSON."""
        self._behaviour = behaviour

    def forget(self) -> None:
        """Be as new, for the next test."""
        with self._lock:
            self.requests, self.headers, self._wrong = [], [], []
            self._script.clear()
            self._behaviour = None

    def check(self) -> None:
        """Raise AssertionError where a request went beyond the script, or the behaviour failed."""
        assert not self._wrong, "; ".join(self._wrong)

    def __enter__(self) -> ModelServer:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _next(self, request: dict[str, Any]) -> Answer:
        with self._lock:
            if self._script:
                return self._script.popleft()
        if self._behaviour is None:
            self._wrong.append(f"request {len(self.requests)} is beyond the script")
            return status(418, "the script of this test is over")
        try:
            return self._behaviour(request)
        except Exception as error:
            self._wrong.append(f"the behaviour of this test failed: {error!r}")
            return status(418, "the behaviour of this test failed")

    async def _complete(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        with self._lock:
            self.requests.append(asked)
            self.headers.append(dict(request.headers))
        answer = self._next(asked)
        while answer.hangs and (await request.receive())["type"] != "http.disconnect":
            pass
        headers = dict(answer.headers)
        if not answer.chunks:
            return Response(answer.body, answer.status, headers, answer.media_type)
        return StreamingResponse(_pieces(answer), answer.status, headers, answer.media_type)


async def _pieces(answer: Answer) -> AsyncIterator[bytes]:
    step = max(1, len(answer.body) // answer.chunks)
    for start in range(0, len(answer.body), step):
        if answer.cut and start:
            raise ConnectionResetError("cut by the test")
        yield answer.body[start : start + step]
        await anyio.sleep(answer.pause)
