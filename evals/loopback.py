"""An ASGI app on a free port of this machine, in a thread of its own: real HTTP for scripted and emulated servers."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any, Self

import uvicorn


class Loopback:
    """Serves an app between `with` and its end. `what` names it where it does not start."""

    def __init__(self, app: Any, *, what: str) -> None:
        """Take a free port; nothing answers yet."""
        # Named as TCP, so that asyncio turns Nagle's algorithm off: with it each answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        self._what, self._server = what, uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        """Start, and wait until it answers."""
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, f"{self._what} did not start"
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let go of the port."""
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
