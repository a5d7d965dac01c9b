"""Waits on this machine for the browser that comes back from a sign-in. It serves one page, once, and then is gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

_PATH = "/connected"
_PAGE = (
    b"<!doctype html><title>dunwell</title><p>dunwell has what it needs. Close this page and go back to the terminal."
)
_MOST = 8000


class Listener:
    """An address of this machine that a browser can come back to."""

    def __init__(self, state: str, port: int = 0) -> None:
        """Listen; `port` 0 takes a free one. What does not carry the state is answered with 404. Raises OSError."""
        self._came = threading.Event()
        self._address = ""
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                ours = len(self.path) < _MOST and state in parse_qs(urlsplit(self.path).query).get("state", [])
                self.send_response(200 if ours else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("cache-control", "no-store")
                self.send_header("referrer-policy", "no-referrer")
                self.end_headers()
                if ours:
                    self.wfile.write(_PAGE)
                    listener._take(self.path)

            def log_message(self, *_: object) -> None:
                """Say nothing: the path holds the code."""

        self._server = HTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="sign-in"
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Give the port."""
        return self._server.server_port

    def wait(self, seconds: float) -> str | None:
        """Give the address that the browser came with; None where none came in time."""
        return f"http://127.0.0.1:{self.port}{self._address}" if self._came.wait(seconds) else None

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _take(self, path: str) -> None:
        if not self._came.is_set():
            self._address = path
            self._came.set()


def free_port() -> int:
    """Give a port of loopback that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def redirect_url(port: int) -> str:
    """Give the address to come back to at a port."""
    return f"http://127.0.0.1:{port}{_PATH}"


@contextmanager
def listening(state: str, port: int) -> Iterator[Listener]:
    """Listen while the block runs. Raises OSError where the port is taken."""
    found = Listener(state, port)
    try:
        yield found
    finally:
        found.close()
