"""A stand-in for an SMS provider in the shape of Twilio's Messages API, over real HTTP on a loopback port. It keeps every text it took."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from store.clock import Clock

ACCOUNT, TOKEN = "AC0123456789abcdef", "kept-in-the-house-4711"


@dataclass
class Provider:
    """What the provider took, what comes to us, and how it answers next: a status, or "cut" (took it, then the line broke)."""

    url: str
    clock: Clock
    taken: list[dict[str, Any]] = field(default_factory=list)
    inbound: list[dict[str, Any]] = field(default_factory=list)
    next_answers: list[tuple[int | str, dict[str, Any]]] = field(default_factory=list)
    asked: int = 0

    def take(self, form: dict[str, list[str]]) -> dict[str, Any]:
        """Keep a text."""
        message = {
            "sid": f"SM{len(self.taken):032d}",
            "status": "queued",
            "direction": "outbound-api",
            "to": form["To"][0],
            "from": form["From"][0],
            "body": form["Body"][0],
            "date_created": format_datetime(self.clock()),
        }
        self.taken.append(message)
        return message

    def heard(self, sender: str, body: str) -> None:
        """Let a text come to us."""
        self.inbound.append({"direction": "inbound", "from": sender, "body": body, "to": "+4940555010"})


@contextmanager
def running_provider(clock: Clock) -> Iterator[Provider]:
    """Run the provider on a free port."""
    provider = Provider(url="", clock=clock)
    wanted = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the terminal quiet."""

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _refused(self) -> bool:
            if self.headers.get("Authorization") == wanted:
                return False
            self._answer(401, {"code": 20003})
            return True

        def do_POST(self) -> None:
            provider.asked += 1
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self._refused():
                return
            status, body = provider.next_answers.pop(0) if provider.next_answers else (201, {})
            if status == "cut":
                provider.take(form)
                self.connection.close()
            elif status == 201:
                self._answer(201, provider.take(form))
            else:
                self._answer(int(status), body)

        def do_GET(self) -> None:
            if self._refused():
                return
            asked = urlsplit(self.path)
            if asked.path == f"{path}.json":
                query = parse_qs(asked.query)
                both = [*provider.taken, *provider.inbound]
                found = [m for m in both if "To" not in query or m["to"] == query["To"][0]]
                self._answer(200, {"messages": found, "next_page_uri": None})
                return
            ref = asked.path.removeprefix(f"{path}/").removesuffix(".json")
            one = next((m for m in provider.taken if m["sid"] == ref), None)
            self._answer(200 if one else 404, one or {"code": 20404})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
