"""The people of the queue: signs them in and out, tells who a session belongs to. Never keeps or logs a password, code or token.

What it decides goes into the audit log. It knows nothing of pages; who may see which is `review.matrix`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from review import totp
from review.keys import derived
from review.passwords import Passwords
from review.sealing import Broken, Sealer
from review.viewer import Viewer
from store import audit, persons, sessions
from store.clock import Clock
from store.conditional import changed
from store.engine import looking, unit_of_work
from store.people import Person
from store.roles import Role


class Refused(Exception):
    """It cannot be done; the text says why, for the person."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A browser that is signed in now: the token for its cookie, and who it is."""

    token: str
    login: str
    role: Role


class People:
    """Signing in and out on one installation. Holds no state: every call is a transaction of its own."""

    def __init__(
        self,
        *,
        engine: Engine,
        clock: Clock,
        key: bytes,
        company: str,
        address: str,
        refused: Collection[str] = (),
    ) -> None:
        """Take the installation's key (32 bytes) and the address that links begin with, without a slash at its end."""
        self.engine = engine
        self.clock = clock
        self.company = company
        self.address = address
        self._key = key
        self.passwords = Passwords(company=company, refused=refused)
        self.sealer = Sealer(self.key_for("totp"))

    # --- sessions -------------------------------------------------------------------------------------------------

    def viewer(self, token: str, *, in_use: bool = True) -> Viewer | None:
        """Tell who a session's token belongs to; None where it is over. Notes, once a minute at most, that it is in use.

        Not `in_use`: a page that only listens does not keep its session alive.
        """
        now = self.clock()
        # Looking keeps no writer waiting: that somebody is here is asked with every request, and written once a minute.
        with looking(self.engine) as session:
            found = sessions.find(session, hashed(token), now)
        if found is None:
            return None
        row, person = found
        assert row.id is not None
        if in_use and now - row.seen_at >= sessions.NOTED_EVERY:
            with unit_of_work(self.engine) as session:
                sessions.note_seen(session, row.id, now)
        return Viewer(
            login=person.login,
            name=person.name,
            role=Role(person.role),
            person_id=person.id,
            session_id=row.id,
            proven_at=row.proven_at,
        )

    def sign_in(
        self, *, login: str, password: str, code: str, browser: str = "", before: str | None = None
    ) -> Entered | None:
        """Sign in with password and code; None where anything is wrong, and nobody learns what.

        `before`: the token of the session that this browser had, which ends.
        """
        now = self.clock()
        with looking(self.engine) as session:
            person = persons.by_login(session, login.strip().lower())
            known = person.password_hash if person is not None and usable(person) else None
        matches = self.passwords.verify(known, password)
        step = self.step(person, code) if matches and person is not None else None
        anew = self.passwords.hash(password) if matches and known and self.passwords.outdated(known) else known
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            if person is None or not matches or step is None or not used(session, person, known, step, anew):
                why = (
                    "password" if not matches else "code" if step is None else "code used before, or changed meanwhile"
                )
                persons.event(session, "person.sign_in_failed", person, by="sign-in", now=now, why=why)
                return None
            return self.enter(session, person, browser=browser, before=before, how="password and code", proven_at=now)

    def sign_in_account(
        self,
        issuer: str,
        subject: str,
        *,
        browser: str = "",
        before: str | None = None,
        proven_at: datetime | None = None,
    ) -> Entered | None:
        """Sign in whoever linked this account of the identity provider; None where nobody did, or may not.

        `proven_at`: when the provider last asked them for a proof, where it says so.
        """
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            person = persons.by_account(session, issuer, subject)
            if person is None or not usable(person):
                return None
            return self.enter(
                session, person, browser=browser, before=before, how="identity provider", proven_at=proven_at
            )

    def note_failed(self, why: str) -> None:
        """Write into the log that somebody could not be signed in."""
        with unit_of_work(self.engine) as session:
            persons.event(session, "person.sign_in_failed", None, by="sign-in", now=self.clock(), why=why)

    def enter(
        self,
        session: Session,
        person: Person,
        *,
        browser: str,
        before: str | None = None,
        how: str,
        proven_at: datetime | None,
    ) -> Entered:
        """Begin a session for a person who proved who they are, and when. Called in the transaction that proved it."""
        now, token = self.clock(), secrets.token_urlsafe(32)
        if before is not None and (found := sessions.find(session, hashed(before), now)) is not None:
            old = found[0]
            sessions.end(session, old.id or 0, person_id=old.person_id, why="signed in anew", now=now)
        sessions.begin(session, person, token_hash=hashed(token), browser=browser, now=now, proven_at=proven_at)
        persons.event(session, "person.signed_in", person, by=person.login, now=now, how=how)
        return Entered(token, person.login, Role(person.role))

    def note_refused(self, viewer: Viewer, *, method: str, route: str) -> None:
        """Write into the log that somebody asked for what their role may not."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            person = session.get_one(Person, viewer.person_id)
            persons.event(
                session, "person.refused", person, by=viewer.login, now=self.clock(), route=f"{method} {route}"
            )

    def everybody(self) -> list[Person]:
        """List all persons, for an admin."""
        with looking(self.engine) as session:
            return persons.everybody(session)

    # --- secrets --------------------------------------------------------------------------------------------------

    def seal_totp(self, secret: str, login: str) -> str:
        """Seal a second factor for the person with this login."""
        return self.sealer.seal(secret, place=f"person:{login}")

    def step(self, person: Person, code: str) -> int | None:
        """Give the time step that a code is of; None for one that is not right now."""
        if person.totp_sealed is None:
            return None
        try:
            secret = self.sealer.open(person.totp_sealed, place=f"person:{person.login}")
        except Broken:
            return None
        return totp.step_of(secret, code, self.clock())

    def key_for(self, purpose: str) -> bytes:
        """Derive a key from the installation's own, one for each purpose."""
        return derived(self._key, f"people:{purpose}")


def hashed(token: str) -> str:
    """Hash a token of 256 random bits: so much needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def usable(person: Person) -> bool:
    """Say whether a person has joined, and may still come."""
    return person.disabled_at is None and person.joined_at is not None


def used(session: Session, person: Person, known: str | None, step: int, anew: str | None) -> bool:
    """Use up a code, once: of two requests at the same moment one comes too late. Keeps a stronger hash of the same password."""
    return (
        changed(
            session,
            update(Person)
            .where(col(Person.id) == person.id, col(Person.totp_step) < step)
            .where(col(Person.password_hash) == known, col(Person.disabled_at).is_(None))
            .values(totp_step=step, password_hash=anew),
        )
        == 1
    )
