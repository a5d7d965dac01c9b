"""One archive of an installation: a tar file with its database, its key and a manifest that names every part's SHA-256.

Written whole or not at all, and readable by its owner alone. It is read by fixed names only: no path of it is ever followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from store.lasting import sync_names

FORMAT = 1
MANIFEST, DATABASE, KEY = "manifest.json", "database", "installation.key"
_PARTS = (DATABASE, KEY)
_CHUNK = 1 << 20
_MOST_MANIFEST = 1 << 20


class NotABackup(ValueError):
    """An archive is none of ours, is damaged, or cannot be written. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. `parts` gives the SHA-256 of each."""

    dunwell: str
    made_at: str
    database: str
    revision: str
    counts: Mapping[str, int]
    parts: Mapping[str, str]
    format: int = FORMAT


@contextlib.contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """Give a folder on the same disk that its owner alone can look into; it goes away afterwards."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".dunwell-", dir=beside) as name:
        yield Path(name)


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(to: Path, manifest: Manifest, *, folder: Path) -> None:
    """Pack the parts that lie in a staging folder. Raises NotABackup where the file is there already."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", "utf-8")
    draft = folder / "archive"
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            for name in (MANIFEST, *_PARTS):
                tar.add(folder / name, arcname=name, filter=_plain)
        file.flush()
        os.fsync(file.fileno())
    put(draft, to)


def put(draft: Path, to: Path) -> None:
    """Give a finished file its name, for good. Raises NotABackup where the name is taken: nothing is overwritten."""
    try:
        os.link(draft, to)
    except FileExistsError:
        raise NotABackup(f"{to} is there already: name another file") from None
    sync_names(to.parent)


def unpack(archive: Path, *, folder: Path) -> Manifest:
    """Take the parts out into a staging folder and check each against the manifest. Raises NotABackup."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            found = _take_out(tar, folder)
    except FileNotFoundError:
        raise NotABackup(f"{archive} does not exist") from None
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise NotABackup(f"{archive} is no backup, or it is damaged: {error}") from None
    manifest, parts = found
    for name in _PARTS:
        if parts.get(name) != manifest.parts.get(name) or name not in parts:
            raise NotABackup(f"{archive} is damaged: {name} is not what the manifest says")
    return manifest


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Keep no name of a user, and let nobody but the owner read it wherever it is unpacked."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _take_out(tar: tarfile.TarFile, folder: Path) -> tuple[Manifest, dict[str, str]]:
    manifest, parts = None, {}
    for member in tar:
        file = tar.extractfile(member)
        if file is None or member.name not in (MANIFEST, *_PARTS) or member.name in parts:
            raise ValueError(f"it holds {member.name!r}, which is no part of a backup")
        if member.name == MANIFEST:
            manifest = _manifest(json.loads(file.read(_MOST_MANIFEST)))
        else:
            parts[member.name] = _copy(file, folder / member.name)
    if manifest is None:
        raise ValueError("it has no manifest")
    return manifest, parts


def _copy(file: IO[bytes], to: Path) -> str:
    hashed = hashlib.sha256()
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return hashed.hexdigest()


def _manifest(raw: Any) -> Manifest:
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ValueError("its manifest is of another format: use the dunwell that wrote it, or a newer one")
    try:
        manifest = Manifest(**raw)
    except TypeError:
        raise ValueError("its manifest cannot be read") from None
    if not isinstance(manifest.parts, dict) or not isinstance(manifest.counts, dict):
        raise ValueError("its manifest cannot be read")
    return manifest
