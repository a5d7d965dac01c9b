"""What a signed-in person does about themselves: prove anew who they are, change the password, end sessions. Never anybody else's.

A proof is a password with a code, or a sign-in at the identity provider a moment ago. Each begins a new session (ASVS 7.2.4).
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from review.people import Entered, People, Refused, usable, used
from review.viewer import Viewer
from store import api_tokens, audit, persons, sessions
from store.engine import looking, unit_of_work
from store.people import Person, PersonSession


def sign_out(people: People, viewer: Viewer) -> None:
    """End the session of a request."""
    end_session(people, viewer, viewer.session_id or 0, why="signed out")


def end_session(people: People, viewer: Viewer, session_id: int, *, why: str) -> bool:
    """End one of a person's own sessions; False where it is none of theirs."""
    now = people.clock()
    with unit_of_work(people.engine) as session:
        ended = sessions.end(session, session_id, person_id=viewer.person_id or 0, why=why, now=now)
        if ended:
            person = session.get_one(Person, viewer.person_id)
            persons.event(session, "person.signed_out", person, by=viewer.login, now=now, which=session_id)
        return ended


def end_all(people: People, viewer: Viewer, *, tokens: bool) -> None:
    """End every session of a person, the one of this request too; with `tokens`, revoke their personal tokens as well."""
    now = people.clock()
    with unit_of_work(people.engine) as session:
        audit.take_turn(session)
        count = sessions.end_all(session, viewer.person_id or 0, why="signed out everywhere", now=now)
        person = session.get_one(Person, viewer.person_id)
        persons.event(session, "person.signed_out", person, by=viewer.login, now=now, sessions=count)
        if tokens:
            why = "signed out everywhere"
            api_tokens.revoke_all(session, viewer.person_id or 0, actor=viewer.login, why=why, now=now)


def sessions_of(people: People, viewer: Viewer) -> list[PersonSession]:
    """List a person's own live sessions."""
    with looking(people.engine) as session:
        return sessions.of_person(session, viewer.person_id or 0, people.clock())


def has_password(people: People, viewer: Viewer) -> bool:
    """Say whether a person signs in with a password, and not at the identity provider."""
    with looking(people.engine) as session:
        return session.get_one(Person, viewer.person_id).password_hash is not None


def change_password(
    people: People, viewer: Viewer, *, current: str, code: str, new: str, browser: str, before: str | None = None
) -> Entered:
    """Change one's password, proven by the old one and a code; every session ends, a new one begins. Raises Refused."""
    person, known, step = _proof(people, viewer, password=current, code=code, what="password change")
    if fault := people.passwords.fault(new, login=person.login, name=person.name):
        raise Refused(fault)
    anew = people.passwords.hash(new)
    with unit_of_work(people.engine) as session:
        _use_up(session, person, known, step)
        persons.set_password(session, person, anew, now=people.clock())
        return people.enter(
            session, person, browser=browser, before=before, how="password changed", proven_at=people.clock()
        )


def prove(people: People, viewer: Viewer, *, password: str, code: str, browser: str, before: str | None) -> Entered:
    """Prove anew who one is, with password and code; the session goes on as a new one. Raises Refused."""
    person, known, step = _proof(people, viewer, password=password, code=code, what="proof")
    with unit_of_work(people.engine) as session:
        _use_up(session, person, known, step)
        return people.enter(
            session, person, browser=browser, before=before, how="proven anew", proven_at=people.clock()
        )


def prove_by_account(
    people: People, viewer: Viewer, *, issuer: str, subject: str, at: datetime, browser: str, before: str | None
) -> Entered:
    """Prove anew who one is, by a sign-in at the identity provider at a moment. Raises Refused for another's account."""
    with unit_of_work(people.engine) as session:
        audit.take_turn(session)
        person = persons.by_account(session, issuer, subject)
        if person is None or person.id != viewer.person_id or not usable(person):
            raise Refused("This is another company account than the one that you sign in with.")
        return people.enter(
            session, person, browser=browser, before=before, how="proven anew at the identity provider", proven_at=at
        )


def _proof(people: People, viewer: Viewer, *, password: str, code: str, what: str) -> tuple[Person, str | None, int]:
    """Check password and code; give the person, the hash that was met and the step of the code. Raises Refused."""
    with looking(people.engine) as session:
        person = session.get_one(Person, viewer.person_id)
        known = person.password_hash if usable(person) else None
    if not people.passwords.verify(known, password) or (step := people.step(person, code)) is None:
        with unit_of_work(people.engine) as session:
            now = people.clock()
            persons.event(session, "person.sign_in_failed", person, by=viewer.login, now=now, why=what)
        raise Refused("The password or the code is wrong.")
    return person, known, step


def _use_up(session: Session, person: Person, known: str | None, step: int) -> None:
    audit.take_turn(session)
    if not used(session, person, known, step, known):
        raise Refused("This code was used already: wait for the next one.")
