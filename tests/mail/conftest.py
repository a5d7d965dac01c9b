"""Servers shared by the mail tests: started once for each xdist worker, users made anew for each test."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from imapclient import IMAPClient

from mail.imap import ImapMailbox
from mail.open import open_mailbox
from tests.apt import installed
from tests.mail.mails import Opener
from tests.mail.servers import Dovecot
from tests.mail.token_server import TokenServer
from tests.servers_policy import need


@pytest.fixture(scope="session")
def token_server() -> Iterator[TokenServer]:
    server = TokenServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tokens(token_server: TokenServer) -> TokenServer:
    """The token server as new: it knows no token and answers well."""
    fresh = TokenServer()
    for name in ("expires_in", "client_secret", "refresh_token", "rotate", "answer", "user"):
        setattr(token_server, name, getattr(fresh, name))
    token_server.valid.clear()
    token_server.requests.clear()
    return token_server


@pytest.fixture(scope="session")
def running_dovecot(token_server: TokenServer) -> Iterator[Dovecot]:
    binary = installed("dovecot-imapd", "dovecot")
    need("Dovecot", binary is not None, "install the Debian package dovecot-imapd, or run the tests as root with apt")
    assert binary is not None
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    need("Dovecot", version.startswith("2.3."), f"its configuration is for 2.3, not {version.strip()}")
    server = Dovecot(binary, token_server)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def dovecot(running_dovecot: Dovecot, tokens: TokenServer) -> Dovecot:
    """A running Dovecot. A test that stops it starts it again."""
    return running_dovecot


@pytest.fixture
def open_imap(dovecot: Dovecot) -> Iterator[Opener]:
    """Open mailboxes of a user that are closed after the test."""
    opened: list[ImapMailbox] = []

    def opener(user: str, **changes: Any) -> ImapMailbox:
        mailbox = open_mailbox(dovecot.settings(user, **changes))
        assert isinstance(mailbox, ImapMailbox)
        opened.append(mailbox)
        return mailbox

    yield opener
    for mailbox in opened:
        mailbox.close()


@pytest.fixture
def idling(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once the server has confirmed an IDLE."""
    confirmed = threading.Event()
    real = IMAPClient.idle

    def idle(client: IMAPClient) -> None:
        real(client)
        confirmed.set()

    monkeypatch.setattr(IMAPClient, "idle", idle)
    return confirmed
