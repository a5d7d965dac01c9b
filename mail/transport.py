"""What every way out can do, and what may come of it. Two phases: up to `before_body` all may be repeated, after it nothing.

A transport says what it knows and no more: it never repeats anything by itself, and never guesses that a mail arrived.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from mail.address import is_plain
from store.lasting import make_folder, sync_names


class DeliveryError(Exception):
    """A mail did not go out, or may not have. The text is one line for a person and names no address."""


class Refused(DeliveryError):
    """The server says no for good (5xx): the mail did not go out and will not."""


class TryLater(DeliveryError):
    """The mail did not go out; a later attempt may work."""


class ServerAway(TryLater):
    """No mail at all can be handed to this server now: it does not answer, or its TLS or our login fails."""


class Lost(DeliveryError):
    """The body was on its way and no answer came: nobody here can know whether the mail went out."""


class ClaimLost(DeliveryError):
    """`before_body` said no: the mail is not this sender's any more, and its body did not leave."""


class Transport(Protocol):
    """Hands one mail to the next server."""

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        """Hand over a mail for all recipients, or for none. Returns when it was accepted.

        `before_body` is called once, when all is agreed and before the first byte of the body: it commits the point of no
        return and says whether to go on. Raises Refused, TryLater, Lost or ClaimLost.
        """

    def probe(self) -> str:
        """Say in a few words that mail could be handed over now; sends nothing. Raises what `deliver` raises."""


def check_envelope(sender: str, recipients: Sequence[str], mime: bytes) -> None:
    """Refuse what must never reach a server. Raises Refused."""
    if not is_plain(sender) or not recipients or not all(is_plain(address) for address in recipients):
        raise Refused("the sender or a recipient is not a plain address")
    if len({address.lower() for address in recipients}) != len(recipients):
        raise Refused("a recipient is named twice")
    if not mime or b"\n" in mime.replace(b"\r\n", b"") or b"\r" in mime.replace(b"\r\n", b"") or not mime.isascii():
        raise Refused("the mail is empty, or holds line ends or bytes that are not safe in SMTP")


class MaildirTransport:
    """Puts mail into a local Maildir instead of sending it: for the demo and for trials."""

    def __init__(self, path: Path) -> None:
        """Remember the folder; it is made when the first mail is put there."""
        self._path = path

    def probe(self) -> str:
        """See that the folder can be made and written."""
        try:
            (self._path / "tmp").mkdir(parents=True, exist_ok=True)
            _write(self._path / "tmp" / "dunwell-probe", b"")
            (self._path / "tmp" / "dunwell-probe").unlink()
        except OSError as error:
            raise TryLater(f"the mail folder {self._path} cannot be written: {error.strerror}") from error
        return f"mail is put into {self._path}, nothing is sent"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        """Write the mail whole and on disk, then move it into `new`."""
        check_envelope(sender, recipients, mime)
        name = f"{hashlib.sha256(mime).hexdigest()[:32]}.{os.getpid()}.{socket.gethostname().replace('/', '_')}"
        draft = self._path / "tmp" / name
        try:
            for folder in ("tmp", "new", "cur"):
                make_folder(self._path / folder)
            _write(draft, mime)
        except OSError as error:
            raise TryLater(f"the mail folder cannot be written: {error.strerror}") from error
        try:
            if not before_body():
                raise ClaimLost("another sender has this mail")
            os.replace(draft, self._path / "new" / name)
        except OSError as error:
            raise TryLater(f"the mail folder cannot be written: {error.strerror}") from error
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        try:
            sync_names(self._path / "new")
        except OSError as error:
            raise Lost(f"the mail folder failed: {error.strerror}") from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
