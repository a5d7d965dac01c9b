"""Whom to see to first, and what we write first, by keyboard: from the list to the act; and the pages are fit for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from risk.scoring import score_now
from risk.settings import RiskSettings
from store.engine import unit_of_work
from store.risks import Slipping
from store.tables import Outgoing
from store.vocabulary import Reason
from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults, look
from tests.browser.test_review import picture
from tests.factories import House, claim
from tests.outreach_house import imported, plan
from tests.wakings import think

pytestmark = pytest.mark.browser
#: Each page is looked at in these: colours, width.
LOOKS = (("light", 1440), ("dark", 390))


def fit_for_all(page: Page, name: str) -> None:
    """See that a page has no serious fault, and keep its picture, in every look."""
    for scheme, width in LOOKS:
        look(page, scheme, width)
        assert _faults(page) == [], (name, scheme, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, scheme, width)
        picture(page, f"{name}-{scheme}-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})


def morning(house: House) -> None:
    """Score the sample ledger, let a reliable payer slip, and have a proposal wait for another."""
    words = "Please send INV-20413 again."
    house.hold(house.receive(words), claim(Reason.INVOICE_MISSING, words, invoices=["INV-20413"]))
    score_now(house.engine, now=house.now, settings=RiskSettings())
    day = house.now.date()
    told = ["usually pays 2 days before the due day", "the last three came 12 days after it"]
    with unit_of_work(house.engine) as session:
        session.add(
            Slipping(customer_id="C1002", since=day, as_of=day, usual_days=-2.0, lately_days=12.0, reasons=told)
        )


def test_from_the_list_to_the_account_and_to_the_act(served: Served) -> None:
    morning(served.house)
    rows = served.house.desk.worklist()
    page = served.open("/")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/worklist")
    page.wait_for_load_state()
    fit_for_all(page, "worklist")
    expect(page.locator("[data-row]")).to_have_count(len(rows))
    expect(page.get_by_role("heading", name="Reliable payers who slip")).to_be_visible()
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_role("button", name="Show").click()
    ours = [row for row in rows if row.currency == "GBP"]
    expect(page.locator("[data-row]")).to_have_count(len(ours))
    assert 0 < len(ours) < len(rows)
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**{ours[0].link}")
    page.goto(f"{served.url}/worklist/C1002")
    expect(page.get_by_text("Early warning since")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Likely late")).to_be_visible()
    fit_for_all(page, "worklist-account")
    page.keyboard.press("b")
    page.wait_for_url("**/worklist")


def test_what_we_write_first_is_told_and_sent(served: Served) -> None:
    house = served.house
    house.now += timedelta(hours=5)
    imported(house)
    plan(house)
    item = next(item for item in think(house) if item.proposal.draft is not None)
    page = served.open(f"/items/{item.row.id}")
    card = page.get_by_role("region", name="Why we write")
    expect(card.get_by_role("heading", name="We write first")).to_be_visible()
    expect(card.get_by_text("No mail of the customer came before it.")).to_be_visible()
    fit_for_all(page, "outreach")
    page.keyboard.press("a")
    expect(page.get_by_text("The mail waits in the outbox.")).to_be_visible()
    with unit_of_work(house.engine) as session:
        assert [out.proposal_id for out in session.exec(select(Outgoing))] == [item.row.id]
