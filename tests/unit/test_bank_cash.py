"""From a statement to the ERP: lines are suggested, confirmed by a person, exported, and closed by the next ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from agent.banking import rematch
from risk.settings import RiskSettings
from risk.standing_loading import standings
from store import audit
from store.bank import credits_taken, seen_money
from store.bank_lists import for_erp
from store.bank_tables import BankPart
from store.bank_words import LineState
from store.cases import customer_facts
from store.engine import unit_of_work
from store.outreach_loading import around
from store.tables import AuditEntry, Invoice, Payment
from tests.bank_house import (
    DAY,
    ONE,
    OPEN,
    PAYER,
    WHOSE,
    banking,
    line,
    only,
    put,
    rows,
    seen,
    statement,
    take,
)
from tests.factories import House
from tools.limits import CashLimits
from tools.remind_ground import net

pytest_plugins = ("tests.bank_fixtures",)


def test_the_whole_way_of_a_line(house: House) -> None:
    done = take(house, statement(line("2380.00", f"Rechnung {ONE}", payer_name="Welding KG", payer_iban=PAYER)))
    assert done.matched.states == {LineState.SUGGESTED: 1}
    assert (only(house).match, only(house).confidence, only(house).customer_id) == ("exact", 0.99, None)
    assert seen(house) == {ONE: OPEN}, "nobody asks for it meanwhile"
    banking(house).confirm(1, actor="ines", now=house.now)
    assert (only(house).state, only(house).customer_id, only(house).decided_by) == (LineState.CONFIRMED, WHOSE, "ines")
    with unit_of_work(house.engine) as session:
        (row,) = for_erp(session)
        assert (row.invoice, row.amount, row.payment, row.deducted) == (ONE, OPEN, "BANK-1", Decimal(0))
        assert session.get_one(Invoice, ONE).balance == OPEN, "the balance is the ERP's"
    put(house)
    assert (only(house).state, only(house).payments) == (LineState.BOOKED, ["PAY-1"])
    assert seen(house) == {}
    with unit_of_work(house.engine) as session:
        assert for_erp(session) == []
        assert audit.verify(session)[1] is None
        events = [e for e in session.exec(select(AuditEntry.event)) if e.startswith("bank.")]
        assert events == ["bank.statement_imported", "bank.matched", "bank.confirmed", "bank.booked"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_credit_note_that_the_payer_kept_back_is_netted_once(house: House, confirmed: bool) -> None:
    with unit_of_work(house.engine) as session:
        first = session.get_one(Invoice, ONE)
        session.add(Invoice(**first.model_dump() | {"number": "INV-99001", "balance": Decimal("50.00")}))
        credit: dict[str, Any] = {
            "id": "CN-1",
            "customer_id": WHOSE,
            "invoice_number": None,
            "received_on": DAY,
            "currency": "EUR",
        }
        session.add(Payment(**credit, amount=Decimal("80.00"), reference="Credit note CN-1"))
    with unit_of_work(house.engine) as session:
        facts = customer_facts(session, WHOSE, now=house.now)
        before = net(facts, around(session, WHOSE, zone="UTC", today=facts.today), "EUR")
    take(house, statement(line("2300.00", ONE)))
    assert only(house).match == "credit_notes"
    if confirmed:
        banking(house).confirm(only(house).id or 0, actor="ana", now=house.now)
    with unit_of_work(house.engine) as session:
        assert seen_money(session, WHOSE) == {ONE: OPEN}
        assert credits_taken(session, WHOSE) == {"EUR": Decimal("80.00")}
        after = net(facts, around(session, WHOSE, zone="UTC", today=facts.today), "EUR")
        assert before - after == Decimal("2300.00"), "the money that came, and no credit a second time"
        (stands,) = standings(session, now=house.now, settings=RiskSettings(), customer_id=WHOSE)
        assert {c.number: c.balance - c.disputed - c.here for c in stands.claims}["INV-99001"] == Decimal("50.00")
    with unit_of_work(house.engine) as session:
        session.get_one(Payment, "CN-1").invoice_number = ONE
        session.flush()
        assert credits_taken(session, WHOSE) == {}, "the ERP has used it"


def test_what_the_erp_has_booked_is_not_counted_again(house: House) -> None:
    """PAY-9005 of the sample ledger: EUR 12,900.00 on DE-70288, 16 January."""
    take(house, statement(line("12900.00", "DE-70288", booked_on=date(2026, 1, 14))))
    row = only(house)
    assert (row.state, row.payments, row.customer_id) == (LineState.BOOKED, ["PAY-9005"], "C1002")


def test_amount_and_day_alone_book_nothing(house: House) -> None:
    take(house, statement(line("12900.00", "thanks", booked_on=date(2026, 1, 14), payer_name="Somebody Else")))
    assert only(house).state != LineState.BOOKED


def test_one_receipt_is_of_one_line(house: House) -> None:
    take(
        house,
        statement(
            line("12900.00", "DE-70288", booked_on=date(2026, 1, 14)),
            line("12900.00", "DE-70288 once more", booked_on=date(2026, 1, 15)),
        ),
    )
    with unit_of_work(house.engine) as session:
        states = sorted(row.state for row in rows(session))
    assert states == [LineState.BOOKED, LineState.UNCLEAR]


def test_receipts_that_the_erp_wrote_one_an_invoice_are_one_line(house: House) -> None:
    with unit_of_work(house.engine) as session:
        for number, amount in (("PAY-A", "100.00"), ("PAY-B", "280.00")):
            session.add(
                Payment(
                    id=number,
                    customer_id=WHOSE,
                    invoice_number=None,
                    received_on=DAY,
                    currency="EUR",
                    amount=Decimal(amount),
                    reference="RUN 7711",
                )
            )
    take(house, statement(line("380.00", "run 7711")))
    assert only(house).payments == ["PAY-A", "PAY-B"]


def test_a_payment_that_is_taken_back_counts_no_more(house: House) -> None:
    take(house, statement(line("2380.00", ONE, end_to_end="E2E-1", payer_iban=PAYER)))
    banking(house).confirm(1, actor="ines", now=house.now)
    back = line("-2380.00", "return", reversal=True, end_to_end="E2E-1", booked_on=DAY + timedelta(days=2))
    assert take(house, statement(back, statement_id="S2")).matched.reversed == 1
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
        assert (first.state, second.state, second.reverses) == (LineState.REVERSED, LineState.UNCLEAR, 1)
        assert "see that the ERP does not book it" in second.explanation
        assert session.exec(select(BankPart)).all() == []
    assert seen(house) == {}


@pytest.mark.parametrize(("back", "paired"), [("-2385.50", True), ("-2480.00", False)])
def test_a_return_may_have_its_charges_in_it(house: House, back: str, paired: bool) -> None:
    take(house, statement(line("2380.00", ONE, end_to_end="E2E-1")))
    take(house, statement(line(back, "return", reversal=True, end_to_end="E2E-1"), statement_id="S2"))
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
    assert first.state == (LineState.REVERSED if paired else LineState.SUGGESTED)
    assert second.state == (LineState.OUTGOING if paired else LineState.UNCLEAR)


def test_a_payment_taken_back_that_is_booked_is_a_persons(house: House) -> None:
    take(house, statement(line("12900.00", "DE-70288", booked_on=date(2026, 1, 14), end_to_end="E2E-9")))
    take(house, statement(line("-12900.00", "", reversal=True, end_to_end="E2E-9"), statement_id="S2"))
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
    assert (first.state, second.state) == (LineState.BOOKED, LineState.UNCLEAR)
    assert "take it back there too" in second.explanation
    banking(house).dismiss(2, actor="ines", note="done in the ERP", now=house.now)


def test_what_fell_in_the_ledger_without_a_receipt_closes_the_line(house: House) -> None:
    take(house, statement(line("2380.00", ONE)))
    banking(house).confirm(1, actor="ines", now=house.now)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, ONE).balance = Decimal(0)
        session.flush()
        rematch(session, cash=CashLimits(), now=house.now)
    assert only(house).state == LineState.BOOKED
