"""The wire to a model server: the openai SDK on HTTP, and every way it can fail as a ModelFailure.

Loaded at the first question only: the SDK takes most of a second to import. It follows no redirect, connects to no
forbidden address, reads no endless body, and lets no key, prompt or server's words into a failure or a log.
"""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Self

import httpx2
import openai

from agent.llm_answer import MAX_BODY_BYTES
from agent.llm_failure import FailureKind, Hint, ModelFailure
from agent.llm_settings import inner_address, is_forbidden
from store.clock import Clock

_CONNECT_SECONDS = 10.0
_ENDS = "dunwell.ends"
_TOO_LONG = re.compile(r"context_length|context (length|size|window)|maximum context|too many tokens")
_FORMAT = re.compile(r"response_format|json_schema|json_object|structured|grammar|guided|schema")
_CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")
_ABOUT_STATUS = {
    401: (FailureKind.UNAUTHORIZED, "the server refuses the key; check model.api_key_file"),
    402: (FailureKind.QUOTA, "the account at the server has no credit"),
    403: (FailureKind.UNAUTHORIZED, "the server forbids this key the model; check model.api_key_file and model.model"),
    404: (FailureKind.NOT_FOUND, "the server knows no such model or address; check model.base_url and model.model"),
    408: (FailureKind.TIMEOUT, "the server gave up waiting"),
    413: (FailureKind.TOO_LONG, "the prompt is too long for the server"),
    429: (FailureKind.RATE_LIMITED, "the server asks to slow down"),
    504: (FailureKind.TIMEOUT, "the model did not answer its gateway in time"),
}


class Wire:
    """A connection pool to one model server. Thread-safe."""

    def __init__(self, *, base_url: str, key: str | None, clock: Clock) -> None:
        loopback_only = base_url.startswith("http://")
        self._clock = clock
        self._headers: dict[str, str | openai.Omit] = {
            # Named here so that OPENAI_* variables of the environment cannot add an identity of their own.
            "Authorization": openai.Omit() if key is None else f"Bearer {key}",
            "OpenAI-Organization": openai.Omit(),
            "OpenAI-Project": openai.Omit(),
        }
        self._http = httpx2.Client(
            follow_redirects=False,
            trust_env=not loopback_only,  # a proxy of the company is for the way out, not for this machine
            headers={"Accept-Encoding": "identity"},  # so that the size that is checked is the size that is read
            event_hooks={
                "request": [lambda request: _check_address(request.url, loopback_only=loopback_only), _start_clock],
                "response": [_guard_body],
            },
        )
        self._sdk = openai.OpenAI(base_url=base_url, api_key=key or "none", max_retries=0, http_client=self._http)
        # At DEBUG these log whole requests, that is mail of customers.
        for name in ("openai", "httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @classmethod
    def to(cls, *, base_url: str, key: str | None, clock: Clock) -> Self:
        """Make the wire. Raises ModelFailure where the environment does not let it (a malformed proxy, CA file)."""
        try:
            return cls(base_url=base_url, key=key, clock=clock)
        except Exception as error:  # the values in it may hold a proxy's password
            name = type(error).__name__
        raise ModelFailure(FailureKind.SETTINGS, f"no client can be made ({name}); check HTTPS_PROXY and SSL_CERT_FILE")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def complete(self, *, timeout_seconds: float, request: dict[str, Any]) -> bytes:
        """Ask for one chat completion and give the body of the 200. Raises ModelFailure and nothing else."""
        try:
            return self._send(timeout_seconds, request)
        except ModelFailure as error:
            failure = error
        except openai.APITimeoutError:
            failure = ModelFailure(FailureKind.TIMEOUT, f"no answer within {timeout_seconds:.0f} s")
        except openai.APIConnectionError as error:
            failure = _connection_failure(error)
        except openai.APIStatusError as error:
            failure = status_failure(error.response, clock=self._clock)
        except Exception as error:  # the SDK raises more than it documents; a worker must survive it
            failure = ModelFailure(FailureKind.UNEXPECTED, f"the call failed ({type(error).__name__})")
        raise failure  # outside of the handler: the SDK's exceptions hold the request with the key and the mail

    def _send(self, timeout_seconds: float, request: dict[str, Any]) -> bytes:
        timeout = httpx2.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds))
        answer = self._sdk.chat.completions.with_raw_response.create(
            **request, stream=False, timeout=timeout, extra_headers=self._headers
        )
        return answer.content


def _connection_failure(error: openai.APIConnectionError) -> ModelFailure:
    cause = error.__cause__
    if cause is None or isinstance(cause, httpx2.ConnectError):
        return ModelFailure(FailureKind.CONNECTION, "the server cannot be reached; check model.base_url and the server")
    return ModelFailure(FailureKind.INTERRUPTED, f"the connection broke ({type(cause).__name__})")


def _check_address(url: httpx2.URL, *, loopback_only: bool) -> None:
    """Refuse a host name that leads to a forbidden address (a name server can change its mind after the start).

    With https the server must also prove its name, which no metadata service can.
    """
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return  # behind a proxy names may not resolve here; else connecting fails and says so
    for *_, place in found:
        address = ip_address(str(place[0]).partition("%")[0])
        if is_forbidden(address) or (loopback_only and not inner_address(address).is_loopback):
            raise ModelFailure(FailureKind.BLOCKED_ADDRESS, "the name in model.base_url leads to a forbidden address")


def _start_clock(request: httpx2.Request) -> None:
    request.extensions[_ENDS] = time.monotonic() + request.extensions["timeout"]["read"]


def _guard_body(response: httpx2.Response) -> None:
    """Bound the size of a body and the time it may take: the read timeout alone starts anew with every byte."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise ModelFailure(FailureKind.BAD_BODY, "the answer is compressed although that was not asked for")
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, ends=response.request.extensions[_ENDS])


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, *, ends: float) -> None:
        self._inner = inner
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._inner:
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise ModelFailure(FailureKind.TOO_LARGE, f"the answer is larger than {MAX_BODY_BYTES} bytes")
            if time.monotonic() > self._ends:
                raise ModelFailure(FailureKind.TIMEOUT, "the answer did not end in time")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def status_failure(response: httpx2.Response, *, clock: Clock) -> ModelFailure:
    """Read an error status (RFC 9110 section 15): what it means, how long to wait, what to leave out."""
    status = response.status_code
    words = response.text[:4000].lower()
    if status in {400, 422}:
        return _rejected(status, words)
    if status == 429 and "insufficient_quota" in words:
        return ModelFailure(FailureKind.QUOTA, "the account at the server has no credit (HTTP 429)", status=status)
    wait = _retry_after(response.headers, clock=clock)
    if 300 <= status < 400:
        return ModelFailure(
            FailureKind.REDIRECT, f"the server sends us elsewhere (HTTP {status}); check model.base_url", status=status
        )
    kind, text = _ABOUT_STATUS.get(status, (FailureKind.REJECTED, "the server rejects the request"))
    hint = None
    if status >= 500 and status not in _ABOUT_STATUS:
        kind, text = FailureKind.SERVER_ERROR, "the server has a fault"
        hint = Hint.FORMAT if status in {500, 501} and _FORMAT.search(words) else None
    return ModelFailure(kind, f"{text} (HTTP {status})", status=status, retry_after=wait, hint=hint)


def _rejected(status: int, words: str) -> ModelFailure:
    code = next(iter(re.findall(r'"code":\s*"([^"]*)"', words)), "")
    named = f", {code}" if _CODE.fullmatch(code) else ""
    text = f"the server rejects the request (HTTP {status}{named})"
    if "content_filter" in words or "content_policy" in words:
        return ModelFailure(
            FailureKind.CONTENT_FILTER, "the server's content filter stopped the question", status=status
        )
    if _TOO_LONG.search(words):
        return ModelFailure(FailureKind.TOO_LONG, "the prompt is too long for the model", status=status)
    hint: Hint | None = None
    if "max_completion_tokens" in words:
        hint = Hint.MAX_TOKENS
    elif "temperature" in words:
        hint = Hint.TEMPERATURE
    elif _FORMAT.search(words):
        hint = Hint.FORMAT
    return ModelFailure(FailureKind.REJECTED, text, status=status, hint=hint)


def _retry_after(headers: httpx2.Headers, *, clock: Clock) -> float | None:
    """Give the seconds of Retry-After (RFC 9110 section 10.2.3: seconds or a date), None where there is no sense in it."""
    scaled: list[tuple[str, Callable[[str], float]]] = [
        ("retry-after-ms", lambda text: float(text) / 1000),
        ("retry-after", float),
        ("retry-after", lambda text: (_moment(text) - clock()).total_seconds()),
    ]
    for name, read in scaled:
        try:
            seconds = read(headers[name])
        except (KeyError, ValueError, TypeError, OverflowError):
            continue
        if seconds == seconds:  # not NaN
            return max(0.0, seconds)
    return None


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
