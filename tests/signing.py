"""People of a house for tests: who joined by a real link, with a real password and authenticator, and browsers that sign in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp
from fastapi import FastAPI
from sqlmodel import Session
from starlette.testclient import TestClient

from review import inviting
from review.app import create_app
from review.people import Entered, People
from store import persons
from store.engine import unit_of_work
from store.people import Person
from store.roles import Role
from tests.factories import COMPANY, House

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}
PASSWORD = "four teapots on the roof"


@dataclass(frozen=True)
class Joined:
    """Somebody with an account, and what they know and have."""

    login: str
    secret: str
    password: str = PASSWORD

    def code(self, house: House) -> str:
        """Read the authenticator."""
        return pyotp.TOTP(self.secret).at(house.now)


def people_of(house: House, **settings: Any) -> People:
    """Give the people of a house, on its clock."""
    values: dict[str, Any] = {"company": COMPANY.name, "address": BASE, "key": b"p" * 32}
    return People(engine=house.engine, clock=lambda: house.now, **(values | settings))


def join(house: House, people: People, login: str, role: Role) -> Joined:
    """Invite somebody and have them join."""
    token = inviting.invite(people, login=login, name=login.title(), role=role, by="test").rpartition("/")[2]
    secret, sealed = inviting.offered_secret(people, token)
    somebody = Joined(login, secret)
    given: dict[str, str] = {"login": "", "name": "", "password": PASSWORD, "sealed": sealed, "browser": "test"}
    inviting.accept(people, token, code=somebody.code(house), **given)
    return somebody


def session_for(people: People, login: str) -> Entered:
    """Begin a session without the ways of signing in, which are tested by themselves."""
    with unit_of_work(people.engine) as session:
        person = persons.by_login(session, login)
        assert person is not None
        return people.enter(session, person, browser="test", how="test", proven_at=people.clock())


def add(session: Session, house: House, login: str, role: Role) -> Person:
    """Add a person who joined, without credentials."""
    person = persons.add(session, login=login, name=login.title(), role=role, by="test", now=house.now)
    person.joined_at = house.now
    session.add(person)
    return person


@dataclass
class Browser:
    """A browser without JavaScript."""

    house: House
    app: FastAPI
    base: str = BASE
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        """Open it."""
        self.client = TestClient(self.app, base_url=self.base, follow_redirects=False)

    def token(self, path: str) -> str:
        """Read the form token of a page."""
        found = re.search(r'name="csrf" value="(\w+)"', self.client.get(path).text)
        assert found, f"{path} has no form"
        return found.group(1)

    def post(self, path: str, *, page: str | None = None, **fields: str) -> Any:
        """Send a form of a page as the browser would."""
        csrf = self.token(page or path)
        return self.client.post(path, data={"csrf": csrf} | fields, headers=PAGE)

    def sign_in(self, somebody: Joined, **changed: str) -> Any:
        """Sign in half a minute later, with a fresh code."""
        self.house.now += timedelta(seconds=30)
        fields = {"login": somebody.login, "password": somebody.password, "code": somebody.code(self.house)}
        return self.post("/sign-in", **(fields | changed))

    def as_session(self, entered: Entered) -> Browser:
        """Carry the cookie of a session."""
        self.client.cookies.set("dunwell", entered.token)
        return self


def page_of(house: House, people: People, **settings: Any) -> FastAPI:
    """Make the application with sign-in."""
    return create_app(house.desk, people=people, **settings)


def hidden(page: str, name: str) -> str:
    """Read a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found.group(1))
