"""The one HTTP client of all connectors: JSON over https, patient with busy servers, and never further than its budget.

It follows no redirect, reads no endless body, believes no web page, and lets no token, body or server's words into an error or a log.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from ledger.connectors.failures import (
    BadAnswer,
    ConnectorError,
    OutOfBudget,
    RateLimited,
    Refused,
    ServerFault,
    SignInNeeded,
    Unreachable,
)
from ledger.connectors.wire_limits import ENDS, bound, retry_after
from store.clock import Clock, system_clock

_ATTEMPTS = 6
_CONNECT_SECONDS = 10.0
_backoff = wait_exponential_jitter(multiplier=1, max=30, jitter=1)
#: Says how long to wait, where a system says it elsewhere than in Retry-After.
Waits = Callable[[httpx2.Response, Mapping[str, Any]], float | None]


@cache
def trusted() -> ssl.SSLContext:
    """Give the certificates that a server must be proven by; reading them takes a while, and they are the same for all."""
    return httpx2.create_ssl_context()


class Authorization(Protocol):
    """Gives what a request is authorised with."""

    def header(self, *, refused: str | None = None) -> str:
        """Give the Authorization header; another one than `refused`, which was just turned down. Raises ConnectorError."""


class Wire:
    """The way to one system. One thread at a time."""

    def __init__(
        self,
        what: str,
        base_url: str,
        authorization: Authorization,
        *,
        timeout_seconds: float = 30,
        max_requests: int = 5000,
        max_wait_seconds: float = 600,
        headers: Mapping[str, str] | None = None,
        waits: Waits | None = None,
        clock: Clock = system_clock,
        sleep: Callable[[float], None] = time.sleep,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the address; nothing is asked yet. `what` names the connection in errors."""
        self.what = what
        self.base_url = base_url
        self._authorization = authorization
        self._timeout, self._left, self._wait_left = timeout_seconds, max_requests, max_wait_seconds
        self._waits, self._clock, self._sleep, self._beat = waits, clock, sleep, beat
        loopback = base_url.startswith("http://")
        self._http = httpx2.Client(
            verify=trusted(),
            follow_redirects=False,
            trust_env=not loopback,
            timeout=httpx2.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds)),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
            event_hooks={"request": [self._start_clock], "response": [bound]},
        )
        # At DEBUG these log whole requests, and with them tokens.
        for name in ("httpx2", "httpcore2", "authlib"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(
        self, path: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Read; give the JSON, with amounts as Decimal. None for 304. Raises ConnectorError."""
        return self._ask("GET", path, params=params, headers=headers)

    def ask(
        self, path: str, body: Any, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Ask by POST for something that changes nothing there. Raises ConnectorError."""
        return self._ask("POST", path, params=params, body=body, headers=headers)

    def write(self, method: str, path: str, body: Any) -> Any:
        """Write something. It is repeated only where the system surely did nothing (429). Raises ConnectorError."""
        return self._ask(method, path, body=body, writes=True)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        writes: bool = False,
    ) -> Any:
        def over(state: RetryCallState) -> bool:
            if state.attempt_number >= _ATTEMPTS or state.upcoming_sleep > self._wait_left:
                return True
            self._wait_left -= state.upcoming_sleep
            return False

        def again(error: BaseException) -> bool:
            return isinstance(error, RateLimited) or (
                isinstance(error, ConnectorError) and error.passing and not writes
            )

        request = (
            {"params": params, "headers": headers, "json": body}
            if body is not None
            else {"params": params, "headers": headers}
        )
        for attempt in Retrying(
            sleep=self._sleep, stop=over, wait=_pause, retry=retry_if_exception(again), reraise=True
        ):
            with attempt:
                return self._authorised(method, path, request)
        raise AssertionError("an attempt returns or raises")

    def _authorised(self, method: str, path: str, request: dict[str, Any]) -> Any:
        """Ask once; where the token is refused, once more with another."""
        header = self._authorization.header()
        try:
            return self._once(method, path, request, header)
        except SignInNeeded:
            newer = self._authorization.header(refused=header)
            if newer == header:
                raise
        return self._once(method, path, request, newer)

    def _once(self, method: str, path: str, request: dict[str, Any], header: str) -> Any:
        if self._left <= 0:
            raise OutOfBudget(f"{self.what}: more requests than one pull may make (max_requests): it goes on later")
        self._left -= 1
        self._beat()
        headers = {**(request["headers"] or {}), "Authorization": header}
        try:
            response = self._http.request(method, self.base_url + path, **{**request, "headers": headers})
        except httpx2.TimeoutException:
            failure: ConnectorError = Unreachable(
                f"{self.what}: {self._host} gave no answer within {self._timeout:.0f} s"
            )
        except httpx2.TransportError as error:
            failure = Unreachable(f"{self.what}: {self._host} cannot be reached, or broke off ({type(error).__name__})")
        except ConnectorError as error:
            failure = error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            failure = Unreachable(f"{self.what}: the request to {self._host} failed ({type(error).__name__})")
        else:
            return self._read(response)
        raise failure  # outside of the handler: the library's exceptions hold the request with its token

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or "the server"

    def _read(self, response: httpx2.Response) -> Any:
        status = response.status_code
        if status == 304 or (status == 204 and not response.content):
            return None
        try:
            answer = json.loads(response.content, parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError):
            answer = None
        if 200 <= status < 300:
            if answer is None:
                raise self._not_data(response)
            return answer
        raise self._failure(response, answer if isinstance(answer, Mapping) else {})

    def _not_data(self, response: httpx2.Response) -> ConnectorError:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html" or response.content.lstrip()[:1] == b"<":
            return BadAnswer(
                f"{self.what}: {self._host} answers with a web page instead of data: check base_url, and whether a proxy or "
                "a sign-in page stands in between"
            )
        return Unreachable(f"{self.what}: {self._host} sent an answer that is cut off or damaged")

    def _failure(self, response: httpx2.Response, answer: Mapping[str, Any]) -> ConnectorError:
        status, what = response.status_code, self.what
        if status == 401:
            return SignInNeeded(
                f"{what}: {self._host} refuses the token or key (HTTP 401): check the secret, then run `dunwell connect add {what}`"
            )
        if status == 429 or (status == 503 and "retry-after" in response.headers):
            wait = retry_after(response.headers, clock=self._clock)
            if wait is None and self._waits is not None:
                wait = self._waits(response, answer)
            told = f", for {wait:.0f} s" if wait is not None else ""
            return RateLimited(f"{what}: {self._host} asks to slow down (HTTP {status}{told})", wait=wait)
        if status >= 500 or status == 408:
            return ServerFault(f"{what}: {self._host} has a fault of its own (HTTP {status})")
        if 300 <= status < 400:
            return BadAnswer(f"{what}: {self._host} sends us elsewhere (HTTP {status}): check base_url")
        if status == 403:
            return Refused(
                f"{what}: {self._host} forbids it (HTTP 403): check scopes and rights of the app", status=status
            )
        if status == 404:
            return Refused(f"{what}: {self._host} knows no such record or address (HTTP 404)", status=status)
        return Refused(f"{what}: {self._host} rejects the request (HTTP {status})", status=status)

    def _start_clock(self, request: httpx2.Request) -> None:
        request.extensions[ENDS] = (time.monotonic() + 4 * self._timeout, self.what)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _pause(state: RetryCallState) -> float:
    """Give the seconds to wait: what the system asks for, else an exponential back-off with jitter."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, RateLimited) else None
    return _backoff(state) if asked is None else asked
