"""One invoice in a portal, by keyboard: what to type is shown, what was missing is filled in, and the page is fit for all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from store.engine import unit_of_work
from store.matters import PortalItem
from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults
from tests.browser.test_review import picture
from tests.unit.test_portal_pages import item

pytestmark = pytest.mark.browser


def test_what_was_missing_is_filled_in_by_keyboard(served: Served) -> None:
    number = item(served.house)
    page = served.open("/lists/portal")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/portal-items/{number}")
    page.wait_for_load_state()
    picture(page, "portal-item")
    page.keyboard.press("e")
    expect(page.get_by_label("Our supplier number")).to_be_focused()
    page.keyboard.type("700412")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Filled in, and written into the log.")).to_be_visible()
    with unit_of_work(served.house.engine) as session:
        kept = session.get_one(PortalItem, number)
        assert (kept.fields["Supplier #"], kept.missing) == ("700412", ["po_number"])
    page.wait_for_load_state()
    page.keyboard.press("b")
    page.wait_for_url("**/lists/portal")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_the_sheet_has_no_serious_fault(served: Served, scheme: str, width: int) -> None:
    number = item(served.house)
    page = served.open(f"/portal-items/{number}", color_scheme=scheme, viewport={"width": width, "height": 900})
    assert _faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"portal-item-{scheme}-{width}")
