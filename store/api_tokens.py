"""Keeps personal tokens: made once, shown once, known afterwards by their hash alone. Never gives a token's text again."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from store import audit
from store.clients import ApiToken
from store.conditional import changed

PREFIX = "dw_"
#: The longest that a token lives, and how many one person may have that still live.
LONGEST = timedelta(days=366)
MOST = 20
#: How exactly the last use is noted: a row written for every request would make reading as dear as deciding.
_USE_NOTED_EVERY = timedelta(minutes=5)
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class Scope(StrEnum):
    """What a token may be used for, within what its person may do."""

    READ = "read"
    DECIDE = "decide"


def create(
    session: Session,
    *,
    person_id: int | None,
    login: str,
    name: str,
    scopes: Collection[Scope],
    days: int,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token of 256 random bits; give its row, and its text, which is never to be had again. Raises ValueError."""
    audit.take_turn(session)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise ValueError("give the token a name of 1 to 80 letters, so that you know later what it is for")
    if not scopes:
        raise ValueError("choose what the token may do: read, or read and decide")
    if not 1 <= days <= LONGEST.days:
        raise ValueError(f"a token lives 1 to {LONGEST.days} days")
    if sum(is_live(row, now=now) for row in of(session, person_id=person_id, login=login)) >= MOST:
        raise ValueError(f"there are {MOST} tokens already: revoke one that is not used any more")
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        person_id=person_id,
        login=login,
        name=name,
        sha256=_digest(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    payload = {"scopes": row.scopes, "expires": row.expires_at.isoformat()}
    audit.append(
        session, at=now, actor=login, event="api_token.created", subject=f"api_token:{row.id}", payload=payload
    )
    return row, text


def find(session: Session, text: str, *, now: datetime) -> ApiToken | None:
    """Give the token of this text while it lives; None for every other text. Only looks."""
    if not _TOKEN.fullmatch(text):
        return None
    row = session.exec(select(ApiToken).where(ApiToken.sha256 == _digest(text))).first()
    return row if row is not None and is_live(row, now=now) else None


def is_noted(row: ApiToken, *, now: datetime) -> bool:
    """Say whether the use of a token was noted a moment ago, and need not be noted again."""
    return row.last_used_at is not None and now - row.last_used_at < _USE_NOTED_EVERY


def note_used(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that a token was used."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def is_live(row: ApiToken, *, now: datetime) -> bool:
    """Say whether a token may still be used."""
    return row.revoked_at is None and now < row.expires_at


def of(session: Session, *, person_id: int | None, login: str) -> list[ApiToken]:
    """List a person's tokens, newest first."""
    query = select(ApiToken).where(ApiToken.login == login, ApiToken.person_id == person_id)
    return list(session.exec(query.order_by(col(ApiToken.id).desc())))


def everybodys(session: Session) -> list[ApiToken]:
    """List all tokens, newest first."""
    return list(session.exec(select(ApiToken).order_by(col(ApiToken.id).desc())))


def revoke(session: Session, token_id: int, *, actor: str, now: datetime, login: str | None = None) -> None:
    """Revoke a token; with a `login`, only one of that person. Raises ValueError where there is none that lives."""
    audit.take_turn(session)
    wanted = update(ApiToken).where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
    if login is not None:
        wanted = wanted.where(col(ApiToken.login) == login)
    if changed(session, wanted.values(revoked_at=now)) != 1:
        raise ValueError(f"there is no token {token_id} that could be revoked")
    audit.append(session, at=now, actor=actor, event="api_token.revoked", subject=f"api_token:{token_id}")


def revoke_all(session: Session, person_id: int, *, actor: str, why: str, now: datetime) -> int:
    """Revoke every token of a person; give how many could still be used."""
    audit.take_turn(session)
    living = update(ApiToken).where(col(ApiToken.person_id) == person_id, col(ApiToken.revoked_at).is_(None))
    count = changed(session, living.where(col(ApiToken.expires_at) > now).values(revoked_at=now))
    if count:
        told = {"tokens": count, "why": why}
        audit.append(
            session, at=now, actor=actor, event="api_token.all_revoked", subject=f"person:{person_id}", payload=told
        )
    return count


def _digest(text: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(text.encode()).hexdigest()
