"""Rate limits under a moved clock: guessing is slow, nobody is locked out for good, and every kind has its number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.testclient import TestClient

from review.limiting import KINDS, Limits, limited
from review.people import People
from review.viewer import Viewer
from store.roles import Role
from tests.factories import NOW, House, open_house
from tests.signing import BASE, Browser, Joined, join, page_of, people_of


class Moved:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


@pytest.fixture
def mona(house: House, people: People) -> Joined:
    return join(house, people, "mona", Role.MANAGER)


@pytest.mark.parametrize(
    ("kind", "many", "span"), [("export", 5, 3600), ("redraft", 20, 3600), ("api", 100, 60), ("address", 5, 60)]
)
def test_each_kind_has_its_number(kind: str, many: int, span: int) -> None:
    clock = Moved()
    limits = Limits(clock)
    assert [limits.hit(kind, "mona") for _ in range(many)] == [0] * many
    assert 0 < limits.hit(kind, "mona") <= span
    assert limits.hit(kind, "max") == 0, "everybody is counted by themselves"
    clock.now += timedelta(seconds=span - 1)
    assert limits.hit(kind, "mona") == 1
    clock.now += timedelta(seconds=1)
    assert limits.hit(kind, "mona") == 0


def test_a_try_that_was_refused_makes_the_wait_no_longer_and_one_given_back_does_not_count() -> None:
    clock = Moved()
    limits = Limits(clock)
    for _ in range(200):
        limits.hit("export", "mona")
    clock.now += timedelta(hours=1)
    for _ in range(50):
        assert limits.hit("export", "mona") == 0
        limits.give_back("export", "mona")


def test_the_wait_grows_for_who_goes_on_guessing() -> None:
    clock = Moved()
    limits = Limits(clock)
    waits = []
    for _ in range(30):
        wait = limits.hit("account", "mona")
        if wait:
            waits.append(wait)
            clock.now += timedelta(seconds=wait)
    assert waits[0] <= 60
    assert 1800 < max(waits) <= 3600, "and it ends"


def test_what_is_counted_does_not_fill_the_memory() -> None:
    clock = Moved()
    limits = Limits(clock)
    for number in range(30_000):
        limits.hit("api", str(number))
        clock.now += timedelta(seconds=0.1)
    assert len(limits._memory._moments) <= 21_000


def test_a_route_is_limited_by_one_line() -> None:
    app = FastAPI()
    clock = Moved()
    app.state.limits = Limits(clock)

    def viewer(request: Request) -> None:
        request.state.viewer = Viewer(login="mona", name="Mona", role=Role.MANAGER)

    @app.get("/export", dependencies=[Depends(viewer)])
    def export(request: Request) -> str:
        limited(request, "export")
        return "rows"

    client = TestClient(app)
    assert [client.get("/export").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = client.get("/export")
    assert refused.headers["retry-after"] == "3600"
    assert refused.json()["detail"] == "Too many exports: wait 60 minutes, then try again."


def test_every_kind_is_understood() -> None:
    limits = Limits(Moved())
    assert all(limits.hit(kind, "x") == 0 for kind in KINDS)


# --- signing in ---------------------------------------------------------------------------------------------------------


def test_guessing_from_one_address_is_stopped_and_says_how_long(house: House, people: People, mona: Joined) -> None:
    browser = Browser(house, page_of(house, people))
    tries = [browser.post("/sign-in", login=f"nobody{n}", password="x", code="1").status_code for n in range(6)]
    assert tries == [401] * 5 + [429]
    assert browser.sign_in(mona).status_code == 429, "even the right password waits its turn"
    assert int(browser.post("/sign-in", login="x", password="x", code="1").headers["retry-after"]) <= 60
    house.now += timedelta(seconds=60)
    assert browser.sign_in(mona).status_code == 303


def test_guessing_one_account_from_many_addresses_is_stopped(house: House, people: People, mona: Joined) -> None:
    app = page_of(house, people)
    codes = []
    for number in range(6):
        with TestClient(app, base_url=BASE, client=(f"192.0.2.{number}", 1), follow_redirects=False) as client:
            stranger = Browser(house, app)
            stranger.client = client
            codes.append(stranger.post("/sign-in", login="mona", password="x", code="1").status_code)
    assert codes == [401] * 5 + [429]


def test_a_stranger_who_guesses_cannot_keep_somebody_out_of_their_own_browser(
    house: House, people: People, mona: Joined
) -> None:
    app = page_of(house, people)
    own = Browser(house, app)
    own.client = TestClient(app, base_url=BASE, client=("198.51.100.7", 1), follow_redirects=False)
    assert own.sign_in(mona).status_code == 303
    for minute in range(6):
        house.now += timedelta(minutes=1)
        for number in range(6):
            stranger = Browser(house, app)
            stranger.client = TestClient(app, base_url=BASE, client=(f"192.0.2.{minute * 6 + number}", 1))
            assert stranger.post("/sign-in", login="mona", password="x", code="1").status_code in (401, 429)
    assert stranger.post("/sign-in", login="mona", password="x", code="1").status_code == 429
    assert own.sign_in(mona).status_code == 303
    forged = Browser(house, app)
    forged.client = TestClient(app, base_url=BASE, client=("203.0.113.9", 1), follow_redirects=False)
    forged.client.cookies.set("dunwell_device", "AAAA.BBBB")
    assert forged.sign_in(mona).status_code == 429, "a mark is signed"


def test_a_restart_forgets_no_guess(house: House, people: People, mona: Joined) -> None:
    codes = []
    for _ in range(6):
        started_anew = Browser(house, page_of(house, people))
        codes.append(started_anew.post("/sign-in", login="mona", password="x", code="1").status_code)
    assert codes == [401] * 5 + [429]


def test_signing_in_rightly_is_not_counted(house: House, people: People, mona: Joined) -> None:
    app = page_of(house, people)
    for _ in range(12):
        assert Browser(house, app).sign_in(mona).status_code == 303
