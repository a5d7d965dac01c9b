"""How people come: the first one by a link that the first start prints, all others by a link from an admin. A link works once.

What an admin does to others is here too; persons, like links, are never given a password by somebody else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from review import totp
from review.people import Entered, People, Refused, hashed
from review.sealing import Broken
from store import audit, persons
from store.engine import looking, unit_of_work
from store.people import Invitation, Person
from store.roles import Role


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that still works. `login` is empty for the first person, who chooses one."""

    role: Role
    login: str
    name: str
    first: bool
    again: bool


def first_link(people: People) -> str | None:
    """Make the link for the first person, who becomes admin; None where somebody joined already. An older one ends."""
    now, token = people.clock(), secrets.token_urlsafe(32)
    with unit_of_work(people.engine) as session:
        audit.take_turn(session)
        if persons.anybody(session):
            return None
        persons.invite(session, person=None, role=Role.ADMIN, token_hash=hashed(token), by="dunwell", now=now)
    return f"{people.address}/invitations/{token}"


def invite(people: People, *, login: str, name: str, role: Role, by: str) -> str:
    """Invite somebody new; give the link. Raises Refused."""
    now = people.clock()
    try:
        with unit_of_work(people.engine) as session:
            person = persons.add(session, login=login, name=name, role=role, by=by, now=now)
            return _link(people, session, person, by=by)
    except ValueError as error:
        raise Refused(_sentence(error)) from None


def invite_again(people: People, login: str, *, by: str) -> str:
    """Give a person a new link: to join, or to set password and second factor anew. Raises Refused."""
    with unit_of_work(people.engine) as session:
        person = _known(session, login)
        if person.disabled_at is not None:
            raise Refused(f"{login} is disabled: enable them first.")
        if person.login == by:
            raise Refused("Your own password and second factor are set anew by another admin, or on the command line.")
        return _link(people, session, person, by=by)


def set_role(people: People, login: str, role: Role, *, by: str) -> None:
    """Change a person's role; their sessions end. Raises Refused."""
    try:
        with unit_of_work(people.engine) as session:
            persons.set_role(session, _known(session, login), role, by=by, now=people.clock())
    except ValueError as error:
        raise Refused(_sentence(error)) from None


def set_disabled(people: People, login: str, *, disabled: bool, by: str) -> None:
    """Take a person's access away, or give it back. Raises Refused."""
    try:
        with unit_of_work(people.engine) as session:
            change = persons.disable if disabled else persons.enable
            change(session, _known(session, login), by=by, now=people.clock())
    except ValueError as error:
        raise Refused(_sentence(error)) from None


def invited(people: People, token: str) -> Invited | None:
    """Tell what a link invites to; None where it does not work any more."""
    with looking(people.engine) as session:
        found = persons.invitation(session, hashed(token), people.clock())
    if found is None:
        return None
    row, person = found
    if person is None:
        return Invited(Role(row.role), "", "", first=True, again=False)
    return Invited(Role(person.role), person.login, person.name, first=False, again=person.joined_at is not None)


def offered_secret(people: People, token: str, sealed: str = "") -> tuple[str, str]:
    """Give a second factor to be set up with this link, and the same sealed, to come back with the form.

    It is made by chance for each page, so that not even whoever made the link knows it.
    """
    place = f"invitation:{hashed(token)}"
    try:
        return people.sealer.open(sealed, place=place), sealed
    except Broken:
        secret = totp.new_secret()
        return secret, people.sealer.seal(secret, place=place)


def accept(
    people: People,
    token: str,
    *,
    login: str,
    name: str,
    password: str,
    sealed: str,
    code: str,
    browser: str,
    before: str | None = None,
) -> Entered:
    """Join with a password and a second factor, and be signed in. Raises Refused."""
    now = people.clock()
    found = invited(people, token)
    if found is None:
        raise Refused("This link does not work any more: ask for a new one.")
    login, name = _chosen(login, name) if found.first else (found.login, found.name)
    if fault := people.passwords.fault(password, login=login, name=name):
        raise Refused(fault)
    secret, same = offered_secret(people, token, sealed)
    step = totp.step_of(secret, code, now) if same == sealed else None
    if step is None:
        raise Refused(
            "The code is not the one that the app shows now: look again. The clock of the phone must be right."
        )
    kept = people.passwords.hash(password)
    with unit_of_work(people.engine) as session:
        row, person = _for(people, session, token, login=login, name=name)
        credentials = {
            "password_hash": kept,
            "totp_sealed": people.seal_totp(secret, login),
            "totp_step": step,
            "oidc_issuer": None,
            "oidc_subject": None,
        }
        if not persons.accept(session, row, person, now=now, **credentials):
            raise Refused("This link was used meanwhile.")
        return people.enter(session, person, browser=browser, before=before, how="invitation", proven_at=now)


def accept_account(
    people: People,
    token: str,
    *,
    issuer: str,
    subject: str,
    browser: str,
    before: str | None = None,
    proven_at: datetime | None = None,
) -> Entered:
    """Join with an account at the identity provider, and be signed in. Raises Refused.

    Never the first person: somebody must be able to sign in when the provider cannot be reached.
    """
    found = invited(people, token)
    if found is None or found.first:
        raise Refused("This link does not work for an account at the identity provider.")
    login, name = found.login, found.name
    with unit_of_work(people.engine) as session:
        row, person = _for(people, session, token, login=login, name=name)
        other = persons.by_account(session, issuer, subject)
        if other is not None and other.id != person.id:
            raise Refused("This account belongs to another person here already.")
        account = {"oidc_issuer": issuer, "oidc_subject": subject, "password_hash": None, "totp_sealed": None}
        if not persons.accept(session, row, person, now=people.clock(), **account):
            raise Refused("This link was used meanwhile.")
        how = "invitation and identity provider"
        return people.enter(session, person, browser=browser, before=before, how=how, proven_at=proven_at)


def _for(people: People, session: Session, token: str, *, login: str, name: str) -> tuple[Invitation, Person]:
    audit.take_turn(session)
    found = persons.invitation(session, hashed(token), people.clock())
    if found is None:
        raise Refused("This link does not work any more: ask for a new one.")
    row, person = found
    if person is None:
        now = people.clock()
        try:
            person = persons.add(session, login=login, name=name, role=Role(row.role), by="dunwell", now=now)
        except ValueError as error:
            raise Refused(_sentence(error)) from None
    return row, person


def _chosen(login: str, name: str) -> tuple[str, str]:
    try:
        return persons.login_of(login), persons.name_of(name)
    except ValueError as error:
        raise Refused(_sentence(error)) from None


def _link(people: People, session: Session, person: Person, *, by: str) -> str:
    token = secrets.token_urlsafe(32)
    role, now = Role(person.role), people.clock()
    persons.invite(session, person=person, role=role, token_hash=hashed(token), by=by, now=now)
    return f"{people.address}/invitations/{token}"


def _known(session: Session, login: str) -> Person:
    person = persons.by_login(session, login)
    if person is None:
        raise Refused(f"There is nobody with the login {login}.")
    return person


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
