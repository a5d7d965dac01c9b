"""What is said of a mailbox that fails: no word of a mail is in it, whatever the server sent in place of an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from mail.imap_connect import explain
from mail.settings import MailboxSettings

MAIL = b"From: a@bracken.example\r\n\r\nWe cannot pay, the quokka is ill.\r\nThe quokka again.\r\n"


def answers(server: socket.socket, fetched: bytes) -> None:
    """Be an IMAP server for one client, with this answer to FETCH."""
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as file:
        file.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        file.flush()
        while line := file.readline():
            tag, command = line.split()[:2]
            untagged = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"SELECT": b"* 1 EXISTS\r\n", b"UID": fetched}
            file.write(untagged.get(command.upper(), b"") + tag + b" OK done\r\n")
            file.flush()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.mark.parametrize(
    "fetched",
    [
        b"* 1 FETCH (UID 1 BODY[] {59}\r\n" + MAIL + b")\r\n",
        b"* 1 FETCH (UID 1 BODY[] {5}\r\n" + MAIL + b")\r\n",
        b'* 1 FETCH (UID 1 X (the quokka "is ill)\r\n',
        b"* 1 FETCH (UID quokka BODY[] NIL)\r\n",
    ],
)
def test_a_size_that_is_not_true_puts_no_word_into_the_log(server: socket.socket, fetched: bytes) -> None:
    port = server.getsockname()[1]
    threading.Thread(target=answers, args=(server, fetched), daemon=True).start()
    settings = MailboxSettings.model_validate(
        {
            "name": "ar",
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "user": "u",
            "password": "p",
            "address": "a@b.example",
        }
    )
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    client.login("u", "p")
    client.select_folder("INBOX")
    with pytest.raises(Exception) as raised:  # noqa: PT011 (of several kinds)
        client.fetch([1], ["BODY.PEEK[]"])
    client.shutdown()
    told = str(explain(settings, raised.value, "reading"))
    assert told.startswith("mailbox ar: reading at 127.0.0.1:")
    assert "quokka" not in told
