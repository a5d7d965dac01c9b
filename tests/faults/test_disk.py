"""The disk of these tests keeps what was fsynced and nothing else; without that, what is built on it would show nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disk import Ail, Disk, disk
from tests.faults.forgetful_tree import Loss

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    with disk(tmp_path_factory.mktemp("power") / "disk") as made:
        yield made


@pytest.fixture
def there(mounted: Disk, request: pytest.FixtureRequest) -> Path:
    folder = mounted.folder / str(request.node.name).replace("[", "-").replace("]", "")
    folder.mkdir()
    mounted.keep()
    return folder


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def written(path: Path, content: bytes, *, synced: bool) -> None:
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(content)
        file.flush()
        if synced:
            os.fsync(file.fileno())


def test_only_what_was_fsynced_is_left(mounted: Disk, there: Path) -> None:
    written(there / "kept", b"one", synced=True)
    sync(there)
    written(there / "kept", b"two", synced=False)
    written(there / "nameless", b"three", synced=True)
    assert (there / "kept").read_bytes() == b"two"
    lost = mounted.cut()
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {"kept": b"one"}
    assert (lost.sectors, lost.names) == (1, 1)


def test_a_name_without_its_content_is_an_empty_file(mounted: Disk, there: Path) -> None:
    written(there / "draft", b"text", synced=False)
    os.replace(there / "draft", there / "whole")
    sync(there)
    mounted.cut()
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {"whole": b""}


def test_a_renaming_that_was_not_synced_never_happened(mounted: Disk, there: Path) -> None:
    for name in ("old", "new"):
        written(there / name, name.encode(), synced=True)
    sync(there)
    os.replace(there / "new", there / "old")
    (there / "folder").mkdir()
    mounted.cut()
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {"old": b"old", "new": b"new"}


@pytest.mark.parametrize("sector", [512, 4096])
def test_a_write_is_torn_where_sectors_meet(mounted: Disk, there: Path, sector: int) -> None:
    seen = set()
    for seed in range(20):
        written(there / "file", b"a" * 8192, synced=True)
        sync(there)
        written(there / "file", b"b" * 8192, synced=False)
        mounted.cut(Loss.SUBSET, sector=sector, seed=seed)
        content = (there / "file").read_bytes()
        pieces = [content[at : at + sector] for at in range(0, 8192, sector)]
        assert all(len(set(piece)) == 1 for piece in pieces)
        seen.add(content)
    assert len(seen) > 3, "chance let the same through each time"


@pytest.mark.parametrize(
    ("kind", "number"),
    [("full", errno.ENOSPC), ("inodes", errno.ENOSPC), ("readonly", errno.EROFS), ("io", errno.EIO)],
)
def test_an_ailing_disk_says_so_and_gets_well(mounted: Disk, there: Path, kind: Ail, number: int) -> None:
    written(there / "file", b"before", synced=True)
    mounted.ail(kind)
    try:
        with pytest.raises(OSError, match=os.strerror(number)) as raised:
            written(there / "another", b"after", synced=True)
        assert raised.value.errno == number
        assert (os.statvfs(there).f_bavail == 0) == (kind == "full")
    finally:
        mounted.ail("")
    written(there / "another", b"after", synced=True)
    assert (there / "another").read_bytes() == b"after"


@pytest.mark.parametrize(("synchronous", "kept"), [("full", True), ("normal", False)])
def test_sqlite_keeps_what_it_committed_with_full_alone(
    mounted: Disk, there: Path, synchronous: str, *, kept: bool
) -> None:
    first = sqlite3.connect(there / "rows.db", isolation_level=None)
    first.execute("pragma journal_mode=wal")
    first.execute("create table rows (number integer)")
    first.execute("pragma wal_checkpoint(truncate)")
    mounted.keep()
    first.execute(f"pragma synchronous={synchronous}")
    second = sqlite3.connect(there / "rows.db", isolation_level=None)
    for number in range(50):
        first.execute("insert into rows values (?)", [number])
        # Another connection sees it: the shared memory of the WAL works here as everywhere.
        assert second.execute("select count(*) from rows").fetchone() == (number + 1,)
    mounted.cut()
    third = sqlite3.connect(there / "rows.db")
    assert third.execute("pragma integrity_check").fetchone() == ("ok",)
    assert third.execute("select count(*) from rows").fetchone() == (50 if kept else 0,)
    for connection in (first, second, third):
        connection.close()
