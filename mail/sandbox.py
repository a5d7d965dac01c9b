"""Parse mail from outside in a child process that can be killed: one bad mail costs a few seconds, never the daemon.

The child lives on from mail to mail. It is replaced after it was killed or died, where it has grown, and after two thousand
mails. A mail that the child does not survive comes back as UNREADABLE; a child that cannot even start is our fault, and raises.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

from mail import parse_worker
from mail.caps import MAX_BYTES
from mail.file_words import DAMAGED, FileWords
from mail.parse import unreadable
from mail.parse_exchange import Died, exchange
from mail.pdf_text import BEYOND, PdfWords, has_pdf, with_words
from store.inbound import InboundEmail

_START_SECONDS = 30.0
#: A child's mails, where its memory can be looked at and where it cannot; and how often that is done.
_MAILS_A_CHILD, _MAILS_UNSEEN, _LOOK_EVERY = 2_000, 500, 100
#: What reads workbooks loads numpy, which would lay out tens of megabytes a core: on a large machine more than the child may have.
_ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
_PDFS = TypeAdapter(dict[str, PdfWords])
_FILES = TypeAdapter(dict[str, FileWords])


class ParserBroken(Exception):
    """The parsing process cannot be started. No mail is to blame; nothing may be marked unreadable because of it."""


class Parser:
    """Parses mail in a child process. Thread-safe: one mail at a time. The child starts with the first mail."""

    def __init__(
        self, *, wall_seconds: float = 5.0, cpu_seconds: int = 5, memory_bytes: int = 512 * 1024 * 1024
    ) -> None:
        self._wall_seconds = wall_seconds
        self._arguments = (str(memory_bytes), str(cpu_seconds))
        self._memory_bytes = memory_bytes
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
                answer = exchange(
                    child, parse_worker.LENGTH.pack(len(encoded)) + encoded + raw, seconds=self._wall_seconds
                )
                self._mails += 1
                email = InboundEmail.model_validate_json(answer)
            except Died as died:
                self._kill()
                return unreadable(raw, str(died))
            except ValidationError:
                self._kill()
                return unreadable(raw, "the parser gave no usable answer for this mail")
            except BaseException:
                self._kill()  # an interrupt in the middle leaves the pipes out of step
                raise
            return self._with_pdfs(child, email, until=until) if has_pdf(email) else email

    def words_of_files(self, raw: bytes, wanted: Sequence[str]) -> dict[str, FileWords]:
        """Give the words of these attachments of a mail that was parsed, by their sha256. Raises ParserBroken as `parse` does."""
        encoded = json.dumps({"files": list(wanted), "size": len(raw)}).encode("utf-8")
        with self._lock:
            child = self._ready_child()
            request = parse_worker.LENGTH.pack(len(encoded)) + encoded + raw
            try:
                answer = exchange(child, request, seconds=self._wall_seconds)
                self._mails += 1
                return _FILES.validate_json(answer)
            except (Died, ValidationError):
                self._kill()
                return {digest: FileWords(note=DAMAGED) for digest in wanted}
            except BaseException:
                self._kill()
                raise

    def _with_pdfs(self, child: subprocess.Popen[bytes], email: InboundEmail, *, until: float) -> InboundEmail:
        """Read the second answer, the words of the PDFs. A child that dies of them costs those words only."""
        try:
            answer = exchange(child, b"", seconds=max(0.2, until - time.monotonic()))
            return with_words(email, _PDFS.validate_json(answer))
        except (Died, ValidationError):
            self._kill()
            return with_words(email, {}, otherwise=BEYOND)
        except BaseException:
            self._kill()
            raise

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._is_worn(self._child.pid)):
            self._kill()
        if self._child is None:
            self._child = self._start()
            self._mails = 0
        return self._child

    def _is_worn(self, pid: int) -> bool:
        """Say whether a child has had its mails, or grown: no mail may be blamed for the memory that others took."""
        if self._mails == 0 or self._mails % _LOOK_EVERY:
            return self._mails >= _MAILS_A_CHILD
        size = _size(pid)
        most = _MAILS_A_CHILD if size is not None else _MAILS_UNSEEN
        return self._mails >= most or (size or 0) > self._memory_bytes // 2

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "mail.parse_worker", *self._arguments]
        try:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), **_ENVIRONMENT},
                start_new_session=True,
            )
        except OSError as error:
            raise ParserBroken(f"the mail parser cannot be started: {error.strerror}") from error
        try:
            hello = exchange(child, b"", seconds=_START_SECONDS)
        except Died as died:
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


def _size(pid: int) -> int | None:
    """Give how much memory a process has laid out, in bytes; None where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()
