"""Invoices that fall in the ledger without a receipt: whatever is booked together, no money counts twice and none that was seen is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, create_engine, select

from agent.banking import rematch
from store.bank import seen_money
from store.bank_closing import close_booked
from store.bank_falling import close_settled, say_booked
from store.bank_lists import for_erp
from store.bank_tables import BankAccountStatement, BankLine, BankPart
from store.bank_words import LineState, PartState
from store.engine import unit_of_work
from store.tables import Customer, Invoice, Payment
from tests.bank_house import DAY, ONE, OPEN, WHOSE, banking, line, only, only_state, put, seen, statement, take
from tests.factories import NOW, House
from tools.limits import CashLimits

pytest_plugins = ("tests.bank_fixtures",)

WHOLE = Decimal("2000.00")
#: No sum of some of these is a sum of others: what fell tells what was booked, to who may look at the cents.
OURS = {1: Decimal("300.01"), 2: Decimal("200.02"), 3: Decimal("90.04")}
OTHERS = (Decimal("410.08"), Decimal("100.16"), Decimal("25.32"), Decimal("310.64"))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


def begin(session: Session) -> None:
    """One invoice, and three lines that a person confirmed for it."""
    session.add(Customer(id="A", name="A", currency="EUR", language="en", timezone="UTC", tier="b", owner=""))
    common: dict[str, Any] = {
        "customer_id": "A",
        "issue_date": DAY,
        "due_date": DAY,
        "currency": "EUR",
        "po_number": "",
        "description": "",
    }
    session.add(Invoice(number="I", amount=WHOLE, balance=WHOLE, **common))
    made: dict[str, Any] = {
        "account": "X",
        "currency": "EUR",
        "form": "mt940",
        "statement_ref": "",
        "digest": "x",
        "created_by": "t",
    }
    session.add(BankAccountStatement(id=1, imported_at=NOW, **made))
    session.flush()
    for number, amount in OURS.items():
        money: dict[str, Any] = {"booked_on": DAY, "amount": amount, "currency": "EUR"}
        session.add(
            BankLine(
                id=number,
                bank_statement_id=1,
                account="X",
                key=str(number),
                charges=Decimal(0),
                state="confirmed",
                **money,
            )
        )
        part: dict[str, Any] = {
            "bank_line_id": number,
            "customer_id": "A",
            "invoice_number": "I",
            "deducted": Decimal(0),
            "state": "confirmed",
        }
        session.add(BankPart(balance_before=WHOLE, **part, **money))
    session.flush()
    close_settled(session, actor="t", now=NOW)


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_booked_together(engine: Engine, data: st.DataObject) -> None:
    with Session(engine) as session:
        begin(session)
        ours, others = dict(OURS), list(OTHERS)
        booked = dict.fromkeys(OURS, False)
        strange = Decimal(0)
        while ours or others:
            some: list[int | Decimal] = data.draw(st.lists(st.sampled_from([*ours, *others]), unique=True, min_size=1))
            invoice = session.get_one(Invoice, "I")
            for each in some:
                if isinstance(each, int):
                    invoice.balance -= ours.pop(each)
                    booked[each] = True
                    if data.draw(st.booleans()):
                        receipt = Payment(
                            id=f"P{each}",
                            customer_id="A",
                            invoice_number="I",
                            received_on=DAY,
                            currency="EUR",
                            amount=OURS[each],
                            reference="",
                        )
                        session.add(receipt)
                        session.flush()
                        close_booked(session, {each: [receipt.id]}, actor="t", now=NOW)
                else:
                    others.remove(each)
                    invoice.balance -= each
                    strange += each
            session.flush()
            close_settled(session, actor="t", now=NOW)
            _holds(session, booked, strange)
            close_settled(session, actor="t", now=NOW)
            _holds(session, booked, strange)
            if data.draw(st.booleans()):
                _answered(session, booked)
                _holds(session, booked, strange)
        _answered(session, booked)
        assert seen_money(session, "A") == {}
        assert not session.exec(select(BankPart).where(BankPart.state != PartState.BOOKED)).all()
        session.rollback()


def _holds(session: Session, booked: dict[int, bool], strange: Decimal) -> None:
    invoice = session.get_one(Invoice, "I")
    asked = invoice.balance - seen_money(session, "A").get("I", Decimal(0))
    owed = WHOLE - sum(OURS.values()) - strange
    assert asked <= owed, "money that was seen is never asked for"
    told = {each.line_id for each in for_erp(session)}
    assert not told & {number for number, done in booked.items() if done}, "nothing is given to the ERP a second time"
    closed = set(session.exec(select(BankLine.id).where(BankLine.state == LineState.BOOKED)))
    assert closed <= {number for number, done in booked.items() if done}, "nothing is closed that is not booked"
    if not session.exec(select(BankLine).where(BankLine.state == LineState.MAYBE_BOOKED)).all():
        assert asked == owed, "where nobody is asked, every cent counts once"


def _answered(session: Session, booked: dict[int, bool]) -> None:
    for row in session.exec(
        select(BankLine).where(BankLine.state == LineState.MAYBE_BOOKED).order_by(col(BankLine.id))
    ).all():
        if row.state == LineState.MAYBE_BOOKED:
            say_booked(session, row, booked=booked[row.id or 0], actor="ines", now=NOW)
            close_settled(session, actor="t", now=NOW)


def fell_to(house: House, balance: str) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, ONE).balance = Decimal(balance)
        session.flush()
        rematch(session, cash=CashLimits(), now=house.now)


@pytest.mark.parametrize("booked", [True, False])
def test_a_person_is_asked_and_told_why(house: House, booked: bool) -> None:
    take(house, statement(line("380.00", ONE, booked_on=date(2026, 3, 9))))
    banking(house).confirm(1, actor="ines", now=house.now)
    fell_to(house, "1500.00")
    row = only(house)
    assert row.state == LineState.MAYBE_BOOKED
    assert "has fallen by EUR 880.00" in row.explanation
    assert "the 380.00 of this line together with other money?" in row.explanation
    assert seen(house) == {ONE: Decimal("380.00")}, "it is not asked for meanwhile"
    with unit_of_work(house.engine) as session:
        assert for_erp(session) == [], "nor booked a second time"
    banking(house).answer(1, yes=booked, actor="ines", now=house.now)
    assert only(house).state == (LineState.BOOKED if booked else LineState.CONFIRMED)
    assert seen(house) == ({} if booked else {ONE: Decimal("380.00")})
    fell_to(house, "1120.00")
    assert only(house).state == LineState.BOOKED, "what falls later is its own"


def test_what_the_ledger_takes_back_is_no_doubt_any_more(house: House) -> None:
    take(house, statement(line("380.00", ONE)))
    banking(house).confirm(1, actor="ines", now=house.now)
    fell_to(house, "1500.00")
    fell_to(house, str(OPEN))
    assert only(house).state == LineState.CONFIRMED
    assert seen(house, WHOSE) == {ONE: Decimal("380.00")}


def test_what_was_booked_before_the_confirmation_hides_no_later_fall(house: House) -> None:
    """An invoice that had a receipt of another line: what falls afterwards counts from where it stood then."""
    take(house, statement(line("380.00", ONE)))
    banking(house).confirm(1, actor="ines", now=house.now)
    put(house, amount=Decimal("380.00"))
    assert only(house).state == LineState.BOOKED
    take(house, statement(line("100.00", ONE, end_to_end="E2"), statement_id="S2"))
    banking(house).confirm(2, actor="ines", now=house.now)
    fell_to(house, "1850.00")
    assert only_state(house, 2) == LineState.MAYBE_BOOKED, "it fell by 150.00 since"
    with unit_of_work(house.engine) as session:
        assert for_erp(session) == [], "nothing is booked twice"


def test_a_doubt_is_not_lost_where_another_invoice_of_the_line_is_looked_at(engine: Engine) -> None:
    with Session(engine) as session:
        begin(session)
        values = session.get_one(Invoice, "I").model_dump() | {"number": "J", "balance": Decimal("50.00")}
        session.add(Invoice(**values))
        part = session.exec(select(BankPart).where(BankPart.bank_line_id == 1)).one().model_dump(exclude={"id"})
        beside = {"invoice_number": "J", "amount": Decimal("20.00"), "balance_before": Decimal("50.00")}
        session.add(BankPart(**part | beside | {"stood_at": None, "stood_last": None}))
        session.get_one(Invoice, "I").balance -= OURS[1] + Decimal("7.77")
        session.flush()
        close_settled(session, actor="t", now=NOW)
        assert session.get_one(BankLine, 1).state == LineState.MAYBE_BOOKED
        close_settled(session, actor="t", now=NOW, only={"J"})
        assert session.get_one(BankLine, 1).state == LineState.MAYBE_BOOKED
        assert 1 not in {each.line_id for each in for_erp(session)}, "nothing is given to the ERP a second time"
        session.rollback()
