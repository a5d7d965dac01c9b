"""Signing in at an identity provider, over HTTP to a real scripted one: the way that works, and all that must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from sqlmodel import select

from review import inviting
from review.oidc import Provider, is_safe_address
from review.people import People
from store.engine import unit_of_work
from store.people import Person, PersonSession
from store.persons import by_login
from store.roles import Role
from tests.factories import House, open_house
from tests.idp import SECRET, Idp, running_idp
from tests.signing import BASE, PAGE, Browser, hidden, join, page_of, people_of


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


@pytest.fixture
def idp(house: House) -> Iterator[Idp]:
    with running_idp(lambda: house.now) as served:
        yield served


def provider_of(people: People, idp: Idp, **settings: Any) -> Provider:
    values: dict[str, Any] = {"issuer": idp.address, "client_id": "dunwell", "client_secret": SECRET, "address": BASE}
    return Provider(key=people.key_for("oidc"), clock=people.clock, **(values | settings))


@pytest.fixture
def browser(house: House, people: People, idp: Idp) -> Browser:
    return Browser(house, page_of(house, people, provider=provider_of(people, idp)))


def came_back(browser: Browser, start: str = "/sign-in/oidc") -> dict[str, str]:
    """Go to the provider and come back; give the fields of the form that ends it."""
    go = browser.client.get(start)
    assert go.status_code == 303, go.text
    address = go.headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    back = httpx2.get(address).headers["location"]
    page = browser.client.get(back.removeprefix(BASE))
    assert page.status_code == 200
    return {name: hidden(page.text, name) for name in ("csrf", "code", "state", "iss")}


def finish(browser: Browser, fields: dict[str, str]) -> Any:
    return browser.client.post("/sign-in/oidc/back", data=fields, headers=PAGE)


def link(people: People, login: str = "mona") -> str:
    return inviting.invite(people, login=login, name=login.title(), role=Role.MANAGER, by="ada").rpartition("/")[2]


def linked(browser: Browser, people: People) -> None:
    answer = finish(browser, came_back(browser, f"/sign-in/oidc?invitation={link(people)}"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    browser.client.cookies.clear()
    browser.app.state.limits._kept.reset()


def live_sessions(house: House) -> int:
    with unit_of_work(house.engine) as session:
        return len([row for row in session.exec(select(PersonSession)) if row.ended_at is None])


def test_the_account_is_linked_by_the_invitation_and_signs_in_from_then_on(
    browser: Browser, house: House, people: People, idp: Idp
) -> None:
    linked(browser, people)
    with unit_of_work(house.engine) as session:
        mona = by_login(session, "mona")
        assert mona is not None
        assert (mona.oidc_issuer, mona.oidc_subject, mona.password_hash) == (idp.address, "sub-mona", None)
    answer = finish(browser, came_back(browser))
    assert answer.status_code == 303
    assert "Mona · manager" in browser.client.get("/account").text
    cookies = answer.headers.get_list("set-cookie")
    assert all("samesite=strict" in cookie.lower() for cookie in cookies)


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "none"},
        {"form": "HS256"},
        {"form": "HS256 by public key"},
        {"form": "RS512"},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["dunwell", "another-client"]}},
        {"claims": {"aud": None}},
        {"claims": {"azp": "another-client"}},
        {"claims": {"iss": "https://other.example"}},
        {"claims": {"iss": None}},
        {"claims": {"nonce": "another one"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": None}},
        {"claims": {"exp": "tomorrow"}},
        {"claims": {"iat": None}},
        {"claims": {"nbf": 4102444800}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": ["sub-mona"]}},
        {"subject": "sub-somebody-else"},
        {"subject": "SUB-MONA"},
        {"signs_with": "one"},
        {"signs_with": "two"},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_signs_nobody_in(
    browser: Browser, house: House, people: People, idp: Idp, wrong: dict[str, Any]
) -> None:
    linked(browser, people)
    before = live_sessions(house)
    for name, value in wrong.items():
        # A key of theirs under a known name is made here: what a test is called must not change from run to run.
        setattr(idp, name, RSAKey.generate_key(2048, parameters={"kid": value}) if name == "signs_with" else value)
    answer = finish(browser, came_back(browser))
    assert answer.status_code == 403, wrong
    assert "dunwell=" not in answer.headers.get("set-cookie", "")
    assert live_sessions(house) == before
    for name, value in {"form": "RS256", "claims": {}, "subject": "sub-mona", "signs_with": None}.items():
        setattr(idp, name, value)
    assert finish(browser, came_back(browser)).status_code == 303, "the same with a right token works"


def test_an_address_of_somebody_here_is_no_account_of_theirs(
    browser: Browser, house: House, people: People, idp: Idp
) -> None:
    join(house, people, "mona", Role.MANAGER)
    with unit_of_work(house.engine) as session:
        mona = by_login(session, "mona")
        assert mona is not None
        mona.email = "mona@nordholt-supply.example"
    answer = finish(browser, came_back(browser))
    assert answer.status_code == 403
    assert "belongs to nobody here" in answer.text


@pytest.mark.parametrize("field", ["state", "code", "csrf", "iss"])
def test_what_the_browser_brings_back_must_be_its_own(browser: Browser, people: People, field: str) -> None:
    linked(browser, people)
    fields = came_back(browser)
    assert finish(browser, fields | {field: "another"}).status_code == 403


def test_a_code_of_somebody_elses_browser_is_refused(browser: Browser, house: House, people: People) -> None:
    linked(browser, people)
    attacker = Browser(house, browser.app)
    fields = came_back(attacker)
    page = browser.client.get("/sign-in/oidc/back?code=x&state=y").text
    assert finish(browser, fields | {"csrf": hidden(page, "csrf")}).status_code == 403, "no flow began here"
    came_back(browser)
    page = browser.client.get("/sign-in/oidc/back?code=x&state=y").text
    assert finish(browser, fields | {"csrf": hidden(page, "csrf")}).status_code == 403, "another flow began here"


def test_a_flow_is_over_after_ten_minutes_and_a_code_works_once(browser: Browser, house: House, people: People) -> None:
    linked(browser, people)
    fields = came_back(browser)
    kept = browser.client.cookies["dunwell_flow"]
    house.now += timedelta(minutes=11)
    assert finish(browser, fields).status_code == 403
    fields = came_back(browser)
    kept = browser.client.cookies["dunwell_flow"]
    assert finish(browser, fields).status_code == 303
    replay = Browser(house, browser.app)
    replay.client.cookies.set("dunwell_flow", kept)
    page = replay.client.get("/sign-in/oidc/back?code=x&state=y").text
    assert finish(replay, fields | {"csrf": hidden(page, "csrf")}).status_code == 403


def test_one_account_is_one_person(browser: Browser, people: People, house: House) -> None:
    linked(browser, people)
    answer = finish(browser, came_back(browser, f"/sign-in/oidc?invitation={link(people, 'max')}"))
    assert answer.status_code == 403
    assert "belongs to another person" in answer.text
    with unit_of_work(house.engine) as session:
        assert [p.login for p in session.exec(select(Person)) if p.joined_at is not None] == ["mona"]


def test_a_disabled_person_is_not_let_in(browser: Browser, people: People) -> None:
    linked(browser, people)
    inviting.set_disabled(people, "mona", disabled=True, by="ada")
    assert finish(browser, came_back(browser)).status_code == 403


def test_new_keys_of_the_provider_are_learnt(browser: Browser, people: People, idp: Idp) -> None:
    linked(browser, people)
    idp.key = RSAKey.generate_key(2048, parameters={"kid": "two", "use": "sig"})
    assert finish(browser, came_back(browser)).status_code == 303
    assert idp.asked.count("/keys") == 2


def test_where_a_second_factor_is_asked_for_the_token_must_say_it(house: House, people: People, idp: Idp) -> None:
    browser = Browser(house, page_of(house, people, provider=provider_of(people, idp, accepted_amr=("mfa", "otp"))))
    token = link(people)
    idp.claims = {"amr": ["pwd"]}
    assert finish(browser, came_back(browser, f"/sign-in/oidc?invitation={token}")).status_code == 403
    idp.claims = {"amr": ["pwd", "otp"]}
    assert finish(browser, came_back(browser, f"/sign-in/oidc?invitation={token}")).status_code == 303


def test_a_provider_that_is_another_one_or_away_is_said(house: House, people: People, idp: Idp) -> None:
    idp.issuer = "https://other.example"
    for provider in (provider_of(people, idp), provider_of(people, idp, issuer="http://127.0.0.1:9")):
        answer = Browser(house, page_of(house, people, provider=provider)).client.get("/sign-in/oidc")
        assert answer.status_code == 502
        assert "try again later" in answer.text


def test_the_first_person_has_a_password(browser: Browser, people: People) -> None:
    first = inviting.first_link(people)
    assert first is not None
    token = first.rpartition("/")[2]
    assert re.search("/sign-in/oidc", browser.client.get(f"/invitations/{token}").text) is None
    assert browser.client.get(f"/sign-in/oidc?invitation={token}").status_code == 422


def test_only_asymmetric_signatures_can_be_chosen_and_only_https() -> None:
    with pytest.raises(ValueError, match="algorithms"):
        Provider(
            issuer="https://id.example",
            client_id="x",
            client_secret=None,
            address=BASE,
            key=b"k" * 32,
            clock=lambda: None,  # type: ignore[arg-type, return-value]
            algorithms=("none",),
        )
    assert is_safe_address("https://id.example/token")
    assert is_safe_address("http://127.0.0.1:8080/token")
    for address in ("http://id.example/token", "file:///etc/passwd", "", "//id.example", "ftp://127.0.0.1/"):
        assert not is_safe_address(address)
