"""Hands approved mail to an SMTP submission server (RFC 5321, RFC 6409), in two phases around the point of no return.

TLS is required off loopback and verified always; nobody logs in before it. Nothing is sent twice here: after the body began,
only the server's own answer counts, and without one the fate of the mail is reported as unknown.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from mail.address import domain_of
from mail.oauth import TokenError, shared_tokens
from mail.settings import SmtpSettings
from mail.transport import ClaimLost, Lost, MaildirTransport, Refused, ServerAway, Transport, TryLater, check_envelope

__all__ = ["ClaimLost", "Lost", "MaildirTransport", "Refused", "SmtpTransport", "TryLater", "transport_for"]

#: RFC 5321, 4.5.3.2.6 asks for ten minutes after the last dot, where giving up early costs certainty: ten times the timeout.
_PATIENCE = 10
_LEADING_DOT = re.compile(rb"(?m)^\.")
_NO_CONTROLS = re.compile(r"[^\x20-\x7e]+")


class TokenSource(Protocol):
    """Gives access tokens for XOAUTH2: `mail.oauth.AccessTokens`."""

    def token(self, *, refused: str | None = None) -> str:
        """Give a valid token, another one than `refused`."""


def transport_for(settings: SmtpSettings) -> Transport:
    """Give the way out that the settings name."""
    if settings.kind == "maildir" and settings.path is not None:
        return MaildirTransport(settings.path)
    return SmtpTransport(settings)


class SmtpTransport:
    """One SMTP server. A connection a mail: the volume is small, and a fresh one has no past."""

    def __init__(self, settings: SmtpSettings, tokens: TokenSource | None = None) -> None:
        """Keep the settings; nothing is connected yet. `tokens` stands in for the provider of `settings.oauth`."""
        self._settings = settings
        self._tokens = tokens or (shared_tokens(settings.oauth) if settings.oauth else None)
        self._where = f"SMTP server {settings.host}:{settings.port}"

    def probe(self) -> str:
        """Connect and sign in as for a mail, then leave."""
        with self._connection("probe@localhost") as server:
            with self._reaching():
                self._log_in(server)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.send(b"QUIT\r\n")
        return f"{self._where} accepts our login"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        """Hand over a mail; see `Transport.deliver`."""
        check_envelope(sender, recipients, mime)
        with self._connection(sender) as server:
            with self._reaching():
                self._log_in(server)
            with self._before_the_body():
                self._agree(server, sender, recipients, len(mime))
            if not before_body():
                # The body never began: a server drops a mail whose final dot does not come.
                raise ClaimLost("another sender has this mail, or its approval no longer holds")
            self._send_body(server, mime)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.send(b"QUIT\r\n")  # its answer is not waited for: the mail is to be marked as sent at once

    @contextmanager
    def _connection(self, sender: str) -> Iterator[smtplib.SMTP]:
        with self._reaching():
            server = self._connect(domain_of(sender))
        try:
            yield server
        finally:
            server.close()

    def _connect(self, own_name: str) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
        if settings.tls == "implicit":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, own_name, timeout=settings.timeout_seconds, context=context
            )
        server = smtplib.SMTP(settings.host, settings.port, own_name, timeout=settings.timeout_seconds)
        if settings.tls == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Do as `_before_the_body`, where nothing was said of a mail yet: the server is away for every mail."""
        try:
            with self._before_the_body():
                yield
        except TryLater as error:
            raise ServerAway(str(error)) from error

    @contextmanager
    def _before_the_body(self) -> Iterator[None]:
        """Turn every fault of the first phase into TryLater: whatever it was, the mail did not go out."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise TryLater(f"{self._where}: its certificate is not trusted ({error.verify_message})") from error
        except smtplib.SMTPNotSupportedError as error:
            raise TryLater(f"{self._where} offers no STARTTLS: mail is not sent in the clear") from error
        except smtplib.SMTPResponseException as error:
            raise TryLater(f"{self._where} answered {_said(error.smtp_code, error.smtp_error)}") from error
        except TimeoutError as error:
            raise ServerAway(f"{self._where} does not answer in time") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise TryLater(f"{self._where} cannot be used ({type(error).__name__})") from error

    def _log_in(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._settings.user:
            return
        if self._tokens is not None:
            self._log_in_by_token(server, self._tokens)
            return
        offered = str(server.esmtp_features.get("auth", "")).upper().split()
        user, password = self._settings.user, self._password()
        if "PLAIN" in offered:
            blob = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            self._expect_login(*server.docmd("AUTH", "PLAIN " + blob))
        elif "LOGIN" in offered:
            code, text = server.docmd("AUTH", "LOGIN")
            for part in (user, password):
                if code == 334:
                    code, text = server.docmd(base64.b64encode(part.encode()).decode())
            self._expect_login(code, text)
        else:
            raise TryLater(f"{self._where} offers no way to log in with a password")

    def _password(self) -> str:
        try:
            return self._settings.secret()
        except ValueError as error:
            raise TryLater(f"{self._where}: {error}") from error

    def _log_in_by_token(self, server: smtplib.SMTP, tokens: TokenSource) -> None:
        """Log in by XOAUTH2, once more with a fresh token when the first is turned down."""
        refused: str | None = None
        for attempt in (1, 2):
            try:
                token = tokens.token(refused=refused)
            except TokenError as error:
                raise TryLater(str(error)) from error
            blob = base64.b64encode(f"user={self._settings.user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
            code, text = server.docmd("AUTH", "XOAUTH2 " + blob)
            if code == 334:
                # The server explains the refusal in a challenge, which wants an empty answer.
                code, text = server.docmd("")
            if code == 235 or attempt == 2:
                self._expect_login(code, text)
                return
            refused = token

    def _expect_login(self, code: int, text: bytes) -> None:
        if code != 235:
            raise TryLater(f"{self._where} refuses the login ({code}): check user and password or token")

    def _agree(self, server: smtplib.SMTP, sender: str, recipients: Sequence[str], size: int) -> None:
        """Speak MAIL, RCPT for each, and DATA up to the 354. One recipient refused is all refused."""
        limit = str(server.esmtp_features.get("size", ""))
        if limit.isdigit() and 0 < int(limit) < size:
            raise Refused(f"{self._where} takes {limit} bytes at most, the mail has {size}")
        option = f" SIZE={size}" if limit else ""
        self._expect(server.docmd("MAIL", f"FROM:<{sender}>{option}"), "the sender")
        replies = [server.docmd("RCPT", f"TO:<{address}>") for address in recipients]
        for reply in sorted(replies, key=lambda reply: -reply[0]):
            self._expect(reply, "a recipient")
        code, text = server.docmd("DATA")
        if code != 354:
            self._expect((code, text), "the mail")
            raise TryLater(f"{self._where} answered {_said(code, text)} to DATA")

    def _expect(self, reply: tuple[int, bytes], what: str) -> None:
        code, text = reply
        if 500 <= code <= 599:
            raise Refused(f"{self._where} refuses {what}: {_said(code, text)}")
        if not 200 <= code <= 299 and code != 354:
            raise TryLater(f"{self._where} does not take {what} now: {_said(code, text)}")

    def _send_body(self, server: smtplib.SMTP, mime: bytes) -> None:
        """Send the body and read the one answer that decides. Everything but a clear answer is Lost."""
        stuffed = _LEADING_DOT.sub(b"..", mime)
        ending = b"" if stuffed.endswith(b"\r\n") else b"\r\n"
        try:
            server.send(stuffed + ending + b".\r\n")
            if server.sock is not None:
                server.sock.settimeout(self._settings.timeout_seconds * _PATIENCE)
            code, text = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Lost(f"{self._where}: the connection broke after the mail was handed over") from error
        if 200 <= code <= 299:
            return
        if not 400 <= code <= 599:
            raise Lost(f"{self._where} gave no clear answer to the mail: {_said(code, text)}")
        self._expect((code, text), "the mail")


def _said(code: int, text: bytes | str) -> str:
    """Give a server's answer in one safe line. Addresses that it repeats are taken out."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = _NO_CONTROLS.sub(" ", words)[:160]
    return f"{code} {re.sub(r'[^ <>]{1,80}@[^ <>]{1,80}', '(address)', words)}".strip()
