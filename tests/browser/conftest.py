"""A real Chromium on a real server over a real database. What the browser asks of another host fails the test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from review.app import create_app
from tests.apt import installed
from tests.factories import House, open_house
from tests.servers_policy import need

PICTURES = Path(__file__).parent.parent.parent / "test-output"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Served:
    """An installation with its pages served; the browser's opener, and what went wrong in it."""

    house: House
    url: str
    open: Callable[..., Page]
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: Told the path of every page that is asked for.
    heard: Callable[[str], None] = lambda path: None


# Not for the whole session: its event loop would run beside the tests of other modules.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium from Debian."""
    program = installed("chromium", "chromium")
    need("Chromium", program is not None, "install the Debian package chromium, or run as root with apt")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def undo() -> timedelta:
    """How long an approval can be taken back; a module that is about it says otherwise."""
    return timedelta(0)


@pytest.fixture
def served(tmp_path: Path, browser: Browser, undo: timedelta) -> Iterator[Served]:
    """An installation, its pages on a free port, and a browser that is watched."""
    house = open_house(tmp_path)
    house.undo = undo
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        app = create_app(house.desk, profile="demo")

        async def overheard(scope: Any, receive: Any, send: Any) -> None:
            here.heard(scope.get("path", ""))
            await app(scope, receive, send)

        server = uvicorn.Server(uvicorn.Config(overheard, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
        thread.start()
        _wait_for(lambda: server.started)
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        pages: list[Page] = []

        def open_page(path: str = "/", **options: Any) -> Page:
            page = browser.new_page(
                **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
            )
            pages.append(page)
            _watch(page, here)
            page.goto(url + path)
            return page

        here = Served(house=house, url=url, open=open_page)
        yield here
        for page in pages:
            page.close()
        server.should_exit = True
        thread.join(timeout=15)
    house.engine.dispose()
    assert here.strangers == []
    assert here.errors == []


def _watch(page: Page, here: Served) -> None:
    host = urlsplit(here.url).netloc
    page.on("request", lambda r: here.strangers.append(r.url) if urlsplit(r.url).netloc != host else None)
    page.on("console", lambda m: here.errors.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: here.errors.append(str(e)))
    page.on("dialog", lambda d: here.errors.append(f"dialog: {d.message}"))


def _wait_for(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the review page did not start"
        time.sleep(0.02)
