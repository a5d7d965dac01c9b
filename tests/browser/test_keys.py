"""The list of unmatched mails in a real browser: one key assigns, with and without a mouse, and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from store.engine import unit_of_work
from store.tables import Message
from tests.browser.conftest import Served
from tests.browser.test_review import picture
from tests.factories import House

pytestmark = pytest.mark.browser


def furnish(house: House) -> list[int]:
    """Three mails of strangers: one number in the subject, two customers' numbers, nothing at all."""
    plain: dict[str, Any] = {"sender": "new@elsewhere.example", "auth": {}, "in_reply_to": None}
    return [
        house.receive("Who is in charge of this?", subject="Fwd: Overdue: INV-20413", from_name="Nina New", **plain),
        house.receive("We have paid INV-20411 and INV-20417.", subject="Payment", **plain),
        house.receive("Hello?", subject="Hello", **plain),
    ]


def customer(served: Served, message: int) -> str | None:
    with unit_of_work(served.house.engine) as session:
        return session.get_one(Message, message).customer_id


def test_one_key_assigns(served: Served) -> None:
    first, second, third = furnish(served.house)
    page = served.open("/unmatched")
    expect(page.locator("[data-row]")).to_have_count(3)
    picture(page, "unmatched")
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_contain_text("Assigned.")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.wait_for_load_state()
    assert customer(served, first) == "C1001"
    page.keyboard.press("9")  # there is no ninth: nothing happens
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.wait_for_load_state()
    assert customer(served, second) in ("C1006", "C1010")
    page.keyboard.press("1")  # nothing points to a customer
    assert customer(served, third) is None
    page.keyboard.press("o")
    expect(page).to_have_url(f"{served.url}/messages/{third}")


def test_keys_for_a_field_or_the_browser_assign_nothing(served: Served) -> None:
    first, *_ = furnish(served.house)
    page = served.open("/unmatched")
    page.get_by_text("Somebody else").first.click()
    page.locator("select").first.focus()
    page.keyboard.press("1")
    page.locator("[data-row]").first.focus()
    for keys in ("Control+1", "Alt+1", "Meta+1"):
        page.keyboard.press(keys)
    page.evaluate(
        "document.querySelector('[data-row]').dispatchEvent(new KeyboardEvent('keydown', {key: '1', repeat: true, bubbles: true}))"
    )
    expect(page.locator("[data-row]")).to_have_count(3)
    assert customer(served, first) is None


def test_it_works_without_javascript(served: Served) -> None:
    first, _, third = furnish(served.house)
    page = served.open("/unmatched", java_script_enabled=False)
    page.locator("[data-row]").first.get_by_role("button", name="Assign").first.click()
    expect(page.get_by_text("Assigned.")).to_be_visible()
    assert customer(served, first) == "C1001"
    row = page.locator("[data-row]").last
    row.get_by_text("Assign it").click()
    row.get_by_label("Whose mail is it?").select_option("C1010")
    row.get_by_role("button", name="Assign").last.click()
    expect(page.get_by_text("Assigned.")).to_be_visible()
    assert customer(served, third) == "C1010"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_list_does_not_scroll_sideways(served: Served, width: int) -> None:
    furnish(served.house)
    page = served.open("/unmatched", viewport={"width": width, "height": 844})
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]
    picture(page, f"unmatched-{width}")
