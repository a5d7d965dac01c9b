"""Parse mail from outside in a child process that can be killed: one bad mail costs a few seconds, never the daemon.

The child lives on from mail to mail. It is replaced after it was killed or died, and after some hundred mails. A mail that the
child does not survive comes back as UNREADABLE; a child that cannot even start is our fault, and raises.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import TypeAdapter, ValidationError

from mail import parse_worker
from mail.caps import MAX_BYTES
from mail.parse import unreadable
from mail.pdf_text import BEYOND, PdfWords, has_pdf, with_words
from store.inbound import InboundEmail

MAX_ANSWER = 64 * 1024 * 1024
_START_SECONDS = 30.0
_MAILS_A_CHILD = 500
_PDFS = TypeAdapter(dict[str, PdfWords])


class ParserBroken(Exception):
    """The parsing process cannot be started. No mail is to blame; nothing may be marked unreadable because of it."""


class _Died(Exception):
    """The child ended or was too slow while it had a mail. The text says how."""


class Parser:
    """Parses mail in a child process. Thread-safe: one mail at a time. The child starts with the first mail."""

    def __init__(
        self, *, wall_seconds: float = 5.0, cpu_seconds: int = 5, memory_bytes: int = 512 * 1024 * 1024
    ) -> None:
        self._wall_seconds = wall_seconds
        self._arguments = (str(memory_bytes), str(cpu_seconds))
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._mails = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child. The next `parse` would start a new one."""
        with self._lock:
            self._kill()

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        return self._child.pid if self._child is not None else None

    def parse(self, raw: bytes, *, received_at: datetime, authserv_ids: Sequence[str] = ()) -> InboundEmail:
        """Parse one mail within the limits. Raises ParserBroken when no child can be started."""
        if len(raw) > MAX_BYTES:
            return unreadable(raw, f"the mail is larger than {MAX_BYTES // 1_000_000} MB ({len(raw)} bytes)")
        head = {"received_at": received_at.isoformat(), "authserv_ids": list(authserv_ids), "size": len(raw)}
        encoded = json.dumps(head).encode("utf-8")
        with self._lock:
            child = self._ready_child()
            until = time.monotonic() + self._wall_seconds
            try:
                answer = _exchange(
                    child, parse_worker.LENGTH.pack(len(encoded)) + encoded + raw, seconds=self._wall_seconds
                )
                self._mails += 1
                email = InboundEmail.model_validate_json(answer)
            except _Died as died:
                self._kill()
                return unreadable(raw, str(died))
            except ValidationError:
                self._kill()
                return unreadable(raw, "the parser gave no usable answer for this mail")
            except BaseException:
                self._kill()  # an interrupt in the middle leaves the pipes out of step
                raise
            return self._with_pdfs(child, email, until=until) if has_pdf(email) else email

    def _with_pdfs(self, child: subprocess.Popen[bytes], email: InboundEmail, *, until: float) -> InboundEmail:
        """Read the second answer, the words of the PDFs. A child that dies of them costs those words only."""
        try:
            answer = _exchange(child, b"", seconds=max(0.2, until - time.monotonic()))
            return with_words(email, _PDFS.validate_json(answer))
        except (_Died, ValidationError):
            self._kill()
            return with_words(email, {}, otherwise=BEYOND)
        except BaseException:
            self._kill()
            raise

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._mails >= _MAILS_A_CHILD):
            self._kill()
        if self._child is None:
            self._child = self._start()
            self._mails = 0
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "mail.parse_worker", *self._arguments]
        try:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )
        except OSError as error:
            raise ParserBroken(f"the mail parser cannot be started: {error.strerror}") from error
        try:
            hello = _exchange(child, b"", seconds=_START_SECONDS)
        except _Died as died:
            _end(child)
            raise ParserBroken(f"the mail parser does not start: {died}") from died
        if hello != parse_worker.READY:
            _end(child)
            raise ParserBroken("the mail parser does not start: it speaks another version")
        return child

    def _kill(self) -> None:
        if self._child is not None:
            _end(self._child)
            self._child = None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()


def _exchange(child: subprocess.Popen[bytes], request: bytes, *, seconds: float) -> bytes:
    """Write the request and read one answer before the time is up. Raises _Died."""
    assert child.stdin is not None
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    pending = memoryview(request)
    received = bytearray()
    os.set_blocking(child.stdin.fileno(), False)
    os.set_blocking(child.stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        if pending:
            selector.register(child.stdin, selectors.EVENT_WRITE)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise _Died(f"reading the mail took longer than {seconds:g} seconds")
            for key, _ in selector.select(left):
                if key.fileobj is child.stdin:
                    pending = _write(child, pending)
                    if not pending:
                        selector.unregister(child.stdin)
                elif (answer := _read(child, child.stdout, received)) is not None:
                    return answer


def _write(child: subprocess.Popen[bytes], pending: memoryview) -> memoryview:
    assert child.stdin is not None
    try:
        return pending[os.write(child.stdin.fileno(), pending[: 1 << 20]) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        raise _Died(_how_it_ended(child)) from None


def _read(child: subprocess.Popen[bytes], stream: IO[bytes], received: bytearray) -> bytes | None:
    """Read a piece of one answer and no byte of the next; give the answer when it is whole."""
    head = parse_worker.LENGTH.size
    try:
        chunk = os.read(stream.fileno(), min(1 << 20, _missing(received)))
    except BlockingIOError:
        return None
    if not chunk:
        raise _Died(_how_it_ended(child))
    received += chunk
    if len(received) >= head and _missing(received) > MAX_ANSWER:
        raise _Died("the parser gave no usable answer for this mail")
    return bytes(received[head:]) if len(received) >= head and not _missing(received) else None


def _missing(received: bytearray) -> int:
    head = parse_worker.LENGTH.size
    if len(received) < head:
        return head - len(received)
    (size,) = parse_worker.LENGTH.unpack(received[:head])
    return head + int(size) - len(received)


def _how_it_ended(child: subprocess.Popen[bytes]) -> str:
    try:
        code = child.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return "the parser closed its connection on this mail"
    if code == -signal.SIGXCPU:
        return "reading the mail took too much processor time"
    if code < 0:
        return f"the parser was ended on this mail (signal {-code})"
    return f"the parser failed on this mail (exit code {code})"
