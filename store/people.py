"""Tables of the people who use the review queue: persons, their sessions, invitations. One class a table, no behaviour.

Nothing here holds a secret in clear: passwords are Argon2 hashes, tokens SHA-256 hashes, TOTP secrets sealed with a key that
is not in the database.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.columns import Moment


def _moment(*, nullable: bool = True) -> Column[dt.datetime]:
    return Column(Moment(), nullable=nullable)


class Person(SQLModel, table=True):
    """Somebody who may use the queue. `login` is the name in the audit log and never changes.

    `totp_step`: the last time step whose code was used, so that none is used twice. A person without `joined_at` was invited
    and did not come yet. `email` is where digests go; it never identifies anybody.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("oidc_issuer", "oidc_subject"),)
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    email: str = ""
    role: str
    password_hash: str | None = None
    totp_sealed: str | None = None
    totp_step: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    oidc_issuer: str | None = None
    oidc_subject: str | None = None
    created_by: str
    created_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    joined_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    seen_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    disabled_at: dt.datetime | None = Field(default=None, sa_column=_moment())


class PersonSession(SQLModel, table=True):
    """One signed-in browser. Only the hash of its token is kept; `ended_at` is set once and for good.

    `proven_at`: when its person last proved who they are, by a password with a code or at the identity provider.
    """

    __tablename__ = "person_session"
    __table_args__ = (Index("ix_person_session_person", "person_id", "ended_at"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    token_hash: str = Field(unique=True)
    browser: str = ""
    created_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    seen_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    proven_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    ended_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    ended_why: str | None = None


class Invitation(SQLModel, table=True):
    """A link that works once: to join, or to set password and second factor anew. `person_id` is None for the very first person."""

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    role: str
    created_by: str
    created_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    expires_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    used_at: dt.datetime | None = Field(default=None, sa_column=_moment())
