"""A token server for tests, on loopback: it issues access tokens and tells Dovecot whose they are."""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class TokenServer:
    """An OAuth 2 token endpoint (RFC 6749) that issues tokens, and the introspection address that Dovecot asks."""

    expires_in: int = 3600
    client_secret: str = "client-secret"
    refresh_token: str = "refresh-0"
    rotate: bool = False
    answer: tuple[int, bytes] | None = None
    valid: dict[str, str] = field(default_factory=dict)
    user: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def start(self) -> None:
        """Listen on a free loopback port."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._give(*server.issue({key: values[0] for key, values in parse_qs(body).items()}))

            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                user = server.valid.get(token)
                self._give(*((200, {"email": user}) if user else (401, {"error": "invalid_token"})))

            def _give(self, status: int, answer: dict[str, Any] | bytes) -> None:
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def issue(self, form: dict[str, str]) -> tuple[int, dict[str, Any] | bytes]:
        self.requests.append(form)
        if self.answer is not None:
            return self.answer
        if form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": f"bad secret {form.get('client_secret')}"}
        if form["grant_type"] == "refresh_token" and form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant"}
        number = next(self._numbers)
        token = f"token-{number}"
        self.valid[token] = self.user
        answer: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        if self.rotate:
            self.refresh_token = answer["refresh_token"] = f"refresh-{number}"
        return 200, answer
