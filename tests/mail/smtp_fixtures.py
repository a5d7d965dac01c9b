"""A real SMTP server on loopback (aiosmtpd in a thread) that keeps what it takes and fails on request."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mail.settings import SmtpSettings

USER, PASSWORD = "ar@nordholt.example", "kaßtanie 7"


def free_port() -> int:
    """aiosmtpd 1.4.6 cannot be asked which port it took, so one is picked before."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Taken:
    """One mail as the server took it: the envelope and the bytes."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class Sink:
    """The handler. `faults` are consumed from the front: a fault strikes once, at the step that it names."""

    valid_token: str = "tok-1"
    taken: list[Taken] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    release: threading.Event = field(default_factory=threading.Event)

    def _fault(self, step: str) -> str | None:
        if self.faults and self.faults[0][0] == step:
            return self.faults.pop(0)[1]
        return None

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._fault("MAIL"):
            return fault
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append(f"RCPT {address}")
        if fault := self._fault(f"RCPT {address}"):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._fault("DATA")
        if fault is not None and fault[0] in "45":
            return fault
        content = envelope.original_content
        assert isinstance(content, bytes)
        self.taken.append(Taken(str(envelope.mail_from), list(envelope.rcpt_tos), content))
        if fault == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if fault == "hang":
            await asyncio.get_running_loop().run_in_executor(None, self.release.wait, 30)
        return "nonsense" if fault == "nonsense" else "250 2.0.0 queued"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        blob = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        assert isinstance(blob, bytes)
        said = dict(part.split("=", 1) for part in blob.decode().split("\x01") if "=" in part)
        self.logins.append(said.get("user", ""))
        if said.get("auth") == f"Bearer {self.valid_token}":
            return AuthResult(success=True, auth_data=said["user"])
        await server.challenge_auth('{"status":"401"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
        """Check user and password of PLAIN and LOGIN."""
        assert isinstance(auth_data, LoginPassword)
        self.logins.append(auth_data.login.decode())
        good = (auth_data.login, auth_data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


@dataclass
class SmtpServer:
    """A running server with what is needed to reach it."""

    sink: Sink
    port: int
    ca_file: Path
    tls: str

    def settings(self, **changes: Any) -> SmtpSettings:
        values: dict[str, Any] = {
            "host": "localhost",
            "port": self.port,
            "tls": self.tls,
            "ca_file": self.ca_file,
            "user": USER,
            "password": PASSWORD,
            "timeout_seconds": 5,
        }
        return SmtpSettings(**{**values, **changes})


@contextmanager
def smtp_server(
    folder: Path, *, tls: str = "starttls", hostname: str = "localhost", **options: Any
) -> Iterator[SmtpServer]:
    """Run a server; `tls` starttls, implicit or none. `hostname` is the name in its certificate."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(hostname).configure_cert(context)
    ca_file = folder / f"ca-{os.urandom(4).hex()}.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    sink, port = Sink(), free_port()
    values: dict[str, Any] = {"auth_required": tls != "none", "authenticator": sink.check, "timeout": 60}
    if tls == "implicit":
        values |= {"ssl_context": context, "auth_require_tls": False}
    elif tls == "starttls":
        values |= {"tls_context": context, "require_starttls": True}
    else:
        values |= {"auth_require_tls": False}
    controller = _Quiet(sink, hostname="127.0.0.1", port=port, **{**values, **options})
    controller.start()
    try:
        yield SmtpServer(sink, port, ca_file, tls)
    finally:
        sink.release.set()
        controller.stop()


class _Quiet(Controller):
    """Does not handshake with itself at start: its own certificate is not trusted by the machine."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), timeout=5) as plain:
            if self.ssl_context is None:
                plain.recv(64)
                return
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
                wrapped.recv(64)
