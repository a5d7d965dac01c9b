"""A Chromium that nobody but the test's few commands steers: one that prepares pages beforehand, as a collector's does.

Playwright's sessions switch that off in the browser, so this speaks the DevTools protocol itself, as little as it needs: to the
tab, which has a page of its own for what is shown and for each that is prepared.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

_ADDRESS = re.compile(r"ws://\S+")


class Tab:
    """The one tab of a browser."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire, self._numbers = wire, count(1)
        self._pages: list[str] = []
        tab = self._call("Target.getTargets", filter=[{"type": "tab"}])["targetInfos"][0]["targetId"]
        session = self._call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        told = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self._call("Target.setAutoAttach", session=session, **told)

    def value(self, expression: str) -> Any:
        """Give what an expression comes to in the page that is shown."""
        return self._value(expression, self._shown())

    def press(self, key: str) -> None:
        """Press a key that writes one letter."""
        shown = self._shown()
        self._call("Input.dispatchKeyEvent", session=shown, type="keyDown", key=key, text=key)

    def _shown(self) -> str:
        deadline = time.monotonic() + 60
        while True:
            shown = [page for page in list(self._pages) if self._value("document.prerendering", page) is False]
            if len(shown) == 1:
                return shown[0]
            # At the moment in which one page takes the place of another there are none, or both.
            assert time.monotonic() < deadline, f"{len(shown)} pages are shown"
            time.sleep(0.02)

    def _value(self, expression: str, page: str) -> Any:
        found = self._call("Runtime.evaluate", page, expression=expression, returnByValue=True, awaitPromise=True)
        return found.get("result", {}).get("value")

    def _call(self, method: str, session: str = "", **given: object) -> dict[str, Any]:
        number = next(self._numbers)
        to = {"sessionId": session} if session else {}
        self._wire.send(json.dumps({"id": number, "method": method, "params": given, **to}))
        while True:
            answer = json.loads(self._wire.recv(timeout=60))
            match answer.get("method"):
                case "Target.attachedToTarget" if answer["params"]["targetInfo"]["type"] == "page":
                    self._pages.append(answer["params"]["sessionId"])
                case "Target.detachedFromTarget" if (gone := answer["params"]["sessionId"]) in self._pages:
                    self._pages.remove(gone)
                    if gone == session:
                        return {}
            if answer.get("id") == number:
                # A page that went meanwhile has no value any more.
                return dict(answer.get("result", {}))


@contextmanager
def plain_chromium(program: str, arguments: list[str], url: str, *, home: Path) -> Iterator[Tab]:
    """Open a page in a browser of its own."""
    command = [program, *arguments, "--remote-debugging-port=0", f"--user-data-dir={home}", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as browser:
        try:
            assert browser.stderr is not None
            address = next(match.group(0) for line in browser.stderr if (match := _ADDRESS.search(line)))
            with connect(address, max_size=None) as wire:
                yield Tab(wire)
        finally:
            browser.kill()
