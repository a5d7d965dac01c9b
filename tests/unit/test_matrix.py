"""Roles and routes: every route of the application with every role, and with nobody, is asked, and compared with the matrix.

A route without a row fails; so does a row without a route. What a role may is asked with a form token, what it may not as well:
the refusal must come from the gate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine
from starlette.testclient import TestClient

from review.app import create_app
from review.matrix import MATRIX, PUBLIC, allowed
from review.oidc import Provider
from review.people import People
from review.security import HEADERS
from review.viewer import Viewer
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.roles import DECIDERS, Role
from tests.factories import House, open_house
from tests.policy_header import nonce_in
from tests.signing import BASE, PAGE, Browser, add, people_of, session_for

#: What stands in a path for the names in it: a number that no row has.
_NO_NUMBER = {"number": "987654", "place": "3", "link": "none", "login": "nobody", "name": "none"}
#: Streams never end: they are asked for their first line, by the gate's own answer.
_STREAMS = re.compile(r"(events|stream)$")
#: The last word of a path that decides about a mail, a contact or a customer.
_DECIDING = frozenset(
    {
        *(
            "approve",
            "reject",
            "edit",
            "choose",
            "undo",
            "settle",
            "retry",
            "set-aside",
            "verify",
            "reachable",
            "assign",
        ),
        *("mark", "close", "snooze", "redraft", "escalate", "decide", "open", "apply", "dismiss"),
    }
)


@dataclass
class Stage:
    """One installation with a person of every role."""

    house: House
    people: People
    app: FastAPI
    tokens: dict[Role, str]

    def browser(self, role: Role | None) -> Browser:
        browser = Browser(self.house, self.app)
        return browser if role is None else browser.as_session(session_for(self.people, role.value))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    house = open_house(tmp_path_factory.mktemp("matrix"))
    people = people_of(house)
    provider = Provider(
        issuer="http://127.0.0.1:9",
        client_id="dunwell",
        client_secret=None,
        address=BASE,
        key=b"o" * 32,
        clock=people.clock,
    )
    app = create_app(house.desk, people=people, provider=provider)
    # What is limited is tested by itself.
    app.state.limits._kinds = dict.fromkeys(app.state.limits._kinds, ())
    tokens: dict[Role, str] = {}
    for role in Role:
        with unit_of_work(house.engine) as session:
            person = add(session, house, role.value, role)
            session.flush()
            viewer = Viewer(login=person.login, name=person.name, role=role, person_id=person.id)
        tokens[role] = house.desk.make_token(viewer, name="test", scopes=list(Scope), days=1)[1]
    yield Stage(house, people, app, tokens)
    house.engine.dispose()


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    found = set()
    for route in iter_route_contexts(app.routes):
        found |= {(method, route.path or "") for method in (route.methods or ()) if method != "HEAD"}
    return found


def address(path: str) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: _NO_NUMBER.get(m.group(1), "none"), path)


def stored(engine: Engine) -> str:
    """Hash everything but the moments at which sessions, persons and tokens were seen last."""
    digest = hashlib.sha256()
    seen = {"person_session": "seen_at", "person": "seen_at", "api_token": "last_used_at"}
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for (table,) in raw.execute("select name from sqlite_master where type = 'table' order by name").fetchall():
            columns = [c[1] for c in raw.execute(f"pragma table_info('{table}')") if c[1] != seen.get(table)]
            for row in raw.execute(f'select {", ".join(map(repr_of, columns))} from "{table}" order by 1'):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def repr_of(column: str) -> str:
    return f'"{column}"'


def ask(stage: Stage, role: Role | None, method: str, path: str) -> tuple[int, str, Any]:
    """Send one request as the browser, or the program, of this role would; give status, text and headers."""
    browser = stage.browser(role)
    headers = dict(PAGE)
    data: dict[str, str] | None = None
    if path.startswith("/api/"):
        if role is not None:
            headers["authorization"] = f"Bearer {stage.tokens[role]}"
    elif method == "POST":
        data = {"csrf": browser.token("/account" if role is not None else "/sign-in"), "version": "1"}
    answer = browser.client.request(method, address(path), headers=headers, data=data)
    return answer.status_code, answer.text, answer.headers


def test_every_route_has_a_row_and_every_row_a_route(stage: Stage) -> None:
    routes = routes_of(stage.app)
    assert len(routes) > 40
    assert routes - set(MATRIX) - PUBLIC == set(), "routes without a row: nobody could use them"
    assert (set(MATRIX) | PUBLIC) - routes == set(), "rows without a route"
    assert set(MATRIX) & PUBLIC == set()


def test_nobody_both_administers_and_decides() -> None:
    for (method, path), roles in MATRIX.items():
        if method == "POST" and roles != frozenset(Role):
            assert not (Role.ADMIN in roles and roles & DECIDERS), path
        if path.startswith("/people"):
            assert roles == {Role.ADMIN}
        if method == "POST" and path.rpartition("/")[2] in _DECIDING:
            assert not roles & {Role.ADMIN, Role.AUDITOR}, path


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "nobody")
def test_every_route_answers_as_the_matrix_says(stage: Stage, role: Role | None) -> None:
    wrong: list[str] = []
    nonces: list[str] = []
    for method, path in sorted(routes_of(stage.app)):
        may = (method, path) in PUBLIC or (role is not None and role in allowed(method, path))
        if may and _STREAMS.search(path):
            continue
        status, text, headers = ask(stage, role, method, path)
        if role is None:
            right = (status != 401) if may else (status == 401)
            right = right or (method, path) == ("POST", "/sign-in")  # an empty form is a wrong password
        else:
            by_gate = status == 403 and "This is not for the role" in text
            right = (status not in (401, 403) or (method, path) in PUBLIC) if may else by_gate
        if not right:
            wrong.append(f"{role} {method} {path}: {status}")
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, path
        nonces.append(nonce_in(headers["content-security-policy"]))
        assert status < 500 or path.endswith("/oidc"), (method, path, status)
    assert wrong == []
    assert len(set(nonces)) == len(nonces) > 30, "each response has a nonce of its own"


@pytest.mark.parametrize("role", list(Role))
def test_no_form_works_without_its_token(stage: Stage, role: Role) -> None:
    browser = stage.browser(role)
    before = stored(stage.house.engine)
    for method, path in sorted(routes_of(stage.app)):
        if method == "GET" or path.startswith("/api/") or role not in allowed(method, path):
            continue
        for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
            answer = browser.client.request(method, address(path), data={"version": "1"} | csrf, headers=PAGE)
            assert answer.status_code == 403, (path, answer.status_code)
            assert "reload the page" in answer.text, path
    for path in sorted({p for m, p in PUBLIC if m == "POST"}):
        assert TestClient(stage.app, base_url=BASE).post(address(path), headers=PAGE).status_code == 403
    assert stored(stage.house.engine) == before


def test_looking_changes_nothing(stage: Stage) -> None:
    for role in (None, *Role):
        browser = stage.browser(role)
        before = stored(stage.house.engine)
        for method, path in sorted(routes_of(stage.app)):
            may = (method, path) in PUBLIC or (role is not None and role in allowed(method, path))
            if method != "GET" or not may or _STREAMS.search(path):
                continue
            browser.client.get(address(path), headers=PAGE)
            browser.client.head(address(path), headers=PAGE)
            assert stored(stage.house.engine) == before, (role, path)


def test_a_new_route_without_a_row_is_refused_to_all(stage: Stage) -> None:
    app = create_app(stage.house.desk, people=stage.people)
    app.add_api_route("/brand-new", lambda: {"secret": 1}, methods=["GET"])
    for role in Role:
        browser = Browser(stage.house, app).as_session(session_for(stage.people, role.value))
        assert browser.client.get("/brand-new").status_code == 403
