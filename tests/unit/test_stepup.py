"""Acts that a session alone does not do: after ten minutes they ask who it is, lose nothing, and go on in a new session."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlmodel import col, select

from review.app import create_app
from review.matrix import MATRIX, PROVEN
from review.oidc import Provider
from review.people import People
from review.stepup import page_of as page_for
from review.viewer import Viewer
from store import api_tokens, persons
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.people import Person, PersonSession
from store.roles import Role
from store.tables import AuditEntry
from tests.factories import House, open_house
from tests.idp import SECRET, Idp, running_idp
from tests.signing import BASE, PAGE, PASSWORD, Browser, Joined, hidden, join, page_of, people_of, session_for

_LATER = timedelta(minutes=10)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


@pytest.fixture
def ada(house: House, people: People) -> Joined:
    join(house, people, "mona", Role.MANAGER)
    return join(house, people, "ada", Role.ADMIN)


@pytest.fixture
def browser(house: House, people: People, ada: Joined) -> Browser:
    opened = Browser(house, page_of(house, people))
    assert opened.sign_in(ada).status_code == 303
    return opened


def role_of(house: House, login: str) -> str:
    with unit_of_work(house.engine) as session:
        person = persons.by_login(session, login)
        assert person is not None
        return person.role


def fields_of(page: str) -> dict[str, str]:
    """Read the hidden fields of the one form of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def prove(browser: Browser, asked: Any, somebody: Joined, **changed: str) -> Any:
    """Fill in the page that asks."""
    browser.house.now += timedelta(seconds=30)
    given = {"password": somebody.password, "code": somebody.code(browser.house)}
    return browser.client.post("/account/prove", data=fields_of(asked.text) | given | changed, headers=PAGE)


def go_on(browser: Browser, proven: Any) -> Any:
    """Send the form that goes on, as the small script does."""
    act = re.search(r'action="([^"]+)" data-onward', proven.text)
    assert act
    return browser.client.post(html.unescape(act.group(1)), data=fields_of(proven.text), headers=PAGE)


def test_what_needs_a_proof_stands_in_the_matrix() -> None:
    assert set(PROVEN) <= set(MATRIX)
    only_admins = {row for row, roles in MATRIX.items() if roles == {Role.ADMIN} and row[0] == "POST"}
    assert only_admins <= set(PROVEN), "whatever an admin does"
    assert {("POST", "/tokens"), ("POST", "/numbers/autonomy"), ("POST", "/account/sessions/end")} <= set(PROVEN)
    assert all(("GET", proof.page) in MATRIX for proof in PROVEN.values())


def test_an_old_proof_is_asked_for_again_and_what_was_filled_in_goes_on(
    house: House, browser: Browser, ada: Joined, people: People
) -> None:
    assert browser.post("/people/mona/role", page="/people", role="collector").status_code == 303
    house.now += _LATER
    before = browser.client.cookies["dunwell"]
    asked = browser.post("/people/mona/role", page="/people", role="auditor")
    assert asked.status_code == 403
    assert "Is it you?" in asked.text
    assert role_of(house, "mona") == "collector"
    proven = prove(browser, asked, ada)
    assert proven.status_code == 200
    assert role_of(house, "mona") == "collector", "not before the form goes on"
    done = go_on(browser, proven)
    assert (done.status_code, done.headers["location"]) == (303, "/people?notice=role")
    assert role_of(house, "mona") == "auditor"
    assert browser.client.cookies["dunwell"] != before
    assert people.viewer(before) is None, "the proof began a new session, and ended the old one"
    assert browser.post("/people/mona/role", page="/people", role="manager").status_code == 303, "for ten minutes"


@pytest.mark.parametrize(
    ("path", "page", "fields"),
    [
        ("/people/invite", "/people", {"login": "max", "name": 'Max "<b>"', "role": "collector"}),
        ("/people/mona/invite", "/people", {}),
        ("/people/mona/disable", "/people", {}),
        ("/people/mona/enable", "/people", {}),
        ("/tokens", "/tokens", {"name": "mine", "scope": "read", "days": "5"}),
        ("/account/sessions/end", "/account", {"tokens": "revoke"}),
        ("/account/sessions/1/end", "/account", {}),
    ],
)
def test_each_act_asks_and_goes_on(
    house: House, browser: Browser, ada: Joined, path: str, page: str, fields: dict[str, str]
) -> None:
    house.now += _LATER
    asked = browser.post(path, page=page, **fields)
    assert asked.status_code == 403
    assert f'href="{page}"' in asked.text
    done = go_on(browser, prove(browser, asked, ada))
    assert done.status_code in (200, 303, 404), done.text
    assert "Is it you?" not in done.text


def test_a_wrong_proof_changes_nothing_is_logged_and_may_be_tried_again(
    house: House, browser: Browser, ada: Joined
) -> None:
    house.now += _LATER
    asked = browser.post("/people/mona/role", page="/people", role="auditor")
    for changed in ({"password": "wrong"}, {"code": "000000"}, {"password": ""}):
        wrong = prove(browser, asked, ada, **changed)
        assert wrong.status_code == 403
        assert "The password or the code is wrong." in wrong.text
        assert fields_of(wrong.text)["field.role"] == "auditor"
    assert role_of(house, "mona") == "manager"
    with unit_of_work(house.engine) as session:
        failed = session.exec(select(AuditEntry).where(AuditEntry.event == "person.sign_in_failed")).all()
        assert len(failed) == 3
        assert all(entry.actor == "ada" and '"proof"' in entry.payload for entry in failed)
    code = ada.code(house)
    good = prove(browser, asked, ada)
    assert good.status_code == 200
    again = browser.client.post(
        "/account/prove", data=fields_of(asked.text) | {"password": PASSWORD, "code": code}, headers=PAGE
    )
    assert again.status_code == 403, "the form was of the session before, and the code is used"


def test_guessing_a_proof_is_slow(house: House, browser: Browser, ada: Joined) -> None:
    house.now += _LATER
    asked = browser.post("/people/mona/role", page="/people", role="auditor")
    codes = []
    for _ in range(6):
        given = {"password": "wrong", "code": "000000"}
        codes.append(
            browser.client.post("/account/prove", data=fields_of(asked.text) | given, headers=PAGE).status_code
        )
    assert codes == [403] * 5 + [429]


def test_only_turning_a_switch_on_asks(house: House, people: People, ada: Joined) -> None:
    mona = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    house.now += _LATER
    cell = {"reason": "invoice_missing", "band": "small", "tier": "key"}
    asked = mona.post("/numbers/autonomy", page="/account", state="open", **cell)
    assert "Is it you?" in asked.text
    closing = mona.post("/numbers/autonomy", page="/account", state="closed", **cell)
    assert closing.status_code == 409
    assert "Is it you?" not in closing.text


def test_deciding_about_mail_asks_for_nothing_more(house: House, people: People, ada: Joined) -> None:
    mona = Browser(house, page_of(house, people)).as_session(session_for(people, "mona"))
    house.now += _LATER
    assert mona.post("/items/1/approve", page="/account", version="1").status_code == 404


def test_a_form_that_is_not_ours_is_refused_and_not_repeated(house: House, browser: Browser) -> None:
    house.now += _LATER
    answer = browser.client.post("/people/mona/role", data={"csrf": "0" * 64, "role": "from elsewhere"}, headers=PAGE)
    assert answer.status_code == 403
    assert "reload the page" in answer.text
    assert "from elsewhere" not in answer.text


@pytest.mark.parametrize(
    "act",
    [
        "",
        "/sign-out",
        "https://evil.example/",
        "//evil.example/people/invite",
        "/people/../sign-out/role",
        "/people/../role",
        "/account/sessions/%2e%2e/end",
        "/people/a/b/role",
    ],
)
def test_a_proof_leads_to_nothing_else(house: House, browser: Browser, ada: Joined, act: str) -> None:
    assert page_for(act) is None
    assert page_for("/people/a..b.c-d_e/role") == "/people"
    house.now += _LATER
    asked = browser.post("/people/mona/role", page="/people", role="auditor")
    assert prove(browser, asked, ada, act=act).status_code == 422


def test_what_was_filled_in_is_shown_as_text(house: House, browser: Browser, ada: Joined) -> None:
    house.now += _LATER
    evil = '"><script>window.hit=1</script>'
    asked = browser.post("/people/invite", page="/people", login="max", name=evil, role="manager")
    assert fields_of(asked.text)["field.name"] == evil
    proven = prove(browser, asked, ada)
    assert fields_of(proven.text)["name"] == evil
    assert "<script>" not in asked.text + proven.text


def test_where_nobody_signs_in_nothing_is_asked(house: House) -> None:
    local = Browser(house, create_app(house.desk))
    house.now += timedelta(days=1)
    assert local.post("/tokens", name="mine", scope="read", days="5").status_code == 200


def test_a_program_opens_no_cell(house: House, people: People, ada: Joined) -> None:
    with unit_of_work(house.engine) as session:
        person = persons.by_login(session, "mona")
        assert person is not None
    viewer = Viewer(login="mona", name="Mona", role=Role.MANAGER, person_id=person.id)
    token = house.desk.make_token(viewer, name="mine", scopes=list(Scope), days=5)[1]
    client = Browser(house, page_of(house, people)).client
    cell = {"reason": "invoice_missing", "band": "small", "tier": "key"}
    head = {"authorization": f"Bearer {token}"}
    opened = client.post("/api/v1/autonomy", json=cell | {"open": True}, headers=head)
    assert (opened.status_code, opened.json()["type"]) == (403, "urn:dunwell:page")
    assert client.post("/api/v1/autonomy", json=cell | {"open": False}, headers=head).status_code == 409


# --- tokens end with their person ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["disable", "role", "everywhere", "everywhere but tokens"])
def test_tokens_end_with_the_access_of_their_person(
    house: House, people: People, ada: Joined, browser: Browser, how: str
) -> None:
    with unit_of_work(house.engine) as session:
        person = persons.by_login(session, "mona")
        assert person is not None
    viewer = Viewer(login="mona", name="Mona", role=Role.MANAGER, person_id=person.id)
    token = house.desk.make_token(viewer, name="mine", scopes=list(Scope), days=5)[1]
    other = house.desk.make_token(viewer, name="other", scopes=list(Scope), days=1)[1]
    head = {"authorization": f"Bearer {token}"}
    assert browser.client.get("/api/v1/counts", headers=head).status_code == 200
    if how == "disable":
        assert browser.post("/people/mona/disable", page="/people").status_code == 303
        assert browser.post("/people/mona/enable", page="/people").status_code == 303
    elif how == "role":
        assert browser.post("/people/mona/role", page="/people", role="collector").status_code == 303
    else:
        own = Browser(house, browser.app).as_session(session_for(people, "mona"))
        chosen = {} if how == "everywhere but tokens" else {"tokens": "revoke"}
        assert own.post("/account/sessions/end", page="/account", **chosen).status_code == 303
    stays = how == "everywhere but tokens"
    assert browser.client.get("/api/v1/counts", headers=head).status_code == (200 if stays else 401)
    with unit_of_work(house.engine) as session:
        told = session.exec(select(AuditEntry).where(AuditEntry.event == "api_token.all_revoked")).all()
        assert [entry.subject for entry in told] == ([] if stays else [f"person:{person.id}"])
        assert api_tokens.find(session, other, now=house.now) is None or stays


# --- at the identity provider -------------------------------------------------------------------------------------------


@pytest.fixture
def idp(house: House) -> Iterator[Idp]:
    with running_idp(lambda: house.now) as running:
        yield running


@pytest.fixture
def company(house: House, people: People, idp: Idp, ada: Joined) -> Browser:
    """Give the browser of mona, who signs in with a company account, and did so half an hour ago."""
    provider = Provider(
        issuer=idp.address,
        client_id="dunwell",
        client_secret=SECRET,
        address=BASE,
        key=people.key_for("oidc"),
        clock=people.clock,
    )
    browser = Browser(house, page_of(house, people, provider=provider))
    with unit_of_work(house.engine) as session:
        mona = persons.by_login(session, "mona")
        assert mona is not None
        mona.oidc_issuer, mona.oidc_subject, mona.password_hash, mona.totp_sealed = idp.address, "sub-mona", None, None
        session.add(mona)
    assert finish(browser, came_back(browser, "/sign-in/oidc")).status_code == 303
    return browser


def came_back(browser: Browser, start: str) -> dict[str, str]:
    address = browser.client.get(start).headers["location"]
    back = httpx2.get(address).headers["location"]
    page = browser.client.get(back.removeprefix(BASE))
    return {name: hidden(page.text, name) for name in ("csrf", "code", "state", "iss")}


def finish(browser: Browser, fields: dict[str, str]) -> Any:
    return browser.client.post("/sign-in/oidc/back", data=fields, headers=PAGE)


def test_whoever_has_a_company_account_is_asked_there_anew(house: House, company: Browser, idp: Idp) -> None:
    asked = company.post("/tokens", name="mine", scope="read", days="5")
    assert asked.status_code == 403, "the provider did not say when it asked last"
    assert 'href="/account/prove/oidc?page=/tokens"' in asked.text
    assert 'name="password"' not in asked.text
    address = company.client.get("/account/prove/oidc?page=/tokens").headers["location"]
    query = parse_qs(urlsplit(address).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    idp.claims = {"auth_time": int(house.now.timestamp())}
    before = company.client.cookies["dunwell"]
    done = finish(company, came_back(company, "/account/prove/oidc?page=/tokens"))
    assert (done.status_code, done.headers["location"]) == (303, "/tokens")
    assert company.client.cookies["dunwell"] != before
    assert company.post("/tokens", name="mine", scope="read", days="5").status_code == 200
    house.now += _LATER
    assert company.post("/tokens", name="more", scope="read", days="5").status_code == 403


@pytest.mark.parametrize("said", [None, -3600, -120, 3600, True, "now"])
def test_the_time_of_the_proof_must_be_now(house: House, company: Browser, idp: Idp, said: object) -> None:
    now = int(house.now.timestamp())
    idp.claims = {"auth_time": now + said if isinstance(said, int) and not isinstance(said, bool) else said}
    assert finish(company, came_back(company, "/account/prove/oidc?page=/tokens")).status_code == 403
    assert company.post("/tokens", name="mine", scope="read", days="5").status_code == 403


def test_a_proof_is_of_the_same_account_and_of_the_same_session(
    house: House, company: Browser, idp: Idp, people: People
) -> None:
    idp.claims = {"auth_time": int(house.now.timestamp())}
    idp.subject = "sub-somebody-else"
    assert finish(company, came_back(company, "/account/prove/oidc?page=/tokens")).status_code == 403
    idp.subject = "sub-mona"
    fields = came_back(company, "/account/prove/oidc?page=/tokens")
    del company.client.cookies["dunwell"]
    company.as_session(session_for(people, "ada"))
    fields["csrf"] = company.token("/account")
    assert finish(company, fields).status_code == 403
    with unit_of_work(house.engine) as session:
        proven = session.exec(
            select(PersonSession.proven_at)
            .join(Person, col(Person.id) == PersonSession.person_id)
            .where(Person.login == "mona", col(PersonSession.ended_at).is_(None))
        ).all()
    assert None in proven, "the session that came by the provider is as it was"


def test_a_sign_in_says_when_the_provider_asked_last(house: House, company: Browser, idp: Idp) -> None:
    idp.claims = {"auth_time": int(house.now.timestamp()) - 11 * 60}
    assert finish(company, came_back(company, "/sign-in/oidc")).status_code == 303
    assert company.post("/tokens", name="mine", scope="read", days="5").status_code == 403
    idp.claims = {"auth_time": int(house.now.timestamp()) - 60}
    assert finish(company, came_back(company, "/sign-in/oidc")).status_code == 303
    assert company.post("/tokens", name="mine", scope="read", days="5").status_code == 200


@pytest.mark.parametrize("page", ["/sign-out", "https://evil.example", "//evil.example"])
def test_a_proof_leads_back_to_pages_of_ours_only(company: Browser, page: str) -> None:
    assert company.client.get("/account/prove/oidc", params={"page": page}).status_code == 422
