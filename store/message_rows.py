"""The rows of one mail, written once: the mail itself, its bytes, and the places where it was seen. For `store.messages`.

The statements are built once a process, as every mail needs them. Nothing is decided here, and nothing is committed.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Insert, Select, bindparam, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from store.inbound import InboundEmail
from store.sameness import content_key
from store.tables import Message, Sighting
from store.vocabulary import IdentityLevel, MessageKind, MessageState

#: The columns of a place: mailbox, folder, uidvalidity, uid.
Where = Mapping[str, str | int]


def seen_at(session: Session, place: Where) -> int | None:
    """Give the mail that was seen at a place; None where none was."""
    return session.execute(_seen(), place).scalar_one_or_none()


def insert(
    session: Session, *, mailbox: str, sha256: str, email: InboundEmail, received_at: datetime
) -> tuple[int, bool]:
    """Insert a mail unless one with its bytes or its content is there; give the row, and whether it is new."""
    state = MessageState.UNREADABLE if email.kind is MessageKind.UNREADABLE else MessageState.STORED
    row: dict[str, Any] = {
        "mailbox": mailbox,
        "sha256": sha256,
        "content_key": content_key(email, sha256=sha256),
        "message_id_header": email.message_id,
        "received_at": received_at,
        "parsed": email.model_dump(mode="json"),
        "state": state,
        "identity": IdentityLevel.C,
        "from_customer": False,
        "invoices": [],
        "match_flags": [],
        "candidates": [],
        "attempts": 0,
        "last_error": email.unreadable_reason,
    }
    inserted = session.execute(_unless_there(_dialect(session), "message"), row).scalar_one_or_none()
    if inserted is not None:
        return int(inserted), True
    known = session.exec(
        select(Message.id).where(or_(col(Message.sha256) == sha256, col(Message.content_key) == row["content_key"]))
    ).first()
    assert known is not None, "an insert was ignored, so a row with the same key exists"
    return known, False


def keep_bytes(session: Session, message_id: int, raw: bytes) -> None:
    """Keep the bytes of a new mail as they came."""
    kept = {"message_id": message_id, "size": len(raw), "content": gzip.compress(raw, 6, mtime=0)}
    session.execute(_bytes(), kept)


def note_place(session: Session, place: Where, message_id: int) -> None:
    """Note where a mail was seen, unless that is known."""
    session.execute(_unless_there(_dialect(session), "sighting"), {**place, "message_id": message_id})


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache
def _seen() -> Select[int]:
    return select(col(Sighting.message_id)).where(
        col(Sighting.mailbox) == bindparam("mailbox"),
        col(Sighting.folder) == bindparam("folder"),
        col(Sighting.uidvalidity) == bindparam("uidvalidity"),
        col(Sighting.uid) == bindparam("uid"),
    )


@cache
def _bytes() -> Insert:
    return sqlalchemy.insert(SQLModel.metadata.tables["message_raw"])


@cache
def _unless_there(dialect: str, name: str) -> Insert:
    """Insert into a table, and give the key of the new row; nothing where one with the same key is there."""
    table = SQLModel.metadata.tables[name]
    on = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    made = on.on_conflict_do_nothing()
    return made.returning(table.c.id) if name == "message" else made
