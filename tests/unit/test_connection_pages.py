"""Connected systems on their pages, by the API and at the terminal: how each stands, and what a controller does about one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from agent.cli.connect_sign_in import standing as at_terminal
from agent.cli.home import desk_of
from agent.connection_standing import Condition, standing
from agent.pulling import Pulling
from ledger.connectors.failures import RateLimited
from review.app import create_app
from review.people import People
from review.viewer import Viewer
from store.api_tokens import Scope
from store.connections import PAUSED
from store.engine import unit_of_work
from store.roles import Role
from tests.connected.homes import Home, connected
from tests.connected.server import Servers, said, too_many
from tests.connected.world import Invoice
from tests.signing import BASE, PAGE, add, session_for


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


class Desktop:
    """The pages of an installation with a controller, a manager and an admin."""

    def __init__(self, home: Home) -> None:
        self.home, self.desk = home, desk_of(home.installation)
        self.desk.connected = home.connections
        self.people = People(engine=home.engine, clock=lambda: home.now, company="N", address=BASE, key=b"p" * 32)
        with unit_of_work(home.engine) as session:
            self.persons = {role: add(session, home, role.value, role).id for role in Role}  # type: ignore[arg-type]  # its clock alone
        self.app = create_app(self.desk, people=self.people)

    def browser(self, role: Role) -> TestClient:
        client = TestClient(self.app, base_url=BASE, follow_redirects=False)
        client.cookies.set("dunwell", session_for(self.people, role.value).token)
        return client

    def token(self, role: Role) -> dict[str, str]:
        viewer = Viewer(login=role.value, name=role.value, role=role, person_id=self.persons[role])
        _, token = self.desk.make_token(viewer, name="t", scopes=frozenset({Scope.READ, Scope.DECIDE}), days=5)
        return {"authorization": f"Bearer {token}"}


def press(client: TestClient, page: str, path: str) -> Any:
    form = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert form, f"{page} has no form"
    return client.post(path, data={"csrf": form.group(1)}, headers=PAGE)


def told(home: Home) -> tuple[Condition, str]:
    found = home.connections()
    row = standing(found, found.named("books"))
    assert at_terminal(found, found.named("books"))["state"] == row.told
    return row.condition, row.told


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_controller_reads_pauses_and_disconnects_it(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path) as (home, _):
        desktop = Desktop(home)
        client = desktop.browser(Role.CONTROLLER)
        assert told(home)[0] is Condition.NOT_READ
        home.sync()
        home.later(minutes=5)
        page = text_of(client.get("/connections/books").text)
        assert "5 customers" in page
        assert "10 Mar 2026, 09:00 UTC everything" in page
        assert "Read next 10 Mar 2026, 10:00 UTC, then every 60 minutes" in page
        assert 'href="/connections/books"' in client.get("/connections").text

        assert press(client, "/connections/books", "/connections/books/read-now").status_code == 303
        assert home.row().due_at == home.now
        assert Pulling(home.connections()).run() == 0
        assert home.row().good_at == home.now

        assert press(client, "/connections/books", "/connections/books/pause").status_code == 303
        assert told(home) == (Condition.PAUSED, "paused")
        home.later(days=3)
        before = home.row().good_at
        Pulling(home.connections()).run()
        assert home.row().good_at == before
        client = desktop.browser(Role.CONTROLLER)  # the session before is over by now
        home.sync()  # by hand it is read, and stays paused
        assert home.row().due_at == PAUSED
        refused = press(client, "/connections/books", "/connections/books/read-now")
        assert refused.status_code == 409
        assert "let it go on first" in refused.text
        assert press(client, "/connections/books", "/connections/books/resume").status_code == 303
        assert told(home)[0] is Condition.WORKS

        # It is asked before it is done.
        asked = client.get("/connections/books/remove").text
        assert "stays in the ledger" in asked
        assert home.row().sealed
        assert press(client, "/connections/books/remove", "/connections/books/remove").status_code == 303
        assert told(home)[0] is Condition.NOT_SIGNED_IN
        assert not home.row().sealed
        assert home.invoices()
        assert "dunwell connect add books" in client.get("/connections/books").text
        assert [e.event for e in home.log() if e.actor == "controller" and e.event.startswith("connection.")] == [
            f"connection.{what}" for what in ("asked", "paused", "resumed", "forgotten")
        ]


def test_what_would_change_and_what_is_left_out_is_shown_and_nothing_is_changed(
    servers: Servers, tmp_path: Path
) -> None:
    with connected("xero", servers, tmp_path) as (home, system):
        desktop = Desktop(home)
        day = date(2026, 1, 10)
        odd = Invoice(
            "i9", "1099", system.world.customers[0].id, "10.00", "0.00", issued=day, due=day - timedelta(days=9)
        )
        system.world.invoices.append(odd)
        client = desktop.browser(Role.CONTROLLER)
        shown = text_of(press(client, "/connections/books", "/connections/books/try").text)
        assert "Read: everything. customers: 5 read, 5 new or changed" in shown
        assert "Left out books invoice 1099: is settled, and due before its own day: it is left out" in shown
        assert home.invoices() == {}
        home.sync()
        assert told(home) == (Condition.WORKS, "works; 1 left out")
        odd.number, odd.changed = "1045", home.now
        api = TestClient(desktop.app, base_url=BASE)
        answer = api.post("/api/v1/connections/books/try", headers=desktop.token(Role.CONTROLLER)).json()
        assert answer["failed"] == ""
        assert len(answer["faults"] + answer["left_out"]) == 1
        assert "1045" in "".join(answer["faults"] + answer["left_out"])


def test_a_refused_sign_in_and_a_system_that_asks_to_wait_are_told(servers: Servers, tmp_path: Path) -> None:
    with connected("xero", servers, tmp_path, max_wait_seconds=0) as (home, system):
        desktop = Desktop(home)
        client = desktop.browser(Role.CONTROLLER)
        system.then(too_many("1800"), when=lambda asked: "Invoices" in asked.path)
        with pytest.raises(RateLimited):
            home.sync()
        assert told(home)[0] is Condition.RATE_LIMITED
        page = text_of(client.get("/connections/books").text)
        assert "asked to slow down" in page
        assert "Asked to wait until 10 Mar 2026, 09:30 UTC" in page
        assert "Systems 1" in page
        home.later(hours=1)
        system.access = set()
        system.then(said({"error": "invalid_grant"}, 400), when=lambda asked: asked.path.endswith("/token"))
        Pulling(home.connections()).run()
        assert told(home)[0] is Condition.REFUSED
        client = desktop.browser(Role.CONTROLLER)
        page = text_of(client.get("/connections/books").text)
        assert (
            "The system refuses our sign-in. Signing in needs somebody at the machine: dunwell connect add books"
            in page
        )
        assert "Systems 1" in page
        desktop.desk.connected = lambda: SimpleNamespace(settings=())  # type: ignore[assignment]  # taken out of the file
        assert "Systems 1" not in text_of(desktop.browser(Role.CONTROLLER).get("/worklist").text)


def test_the_api_says_the_same_and_only_a_controller_steers(servers: Servers, tmp_path: Path) -> None:
    with connected("stripe", servers, tmp_path) as (home, _):
        home.sync()
        desktop = Desktop(home)
        api = TestClient(desktop.app, base_url=BASE)
        keeper, manager = desktop.token(Role.CONTROLLER), desktop.token(Role.MANAGER)
        (row,) = api.get("/api/v1/connections", headers=manager).json()["connections"]
        assert row == api.get("/api/v1/connections/books", headers=keeper).json()
        assert (row["condition"], row["signed_in"], row["brought"]["customer"]) == ("works", "not needed", 5)
        assert row["next_at"] == (home.now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
        assert api.post("/api/v1/connections/books/pause", headers=manager).status_code == 403
        admin = desktop.token(Role.ADMIN)
        assert api.get("/api/v1/connections/books", headers=admin).status_code == 200
        assert api.post("/api/v1/connections/books/try", headers=admin).status_code == 403
        for what, code in (("pause", 200), ("pause", 409), ("read-now", 409), ("resume", 200), ("read-now", 200)):
            assert api.post(f"/api/v1/connections/books/{what}", headers=keeper).status_code == code, what
        assert api.post("/api/v1/connections/books/remove", headers=keeper).status_code == 200
        assert api.get("/api/v1/connections/none", headers=keeper).status_code == 404
        page = desktop.browser(Role.MANAGER).get("/connections/books").text
        assert "A controller reads, pauses or disconnects it." in page
        assert "<form" not in page.partition("<main")[2]
