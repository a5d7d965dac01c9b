"""A disk for tests whose power can be cut, and that can be full, broken or locked against writing: the other end of `forgetful`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.faults.forgetful_tree import Loss
from tests.servers_policy import need

_ROOT = Path(__file__).parents[2]
Ail = Literal["", "full", "inodes", "readonly", "io"]


@dataclass(frozen=True)
class Forgotten:
    """What a power failure took: sectors of files, and names."""

    sectors: int
    names: int


class Disk:
    """A mounted folder. Use `disk`."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder, self._process = folder, process

    def cut(self, how: Loss = Loss.ALL, *, sector: int = 4096, seed: int = 0) -> Forgotten:
        """Cut the power: what nobody fsynced is gone, and the disk comes back with what it has. End the processes first."""
        return Forgotten(**self._order(cut=how, sector=sector, seed=seed))

    def keep(self) -> None:
        """Bring all to the disk that is there now, as the minutes before a test would."""
        self._order(keep=True)

    def ail(self, kind: Ail) -> None:
        """Let the disk be full, out of inodes, locked against writing or broken; empty: well again."""
        self._order(ail=kind)

    def _order(self, **order: object) -> dict[str, int]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return _line(self._process)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk at a folder that is made for it. Skips or fails as `need` decides where that cannot be."""
    folder.mkdir()
    with (folder.parent / f"{folder.name}.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forgetful", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=_ROOT,
        )
        try:
            try:
                _line(process)
            except EOFError:
                log.seek(0)
                why = log.read().strip().splitlines()[-1:]
                need("a disk of our own", False, f"it needs root and /dev/fuse: {''.join(why)}")
            yield Disk(folder, process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def _line(process: subprocess.Popen[str]) -> dict[str, int]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise EOFError("the disk has died")
    found: dict[str, int] = json.loads(line)
    return found
