"""Persons and their invitations: who there is, who comes, who may no longer. Every change is written to the audit log.

Knows no passwords and no cookies: it keeps hashes that it is given.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, update
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store import api_tokens, audit, sessions
from store.conditional import changed
from store.people import Invitation, Person
from store.roles import Role

#: How long a link works.
LINK_FOR = timedelta(hours=24)
#: Names of actors in the log that are no persons.
RESERVED = frozenset({"agent", "autonomy", "classify", "cli", "daemon", "demo", "dunwell", "local", "propose"})
RESERVED |= {"sign-in", "system", "unknown"}
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def login_of(text: str) -> str:
    """Give a login as it is kept. Raises ValueError for one that cannot be one."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise ValueError("a login is made of the letters a to z, digits, dots, dashes and underscores, 64 at most")
    if login in RESERVED:
        raise ValueError(f"the login {login} is a name that dunwell uses itself: choose another")
    return login


def name_of(text: str) -> str:
    """Give a person's name as it is kept. Raises ValueError for an empty or overlong one."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise ValueError("a name is needed, of 100 letters at most")
    return name


def by_login(session: Session, login: str) -> Person | None:
    """Find a person by login."""
    return session.execute(_of_login(), {"login": login}).scalars().first()


@cache
def _of_login() -> Select[Person]:
    return columns(Person).where(col(Person.login) == bindparam("login"))


def by_account(session: Session, issuer: str, subject: str) -> Person | None:
    """Find a person by their account at an identity provider: issuer and subject together, never an e-mail address."""
    query = select(Person).where(Person.oidc_issuer == issuer, Person.oidc_subject == subject)
    return session.exec(query).first()


def everybody(session: Session) -> list[Person]:
    """List all persons by login."""
    return list(session.exec(select(Person).order_by(col(Person.login))))


def anybody(session: Session) -> bool:
    """Say whether somebody joined already."""
    return session.exec(select(Person.id).where(col(Person.joined_at).is_not(None)).limit(1)).first() is not None


def add(session: Session, *, login: str, name: str, role: Role, by: str, now: datetime, email: str = "") -> Person:
    """Add a person who has not joined yet. Raises ValueError for a login that is taken or cannot be one."""
    audit.take_turn(session)
    person = Person(login=login_of(login), name=name_of(name), role=role, email=email, created_by=by, created_at=now)
    try:
        with session.begin_nested():
            session.add(person)
            session.flush()
    except IntegrityError:
        raise ValueError(f"the login {person.login} is taken") from None
    return person


def invite(session: Session, *, person: Person | None, role: Role, token_hash: str, by: str, now: datetime) -> None:
    """Note a link that works once; older ones for the same person end. Without a person it makes the first one."""
    audit.take_turn(session)
    who = col(Invitation.person_id).is_(None) if person is None else col(Invitation.person_id) == person.id
    session.execute(
        update(Invitation).where(who, col(Invitation.used_at).is_(None)).values(used_at=now, expires_at=now)
    )
    session.add(
        Invitation(
            token_hash=token_hash,
            person_id=person.id if person else None,
            role=role,
            created_by=by,
            created_at=now,
            expires_at=now + LINK_FOR,
        )
    )
    session.flush()
    event(session, "person.invited", person, by=by, now=now, role=role.value)


def invitation(session: Session, token_hash: str, now: datetime) -> tuple[Invitation, Person | None] | None:
    """Give an invitation that still works, with whom it is for."""
    row = session.exec(select(Invitation).where(Invitation.token_hash == token_hash)).first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        return None
    person = session.get(Person, row.person_id) if row.person_id is not None else None
    if person is None and (row.person_id is not None or anybody(session)):
        return None
    return None if person is not None and person.disabled_at is not None else (row, person)


def accept(session: Session, row: Invitation, person: Person, *, now: datetime, **credentials: Any) -> bool:
    """Use up an invitation and set the person's credentials; False where somebody used the link first."""
    audit.take_turn(session)
    used = changed(
        session,
        update(Invitation)
        .where(col(Invitation.id) == row.id, col(Invitation.used_at).is_(None), col(Invitation.expires_at) > now)
        .values(used_at=now, person_id=person.id),
    )
    if used != 1:
        return False
    assert person.id is not None
    _set(session, person.id, joined_at=person.joined_at or now, **credentials)
    _leave_everywhere(session, person, by=person.login, why="credentials set anew", now=now)
    event(session, "person.joined", person, by=person.login, now=now, by_oidc="oidc_subject" in credentials)
    return True


def set_password(session: Session, person: Person, password_hash: str, *, now: datetime) -> None:
    """Set a new password; every session of the person ends."""
    audit.take_turn(session)
    assert person.id is not None
    _set(session, person.id, password_hash=password_hash)
    sessions.end_all(session, person.id, why="password changed", now=now)
    event(session, "person.password_changed", person, by=person.login, now=now)


def set_role(session: Session, person: Person, role: Role, *, by: str, now: datetime) -> None:
    """Change a role; every session and token of the person ends. Raises ValueError for oneself and for the last admin."""
    audit.take_turn(session)
    session.refresh(person)
    if person.login == by:
        raise ValueError("nobody changes their own role")
    if person.role == role:
        return
    _keep_an_admin(session, person)
    assert person.id is not None
    before = person.role
    _set(session, person.id, role=role)
    _leave_everywhere(session, person, by=by, why="role changed", now=now)
    event(session, "person.role_changed", person, by=by, now=now, role=role.value, before=before)


def disable(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Take all access away; every session and token ends with it. Raises ValueError for oneself and for the last admin."""
    audit.take_turn(session)
    session.refresh(person)
    if person.login == by:
        raise ValueError("nobody disables themselves")
    if person.disabled_at is not None:
        return
    _keep_an_admin(session, person)
    assert person.id is not None
    _set(session, person.id, disabled_at=now)
    _leave_everywhere(session, person, by=by, why="disabled", now=now)
    event(session, "person.disabled", person, by=by, now=now)


def enable(session: Session, person: Person, *, by: str, now: datetime) -> None:
    """Give access back; the person signs in with what they have. Raises ValueError for oneself."""
    audit.take_turn(session)
    assert person.id is not None
    if person.login == by:
        raise ValueError("nobody enables themselves")
    _set(session, person.id, disabled_at=None)
    event(session, "person.enabled", person, by=by, now=now)


def event(session: Session, name: str, person: Person | None, *, by: str, now: datetime, **payload: Any) -> None:
    """Write what happened to a person into the log."""
    subject = f"person:{person.id}" if person is not None else "person:unknown"
    audit.append(session, at=now, actor=by, event=name, subject=subject, payload=payload)


def _leave_everywhere(session: Session, person: Person, *, by: str, why: str, now: datetime) -> None:
    assert person.id is not None
    sessions.end_all(session, person.id, why=why, now=now)
    api_tokens.revoke_all(session, person.id, actor=by, why=why, now=now)


def _keep_an_admin(session: Session, person: Person) -> None:
    if person.role != Role.ADMIN:
        return
    others = select(Person.id).where(
        Person.role == Role.ADMIN,
        Person.id != person.id,
        col(Person.joined_at).is_not(None),
        col(Person.disabled_at).is_(None),
    )
    if session.exec(others.limit(1)).first() is None:
        raise ValueError("this is the last admin: invite another one first")


def _set(session: Session, person_id: int, **values: Any) -> None:
    session.execute(
        update(Person)
        .where(col(Person.id) == person_id)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
