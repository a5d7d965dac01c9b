"""People in a real Chromium: the first link, an invitation, signing out and in, one's account; pictures kept, axe-core asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from review import inviting
from review.oidc import Provider
from review.people import People
from store.roles import Role
from tests.factories import House, open_house
from tests.idp import SECRET, Idp, running_idp
from tests.signing import PASSWORD, join, page_of, people_of

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parent.parent.parent / "test-output"


@dataclass
class Served:
    """An installation whose queue asks people to sign in."""

    house: House
    people: People
    url: str
    page: Page
    idp: Idp
    errors: list[str] = field(default_factory=list)

    def shoot(self, name: str) -> None:
        """Keep a picture, and ask axe-core."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"signin_{name}.png", full_page=True)
        found = Axe().run(self.page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], found

    def code(self, secret: str) -> str:
        self.house.now += timedelta(seconds=30)
        return pyotp.TOTP(secret).at(self.house.now)


@pytest.fixture
def served(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    house = open_house(tmp_path)
    with socket.socket() as port, running_idp(lambda: house.now) as idp:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        people = people_of(house, address=url)
        provider = Provider(
            issuer=idp.address,
            client_id="dunwell",
            client_secret=SECRET,
            address=url,
            key=b"o" * 32,
            clock=people.clock,
        )
        server = uvicorn.Server(uvicorn.Config(page_of(house, people, provider=provider), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the page did not start"
            time.sleep(0.02)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        here = Served(house, people, url, page, idp)
        own = {urlsplit(url).netloc, urlsplit(idp.address).netloc}
        page.on("request", lambda r: here.errors.append(r.url) if urlsplit(r.url).netloc not in own else None)
        page.on("pageerror", lambda e: here.errors.append(str(e)))
        page.on("console", lambda m: here.errors.append(m.text) if "Content Security Policy" in m.text else None)
        yield here
        page.close()
        server.should_exit = True
        thread.join(timeout=15)
    house.engine.dispose()
    assert here.errors == []


def accept(served: Served) -> str:
    """Fill in the page of an invitation; give the secret of the authenticator."""
    page = served.page
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.fill("#code", served.code(secret))
    return secret


def test_the_first_person_invites_another_who_signs_out_and_in(served: Served) -> None:
    page = served.page
    page.goto(f"{served.url}/")
    assert page.get_by_role("heading", name="Sign in").is_visible()
    served.shoot("sign_in")
    link = inviting.first_link(served.people)
    assert link is not None
    page.goto(link)
    page.fill("#name", "Ada Admin")
    page.fill("#login", "ada")
    accept(served)
    served.shoot("first_person")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/people")
    page.fill("#name", "Mona Berg")
    page.fill("#login", "mona")
    page.select_option("#role", "manager")
    page.get_by_role("button", name="Invite", exact=True).click()
    invitation = page.locator("code.key").inner_text()
    served.shoot("people")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(invitation)
    secret = accept(served)
    served.shoot("invitation")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url(f"{served.url}/")
    assert page.get_by_role("link", name="Mona Berg · manager").is_visible()
    page.goto(f"{served.url}/account")
    served.shoot("account")
    page.set_viewport_size({"width": 390, "height": 800})
    served.shoot("account_phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url("**/sign-in")
    served.shoot("sign_in_phone")
    page.fill("#login", "mona")
    page.fill("#password", PASSWORD)
    page.fill("#code", served.code(secret))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/")


def test_the_pages_in_the_dark(served: Served) -> None:
    served.page.emulate_media(color_scheme="dark")
    served.page.goto(f"{served.url}/sign-in")
    served.shoot("sign_in_dark")
    join(served.house, served.people, "ada", Role.ADMIN)
    served.page.goto(inviting.invite(served.people, login="max", name="Max", role=Role.COLLECTOR, by="ada"))
    served.shoot("invitation_dark")


def test_signing_in_at_the_provider_needs_no_click_on_the_way_back(served: Served) -> None:
    link = inviting.invite(served.people, login="mona", name="Mona Berg", role=Role.MANAGER, by="ada")
    served.page.goto(link)
    served.page.get_by_role("link", name="Use your company account").click()
    served.page.wait_for_url(f"{served.url}/")
    assert served.page.get_by_role("link", name="Mona Berg · manager").is_visible()
    served.page.get_by_role("button", name="Sign out").click()
    served.page.get_by_role("link", name="Sign in with your company account").click()
    served.page.wait_for_url(f"{served.url}/")


def test_after_a_while_an_admin_is_asked_again_and_the_act_goes_on_by_itself(served: Served) -> None:
    page, house = served.page, served.house
    ada = join(house, served.people, "ada", Role.ADMIN)
    page.goto(f"{served.url}/sign-in")
    page.fill("#login", "ada")
    page.fill("#password", PASSWORD)
    page.fill("#code", served.code(ada.secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/people")
    house.now += timedelta(minutes=11)
    page.fill("#name", 'Mona "M" Berg')
    page.fill("#login", "mona")
    page.select_option("#role", "manager")
    page.get_by_role("button", name="Invite", exact=True).click()
    assert page.get_by_role("heading", name="Is it you?").is_visible()
    served.shoot("prove")
    page.fill("#password", "wrong")
    page.fill("#code", served.code(ada.secret))
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.fill("#password", PASSWORD)
    page.fill("#code", served.code(ada.secret))
    page.keyboard.press("Enter")
    assert "/invitations/" in page.locator("code.key").inner_text()
    assert page.get_by_text('Mona "M" Berg').first.is_visible()


def test_a_company_account_proves_itself_at_the_provider(served: Served) -> None:
    served.page.goto(inviting.invite(served.people, login="mona", name="Mona Berg", role=Role.MANAGER, by="ada"))
    served.page.get_by_role("link", name="Use your company account").click()
    served.page.wait_for_url(f"{served.url}/")
    served.house.now += timedelta(minutes=11)
    served.idp.claims = {"auth_time": int(served.house.now.timestamp())}
    served.page.goto(f"{served.url}/tokens")
    served.page.get_by_label("What it is for").fill("reports")
    served.page.get_by_role("button", name="Make it").click()
    served.shoot("prove_company")
    served.page.get_by_role("link", name="To the company account").click()
    served.page.wait_for_url("**/tokens")
    served.page.get_by_label("What it is for").fill("reports")
    served.page.get_by_role("button", name="Make it").click()
    assert served.page.get_by_label("Your new token").input_value().startswith("dw_")
