"""Locks the split of a suite by content: `split.lock` says for each conversation its part and the digest of its folder.

Who works on the agent reads `dev` alone. A conversation of `holdout` that changed, went or moved without anybody saying so
would make every later figure worth nothing, so that is a fault; a change in `dev` is none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from evals.conversations.format import Conversation
from evals.conversations.loading import DRAFT, Fault

LOCK = "split.lock"
HOLDOUT = "holdout"
_LINE = re.compile(r"(dev|holdout) ([0-9a-f]{64}) ([a-z0-9-]+)")
_HEAD = "# Written by `dunwell eval lock`. Part, SHA-256 of the folder, conversation.\n"

Locked = dict[str, tuple[str, str]]


def folder_digest(folder: Path) -> str:
    """Give SHA-256 over names and bytes of every file below a folder. Hidden files, as editors leave, do not count, nor does what waits for a person."""
    whole = hashlib.sha256()
    waiting = {path.parent for path in folder.rglob(DRAFT)}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not waiting.isdisjoint(path.parents):
            continue
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            name, content = inside.as_posix().encode(), path.read_bytes()
            # Lengths first, so that no two lists of files look the same.
            whole.update(f"{len(name)} {len(content)} ".encode() + name + content)
    return whole.hexdigest()


def locked_now(found: Iterable[tuple[Path, Conversation]]) -> Locked:
    """Give part and digest of conversations as they are."""
    return {each.id: (each.case.split, folder_digest(folder)) for folder, each in found}


def read_lock(suite: Path) -> Locked | None:
    """Read a suite's lock; None where it has none. Raises ValueError that names file and line."""
    path = suite / LOCK
    if not path.exists():
        return None
    locked: Locked = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{path}:{number}: is no line of a lock: write it anew with `dunwell eval lock {suite}`")
        locked[found[3]] = found[1], found[2]
    return locked


def write_lock(suite: Path, now: Locked) -> list[str]:
    """Write a suite's lock. Gives what is new, changed or gone in the holdout of the lock that was there, a line each."""
    try:
        before = read_lock(suite)
    except ValueError:
        before = None
    lines = [f"{part} {digest} {name}\n" for name, (part, digest) in sorted(now.items())]
    (suite / LOCK).write_text(_HEAD + "".join(lines), "utf-8")
    return [] if before is None else [what for _, what in _differences(before, now)]


def unlocked(suite: Path, now: Locked) -> Iterator[Fault]:
    """Give what of a suite's holdout is not as it was locked."""
    path = suite / LOCK
    try:
        before = read_lock(suite)
    except ValueError as error:
        yield Fault(path, 0, str(error))
        return
    if before is None:
        return
    lines = path.read_text("utf-8").splitlines()
    for name, what in _differences(before, now):
        line = next((number for number, text in enumerate(lines, 1) if text.endswith(f" {name}")), 0)
        yield Fault(path, line, f"{what}: undo that, or lock it knowingly with `dunwell eval lock {suite}`")


def _differences(before: Locked, now: Locked) -> Iterator[tuple[str, str]]:
    for name in sorted({*before, *now}):
        was, is_ = before.get(name), now.get(name)
        if HOLDOUT not in ((was or ("",))[0], (is_ or ("",))[0]) or was == is_:
            continue
        if was is None:
            yield name, f"{name} is new in the holdout"
        elif is_ is None:
            yield name, f"{name} is gone from the holdout"
        elif was[0] != is_[0]:
            yield name, f"{name} moved from {was[0]} to {is_[0]}"
        else:
            yield name, f"{name} of the holdout has changed"
