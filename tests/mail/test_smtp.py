"""Sending to a real SMTP server: what arrives, what is refused, and what nobody can know."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mail.settings import SmtpSettings
from mail.smtp import ClaimLost, Lost, MaildirTransport, Refused, SmtpTransport, TryLater, transport_for
from tests.mail.smtp_fixtures import USER, SmtpServer, free_port, smtp_server

TO = ["p.kershaw@harrowfinch.example", "d.sayle@harrowfinch.example"]
MIME = b"From: ar@nordholt.example\r\nTo: p.kershaw@harrowfinch.example\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SmtpServer]:
    with smtp_server(tmp_path) as running:
        yield running


class Gate:
    """The point of no return, counted."""

    def __init__(self, answer: bool = True) -> None:
        self.asked, self.answer = 0, answer

    def __call__(self) -> bool:
        self.asked += 1
        return self.answer


def send(
    transport: SmtpTransport | MaildirTransport, gate: Callable[[], bool], *, to: list[str] = TO, mime: bytes = MIME
) -> None:
    transport.deliver(sender=USER, recipients=to, mime=mime, before_body=gate)


@pytest.mark.parametrize("tls", ["starttls", "implicit", "none"])
def test_arrives_once_for_exactly_the_recipients(tmp_path: Path, tls: str) -> None:
    with smtp_server(tmp_path, tls=tls) as server:
        gate = Gate()
        send(SmtpTransport(server.settings()), gate)
        (taken,) = server.sink.taken
        assert (taken.sender, taken.recipients, taken.content) == (USER, TO, MIME)
        assert server.sink.logins == [USER]
        assert gate.asked == 1


def test_login_mechanism_login(tmp_path: Path) -> None:
    with smtp_server(tmp_path, auth_exclude_mechanism=["PLAIN"]) as server:
        send(SmtpTransport(server.settings()), Gate())
        assert len(server.sink.taken) == 1


@pytest.mark.parametrize("tail", [b"", b"\r\n"])
def test_dots_and_smuggling_arrive_as_one_message(server: SmtpServer, tail: bytes) -> None:
    body = b".\r\n..\r\n.x\r\n\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n.." + tail
    mime = b"Subject: x\r\n\r\n" + body
    send(SmtpTransport(server.settings()), Gate(), mime=mime)
    (taken,) = server.sink.taken
    assert taken.content == mime + (b"" if tail else b"\r\n")


@pytest.mark.parametrize("mime", [b"Subject: x\r\n\r\na\n.\nb\r\n", b"a\r\n\r\nb\r.\r\n", b"a\r\n\r\n\xff\r\n", b""])
def test_unsafe_bytes_never_reach_a_server(server: SmtpServer, mime: bytes) -> None:
    with pytest.raises(Refused):
        send(SmtpTransport(server.settings()), Gate(), mime=mime)
    assert server.sink.connections == 0


@pytest.mark.parametrize(
    "to",
    [
        [],
        ["a@x <evil@y.example>"],
        ["a@x.example>\r\nRCPT TO:<evil@y.example"],
        ["a@x.example", "A@x.example"],
        ["a@x.example,b@y.example"],
        ['"a b"@x.example'],
        ["a@[127.0.0.1]"],
        ["ä@x.example"],
        ["a@x.example\n"],
        ["a"],
    ],
)
def test_odd_recipients_are_refused_before_connecting(server: SmtpServer, to: list[str]) -> None:
    with pytest.raises(Refused):
        send(SmtpTransport(server.settings()), Gate(), to=to)
    assert server.sink.connections == 0


@pytest.mark.parametrize(
    ("reply", "outcome"), [("550 no such user", Refused), ("451 greylisted", TryLater), ("421 busy", TryLater)]
)
def test_one_recipient_refused_is_all_refused(server: SmtpServer, reply: str, outcome: type[Exception]) -> None:
    server.sink.faults.append((f"RCPT {TO[1]}", reply))
    gate = Gate()
    with pytest.raises(outcome) as caught:
        send(SmtpTransport(server.settings()), gate)
    assert reply[:3] in str(caught.value)
    assert gate.asked == 0
    assert server.sink.taken == []


def test_a_final_no_among_recipients_outweighs_a_temporary_one(server: SmtpServer) -> None:
    server.sink.faults += [(f"RCPT {TO[0]}", "451 later"), (f"RCPT {TO[1]}", "550 never")]
    with pytest.raises(Refused):
        send(SmtpTransport(server.settings()), Gate())


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        ("MAIL", "452 full", TryLater),
        ("MAIL", "550 not you", Refused),
        ("DATA", "552 too big", Refused),
        ("DATA", "451 try again", TryLater),
        ("DATA", "421 closing", TryLater),
    ],
)
def test_answers_are_taken_at_their_word(server: SmtpServer, step: str, reply: str, outcome: type[Exception]) -> None:
    server.sink.faults.append((step, reply))
    with pytest.raises(outcome):
        send(SmtpTransport(server.settings()), Gate())
    assert server.sink.taken == []


def test_error_texts_hold_no_address(server: SmtpServer) -> None:
    server.sink.faults.append((f"RCPT {TO[0]}", f"550 <{TO[0]}> unknown"))
    with pytest.raises(Refused) as caught:
        send(SmtpTransport(server.settings()), Gate())
    assert "@" not in str(caught.value)
    assert "550" in str(caught.value)


@pytest.mark.parametrize("fault", ["drop", "nonsense"])
def test_no_clear_answer_after_the_body_is_lost(server: SmtpServer, fault: str) -> None:
    server.sink.faults.append(("DATA", fault))
    with pytest.raises(Lost):
        send(SmtpTransport(server.settings()), Gate())
    assert len(server.sink.taken) == 1


def test_a_server_that_hangs_after_the_dot_is_lost(server: SmtpServer) -> None:
    server.sink.faults.append(("DATA", "hang"))
    with pytest.raises(Lost):
        send(SmtpTransport(server.settings(timeout_seconds=0.6)), Gate())
    assert len(server.sink.taken) == 1


def test_a_closed_gate_sends_no_body(server: SmtpServer) -> None:
    with pytest.raises(ClaimLost):
        send(SmtpTransport(server.settings()), Gate(answer=False))
    send(SmtpTransport(server.settings()), Gate())
    assert len(server.sink.taken) == 1


def test_an_error_at_the_gate_sends_no_body(server: SmtpServer) -> None:
    def broken() -> bool:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        send(SmtpTransport(server.settings()), broken)
    send(SmtpTransport(server.settings()), Gate())
    assert len(server.sink.taken) == 1


def test_too_big_is_refused_before_data(tmp_path: Path) -> None:
    with smtp_server(tmp_path, data_size_limit=50) as server, pytest.raises(Refused, match="50 bytes at most"):
        send(SmtpTransport(server.settings()), Gate())


# --- TLS ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path, tls: str) -> None:
    with smtp_server(tmp_path, tls=tls, hostname="other.example") as server:
        with pytest.raises(TryLater, match="certificate is not trusted"):
            send(SmtpTransport(server.settings()), Gate())
        assert server.sink.logins == []


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_an_unknown_authority_is_not_trusted(server: SmtpServer, tmp_path: Path, tls: str) -> None:
    with smtp_server(tmp_path, tls=tls) as other:
        with pytest.raises(TryLater, match="certificate is not trusted"):
            send(SmtpTransport(other.settings(ca_file=server.ca_file)), Gate())
        assert other.sink.logins == []


def test_without_starttls_nothing_is_said(tmp_path: Path) -> None:
    with smtp_server(tmp_path, tls="none") as server:
        with pytest.raises(TryLater, match="no STARTTLS"):
            send(SmtpTransport(server.settings(tls="starttls")), Gate())
        assert (server.sink.logins, server.sink.commands) == ([], [])


def test_words_slipped_in_before_tls_are_not_read_as_answers() -> None:
    """A man in the middle appends to the answer to STARTTLS; the handshake then fails, and no login is sent."""
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.sendall(b"220 x\r\n")
            client.recv(1000)
            client.sendall(b"250-x\r\n250 STARTTLS\r\n")
            client.recv(1000)
            client.sendall(b"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n235 fine\r\n")
            heard.append(client.recv(10_000))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        settings = SmtpSettings(
            host="127.0.0.1", port=listener.getsockname()[1], user=USER, password="p", timeout_seconds=5
        )
        with pytest.raises(TryLater):
            send(SmtpTransport(settings), Gate())
        thread.join(10)
    assert not thread.is_alive()
    assert b"AUTH" not in heard[0]
    assert heard[0][:1] == b"\x16"  # a TLS handshake and nothing else


# --- logging in -----------------------------------------------------------------------------------------------


class Tokens:
    def __init__(self, *tokens: str) -> None:
        self.left, self.refused = list(tokens), [""]

    def token(self, *, refused: str | None = None) -> str:
        self.refused.append(refused or "")
        return self.left.pop(0)


def test_xoauth2(server: SmtpServer) -> None:
    send(SmtpTransport(server.settings(), tokens=Tokens("tok-1")), Gate())
    assert len(server.sink.taken) == 1


def test_xoauth2_tries_one_fresh_token(server: SmtpServer) -> None:
    tokens = Tokens("stale", "tok-1")
    send(SmtpTransport(server.settings(), tokens=tokens), Gate())
    assert len(server.sink.taken) == 1
    assert tokens.refused[-1] == "stale"


def test_xoauth2_gives_up_after_the_second(server: SmtpServer) -> None:
    with pytest.raises(TryLater, match="refuses the login") as caught:
        send(SmtpTransport(server.settings(), tokens=Tokens("stale", "stale2")), Gate())
    assert "stale" not in str(caught.value)
    assert server.sink.taken == []


def test_a_wrong_password_is_not_the_mails_fault(server: SmtpServer) -> None:
    with pytest.raises(TryLater, match="refuses the login") as caught:
        send(SmtpTransport(server.settings(password="wrong-secret")), Gate())
    assert "wrong-secret" not in str(caught.value)


def test_a_missing_password_says_what_to_do(server: SmtpServer) -> None:
    with pytest.raises(TryLater, match="password_file"):
        send(SmtpTransport(server.settings(password=None)), Gate())


def test_nobody_listens() -> None:
    settings = SmtpSettings(host="127.0.0.1", port=free_port(), timeout_seconds=2)
    with pytest.raises(TryLater, match="cannot be used"):
        send(SmtpTransport(settings), Gate())


# --- the Maildir way out --------------------------------------------------------------------------------------


def test_maildir_writes_whole_mails_after_the_gate(tmp_path: Path) -> None:
    way = transport_for(SmtpSettings(kind="maildir", path=tmp_path / "out"))
    assert isinstance(way, MaildirTransport)
    new = tmp_path / "out" / "new"

    def gate() -> bool:
        assert list(new.iterdir()) == []
        return True

    send(way, gate)
    assert [f.read_bytes() for f in new.iterdir()] == [MIME]
    with pytest.raises(ClaimLost):
        send(way, Gate(answer=False), mime=MIME + b"2\r\n")
    assert len(list(new.iterdir())) == 1
    assert list((tmp_path / "out" / "tmp").iterdir()) == []


def test_maildir_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file is in the way")
    with pytest.raises(TryLater):
        send(MaildirTransport(tmp_path / "out"), Gate())
