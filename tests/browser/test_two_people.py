"""Four eyes in a real Chromium: two people, each signed in in a browser of their own, and what each is shown of the other."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from review.people import People
from store.engine import unit_of_work
from store.roles import Role
from store.tables import Invoice
from store.vocabulary import ProposalStatus, Reason
from tests.browser.test_review import picture
from tests.factories import House, claim, open_house, wide
from tests.signing import PASSWORD, Joined, join, page_of, people_of

pytestmark = pytest.mark.browser
WORDS = "INV-20413 is paid on Friday 13 March."


@dataclass
class Signed:
    """An installation whose queue asks people to sign in."""

    house: House
    people: People
    browser: Browser
    url: str

    def sign_in(self, who: Joined, path: str) -> Page:
        """Open a browser of somebody's own, and sign in with it."""
        # An authenticator's code is taken once.
        self.house.now += timedelta(seconds=30)
        page = self.browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
        page.goto(f"{self.url}/sign-in")
        page.fill("#login", who.login)
        page.fill("#password", PASSWORD)
        page.fill("#code", who.code(self.house))
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/")
        page.goto(self.url + path)
        return page


@pytest.fixture
def signed(tmp_path: Path, browser: Browser) -> Iterator[Signed]:
    house = open_house(tmp_path)
    house.policy = wide(manager_above="10000.00", controller_above="100000.00")
    house.roles = {}
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        people = people_of(house, address=url)
        server = uvicorn.Server(uvicorn.Config(page_of(house, people), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the page did not start"
            time.sleep(0.02)
        yield Signed(house, people, browser, url)
        for context in browser.contexts:
            context.close()
        server.should_exit = True
        thread.join(timeout=15)
    house.engine.dispose()


def status(house: House, number: int) -> str:
    item = house.desk.show(number)
    assert item is not None
    return item.row.status


def test_what_is_large_leaves_only_when_two_people_approved_it(signed: Signed) -> None:
    house = signed.house
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, "INV-20413")
        invoice.balance = invoice.amount = Decimal("120000.00")
    promise = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date="2026-03-13")
    number = house.hold(house.receive(WORDS), promise)
    mona, conrad = (join(house, signed.people, *who) for who in (("mona", Role.MANAGER), ("conrad", Role.CONTROLLER)))
    first = signed.sign_in(mona, f"/items/{number}")
    first.keyboard.press("a")
    expect(first.get_by_text("Your approval is noted. A second person has to approve as well")).to_be_visible()
    first.wait_for_load_state()
    assert status(house, number) == ProposalStatus.HELD
    picture(first, "four-eyes-first")
    # Again by the same person it is nothing more.
    first.keyboard.press("a")
    expect(first.locator("[role=status]").first).to_be_visible()
    assert status(house, number) == ProposalStatus.HELD
    second = signed.sign_in(conrad, f"/items/{number}")
    expect(second.get_by_text("Mona").first).to_be_visible()
    picture(second, "four-eyes-second")
    second.keyboard.press("a")
    expect(second.locator("#outcome")).to_be_visible()
    assert status(house, number) == ProposalStatus.APPROVED
    item = house.desk.show(number)
    assert item is not None
    assert (item.row.approved_first_by, item.row.decided_by) == ("mona", "conrad")
    # The first comes back to the page that they had open: it is told kindly, and nothing is done twice.
    first.keyboard.press("a")
    expect(first.get_by_text("This proposal was decided meanwhile")).to_be_visible()


def test_a_collector_is_told_who_may_and_an_auditor_is_offered_nothing(signed: Signed) -> None:
    house = signed.house
    promise = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date="2026-03-13")
    number = house.hold(house.receive(WORDS), promise)
    cora = signed.sign_in(join(house, signed.people, "cora", Role.COLLECTOR), f"/items/{number}")
    cora.keyboard.press("a")
    expect(cora.get_by_text("A manager approves this")).to_be_visible()
    picture(cora, "four-eyes-refused")
    assert status(house, number) == ProposalStatus.HELD
    audra = signed.sign_in(join(house, signed.people, "audra", Role.AUDITOR), f"/items/{number}")
    expect(audra.get_by_role("heading", name="Understood")).to_be_visible()
    assert audra.get_by_role("button", name="Approve").count() == 0
    audra.keyboard.press("a")
    assert status(house, number) == ProposalStatus.HELD
