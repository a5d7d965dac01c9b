"""The append-only log. Each entry's hash covers the one before; nothing here, or anywhere, changes or deletes an entry.

Payloads hold ids, states and digests, never mail text or addresses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from store.tables import AuditEntry

GENESIS = "0" * 64


def take_turn(session: Session) -> None:
    """Wait for this transaction's turn among the writers. Called before the first row is changed; again, it does nothing.

    Whoever writes to the log holds its lock to the end of the transaction. Were rows changed before, two transactions
    could each wait for what the other holds. SQLite lets in one writer at a time by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7205759)"))


def append(
    session: Session, *, at: datetime, actor: str, event: str, subject: str, payload: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Add one entry in the caller's transaction. Writers take turns, so the sequence has no gap and no fork.

    `at` is hashed as it is stored, in UTC. Raises ValueError for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a logged time must be aware")
    take_turn(session)
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    body = json.dumps(payload or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    entry = AuditEntry(
        seq=seq,
        at=at.astimezone(UTC),
        actor=actor,
        event=event,
        subject=subject,
        payload=body,
        previous=previous,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def digest(entry: AuditEntry) -> str:
    """Hash an entry together with its predecessor's hash."""
    parts = [
        entry.previous,
        str(entry.seq),
        entry.at.isoformat(),
        entry.actor,
        entry.event,
        entry.subject,
        entry.payload,
    ]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def verify(session: Session) -> tuple[int, str | None]:
    """Walk the chain: how many entries hold, and the first fault in words (None when all is well).

    A log cut off at its end verifies: that only an anchor outside the database can show.
    """
    expected, previous = 1, GENESIS
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))):
        if entry.seq != expected:
            return expected - 1, f"entry {expected} is missing"
        if entry.previous != previous:
            return expected - 1, f"entry {entry.seq} does not follow entry {entry.seq - 1}"
        if entry.hash != digest(entry):
            return expected - 1, f"entry {entry.seq} was changed"
        expected, previous = expected + 1, entry.hash
    return expected - 1, None
