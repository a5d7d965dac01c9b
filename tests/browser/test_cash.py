"""Money on the bank account by keyboard: several are confirmed together, one is parted among invoices, and the pages are fit for all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from agent.banking import take_statements
from store.bank_tables import BankLine, BankPart
from store.bank_words import LineState, ReadLine, ReadStatement
from store.engine import unit_of_work
from tests.browser.conftest import Served
from tests.browser.test_accessible import _faults
from tests.browser.test_review import picture
from tests.factories import House

pytestmark = pytest.mark.browser


def statement(house: House) -> None:
    """Bring in an exact line, one that is more than its invoice, and one that nothing fits."""
    said = (("2380.00", "Rechnung INV-20404"), ("100.00", "INV-20404"), ("7.77", "who knows"))
    lines = tuple(
        ReadLine(
            date(2026, 3, 7 + n),
            Decimal(amount),
            "EUR",
            remittance=text,
            payer_name="Welding and Cutting Supplies Rhein-Main KG",
            payer_iban="DE89370400440532013000",
        )
        for n, (amount, text) in enumerate(said)
    )
    read = ReadStatement("NL91ABNA0417164300", "EUR", "camt.053", "S1", None, None, None, None, lines)
    with unit_of_work(house.engine) as session:
        take_statements(session, [read], cash=house.policy.cash, actor="t", now=house.now)


def test_lines_are_confirmed_by_keyboard(served: Served) -> None:
    statement(served.house)
    page = served.open("/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cash")
    page.wait_for_load_state()
    picture(page, "cash")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Confirm line 1")).to_be_checked()
    page.keyboard.press("c")
    expect(page.get_by_text("Confirmed. It stands in the export for your ERP")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/cash/3")
    page.wait_for_load_state()
    picture(page, "cash-line")
    page.keyboard.press("e")
    expect(page.get_by_label("Invoice 1", exact=True)).to_be_focused()
    page.get_by_label("Whose the rest is").fill("C1011")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Confirmed. It stands in the export for your ERP")).to_be_visible()
    with unit_of_work(served.house.engine) as session:
        states = dict(session.exec(select(BankLine.id, BankLine.state)).all())
        assert states == {1: LineState.CONFIRMED, 2: LineState.UNCLEAR, 3: LineState.CONFIRMED}
        parts = sorted((p.bank_line_id, p.invoice_number, p.amount) for p in session.exec(select(BankPart)))
        assert parts == [(1, "INV-20404", Decimal("2380.00")), (3, None, Decimal("7.77"))]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_the_pages_have_no_serious_fault(served: Served, scheme: str, width: int) -> None:
    statement(served.house)
    page = served.open("/cash", color_scheme=scheme, viewport={"width": width, "height": 900})
    for path in ("/cash", "/cash/1", "/cash/2", "/cash/3"):
        page.goto(served.url + path)
        assert _faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
