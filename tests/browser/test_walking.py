"""Through a filtered list by keyboard alone, on a phone by thumb, and how long it takes from the key to the picture of the next item."""

from __future__ import annotations

import re
import statistics

import pytest
from playwright.sync_api import Page, expect

from store.queue import Filters
from store.vocabulary import ProposalStatus, Reason
from tests.browser.conftest import Served
from tests.browser.furniture import furnish
from tests.browser.test_review import picture
from tests.factories import House, claim

pytestmark = pytest.mark.browser
WALK = "?reason=promise_to_pay"
#: Whose mail it is, and the invoice that it is about.
WRITERS = (
    ("p.kershaw@harrowfinch.example", "INV-20421"),
    ("crediteuren@vanderkolk-machinebouw.example", "INV-20420"),
    ("tasha.lindgren@pinecrestpack.example", "INV-20411"),
    ("i.solberg@lindqvist-rehn.example", "INV-20407"),
    ("invoices@greenmantle-foods.example", "INV-20415"),
    ("administracion@talleres-ibanez.example", "INV-20410"),
)


def promises(house: House) -> list[int]:
    """Hold some promises; give them in the order of the list."""
    for sender, invoice in WRITERS:
        words = f"We pay {invoice} on 20 March."
        message = house.receive(words, sender=sender)
        house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=[invoice], date="2026-03-20"))
    return [row.id for row in house.desk.queue_page(Filters(reason="promise_to_pay")).page.rows]


def status(served: Served, number: int) -> str:
    item = served.house.desk.show(number)
    assert item is not None
    return item.row.status


def at(page: Page, number: int) -> None:
    expect(page).to_have_url(re.compile(rf"/items/{number}{re.escape(WALK)}$"))
    page.wait_for_load_state()


def test_approve_reject_and_go_on_within_the_list_by_keyboard(served: Served) -> None:
    furnish(served.house)
    order = promises(served.house)
    page = served.open(f"/{WALK}")
    page.keyboard.press("j")
    page.keyboard.press("o")
    at(page, order[0])
    expect(page.get_by_role("navigation", name="The list that you chose")).to_be_visible()
    page.keyboard.press("j")
    at(page, order[1])
    page.keyboard.press("k")
    at(page, order[0])
    page.keyboard.press("a")
    expect(page.locator("#outcome")).to_be_visible()
    page.wait_for_load_state()
    at(page, order[0])
    assert status(served, order[0]) == ProposalStatus.APPROVED
    picture(page, "walk-approved")
    page.keyboard.press("j")
    at(page, order[1])
    page.keyboard.press("x")
    page.keyboard.press("5")
    expect(page.locator("#outcome")).to_be_visible()
    page.wait_for_load_state()
    assert status(served, order[1]) == ProposalStatus.REJECTED
    for number in order[2:]:
        page.keyboard.press("j")
        at(page, number)
        page.keyboard.press("x")
        page.keyboard.press("6")
        expect(page.locator("#outcome")).to_be_visible()
        page.wait_for_load_state()
    expect(page.get_by_text("Nothing of this list waits any more.")).to_be_visible()
    picture(page, "walk-end")
    page.keyboard.press("b")
    expect(page).to_have_url(f"{served.url}/{WALK}")
    expect(page.get_by_text("Nothing that waits is like that.")).to_be_visible()


def test_on_a_phone_one_looks_approves_and_goes_on(served: Served) -> None:
    order = promises(served.house)
    page = served.open(f"/items/{order[0]}{WALK}", viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Approve and send").tap()
    expect(page.locator("#outcome")).to_be_visible()
    page.wait_for_load_state()
    assert status(served, order[0]) == ProposalStatus.APPROVED
    picture(page, "phone-approved")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#outcome").get_by_role("link", name=re.compile("Next")).tap()
    at(page, order[1])


def test_from_the_key_to_the_picture_of_the_next_item(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """Measure what a collector waits for: the key, the page that was fetched beforehand, its first picture.

    The figure is printed and no test depends on it, but for a bound that only something broken passes. It is the time of the
    browser itself: from the key's own time stamp to the moment at which the next page's first contents were painted.
    """
    order = promises(served.house)
    page = served.open(f"/items/{order[0]}")
    page.add_init_script(
        "document.addEventListener('keydown', (e) => sessionStorage.setItem('key', performance.timeOrigin + e.timeStamp), true);"
    )
    page.reload()
    taken, ways = [], []
    for step in range(10):
        page.wait_for_load_state("networkidle")
        key = "j" if page.locator("a[rel=next]").count() and step % 10 < len(order) - 1 else "k"
        before = page.url
        page.keyboard.press(key)
        page.wait_for_function("was => location.href !== was", arg=before)
        found = page.evaluate(
            """async () => {
                const painted = await new Promise((done) => new PerformanceObserver((list) => {
                    const first = list.getEntriesByName('first-contentful-paint')[0];
                    if (first) done(first.startTime);
                }).observe({ type: 'paint', buffered: true }));
                const way = performance.getEntriesByType('navigation')[0].deliveryType;
                return [performance.timeOrigin + painted - Number(sessionStorage.getItem('key')), way];
            }"""
        )
        if key == "j":
            taken.append(found[0])
            ways.append(found[1])
    figure = statistics.median(taken)
    with capsys.disabled():
        print(
            f"\nfrom the key to the picture of the next item: median {figure:.0f} ms, worst {max(taken):.0f} ms of {len(taken)}"
        )
    assert ways.count("navigational-prefetch") >= len(ways) - 1, ways
    assert figure < 5000
