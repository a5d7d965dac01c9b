"""A mailbox in a local Maildir folder: for trials, the demo, and hosts whose mail server delivers to files.

Mail files are only read: never moved, renamed, flagged or deleted. What this writes are the file of UIDs (mail/maildir_uids.py)
and copies of sent mail in the Maildir++ folder .Sent.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from mail.mailbox import MailboxError, Place, RawMail
from mail.maildir_sent import SentFolder
from mail.maildir_uids import UidMap
from mail.settings import MailboxSettings

#: Mails given at once, and their bytes together.
BATCH_MAILS = 50
BATCH_BYTES = 16_000_000
#: How often a waiting mailbox looks into the folder.
LOOK_SECONDS = 1.0
#: Leading seconds of a file name count as arrival from 2000 to 2100; other numbers are not times.
_PLAUSIBLE = range(946_684_800, 4_102_444_800)


def key_of(file_name: str) -> str:
    """Give the part of a file name that stays when flags change: what stands before ":2,"."""
    return file_name.partition(":")[0]


class MaildirMailbox:
    """One Maildir folder. For one thread at a time; `wake` and `close` may be called from any other."""

    def __init__(self, settings: MailboxSettings) -> None:
        if settings.path is None:
            raise ValueError("path: a maildir mailbox needs a path")
        self.name = settings.name
        self._settings = settings
        self._path = _sub_folder(settings.path, settings.folder)
        self._uids = UidMap(self._path)
        self._sent = SentFolder(_sub_folder(settings.path, settings.sent_folder or "Sent"))
        self._told: int | None = None
        self._seen: tuple[int, ...] = ()
        self._woken = threading.Event()

    def uidvalidity(self) -> int:
        """Give the UIDVALIDITY of the UID file, which is made where there is none. Raises MailboxError."""
        with self._explained():
            self._told = self._uids.refresh()
            self._seen = ()
            return self._told

    def fetch_after(self, uid: int) -> Iterator[Sequence[RawMail]]:
        """Give the mails with a UID above `uid`, oldest first, in small batches. A mail that vanished meanwhile is left out."""
        with self._explained():
            files = self._numbered_after(uid)
        batch: list[RawMail] = []
        for number, path in files:
            with self._explained():
                mail = self._mail(number, path)
            if mail is None:
                continue
            held = sum(len(one.raw or b"") for one in batch)
            if batch and (len(batch) == BATCH_MAILS or held + len(mail.raw or b"") > BATCH_BYTES):
                yield batch
                batch = []
            batch.append(mail)
        if batch:
            yield batch

    def mark_stored(self, uids: Sequence[int]) -> None:
        """Do nothing: the files of a Maildir are never changed."""

    def wait(self, seconds: float) -> None:
        """Return when a file came or `wake` was called, at the latest after `seconds`. Raises MailboxError."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                with self._explained():
                    if self._has_news():
                        return
                left = deadline - time.monotonic()
                if left <= 0 or self._woken.wait(min(left, LOOK_SECONDS)):
                    return
        finally:
            self._woken.clear()

    def wake(self) -> None:
        """Make a running or the next `wait` return at once. Safe from any thread."""
        self._woken.set()

    def sent_folder(self) -> tuple[str, MaildirMailbox] | None:
        """Give the Sent folder's name, and that folder as a mailbox of its own; None while it is not there."""
        folder = self._settings.sent_folder or "Sent"
        assert self._settings.path is not None
        if not (_sub_folder(self._settings.path, folder) / "cur").is_dir():
            return None
        return folder, MaildirMailbox(self._settings.model_copy(update={"folder": folder}))

    def uid_before(self, day: date) -> int:
        """Give a UID up to which no mail is as new as this day. Raises MailboxError."""
        with self._explained():
            arrived = ((uid, _arrival(path)) for uid, path in self._numbered_after(0))
            newer = [uid for uid, at in arrived if at is not None and at.date() >= day]
            return min(newer) - 1 if newer else self._uids.highest

    def find_sent(self, message_id: str) -> bool | None:
        """Say whether the Sent folder holds this Message-ID. Raises MailboxError."""
        with self._explained():
            return self._sent.holds(message_id)

    def file_sent(self, raw: bytes, message_id: str) -> bool:
        """Put a copy into the Sent folder unless it is there already; True when it is there afterwards."""
        with self._explained():
            if self._sent.holds(message_id):
                return True
            if self._settings.files_sent_itself:
                return False
            self._sent.add(raw, message_id)
            return True

    def close(self) -> None:
        """End a `wait`; there is nothing else to close."""
        self._woken.set()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self._path
            raise MailboxError(
                f"mailbox {self.name}: {where}: {error.strerror or type(error).__name__}: "
                f"check that {self._path} is a Maildir (new, cur, tmp) that dunwell may read and write"
            ) from error

    def _files(self) -> Iterator[os.DirEntry[str]]:
        """Give the mail files of cur/ and new/; cur/ last, so that one moved meanwhile is seen twice rather than never."""
        for folder in ("new", "cur"):
            with os.scandir(self._path / folder) as entries:
                yield from (
                    one for one in entries if not one.name.startswith(".") and one.is_file(follow_symlinks=False)
                )

    def _numbered_after(self, uid: int) -> list[tuple[int, Path]]:
        """Give a UID to every file that has none yet, by arrival, and list those above `uid`."""
        self._seen = self._stamps()
        paths = {key_of(entry.name): Path(entry.path) for entry in self._files()}
        unknown = [key for key in paths if self._uids.uid(key) is None]
        arrivals = {key: found for key in unknown if (found := _arrival(paths[key])) is not None}
        fresh = sorted(arrivals, key=lambda key: (arrivals[key], key))
        validity = self._uids.refresh(fresh)
        if uid > self._uids.highest:
            # A restored, older file of UIDs would give numbers out twice, and the cursor would pass over new mail.
            validity = self._uids.restart()
        if self._told is None:
            self._told = validity
        if validity != self._told:
            raise MailboxError(
                f"mailbox {self.name}: the file of UIDs in {self._path} was replaced; the folder is read anew"
            )
        numbered = ((self._uids.uid(key), path) for key, path in paths.items())
        return sorted((n, path) for n, path in numbered if n is not None and n > uid)

    def _mail(self, uid: int, path: Path) -> RawMail | None:
        """Read one file, looking again where a mail client just renamed it; None where it is gone."""
        read = _read(path, self._settings.max_bytes)
        if read is None:
            moved = next((Path(one.path) for one in self._files() if key_of(one.name) == key_of(path.name)), None)
            read = _read(moved, self._settings.max_bytes) if moved else None
        if read is None:
            return None
        raw, size, modified = read
        assert self._told is not None
        return RawMail(
            place=Place(mailbox=self.name, folder=self._settings.folder, uidvalidity=self._told, uid=uid),
            size=size,
            raw=raw,
            received_at=_received_at(path.name, modified),
        )

    def _stamps(self) -> tuple[int, ...]:
        return tuple((self._path / folder).stat().st_mtime_ns for folder in ("new", "cur"))

    def _has_news(self) -> bool:
        """Look for files without a UID, but only when a folder changed since the last look."""
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        if any(self._uids.uid(key_of(entry.name)) is None for entry in self._files()):
            return True
        self._seen = stamps
        return False


def _sub_folder(root: Path, folder: str) -> Path:
    """Give the Maildir++ path of a folder: INBOX is the Maildir itself, others are ".Name" in it."""
    return root if folder.upper() == "INBOX" else root / f".{folder.replace('/', '.')}"


def _arrival(path: Path) -> datetime | None:
    """Give when a file arrived, None where it is gone."""
    try:
        return _received_at(path.name, path.lstat().st_mtime)
    except FileNotFoundError:
        return None


def _read(path: Path, limit: int) -> tuple[bytes | None, int, float] | None:
    """Read a mail file up to `limit` bytes: bytes (None over the limit), size, time of change; None where it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return None, 0, found.st_mtime
        raw = file.read(limit + 1)
        return (raw, len(raw), found.st_mtime) if len(raw) <= limit else (None, found.st_size, found.st_mtime)


def _received_at(file_name: str, modified: float) -> datetime:
    """Give the arrival: the seconds that a Maildir name starts with, else the file's time of change."""
    first = file_name.partition(".")[0]
    seconds = int(first) if first.isascii() and first.isdigit() and len(first) <= 10 else 0
    return datetime.fromtimestamp(seconds if seconds in _PLAUSIBLE else modified, UTC)
