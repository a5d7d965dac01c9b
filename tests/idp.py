"""A scripted identity provider on loopback: real HTTP, real keys, real PKCE; its tokens can be made wrong in any way."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

SECRET = "the client's own secret, long enough to sign with"


@cache
def a_key(kid: str) -> RSAKey:
    """Make a key; making one takes a while."""
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})


@dataclass
class Idp:
    """What the provider does. `claims` are put over the right ones of a token; None leaves a claim out."""

    clock: Callable[[], datetime]
    address: str = ""
    key: RSAKey = field(default_factory=lambda: a_key("one"))
    signs_with: RSAKey | None = None
    subject: str = "sub-mona"
    claims: dict[str, Any] = field(default_factory=dict)
    form: str = "RS256"
    issuer: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def token(self, nonce: str) -> str:
        """Make an ID token."""
        now = int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.address,
            "aud": "dunwell",
            "sub": self.subject,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "email": "mona@nordholt-supply.example",
            "email_verified": True,
        }
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        if self.form == "none":
            return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."
        if self.form == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        if self.form == "HS256 by public key":
            pem = self.key.as_pem(private=False)
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(base64.b64encode(pem).decode()))
        signer = self.signs_with or self.key
        return jwt.encode({"alg": self.form, "kid": signer.kid or "one"}, claims, signer, algorithms=[self.form])

    def answer(self, path: str, asked: dict[str, str], authorization: str) -> tuple[int, Any]:
        """Answer a request: a status, and a document or an address to go to."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            at = self.address
            places = {"authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token"}
            return 200, {"issuer": self.issuer or at, "jwks_uri": f"{at}/keys", **places}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/authorize":
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            return 303, f"{asked['redirect_uri']}?{back}"
        if path == "/token":
            return self._exchange(asked, authorization)
        return 404, {}

    def _exchange(self, asked: dict[str, str], authorization: str) -> tuple[int, Any]:
        began = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = base64.b64encode(f"dunwell:{SECRET}".encode()).decode() in authorization or "%20" in authorization
        if began is None or began.get("code_challenge") != challenge or began.get("code_challenge_method") != "S256":
            return 400, {"error": "invalid_grant"}
        if not known or asked.get("redirect_uri") != began["redirect_uri"]:
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token(began["nonce"])}


@contextmanager
def running_idp(clock: Callable[[], datetime]) -> Iterator[Idp]:
    """Serve a provider on a free port of loopback."""
    idp = Idp(clock)

    class Handler(BaseHTTPRequestHandler):
        def _do(self, body: str) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(body or parts.query).items()}
            status, said = idp.answer(parts.path, asked, self.headers.get("authorization", ""))
            self.send_response(status)
            raw = b"" if status == 303 else json.dumps(said).encode()
            if status == 303:
                self.send_header("location", said)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            self._do("")

        def do_POST(self) -> None:
            self._do(self.rfile.read(int(self.headers.get("content-length", "0"))).decode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    idp.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
