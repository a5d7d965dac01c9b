"""The queue's page in a real browser: filter, search, tick, approve together; what others do is shown as it happens."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from review.item import RejectReason
from store.vocabulary import ProposalStatus, Reason
from tests.browser.conftest import PICTURES, Served
from tests.browser.furniture import furnish
from tests.factories import House, claim

pytestmark = pytest.mark.browser

OBINNA = ("INV-20434", "obinna@okaformarine.example")
WILMA = ("INV-20431", "crediteuren@vanderkolk-machinebouw.example")


def promise(house: House, invoice: str, sender: str) -> int:
    words = f"We pay {invoice} on 20 March."
    message = house.receive(f"Hi,\n\n{words}\n\nBest", subject=f"Re: {invoice}", sender=sender)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=[invoice], date="2026-03-20"))


def status(house: House, number: int) -> str:
    item = house.desk.show(number)
    assert item is not None
    return item.row.status


def test_search_filter_and_keep_a_view(served: Served) -> None:
    furnish(served.house)
    page = served.open("/")
    expect(page.locator("[data-row]")).to_have_count(4)
    page.get_by_label("Search customers, invoices and text").fill("inv-20413")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.get_by_text("Harrow & Finch")).to_be_visible()
    page.goto(served.url)
    page.get_by_text("Filters").click()
    page.get_by_label("Reason").select_option("hardship")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_text("Keep or remove views").click()
    page.get_by_label("Keep these filters as").fill("In trouble")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("link", name="In trouble")).to_have_attribute("aria-current", "page")
    page.goto(served.url)
    page.get_by_role("link", name="In trouble").click()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_several_are_looked_at_and_approved_together(served: Served) -> None:
    made = furnish(served.house)
    going, left = promise(served.house, *OBINNA), promise(served.house, *WILMA)
    page = served.open("/")
    expect(page.locator("[data-tick]")).to_have_count(3)
    page.screenshot(path=PICTURES / "queue-list.png")
    page.get_by_role("button", name="Tick all that may go together").click()
    expect(page.locator("#ticked")).to_have_text("3")
    page.locator(f'[data-item="{left}"] [data-tick]').uncheck()
    page.get_by_role("button", name="Look at the ticked ones").click()
    expect(page.get_by_role("heading", name="Approve together")).to_be_visible()
    page.get_by_text("The letter, to").click()
    expect(page.locator(".letter")).to_be_visible()
    page.screenshot(path=PICTURES / "queue-together.png", full_page=True)
    page.get_by_role("button", name="Approve the ticked ones").click()
    expect(page.get_by_role("heading", name="2 approved")).to_be_visible()
    page.screenshot(path=PICTURES / "queue-together-done.png", full_page=True)
    assert status(served.house, going) == ProposalStatus.APPROVED
    assert status(served.house, left) == status(served.house, made.stranger) == ProposalStatus.HELD


def test_what_others_do_is_shown_and_what_was_ticked_stays(served: Served) -> None:
    made = furnish(served.house)
    ticked = promise(served.house, *OBINNA)
    page = served.open("/")
    box = page.locator(f'[data-item="{ticked}"] [data-tick]')
    box.check()
    served.house.desk.reject(made.kershaw, version=1, actor="ines", reason=RejectReason.OTHER)
    expect(page.locator(f'[data-item="{made.kershaw}"]')).to_have_class(re.compile("gone"), timeout=8000)
    expect(page.locator("nav .count").first).to_have_text("4")
    new = promise(served.house, *WILMA)
    expect(page.locator("#news")).to_have_text("1 new: show it", timeout=8000)
    page.screenshot(path=PICTURES / "queue-live.png")
    page.locator("#news").click()
    expect(page.locator(f'[data-item="{new}"]')).to_be_visible()
    expect(page.locator(f'[data-item="{made.kershaw}"]')).to_have_count(0)
    expect(box).to_be_checked()
    expect(page.locator("#ticked")).to_have_text("1")
    expect(page.locator("#news")).to_be_hidden()
    served.house.desk.reject(new, version=1, actor="ines", reason=RejectReason.OTHER)
    expect(page.locator(f'[data-item="{new}"]')).to_have_class(re.compile("gone"), timeout=8000)


def test_on_a_phone_and_in_the_dark(served: Served) -> None:
    furnish(served.house)
    page = served.open("/", viewport={"width": 390, "height": 844}, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=PICTURES / "queue-phone.png", full_page=True)


def test_the_next_item_is_fetched_beforehand(served: Served) -> None:
    made = furnish(served.house)
    page = served.open(f"/items/{made.stranger}")
    page.wait_for_load_state("networkidle")
    page.locator("a[rel=next]").click()
    page.wait_for_url(f"**/items/{made.morvan}")
    how = page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType")
    assert how == "navigational-prefetch"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_of_accessibility(served: Served, scheme: str) -> None:
    made = furnish(served.house)
    page = served.open("/", color_scheme=scheme)
    served.house.desk.save_view(login="local", name="French", query="language=fr", shared=True)
    for path in ("/", "/?language=fr", "/?q=nothing", f"/together?item={made.moss}.1&item={made.morvan}.1"):
        page.goto(served.url + path)
        page.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
        told = [(f["id"], [n["html"][:120] for n in f["nodes"][:3]]) for f in found["violations"]]
        assert told == [], path
