"""Tokens and sessions where people sign in: a token is its person, on the API alone; a session looks, from our own pages only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from review.matrix import MATRIX, PUBLIC
from review.people import People
from review.signed_links import LinkSigner
from review.viewer import LOCAL, Viewer
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.people import Person
from store.roles import Role
from store.tables import AuditEntry
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.signing import BASE, PAGE, Browser, hidden, join, page_of, people_of, session_for

BOTH = frozenset({Scope.READ, Scope.DECIDE})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


@pytest.fixture
def app(house: House, people: People) -> FastAPI:
    return page_of(house, people)


def viewer(house: House, people: People, login: str, role: Role) -> Viewer:
    join(house, people, login, role)
    with unit_of_work(house.engine) as session:
        person = session.exec(select(Person).where(Person.login == login)).one()
        return Viewer(login=login, name=person.name, role=role, person_id=person.id)


def with_token(app: FastAPI, token: str) -> TestClient:
    return TestClient(app, base_url=BASE, headers={"authorization": f"Bearer {token}"}, follow_redirects=False)


def promise(house: House) -> int:
    words = "We pay INV-20421 on 20 March."
    return house.hold(house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"]))


def test_a_token_acts_as_its_person_and_no_longer_than_they_may(house: House, people: People, app: FastAPI) -> None:
    mona = viewer(house, people, "mona", Role.MANAGER)
    _, token = house.desk.make_token(mona, name="erp", scopes=BOTH, days=9)
    client, number = with_token(app, token), promise(house)
    answer = client.post(f"/api/v1/items/{number}/reject", json={"version": 1, "reason": "other"})
    assert answer.status_code == 200
    assert client.get(f"/api/v1/items/{number}").json()["decided_by"] == "mona"
    with unit_of_work(house.engine) as session:
        person = session.get_one(Person, mona.person_id)
        person.role = Role.AUDITOR
        session.add(person)
    assert client.get("/api/v1/items").status_code == 200
    assert client.post(f"/api/v1/items/{number}/set-aside").status_code == 403
    with unit_of_work(house.engine) as session:
        person = session.get_one(Person, mona.person_id)
        person.disabled_at = house.now
        session.add(person)
    assert client.get("/api/v1/items").status_code == 401


def test_a_token_made_where_nobody_signs_in_is_worth_nothing_here(house: House, app: FastAPI) -> None:
    _, token = house.desk.make_token(LOCAL, name="old", scopes=BOTH, days=9)
    assert with_token(app, token).get("/api/v1/items").status_code == 401


def test_a_token_opens_no_page_and_sends_no_form(house: House, people: People, app: FastAPI) -> None:
    _, token = house.desk.make_token(viewer(house, people, "mona", Role.MANAGER), name="erp", scopes=BOTH, days=9)
    client = with_token(app, token)
    for method, path in MATRIX:
        if path.startswith("/api/") or (method, path) in PUBLIC:
            continue
        answer = client.request(method, re.sub(r"\{\w+\}", "1", path), headers=PAGE)
        assert answer.status_code in (401, 403), (method, path)
        assert "Harrow" not in answer.text


def test_a_session_looks_from_our_own_pages_and_decides_nothing(house: House, people: People, app: FastAPI) -> None:
    viewer(house, people, "mona", Role.MANAGER)
    number = promise(house)
    client = Browser(house, app).as_session(session_for(people, "mona")).client
    looked: dict[str, Any] = {
        "same-origin": client.get("/api/v1/items", headers=PAGE),
        "same-site": client.get("/api/v1/items", headers={"sec-fetch-site": "same-site"}),
        "cross-site": client.get("/api/v1/items", headers={"sec-fetch-site": "cross-site"}),
        "typed": client.get("/api/v1/items", headers={"sec-fetch-site": "none"}),
        "unsaid": client.get("/api/v1/items"),
    }
    assert {name: answer.status_code for name, answer in looked.items()} == {
        "same-origin": 200, "same-site": 401, "cross-site": 401, "typed": 401, "unsaid": 401
    }  # fmt: skip
    for headers in ({}, PAGE):
        answer = client.post(f"/api/v1/items/{number}/reject", json={"version": 1, "reason": "other"}, headers=headers)
        assert answer.status_code == 401


def test_my_tokens_are_mine(house: House, people: People, app: FastAPI) -> None:
    mona, cole = viewer(house, people, "mona", Role.MANAGER), viewer(house, people, "cole", Role.COLLECTOR)
    row, _ = house.desk.make_token(mona, name="monas own", scopes=BOTH, days=9)
    browser = Browser(house, app).as_session(session_for(people, cole.login))
    assert "monas own" not in browser.client.get("/tokens").text
    assert browser.post(f"/tokens/{row.id}/revoke", page="/tokens").status_code == 409
    assert browser.post("/tokens", name="coles own", scope="decide", days="5").status_code == 200
    assert [t.name for t in house.desk.tokens_of(cole)] == ["coles own"]
    with unit_of_work(house.engine) as session:
        made = session.exec(select(AuditEntry).where(AuditEntry.event == "api_token.created")).all()
    assert [entry.actor for entry in made] == ["mona", "cole"]


def test_a_link_of_a_digest_leads_through_the_sign_in_to_the_item(house: House, people: People, app: FastAPI) -> None:
    mona, number = join(house, people, "mona", Role.MANAGER), promise(house)
    link = LinkSigner(house.desk).path(number, person="mona@nordholt-supply.example")
    browser = Browser(house, app)
    asked = browser.client.get(link)
    assert asked.status_code == 401
    assert "Harrow" not in asked.text
    following = hidden(asked.text, "following")
    assert following == link
    entered = browser.sign_in(mona, following=following)
    assert (entered.status_code, entered.headers["location"]) == (303, link)
    cookie = entered.cookies or browser.client.cookies
    assert cookie
    led = browser.client.get(link)
    assert (led.status_code, led.headers["location"]) == (303, f"/items/{number}")
    assert browser.client.get(f"/items/{number}").status_code == 200
