"""Lasting UIDs for the files of a Maildir, kept in one append-only file inside it.

A file is known by its name up to ":2,", so that it keeps its UID when a mail client moves it from new/ to cur/ or sets flags.
The file is only ever added to; where it is missing or spoilt, a new one with another UIDVALIDITY says that all UIDs are new.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from store.lasting import sync_names

log = logging.getLogger(__name__)

FILE_NAME = ".dunwell-uids"
_HEAD = "dunwell-uids 1"
#: File names are written as they are but for bytes that could end a line or a field.
_SAFE = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"


class UidMap:
    """Which UID belongs to which file name. Several processes may use one map: each change is made under a file lock."""

    def __init__(self, maildir: Path) -> None:
        self._path = maildir / FILE_NAME
        self._clear()

    def _clear(self) -> None:
        self._validity = 0
        self._read_to = 0
        self._uids: dict[str, int] = {}
        self._highest = 0

    @property
    def highest(self) -> int:
        """Give the highest UID given out so far, 0 for none."""
        return self._highest

    def refresh(self, fresh: Iterable[str] = ()) -> int:
        """Read what other processes added, give UIDs to the names not known yet, in their order; give the UIDVALIDITY.

        What is added is on the disk when this returns. Raises OSError.
        """
        with self._locked() as handle:
            if not self._read(handle):
                return self._begin_anew(fresh)
            self._append(handle, fresh)
            return self._validity

    def restart(self) -> int:
        """Forget all UIDs and give a new UIDVALIDITY. The old file is kept beside the new one. Raises OSError."""
        with self._locked():
            return self._begin_anew(())

    def uid(self, name: str) -> int | None:
        """Give the UID of a file name, None for one that has none yet."""
        return self._uids.get(name)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the file, made anew where missing, and lock it; another process may replace it until the lock is held."""
        while True:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if self._is_current(handle):
                    yield handle
                    return
            finally:
                os.close(handle)

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.lstat(self._path))
        except FileNotFoundError:
            return False

    def _read(self, handle: int) -> bool:
        """Read what was added since the last look, and write the head of an empty file; False for a spoilt one."""
        size = os.fstat(handle).st_size
        if size == 0:
            self._start(handle)
            return True
        if self._validity and not os.pread(handle, 64, 0).startswith(_head(self._validity)):
            self._clear()
        if size < self._read_to:
            return False
        os.lseek(handle, self._read_to, os.SEEK_SET)
        with os.fdopen(os.dup(handle), "rb") as file:
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.decode("ascii", "replace").split("\n")[:-1]
        try:
            if self._read_to == 0:
                self._validity = _validity(lines.pop(0))
            for line in lines:
                self._learn(line)
        except (ValueError, IndexError):
            return False
        self._read_to += len(whole)
        if len(whole) < len(data):
            # A crash cut the last line short; its UID was never given out.
            os.ftruncate(handle, self._read_to)
        return True

    def _learn(self, line: str) -> None:
        number, _, name = line.partition(" ")
        uid = int(number)
        if uid <= self._highest or not name:
            raise ValueError(line)
        self._uids[os.fsdecode(unquote_to_bytes(name))] = self._highest = uid

    def _begin_anew(self, fresh: Iterable[str]) -> int:
        """Put the file aside and begin another, whose inode and UIDVALIDITY tell every process that all UIDs are new."""
        log.error("%s does not fit: the folder is read from its start; mail stored already is recognised", self._path)
        with suppress(FileNotFoundError):
            os.replace(self._path, self._path.with_name(f"{FILE_NAME}.old"))
        self._clear()
        with self._locked() as handle:
            self._read(handle)
            self._append(handle, fresh)
            return self._validity

    def _start(self, handle: int) -> None:
        self._clear()
        self._validity = secrets.randbelow(2**31 - 1) + 1
        self._write(handle, _head(self._validity))
        sync_names(self._path.parent)

    def _append(self, handle: int, fresh: Iterable[str]) -> None:
        names = [name for name in dict.fromkeys(fresh) if name not in self._uids]
        if not names:
            return
        numbered = list(enumerate(names, start=self._highest + 1))
        lines = "".join(f"{n} {quote_from_bytes(os.fsencode(name), safe=_SAFE)}\n" for n, name in numbered)
        self._write(handle, lines.encode("ascii"))
        for uid, name in numbered:
            self._uids[name] = self._highest = uid

    def _write(self, handle: int, data: bytes) -> None:
        os.lseek(handle, self._read_to, os.SEEK_SET)
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
        os.fsync(handle)
        self._read_to += len(data)


def _head(validity: int) -> bytes:
    return f"{_HEAD} {validity}\n".encode("ascii")


def _validity(head: str) -> int:
    words, _, number = head.rpartition(" ")
    if words != _HEAD or int(number) <= 0:
        raise ValueError("not a UID file")
    return int(number)
