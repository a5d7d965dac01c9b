"""Taking an approval back in a real browser, by key and by button, and the lists beside the queue by keyboard and on a phone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from agent.settling import settle_due
from store import decisions
from store.decisions import Decided
from store.engine import unit_of_work
from store.measured import Outcome
from store.vocabulary import ProposalStatus, Reason
from tests.browser.conftest import Served
from tests.browser.furniture import furnish
from tests.browser.test_accessible import _faults
from tests.factories import House, claim
from tests.unit.test_desk import Wire, send

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "test-output"


@pytest.fixture
def undo() -> timedelta:
    """As the pages have it."""
    return timedelta(seconds=30)


def status(house: House, number: int) -> str:
    item = house.desk.show(number)
    assert item is not None
    return item.row.status


def test_an_approval_is_taken_back_by_key_and_by_button_and_then_it_is_too_late(served: Served) -> None:
    there = furnish(served.house)
    page = served.open(f"/items/{there.moss}")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_text("You can take it back for")).to_be_visible()
    assert status(served.house, there.moss) == ProposalStatus.APPROVED
    assert _faults(page) == []
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / "undo.png")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back. It waits for you again")).to_be_visible()
    assert status(served.house, there.moss) == ProposalStatus.HELD
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_text("You can take it back for")).to_be_visible()
    page.goto(f"{served.url}/")
    bar = page.get_by_role("button", name="Undo the approval for Redstone")
    expect(bar).to_be_visible()
    page.screenshot(path=PICTURES / "undo-bar.png")
    bar.click()
    expect(page.get_by_text("Taken back. It waits for you again")).to_be_visible()
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_text("You can take it back for")).to_be_visible()
    served.house.now += timedelta(seconds=31)
    assert settle_due(served.house.engine, lambda: served.house.now, policy=served.house.policy) == 1
    expect(page.get_by_text("You can take it back for")).to_have_count(0)
    assert status(served.house, there.moss) == ProposalStatus.DONE


def fill(house: House) -> None:
    """Fill the lists: a lawyer, a dispute, promises."""
    matters: tuple[tuple[str, str, Reason, dict[str, Any]], ...] = (
        (
            "p.kershaw@harrowfinch.example",
            "We pay INV-20421 on 20 March.",
            Reason.PROMISE_TO_PAY,
            {"date": "2026-03-20"},
        ),
        (
            "p.kershaw@harrowfinch.example",
            "The pallet of INV-20413 never came.",
            Reason.DISPUTE,
            {"dispute_kind": "not_received"},
        ),
        ("books@redstonequarry.example", "Our lawyers will write to you about INV-20417.", Reason.LEGAL_THREAT, {}),
    )
    for sender, words, reason, slots in matters:
        number = house.hold(
            house.receive(words, sender=sender),
            claim(reason, words, invoices=[words[words.index("INV") :][:9]], **slots),
        )
        house.desk.approve(number, version=1, actor="ines", at_once=True)
        send(house, Wire())
        house.now += timedelta(minutes=9)
    with unit_of_work(house.engine) as session:
        for n in range(60):
            about = Decided(("document_request",), "key", Decimal(100), "embedded reader", "template")
            outcome = Outcome.EDITED if n == 7 else Outcome.UNEDITED
            decisions.note(session, 1, about, outcome=outcome, actor="ines", now=house.now)


def test_a_matter_is_taken_over_and_closed_by_keyboard(served: Served) -> None:
    fill(served.house)
    page = served.open("/lists/escalations")
    page.screenshot(path=PICTURES / "lists-escalations.png")
    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_label("What became of it")).to_be_focused()
    page.keyboard.type("They pay after all")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    page.goto(f"{served.url}/lists/disputes")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_label("How")).to_be_focused()
    page.screenshot(path=PICTURES / "lists-disputes.png")


def test_numbers_and_lists_on_a_phone_and_in_the_dark(served: Served) -> None:
    fill(served.house)
    for name, options in (
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 390, "height": 844}}),
    ):
        page = served.open("/numbers", **options)
        expect(page.get_by_role("heading", name="Answered without a person")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.screenshot(path=PICTURES / f"numbers-{name}.png", full_page=True)
        assert _faults(page) == []
        for kind in ("escalations", "disputes"):
            page.goto(f"{served.url}/lists/{kind}")
            page.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
            assert _faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.goto(f"{served.url}/lists/promises")
        assert _faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.screenshot(path=PICTURES / f"lists-promises-{name}.png", full_page=True)
