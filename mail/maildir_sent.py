"""The Sent folder of a Maildir: copies of what was sent, each there once. Adds files; never changes or deletes one."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

from store.lasting import make_folder, sync_names

#: How far into a file its header is looked for.
_HEADER_BYTES = 65_536
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


class SentFolder:
    """A Maildir++ folder, made when the first copy is added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, bytes | None] = {}

    def holds(self, message_id: str) -> bool:
        """Say whether a mail with this Message-ID lies in the folder. Raises OSError."""
        wanted = message_id.encode("utf-8")
        found = False
        for folder in ("cur", "new"):
            try:
                names = os.listdir(self._path / folder)
            except FileNotFoundError:
                continue
            for name in names:
                found = self._id_of(self._path / folder / name) == wanted or found
        return found

    def add(self, raw: bytes, message_id: str) -> None:
        """Write a copy, on the disk when this returns. Does nothing when the same Message-ID was added before. Raises OSError."""
        for folder in ("cur", "new", "tmp"):
            make_folder(self._path / folder, mode=0o700)
        (self._path / "maildirfolder").touch()
        # The name follows from the Message-ID: of two processes that add the same mail one fails to link, and nothing is doubled.
        name = f"{hashlib.sha256(message_id.encode('utf-8')).hexdigest()[:32]}.dunwell"
        draft = self._path / "tmp" / f"{name}.{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, self._path / "cur" / f"{name}:2,S")
        except FileExistsError:
            return
        finally:
            draft.unlink(missing_ok=True)
        sync_names(self._path / "cur")

    def _id_of(self, path: Path) -> bytes | None:
        key = path.name.partition(":")[0]
        if key not in self._ids:
            self._ids[key] = _message_id(path)
        return self._ids[key]


def _message_id(path: Path) -> bytes | None:
    """Read the Message-ID of a mail file, unfolded; None where there is none."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except (FileNotFoundError, IsADirectoryError):
        return None
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    found = _MESSAGE_ID.search(header)
    return found.group(1) if found else None
