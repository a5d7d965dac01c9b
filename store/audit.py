"""The append-only log. Each entry's hash covers the one before; nothing deletes an entry, and one thing alone changes one.

Payloads hold ids, states, digests and the notes of our own people, never mail text. Where such a note names somebody who asked to
be forgotten, `blank` takes the payload out, and a later entry attests which entries those were and what their hashes are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, insert, text
from sqlmodel import Session, SQLModel, col, select

from store.tables import AuditEntry

GENESIS = "0" * 64
#: What an entry's hash covers, in this order.
_HASHED = ("previous", "seq", "at", "actor", "event", "subject", "payload")
#: The event that attests blanked payloads, and what stands in their place.
BLANKED, NOTHING_LEFT = "log.blanked", '{"erased":true}'


def take_turn(session: Session) -> None:
    """Wait for this transaction's turn among the writers. Called before the first row is changed; again, it does nothing.

    Whoever writes to the log holds its lock to the end of the transaction. Were rows changed before, two transactions
    could each wait for what the other holds. SQLite lets in one writer at a time by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7205759)"))


def append(
    session: Session, *, at: datetime, actor: str, event: str, subject: str, payload: Mapping[str, Any] | None = None
) -> None:
    """Add one entry in the caller's transaction. Writers take turns, so the sequence has no gap and no fork.

    `at` is hashed as it is stored, in UTC. Raises ValueError for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a logged time must be aware")
    take_turn(session)
    session.flush()  # what is logged is written before its entry
    last = session.execute(_newest()).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    body = json.dumps(payload or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    entry = {
        "previous": previous,
        "seq": seq,
        "at": at.astimezone(UTC),
        "actor": actor,
        "event": event,
        "subject": subject,
        "payload": body,
    }
    session.execute(_new(), {**entry, "hash": _hash(entry)})


@cache
def _newest() -> Select[int, str]:
    return select(col(AuditEntry.seq), col(AuditEntry.hash)).order_by(col(AuditEntry.seq).desc()).limit(1)


@cache
def _new() -> Insert:
    # Of the table, not the class: an entry is never changed, so the session need not keep it.
    return insert(SQLModel.metadata.tables["audit"])


def digest(entry: AuditEntry) -> str:
    """Hash an entry together with its predecessor's hash."""
    return _hash({name: getattr(entry, name) for name in _HASHED})


def _hash(entry: Mapping[str, Any]) -> str:
    parts = (entry[name].isoformat() if name == "at" else str(entry[name]) for name in _HASHED)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def verify(session: Session) -> tuple[int, str | None]:
    """Walk the chain: how many entries hold, and the first fault in words (None when all is well).

    A log cut off at its end verifies: that only an anchor outside the database can show.
    """
    expected, previous, attested = 1, GENESIS, _attested(session)
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))):
        if entry.seq != expected:
            return expected - 1, f"entry {expected} is missing"
        if entry.previous != previous:
            return expected - 1, f"entry {entry.seq} does not follow entry {entry.seq - 1}"
        blank = entry.payload == NOTHING_LEFT and attested.get(entry.seq) == entry.hash
        if entry.hash != digest(entry) and not blank:
            return expected - 1, f"entry {entry.seq} was changed"
        expected, previous = expected + 1, entry.hash
    return expected - 1, None


def blank(session: Session, seqs: Sequence[int], *, actor: str, at: datetime) -> None:
    """Take the payloads of these entries out for good, and attest it. Hashes stay, so the chain still shows any other change.

    The database itself refuses every other change of an entry.
    """
    take_turn(session)
    hashes = {}
    for entry in session.exec(select(AuditEntry).where(col(AuditEntry.seq).in_(seqs))):
        if entry.event != BLANKED and entry.payload != NOTHING_LEFT:
            entry.payload = NOTHING_LEFT
            session.add(entry)
            hashes[str(entry.seq)] = entry.hash
    if hashes:
        append(session, at=at, actor=actor, event=BLANKED, subject="log", payload={"entries": hashes})


def _attested(session: Session) -> dict[int, str]:
    """Give the hashes of entries whose payload was taken out, as intact later entries attest them."""
    found: dict[int, str] = {}
    for entry in session.exec(select(AuditEntry).where(AuditEntry.event == BLANKED)):
        if entry.hash == digest(entry):
            hashes = json.loads(entry.payload)["entries"]
            found |= {int(seq): str(known) for seq, known in hashes.items() if int(seq) < entry.seq}
    return found
