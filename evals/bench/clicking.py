"""Twenty collectors click on real pages of a real server in a process of its own; the server says how long each answer took.

A collector clicks every three seconds on average: quicker than anybody decides, and not all at the same moment.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from review.app import create_app
from store.engine import open_engine
from tests.factories import House

COLLECTORS, THINKS = 20, 3.0
_HEADER = b"x-server-seconds"


@dataclass
class Meter:
    """What the server said: the sum is the clock of the race, the single times give the percentiles."""

    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)

    def percentile(self, name: str, share: float) -> float:
        """Give a percentile in milliseconds."""
        ordered = sorted(self.times[name])
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def serve(url: str, port: int) -> None:
    """Serve the pages of one database, and a plain page beside them."""
    desk = House(open_engine(url)).desk
    pages, plain = create_app(desk), FastAPI()

    @plain.get("/plain/{size}")
    def page(size: int) -> HTMLResponse:
        return HTMLResponse("x" * size)

    async def timed(scope: Any, receive: Any, send: Any) -> None:
        started = time.perf_counter()

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                told = f"{time.perf_counter() - started:.6f}".encode()
                message["headers"] = [*message["headers"], (_HEADER, told)]
            await send(message)

        app = plain if scope.get("path", "").startswith("/plain/") else pages
        await app(scope, receive, sent)

    uvicorn.run(timed, host="127.0.0.1", port=port, log_level="critical")


class Server:
    """The server's process."""

    def __init__(self, url: str) -> None:
        """Start it and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, port), daemon=True)
        self._process.start()
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{self.base}/plain/1").raise_for_status()
                return
            except httpx.HTTPError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def size(self, path: str) -> int:
        """Give how long a page is, in bytes."""
        return len(httpx.get(self.base + path, timeout=120).raise_for_status().content)

    def click(self, meter: Meter, name: str, path: Callable[[random.Random], str], *, each: int) -> int:
        """Let every collector click so often; give how many answers came."""
        return asyncio.run(self._all(meter, name, path, each))

    async def _all(self, meter: Meter, name: str, path: Callable[[random.Random], str], each: int) -> int:
        times = meter.times.setdefault(name, [])

        async def collector(number: int, client: httpx.AsyncClient) -> None:
            chance = random.Random(number)
            for _ in range(each):
                await asyncio.sleep(chance.uniform(0, 2 * THINKS))
                answer = await client.get(path(chance))
                answer.raise_for_status()
                times.append(float(answer.headers[_HEADER.decode()]))
                meter.seconds += times[-1]

        async with httpx.AsyncClient(base_url=self.base, timeout=120) as client:
            await asyncio.gather(*(collector(number, client) for number in range(COLLECTORS)))
        return COLLECTORS * each

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.join(timeout=10)
