"""Counts tries for the `limits` library in a table, so that a restart forgets none and several processes count together.

Keys name addresses and logins: only their HMAC is stored. A try is a row that is deleted when its window is over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from limits.storage import MovingWindowSupport, Storage
from sqlalchemy import BigInteger, Column, Engine, Index, Integer, delete, func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, Session, SQLModel, col, select

from store.clock import Clock
from store.columns import Moment
from store.engine import looking, unit_of_work

_SWEPT_EVERY = timedelta(minutes=1)


class LimitedTry(SQLModel, table=True):
    """One try that counts until `expires_at`."""

    __tablename__ = "limited_try"
    __table_args__ = (Index("ix_limited_try_key", "key", "at"),)
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    key: str
    at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    expires_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))


class CountedInTable(Storage, MovingWindowSupport):
    """The storage. Of tries at the same moment no more are let through than the window has room for."""

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine, *, clock: Clock, secret: bytes) -> None:
        """Count in this database; `secret` hides what the keys name."""
        super().__init__()
        self._engine, self._clock, self._secret = engine, clock, secret
        self._swept_at: datetime | None = None

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count tries where the window (`expiry` seconds) has room for them."""
        now = self._clock()
        with self._turn(key) as (session, kept):
            over = delete(LimitedTry).where(col(LimitedTry.key) == kept, col(LimitedTry.expires_at) <= now)
            session.execute(over)
            if len(self._window(session, kept, now, expiry)) + amount > limit:
                return False
            self._add(session, kept, now, expiry, amount)
        self._sweep(now)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Give when the window began (seconds since the epoch) and how many tries it holds."""
        now = self._clock()
        with looking(self._engine) as session:
            moments = self._window(session, self._kept(key), now, expiry)
        return (moments[0] if moments else now).timestamp(), len(moments)

    def give_back(self, key: str) -> None:
        """Forget the last try."""
        with self._turn(key) as (session, kept):
            last = select(LimitedTry).where(LimitedTry.key == kept).order_by(col(LimitedTry.id).desc())
            found = session.exec(last.limit(1)).first()
            if found is not None:
                session.delete(found)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count without a limit; give how many there are now."""
        now = self._clock()
        with self._turn(key) as (session, kept):
            self._add(session, kept, now, expiry, amount)
            return len(self._window(session, kept, now, expiry))

    def get(self, key: str) -> int:
        """Give how many tries of a key still count."""
        with looking(self._engine) as session:
            living = select(func.count()).select_from(LimitedTry).where(LimitedTry.key == self._kept(key))
            return session.exec(living.where(col(LimitedTry.expires_at) > self._clock())).one()

    def get_expiry(self, key: str) -> float:
        """Give when the last try of a key is forgotten (seconds since the epoch)."""
        with looking(self._engine) as session:
            last = session.exec(select(func.max(LimitedTry.expires_at)).where(LimitedTry.key == self._kept(key))).one()
        return (last if last is not None else self._clock()).timestamp()

    def check(self) -> bool:
        """Say whether counting works."""
        try:
            with looking(self._engine) as session:
                session.exec(select(LimitedTry.id).limit(1)).first()
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget everything; give how many tries that were."""
        with unit_of_work(self._engine) as session:
            count = session.exec(select(func.count()).select_from(LimitedTry)).one()
            session.execute(delete(LimitedTry))
            return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._turn(key) as (session, kept):
            session.execute(delete(LimitedTry).where(col(LimitedTry.key) == kept))

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return SQLAlchemyError

    @contextmanager
    def _turn(self, key: str) -> Iterator[tuple[Session, str]]:
        """Give a transaction in which nobody else counts this key. SQLite has one writer at a time by itself."""
        kept = self._kept(key)
        with unit_of_work(self._engine) as session:
            if session.get_bind().dialect.name == "postgresql":
                lock = int.from_bytes(bytes.fromhex(kept)[:8], signed=True)
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            yield session, kept

    def _window(self, session: Session, kept: str, now: datetime, expiry: int) -> list[datetime]:
        since = now - timedelta(seconds=expiry)
        moments = select(LimitedTry.at).where(LimitedTry.key == kept, col(LimitedTry.at) > since)
        return list(session.exec(moments.order_by(col(LimitedTry.at))))

    def _add(self, session: Session, kept: str, now: datetime, expiry: int, amount: int) -> None:
        until = now + timedelta(seconds=expiry)
        session.add_all([LimitedTry(key=kept, at=now, expires_at=until) for _ in range(amount)])
        session.flush()

    def _sweep(self, now: datetime) -> None:
        """Delete, once a minute at most, what counts no more of any key; what another transaction has in hand is left to it."""
        if self._swept_at is not None and now - self._swept_at < _SWEPT_EVERY:
            return
        self._swept_at = now
        with unit_of_work(self._engine) as session:
            over = select(LimitedTry.id).where(col(LimitedTry.expires_at) <= now).with_for_update(skip_locked=True)
            session.execute(delete(LimitedTry).where(col(LimitedTry.id).in_(over)))

    def _kept(self, key: str) -> str:
        return hmac.new(self._secret, key.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
