"""The people of the queue: signs them in and out, tells who a session belongs to. Never keeps or logs a password, code or token.

What it decides goes into the audit log. It knows nothing of pages; who may see which is `review.matrix`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from review import totp
from review.passwords import Passwords
from review.sealing import Broken, Sealer
from review.viewer import Viewer
from store import audit, persons, sessions
from store.clock import Clock
from store.engine import changed, unit_of_work
from store.people import Person, PersonSession
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
        with unit_of_work(self.engine) as session:
            found = sessions.find(session, hashed(token), now)
            if found is None:
                return None
            row, person = found
            assert row.id is not None
            if in_use and now - row.seen_at >= sessions.NOTED_EVERY:
                sessions.note_seen(session, row.id, now)
            return Viewer(
                login=person.login,
                name=person.name,
                role=Role(person.role),
                person_id=person.id,
                session_id=row.id,
            )

    def sign_in(
        self, *, login: str, password: str, code: str, browser: str = "", before: str | None = None
    ) -> Entered | None:
        """Sign in with password and code; None where anything is wrong, and nobody learns what.

        `before`: the token of the session that this browser had, which ends.
        """
        now = self.clock()
        with unit_of_work(self.engine) as session:
            person = persons.by_login(session, login.strip().lower())
            known = person.password_hash if person is not None and _usable(person) else None
        matches = self.passwords.verify(known, password)
        step = self._step(person, code) if matches and person is not None else None
        anew = self.passwords.hash(password) if matches and known and self.passwords.outdated(known) else known
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            if person is None or not matches or step is None or not _used(session, person, known, step, anew):
                why = (
                    "password" if not matches else "code" if step is None else "code used before, or changed meanwhile"
                )
                persons.event(session, "person.sign_in_failed", person, by="sign-in", now=now, why=why)
                return None
            return self.enter(session, person, browser=browser, before=before, how="password and code")

    def sign_in_account(
        self, issuer: str, subject: str, *, browser: str = "", before: str | None = None
    ) -> Entered | None:
        """Sign in whoever linked this account of the identity provider; None where nobody did, or may not."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            person = persons.by_account(session, issuer, subject)
            if person is None or not _usable(person):
                return None
            return self.enter(session, person, browser=browser, before=before, how="identity provider")

    def note_failed(self, why: str) -> None:
        """Write into the log that somebody could not be signed in."""
        with unit_of_work(self.engine) as session:
            persons.event(session, "person.sign_in_failed", None, by="sign-in", now=self.clock(), why=why)

    def enter(self, session: Session, person: Person, *, browser: str, before: str | None = None, how: str) -> Entered:
        """Begin a session for a person who proved who they are. Called in the transaction that proved it."""
        now, token = self.clock(), secrets.token_urlsafe(32)
        if before is not None and (found := sessions.find(session, hashed(before), now)) is not None:
            old = found[0]
            sessions.end(session, old.id or 0, person_id=old.person_id, why="signed in anew", now=now)
        sessions.begin(session, person, token_hash=hashed(token), browser=browser, now=now)
        persons.event(session, "person.signed_in", person, by=person.login, now=now, how=how)
        return Entered(token, person.login, Role(person.role))

    def sign_out(self, viewer: Viewer) -> None:
        """End the session of a request."""
        self.end_session(viewer, viewer.session_id or 0, why="signed out")

    def end_session(self, viewer: Viewer, session_id: int, *, why: str) -> bool:
        """End one of a person's own sessions; False where it is none of theirs."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            ended = sessions.end(session, session_id, person_id=viewer.person_id or 0, why=why, now=now)
            if ended:
                person = session.get_one(Person, viewer.person_id)
                persons.event(session, "person.signed_out", person, by=viewer.login, now=now, which=session_id)
            return ended

    def end_all_sessions(self, viewer: Viewer) -> None:
        """End every session of a person, the one of this request too."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            count = sessions.end_all(session, viewer.person_id or 0, why="signed out everywhere", now=now)
            person = session.get_one(Person, viewer.person_id)
            persons.event(session, "person.signed_out", person, by=viewer.login, now=now, sessions=count)

    def sessions_of(self, viewer: Viewer) -> list[PersonSession]:
        """List a person's own live sessions."""
        with unit_of_work(self.engine) as session:
            return sessions.of_person(session, viewer.person_id or 0, self.clock())

    def note_refused(self, viewer: Viewer, *, method: str, route: str) -> None:
        """Write into the log that somebody asked for what their role may not."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            person = session.get_one(Person, viewer.person_id)
            persons.event(
                session, "person.refused", person, by=viewer.login, now=self.clock(), route=f"{method} {route}"
            )

    # --- one's own account ----------------------------------------------------------------------------------------

    def change_password(self, viewer: Viewer, *, current: str, code: str, new: str, browser: str) -> Entered:
        """Change one's password, proven by the old one and a code; every session ends, a new one begins. Raises Refused."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            person = session.get_one(Person, viewer.person_id)
            known = person.password_hash if _usable(person) else None
        if not self.passwords.verify(known, current) or (step := self._step(person, code)) is None:
            with unit_of_work(self.engine) as session:
                persons.event(session, "person.sign_in_failed", person, by=viewer.login, now=now, why="password change")
            raise Refused("The password or the code is wrong.")
        if fault := self.passwords.fault(new, login=person.login, name=person.name):
            raise Refused(fault)
        anew = self.passwords.hash(new)
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            if not _used(session, person, known, step, anew):
                raise Refused("This code was used already: wait for the next one.")
            persons.set_password(session, person, anew, now=now)
            return self.enter(session, person, browser=browser, how="password changed")

    def has_password(self, viewer: Viewer) -> bool:
        """Say whether a person signs in with a password, and not at the identity provider."""
        with unit_of_work(self.engine) as session:
            return session.get_one(Person, viewer.person_id).password_hash is not None

    def everybody(self) -> list[Person]:
        """List all persons, for an admin."""
        with unit_of_work(self.engine) as session:
            return persons.everybody(session)

    # --- secrets --------------------------------------------------------------------------------------------------

    def seal_totp(self, secret: str, login: str) -> str:
        """Seal a second factor for the person with this login."""
        return self.sealer.seal(secret, place=f"person:{login}")

    def _step(self, person: Person, code: str) -> int | None:
        if person.totp_sealed is None:
            return None
        try:
            secret = self.sealer.open(person.totp_sealed, place=f"person:{person.login}")
        except Broken:
            return None
        return totp.step_of(secret, code, self.clock())

    def key_for(self, purpose: str) -> bytes:
        """Derive a key from the installation's own, one for each purpose (RFC 2104)."""
        return hmac.new(self._key, f"people:{purpose}".encode(), hashlib.sha256).digest()


def hashed(token: str) -> str:
    """Hash a token of 256 random bits: so much needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _usable(person: Person) -> bool:
    return person.disabled_at is None and person.joined_at is not None


def _used(session: Session, person: Person, known: str | None, step: int, anew: str | None) -> bool:
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
