"""Money on the bank account by keyboard: several are confirmed together, one is parted among invoices, and the pages are fit for all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from agent.banking import take_statements
from store.bank_advices import CODE, take_advice
from store.bank_tables import BankLine, BankPart
from store.bank_words import LineState, NamedPart, ReadLine, ReadStatement
from store.engine import unit_of_work
from tests.browser.conftest import Served
from tests.browser.test_accessible import LOOKS, _faults, look
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


def doubts(house: House) -> None:
    """Bring in, as line 4, what may be line 3 in another format, and an advice of exactly the first line's sum, which came by mail."""
    line = ReadLine(date(2026, 3, 9), Decimal("7.77"), "EUR", remittance="Gutschrift", payer_name="WELDING AND CUTTING")
    read = ReadStatement("NL91ABNA0417164300", "EUR", "csv", "S2", None, None, None, None, (line,))
    message = house.receive("See INV-20404.", sender="buchhaltung@metallbau-sonnleitner.example")
    with unit_of_work(house.engine) as session:
        take_statements(session, [read], cash=house.policy.cash, actor="t", now=house.now)
        parts = (NamedPart("INV-20404", Decimal("2380.00")),)
        told = {"currency": "EUR", "reference": "ZA-77001", "digest": "d", "file": "avis.pdf"}
        take_advice(session, parts, total=Decimal("2380.00"), actor=CODE, now=house.now, message_id=message, **told)


def test_a_line_that_may_be_known_is_decided_side_by_side(served: Served) -> None:
    statement(served.house)
    doubts(served.house)
    page = served.open("/cash/4")
    expect(page.get_by_role("heading", name="It may be this line of another file")).to_be_visible()
    picture(page, "cash-known")
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="The same line of another file")).to_be_visible()
    with unit_of_work(served.house.engine) as session:
        assert session.get_one(BankLine, 4).state == LineState.DISMISSED
    page.goto(served.url + "/cash/1")
    picture(page, "cash-advice")
    page.get_by_role("link", name="avis.pdf in their mail").click()
    page.wait_for_url("**/messages/*")


def test_the_pages_have_no_serious_fault(served: Served) -> None:
    statement(served.house)
    doubts(served.house)
    page = served.open("/cash")
    for path in ("/cash", "/cash/1", "/cash/2", "/cash/3", "/cash/4"):
        page.goto(served.url + path)
        for scheme, width in LOOKS:
            look(page, scheme, width)
            assert _faults(page) == [], (path, scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, scheme, width)
