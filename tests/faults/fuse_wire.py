"""What the kernel says to a file system in user space, and how it is answered: the layouts of <linux/fuse.h>, version 7.31.

Layouts alone: nothing here opens, mounts or keeps anything.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

#: What a request and an answer begin with.
HEAD = struct.Struct("<IIQQIIII")
ANSWER = struct.Struct("<IiQ")
ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
ENTRY = struct.Struct("<QQQQII")
ATTR_OUT = struct.Struct("<QII")
SETATTR = struct.Struct("<IIQQQQQQIIIIIIII")
OPENED = struct.Struct("<QIi")
CREATE = struct.Struct("<IIII")
MKDIR = struct.Struct("<II")
MKNOD = struct.Struct("<IIII")
READ = struct.Struct("<QQIIQII")
WRITTEN = struct.Struct("<II")
RENAME = struct.Struct("<Q")
RENAME2 = struct.Struct("<QII")
LINK = struct.Struct("<Q")
STATFS = struct.Struct("<QQQQQIIII24x")
INIT_IN = struct.Struct("<IIII")
INIT_OUT = struct.Struct("<IIIIHHIIHHI28x")
DIRENT = struct.Struct("<QQII")

MAJOR, MINOR = 7, 31
#: Writes of more than one page in one request.
BIG_WRITES, MAX_PAGES = 1 << 5, 1 << 22
MAX_WRITE = 128 * 1024
#: Longer than any test: the kernel makes every change itself, so what it knows stays true.
FOR_LONG = 86_400
KEEP_CACHE = 1 << 1
#: Bits of SETATTR's first field.
SET_MODE, SET_UID, SET_GID, SET_SIZE, SET_ATIME, SET_MTIME = 1, 2, 4, 8, 16, 32
SET_ATIME_NOW, SET_MTIME_NOW = 128, 256
RENAME_NOREPLACE = 1


class Op(IntEnum):
    """The requests that are understood."""

    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    READLINK = 5
    SYMLINK = 6
    MKNOD = 8
    MKDIR = 9
    UNLINK = 10
    RMDIR = 11
    RENAME = 12
    LINK = 13
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    OPENDIR = 27
    READDIR = 28
    RELEASEDIR = 29
    FSYNCDIR = 30
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42
    RENAME2 = 45


#: These are told, not asked: the kernel waits for no answer.
UNANSWERED = frozenset({Op.FORGET, Op.BATCH_FORGET, Op.INTERRUPT})


@dataclass(frozen=True, slots=True)
class Request:
    """One request: what it asks, of which node, and its own fields."""

    op: int
    unique: int
    node: int
    body: bytes

    @classmethod
    def read(cls, raw: memoryview) -> Request:
        """Take a request apart."""
        _, op, unique, node, *_ = HEAD.unpack_from(raw)
        return cls(op, unique, node, bytes(raw[HEAD.size :]))

    def names(self, skip: int = 0) -> list[str]:
        """Give the names that follow so many bytes of fields."""
        return [part.decode("utf-8", "surrogateescape") for part in self.body[skip:].split(b"\0")[:-1]]


def answer(unique: int, *, error: int = 0, body: bytes = b"") -> bytes:
    """Write an answer; `error` is an errno."""
    return ANSWER.pack(ANSWER.size + len(body), -error, unique) + body


def welcome(body: bytes) -> bytes:
    """Answer the first request: the version, and how much may be written at once. Locks are left to the kernel."""
    _, _, readahead, offered = INIT_IN.unpack_from(body)
    flags = offered & (BIG_WRITES | MAX_PAGES)
    return INIT_OUT.pack(MAJOR, MINOR, readahead, flags, 12, 9, MAX_WRITE, 1, MAX_WRITE // 4096, 0, 0)


def directory(entries: list[tuple[str, int, int]], *, offset: int, size: int) -> bytes:
    """Write directory entries (name, node, mode) from an offset on, as many as fit."""
    found = bytearray()
    for place, (name, node, mode) in enumerate(entries[offset:], start=offset + 1):
        raw = name.encode("utf-8", "surrogateescape")
        entry = DIRENT.pack(node, place, len(raw), mode >> 12) + raw
        entry += bytes(-len(entry) % 8)
        if len(found) + len(entry) > size:
            break
        found += entry
    return bytes(found)
