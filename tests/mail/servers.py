"""A real Dovecot for tests, on loopback: IMAP with TLS, STARTTLS, IDLE, special-use folders and XOAUTH2."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
from imapclient import IMAPClient
from pydantic import SecretStr

from mail.settings import MailboxSettings
from tests.mail.dovecot_conf import CONF, OAUTH_CONF
from tests.mail.token_server import TokenServer

PASSWORD = "correct horse"


def free_port() -> int:
    """Give a loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether anybody takes connections on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], object], *, seconds: float = 20, what: str = "it") -> None:
    """Poll until something is true; AssertionError when it is not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)


class Dovecot:
    """A Dovecot of our own in a temporary directory. Every test makes its own users, so tests do not meet."""

    def __init__(self, binary: str, tokens: TokenServer) -> None:
        self._binary = binary
        self._tokens = tokens
        # Not pytest's directory: its parents are closed to the user that mail belongs to.
        self._dir = Path(tempfile.mkdtemp(prefix="dunwell-dovecot-"))
        self._dir.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self.ca_file = self._dir / "ca.pem"
        root = os.geteuid() == 0
        self._owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        me = self._owner.pw_name
        group = grp.getgrgid(self._owner.pw_gid).gr_name
        self._users = {
            "internal": "dovecot" if root else me,
            "internal_group": "dovecot" if root else group,
            "login": "dovenull" if root else me,
        }

    def start(self) -> None:
        """Start on free ports (the same ones after a stop) and wait until it answers."""
        if not self.ca_file.exists():
            self._prepare()
        self._process = subprocess.Popen(
            [self._binary, "-F", "-c", str(self._dir / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers, what="Dovecot answering")

    def stop(self) -> None:
        """End the server and every session, as a power failure does; afterwards nothing listens on its ports."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._process = None
        # The children hold the listening sockets too, and die a moment after their parent.
        until(lambda: not (listens(self.imap_port) or listens(self.imaps_port)), what="Dovecot's ports being free")
        (self._dir / "run" / "master.pid").unlink(missing_ok=True)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process of the server from running for a while: connections stay open and nobody answers."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self._dir, ignore_errors=True)

    def log(self) -> str:
        """Give what Dovecot logged."""
        return (self._dir / "dovecot.log").read_text("utf-8", "replace")

    def new_user(self, **overrides: str) -> str:
        """Add a user with PASSWORD; overrides are Dovecot settings of this user alone."""
        user = f"ar{next(self._numbers)}@acme.test"
        extra = " ".join(f"userdb_{key}={value}" for key, value in overrides.items())
        folder = self.maildir(user)
        for part in ("", "new", "cur", "tmp"):
            (folder / part).mkdir(mode=0o755, exist_ok=True)
            self._give_away(folder / part)
        owner = f"{self._owner.pw_uid}:{self._owner.pw_gid}"
        # A file for each: Dovecot looks only once a second whether one has changed.
        (self._dir / "users" / user).write_text(f"{user}:{{PLAIN}}{PASSWORD}:{owner}::{folder}::{extra}\n")
        return user

    def settings(self, user: str, **changes: Any) -> MailboxSettings:
        """Give the settings of a user's mailbox over implicit TLS; `changes` replace fields."""
        fields: dict[str, Any] = {
            "name": user.partition("@")[0],
            "address": user.replace(".test", ".example"),
            "host": "127.0.0.1",
            "port": self.imaps_port,
            "ca_file": self.ca_file,
            "user": user,
            "password": SecretStr(PASSWORD),
            "timeout_seconds": 15,
        }
        return MailboxSettings(**{**fields, **changes})

    def person(self, user: str, folder: str = "INBOX") -> IMAPClient:
        """Sign in as the person who also uses the mailbox, with the folder open read-write."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=15)
        client.login(user, PASSWORD)
        client.select_folder(folder)
        return client

    def maildir(self, user: str) -> Path:
        """Give the folder that Dovecot keeps a user's mail in."""
        return self._dir / "mail" / user

    def deliver(self, user: str, *mails: bytes, seen: bool = False) -> None:
        """Put mails into a user's INBOX as a mail server does: written aside, then moved into place."""
        folder = self.maildir(user)
        for mail in mails:
            name = f"{1772700000 + next(self._numbers)}.M{next(self._numbers)}.dunwell"
            draft = folder / "tmp" / name
            draft.write_bytes(mail)
            self._give_away(draft)
            draft.rename(folder / "cur" / f"{name}:2,S" if seen else folder / "new" / name)

    def _give_away(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _prepare(self) -> None:
        self.imap_port, self.imaps_port = free_port(), free_port()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        certificate = authority.issue_cert("127.0.0.1", "localhost", "mail.fernhill.test")
        for name in ("run", "state", "mail", "users"):
            (self._dir / name).mkdir(mode=0o755)
        self._give_away(self._dir / "mail")
        (self._dir / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))
        (self._dir / "key.pem").write_bytes(certificate.private_key_pem.bytes())
        (self._dir / "oauth2.conf.ext").write_text(OAUTH_CONF.format(url=self._tokens.url))
        text = CONF.format(
            dir=self._dir,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            **self._users,
        )
        (self._dir / "dovecot.conf").write_text(text)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"Dovecot ended: {self.log() if self._dir.exists() else ''}"
        try:
            with socket.create_connection(("127.0.0.1", self.imap_port), timeout=1) as probe:
                return probe.recv(4) == b"* OK"
        except OSError:
            return False
