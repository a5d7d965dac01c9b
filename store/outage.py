"""Tells the database being away from everything else that can go wrong with it. What is worked on is not to blame for an outage.

It asks nothing and repairs nothing; in doubt an error is no outage, so that a row which breaks each time is set aside one day.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy import exc

#: PostgreSQL, appendix A: connection, rollback by the server (deadlock, serialization), resources, object in use, operator, system.
_CLASSES = frozenset({"08", "40", "53", "55", "57", "58"})
#: After a failover the old server may only be read.
_READ_ONLY = "25006"
_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        # What SQLite says of a disk that fails to read, too. A mail that always meets it is set aside by its number of claims.
        sqlite3.SQLITE_CORRUPT,
    }
)
#: What is wrong with the disk, where the database says so: by SQLite's result code and by PostgreSQL's SQLSTATE (appendix A).
_DISK: dict[int | str, str] = {
    sqlite3.SQLITE_FULL: "is full",
    sqlite3.SQLITE_READONLY: "cannot be written",
    sqlite3.SQLITE_IOERR: "fails",
    sqlite3.SQLITE_CORRUPT: "fails",
    "53100": "is full",
    "58030": "fails",
}
#: As far as an error is followed to what it came from.
_DEPTH = 10


def is_outage(error: BaseException) -> bool:
    """Say whether an error, or one that it came from, is the database being away, busy or full: it passes without our doing."""
    return any(_is_one(one) for one in _behind(error))


def disk_fault(error: BaseException) -> str | None:
    """Say what is wrong with the disk under the database, as the end of a sentence; None where an outage has another cause."""
    return next((fault for one in _behind(error) if (fault := _DISK.get(_code_of(one))) is not None), None)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Give an error and those that it came from, as far as it is worth while."""
    seen: BaseException | None = error
    for _ in range(_DEPTH):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _code_of(error: BaseException) -> int | str:
    original = getattr(error, "orig", None)
    state, code = getattr(original, "sqlstate", None), getattr(original, "sqlite_errorcode", None)
    if isinstance(state, str):
        return state
    return code & 0xFF if isinstance(code, int) else ""


def _is_one(error: BaseException) -> bool:
    if isinstance(error, exc.TimeoutError):
        return True  # no connection of the pool came free
    if not isinstance(error, exc.DBAPIError):
        return False
    state, code = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(state, str):
        return state[:2] in _CLASSES or state == _READ_ONLY
    if isinstance(code, int):
        return code & 0xFF in _SQLITE
    # A connection that broke has no code: nobody was there to give one.
    return error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)
