"""Signing in: the first link, invitations, passwords, second factor, sessions and their ends, form tokens, what the log says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlmodel import col, select

from review import inviting
from review.people import People, Refused
from review.security import HEADERS
from store import audit
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.people import Invitation, Person, PersonSession
from store.persons import by_login
from store.roles import Role
from store.tables import AuditEntry
from tests.factories import House, open_house
from tests.signing import BASE, PAGE, PASSWORD, Browser, Joined, hidden, join, page_of, people_of, session_for


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


@pytest.fixture
def browser(house: House, people: People) -> Browser:
    return Browser(house, page_of(house, people))


def person(house: House, login: str) -> Person:
    with unit_of_work(house.engine) as session:
        found = by_login(session, login)
    assert found is not None
    return found


def events(house: House) -> list[str]:
    with unit_of_work(house.engine) as session:
        found = session.exec(select(AuditEntry.event, AuditEntry.actor).order_by(col(AuditEntry.seq))).all()
        assert audit.verify(session)[1] is None
    return [f"{event} by {actor}" for event, actor in found if event.startswith("person.")]


# --- the first person ---------------------------------------------------------------------------------------------------


def first_token(people: People) -> str:
    link = inviting.first_link(people)
    assert link is not None
    assert link.startswith(f"{BASE}/invitations/")
    return link.rpartition("/")[2]


def test_there_is_no_default_user_and_the_first_link_makes_the_admin_once(
    house: House, people: People, browser: Browser
) -> None:
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Person)).all() == []
    token = first_token(people)
    assert len(token) >= 43, "256 bits"
    page = browser.client.get(f"/invitations/{token}").text
    assert "The first account" in page
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert key
    secret = key.group(1).replace(" ", "")
    fields = {"name": "Ada Admin", "login": "Ada.Admin", "password": PASSWORD, "again": PASSWORD}
    fields |= {"csrf": hidden(page, "csrf"), "sealed": hidden(page, "sealed"), "code": pyotp.TOTP(secret).at(house.now)}
    answer = browser.client.post(f"/invitations/{token}", data=fields, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    assert person(house, "ada.admin").role == Role.ADMIN
    assert "Ada Admin · admin" in browser.client.get("/people").text
    assert browser.client.get(f"/invitations/{token}").status_code == 404, "a link works once"
    assert inviting.first_link(people) is None, "and there is no second first person"


def test_a_link_runs_out_and_a_newer_one_takes_its_place(house: House, people: People, browser: Browser) -> None:
    older, newer = first_token(people), first_token(people)
    assert browser.client.get(f"/invitations/{older}").status_code == 404
    assert browser.client.get(f"/invitations/{newer}").status_code == 200
    house.now += timedelta(hours=24)
    assert browser.client.get(f"/invitations/{newer}").status_code == 404


def test_only_hashes_and_seals_are_stored(house: House, people: People, mona: Joined) -> None:
    link = inviting.invite(people, login="max", name="Max", role=Role.COLLECTOR, by="test")
    token = session_for(people, "mona").token
    with house.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    for secret in (PASSWORD, mona.secret, token, link.rpartition("/")[2]):
        assert secret not in dump


# --- invitations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"again": "another one altogether"}, "not the same"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "Password2026!", "again": "Password2026!"}, "tried first"),
        ({"password": "Nordholt-2026", "again": "Nordholt-2026"}, "made of your name"),
        ({"code": "000000"}, "not the one that the app shows"),
        ({"sealed": "AAAA"}, "not the one that the app shows"),
    ],
)
def test_what_is_wrong_uses_no_invitation_up(
    house: House, people: People, browser: Browser, changed: dict[str, str], said: str
) -> None:
    token = inviting.invite(people, login="max", name="Max", role=Role.COLLECTOR, by="test").rpartition("/")[2]
    page = browser.client.get(f"/invitations/{token}").text
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert secret
    fields = {"csrf": hidden(page, "csrf"), "sealed": hidden(page, "sealed"), "password": PASSWORD, "again": PASSWORD}
    fields["code"] = pyotp.TOTP(secret.group(1).replace(" ", "")).at(house.now)
    answer = browser.client.post(f"/invitations/{token}", data=fields | changed, headers=PAGE)
    assert answer.status_code == 422
    assert said in answer.text
    again = browser.client.post(f"/invitations/{token}", data=fields, headers=PAGE)
    assert (again.status_code, again.headers["location"]) == (303, "/"), "the same page goes on to work"


def test_the_second_factor_of_a_page_is_not_known_from_the_link(people: People) -> None:
    token = inviting.invite(people, login="max", name="Max", role=Role.COLLECTOR, by="test").rpartition("/")[2]
    first, sealed = inviting.offered_secret(people, token)
    assert inviting.offered_secret(people, token)[0] != first
    assert inviting.offered_secret(people, token, sealed) == (first, sealed)
    other = inviting.invite(people, login="moritz", name="Moritz", role=Role.COLLECTOR, by="test").rpartition("/")[2]
    assert inviting.offered_secret(people, other, sealed)[0] != first, "a seal belongs to its link"


def test_a_login_is_taken_once_and_no_name_of_dunwells_own(people: People, mona: Joined) -> None:
    for login in ("mona", "Mona", "local", "daemon", "cli:mona", "a b", "", "x" * 65):
        with pytest.raises(Refused):
            inviting.invite(people, login=login, name="Somebody", role=Role.COLLECTOR, by="test")


# --- signing in ---------------------------------------------------------------------------------------------------------


def test_signing_in_with_password_and_code(browser: Browser, mona: Joined) -> None:
    assert browser.client.get("/account").status_code == 401
    answer = browser.sign_in(mona)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("dunwell="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "domain" not in cookie.lower()
    page = browser.client.get("/account").text
    assert "Mona · manager" in page
    assert "Sign out" in page


def test_over_https_the_cookie_is_bound_to_the_host(house: House, people: People, mona: Joined) -> None:
    app = page_of(house, people, hosts=["queue.nordholt.example"])
    browser = Browser(house, app, base="https://queue.nordholt.example")
    answer = browser.sign_in(mona)
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "dunwell=" in c)
    assert cookie.startswith("__Host-dunwell=")
    for part in ("Secure", "HttpOnly", "Path=/"):
        assert part in cookie
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    plain = Browser(house, app, base="http://queue.nordholt.example")
    assert plain.client.get("/sign-in").status_code == 403
    assert "https only" in plain.client.get("/").text


def test_whatever_is_wrong_is_answered_alike(browser: Browser, house: House, mona: Joined) -> None:
    house.now += timedelta(minutes=5)
    texts = set()
    for changed in ({"password": "wrong"}, {"code": "000000"}, {"code": "1"}, {"login": "nobody"}):
        house.now += timedelta(minutes=1)
        answer = browser.sign_in(mona, **changed)
        assert answer.status_code == 401
        texts.add(re.sub(r'(value|nonce)="[^"]*"', "", answer.text.partition("<form")[0]))
        assert "dunwell=" not in answer.headers.get("set-cookie", "")
    assert len(texts) == 1
    assert events(house)[-4:] == ["person.sign_in_failed by sign-in"] * 4


def test_a_code_works_once(browser: Browser, house: House, mona: Joined) -> None:
    assert browser.sign_in(mona).status_code == 303
    fields = {"login": "mona", "password": PASSWORD, "code": mona.code(house)}
    other = Browser(house, browser.app)
    assert other.post("/sign-in", **fields).status_code == 401, "the same code, from whoever looked over the shoulder"
    house.now -= timedelta(seconds=30)
    fields["code"] = mona.code(house)
    assert other.post("/sign-in", **fields).status_code == 401, "nor the one before it"


def test_a_weak_old_hash_is_made_anew_at_sign_in(browser: Browser, house: House, mona: Joined) -> None:
    with unit_of_work(house.engine) as session:
        row = by_login(session, "mona")
        assert row is not None
        row.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    assert browser.sign_in(mona).status_code == 303
    kept = extract_parameters(person(house, "mona").password_hash or "")
    assert (kept.memory_cost, kept.time_cost, kept.parallelism, kept.type.name) == (19_456, 2, 1, "ID")


@pytest.mark.parametrize(
    "following", ["//evil.example", "/\\evil.example", "https://evil.example", "/sign-out", "javascript:x", "/x\n"]
)
def test_nobody_is_led_elsewhere_after_signing_in(browser: Browser, mona: Joined, following: str) -> None:
    assert browser.sign_in(mona, following=following).headers["location"] == "/"


def test_whoever_asked_for_a_page_gets_it_after_signing_in(browser: Browser, house: House, mona: Joined) -> None:
    answer = browser.client.get("/decided?status=sent")
    assert answer.status_code == 401
    assert hidden(answer.text, "following") == "/decided?status=sent"
    assert browser.sign_in(mona, following="/decided?status=sent").headers["location"] == "/decided?status=sent"
    part = Browser(house, browser.app).client.get("/", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in")


# --- sessions -----------------------------------------------------------------------------------------------------------


def test_signing_in_rotates_and_signing_out_ends(browser: Browser, house: House, people: People, mona: Joined) -> None:
    browser.sign_in(mona)
    first = browser.client.cookies["dunwell"]
    browser.sign_in(mona)
    second = browser.client.cookies["dunwell"]
    assert first != second
    assert people.viewer(first) is None
    browser.post("/sign-out", page="/account")
    assert people.viewer(second) is None
    stolen = Browser(house, browser.app)
    stolen.client.cookies.set("dunwell", second)
    assert stolen.client.get("/account").status_code == 401


def test_a_session_ends_idle_and_at_last_whatever_happens(house: House, people: People, mona: Joined) -> None:
    token = session_for(people, "mona").token
    for _ in range(3):
        house.now += timedelta(minutes=29)
        assert people.viewer(token) is not None
    house.now += timedelta(minutes=30)
    assert people.viewer(token) is None
    token, start = session_for(people, "mona").token, house.now
    while house.now - start < timedelta(hours=11, minutes=40):
        house.now += timedelta(minutes=20)
        assert people.viewer(token) is not None
    house.now += timedelta(minutes=20)
    assert people.viewer(token) is None, "twelve hours"


def test_a_page_that_only_listens_does_not_keep_a_session_alive(house: House, people: People, mona: Joined) -> None:
    token = session_for(people, "mona").token
    for _ in range(29):
        house.now += timedelta(minutes=1)
        assert people.viewer(token, in_use=False) is not None
    house.now += timedelta(minutes=1)
    assert people.viewer(token, in_use=False) is None


def test_who_asks_is_known_while_somebody_else_writes_and_is_noted_once_a_minute(
    house: House, people: People, mona: Joined
) -> None:
    token = session_for(people, "mona").token
    viewer = people.viewer(token)
    assert viewer is not None
    _, program = house.desk.make_token(viewer, name="erp", scopes=[Scope.READ], days=1)
    assert house.desk.token_viewer(program, signs_in=True) is not None
    with ThreadPoolExecutor(1) as pool, unit_of_work(house.engine):  # the one writer that SQLite lets in
        asked = pool.submit(lambda: (people.viewer(token), house.desk.token_viewer(program, signs_in=True)))
        assert all(found is not None for found in asked.result(timeout=10))
    written = []
    for _ in range(5):
        house.now += timedelta(seconds=25)
        people.viewer(token)
        with unit_of_work(house.engine) as session:
            written.append(session.get_one(PersonSession, viewer.session_id).seen_at)
    assert len(set(written)) == 2, "after 75 seconds, and not before"
    assert house.now - written[-1] < timedelta(seconds=60)


@pytest.mark.parametrize("how", ["disabled", "role", "password", "reset", "everywhere"])
def test_sessions_end_within_one_request(house: House, people: People, mona: Joined, how: str) -> None:
    browser = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    assert browser.client.get("/account").status_code == 200
    if how == "disabled":
        inviting.set_disabled(people, "mona", disabled=True, by="ada")
    elif how == "role":
        inviting.set_role(people, "mona", Role.AUDITOR, by="ada")
    elif how == "everywhere":
        other = Browser(house, browser.app).as_session(session_for(people, "mona"))
        assert other.post("/account/sessions/end", page="/account").headers["location"] == "/sign-in"
    elif how == "reset":
        token = inviting.invite_again(people, "mona", by="ada").rpartition("/")[2]
        secret, sealed = inviting.offered_secret(people, token)
        given = {"login": "", "name": "", "password": "five teapots on the roof", "sealed": sealed, "browser": ""}
        inviting.accept(people, token, code=pyotp.TOTP(secret).at(house.now), **given)
    else:
        house.now += timedelta(seconds=30)
        other = Browser(house, browser.app).as_session(session_for(people, "mona"))
        fields = {"current": PASSWORD, "code": mona.code(house), "new": "five teapots on the roof"}
        answer = other.post("/account/password", page="/account", again="five teapots on the roof", **fields)
        assert answer.headers["location"] == "/account?notice=password"
        assert other.client.get("/account").status_code == 200, "whoever changed it is signed in anew"
    assert browser.client.get("/account").status_code == 401


def test_a_password_is_changed_only_by_who_knows_it(house: House, people: People, mona: Joined) -> None:
    browser = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    house.now += timedelta(seconds=30)
    new = "five teapots on the roof"
    good = {"current": PASSWORD, "code": mona.code(house), "new": new, "again": new}
    for changed in ({"current": "wrong"}, {"code": "000000"}, {"again": "x"}, {"new": "short", "again": "short"}):
        assert browser.post("/account/password", page="/account", **(good | changed)).status_code == 422
    assert people.passwords.verify(person(house, "mona").password_hash, PASSWORD)


def test_one_ends_ones_own_sessions_and_no_others(house: House, people: People, mona: Joined) -> None:
    join(house, people, "max", Role.COLLECTOR)
    theirs = session_for(people, "max")
    browser = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    me = person(house, "mona").id
    with unit_of_work(house.engine) as session:
        rows = session.exec(select(PersonSession).where(col(PersonSession.ended_at).is_(None))).all()
        mine = [r.id for r in rows if r.person_id == me]
        others = [r.id for r in rows if r.id not in mine]
    for number in others:
        assert browser.post(f"/account/sessions/{number}/end", page="/account").status_code == 404
    assert people.viewer(theirs.token) is not None
    assert browser.post(f"/account/sessions/{mine[0]}/end", page="/account").status_code == 303


# --- forms --------------------------------------------------------------------------------------------------------------


def test_a_form_belongs_to_one_session(house: House, people: People, mona: Joined) -> None:
    app = page_of(house, people)
    one, two = (Browser(house, app).as_session(session_for(people, "mona")) for _ in range(2))
    stolen = one.token("/account")
    answer = two.client.post("/sign-out", data={"csrf": stolen}, headers=PAGE)
    assert answer.status_code == 403
    assert "reload the page" in answer.text
    assert one.client.post("/sign-out", data={"csrf": stolen}, headers=PAGE).status_code == 303


def test_every_header_is_on_the_pages_of_people_too(house: House, people: People, mona: Joined) -> None:
    browser = Browser(house, page_of(house, people))
    for path in ("/sign-in", "/account", "/invitations/none", "/people", "/sign-in/oidc"):
        answer = browser.client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)


# --- what an admin does -------------------------------------------------------------------------------------------------


def test_an_admin_invites_changes_and_takes_away(house: House, people: People) -> None:
    join(house, people, "ada", Role.ADMIN)
    browser = Browser(house, page_of(house, people)).as_session(session_for(people, "ada"))
    answer = browser.post("/people/invite", page="/people", login="Max", name="Max <b>", role="collector")
    assert answer.status_code == 200
    link = re.search(rf"{BASE}/invitations/[\w-]+", answer.text)
    assert link
    assert "Max &lt;b&gt;" in answer.text
    assert link.group(0) not in browser.client.get("/people").text, "a link is shown once"
    assert browser.post("/people/max/role", page="/people", role="auditor").status_code == 303
    assert person(house, "max").role == Role.AUDITOR
    assert browser.post("/people/max/disable", page="/people").status_code == 303
    assert browser.client.get(link.group(0).removeprefix(BASE)).status_code == 404, "no link of somebody disabled"
    assert browser.post("/people/max/enable", page="/people").status_code == 303
    for path, fields in (
        ("/people/ada/role", {"role": "manager"}),
        ("/people/ada/disable", {}),
        ("/people/ada/invite", {}),
        ("/people/none/invite", {}),
        ("/people/max/role", {"role": "king"}),
        ("/people/invite", {"login": "max", "name": "Max", "role": "collector"}),
    ):
        assert browser.post(path, page="/people", **fields).status_code == 422, path
    assert events(house)[-4:] == [
        "person.invited by ada",
        "person.role_changed by ada",
        "person.disabled by ada",
        "person.enabled by ada",
    ]


def test_there_is_always_an_admin(house: House, people: People, mona: Joined) -> None:
    join(house, people, "ada", Role.ADMIN)
    with pytest.raises(Refused, match="last admin"):
        inviting.set_disabled(people, "ada", disabled=True, by="cli:root")
    with pytest.raises(Refused, match="last admin"):
        inviting.set_role(people, "ada", Role.MANAGER, by="cli:root")
    join(house, people, "alan", Role.ADMIN)
    inviting.set_disabled(people, "ada", disabled=True, by="alan")
    assert person(house, "ada").disabled_at is not None


def test_what_is_refused_is_in_the_log(house: House, people: People, mona: Joined) -> None:
    browser = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    assert browser.client.get("/people").status_code == 403
    assert events(house)[-1] == "person.refused by mona"
    with unit_of_work(house.engine) as session:
        last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc())).first()
        assert last is not None
        assert last.payload == '{"route":"GET /people"}'
        assert session.exec(select(Invitation)).all()
