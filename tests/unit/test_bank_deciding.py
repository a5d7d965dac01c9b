"""What a person decides of a line of the bank, what follows of it, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from store import erasing
from store.aftermath import PromiseStatus
from store.bank import seen_money
from store.bank_deciding import Share
from store.bank_lists import for_erp
from store.bank_words import BankFault, Deduction, LineState
from store.engine import unit_of_work
from store.keeping import keep
from store.tables import Effect, Promise, ProposalRow
from tests.bank_house import (
    DAY,
    ONE,
    OPEN,
    PAYER,
    WHOSE,
    banking,
    line,
    only,
    rows,
    seen,
    statement,
    take,
)
from tests.factories import House

pytest_plugins = ("tests.bank_fixtures",)


@pytest.mark.parametrize(
    ("shares", "customer", "told"),
    [
        ([Share(ONE, Decimal("2380.01"))], None, "more than the 2,380.00"),
        ([Share(ONE, Decimal("2000.00"), Decimal("400.00"), Deduction.OTHER)], None, "more than the 2,380.00"),
        ([Share(ONE, Decimal("1.00")), Share(ONE, Decimal("1.00"))], None, "named twice"),
        ([Share("INV-1", Decimal("1.00"))], None, "no invoice"),
        ([Share(ONE, Decimal("0.00"))], None, "how much"),
        ([Share(ONE, Decimal("-1.00"))], None, "not below zero"),
        ([Share(ONE, Decimal("1.001"))], None, "two decimals"),
        ([Share(ONE, Decimal("1.00"), Decimal("1.00"))], None, "name what was deducted"),
        ([], None, "whose the rest is"),
        ([], "C9999", "no customer"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changed(
    house: House, shares: list[Share], customer: str | None, told: str
) -> None:
    take(house, statement(line("5000.00", ONE)))
    with pytest.raises(BankFault, match=told):
        banking(house).confirm(1, shares, actor="ines", now=house.now, customer_id=customer)
    assert only(house).state == LineState.SUGGESTED


def test_two_lines_do_not_pay_one_invoice_twice(house: House) -> None:
    take(house, statement(line("2380.00", ONE), line("2380.00", f"{ONE} again", booked_on=DAY + timedelta(days=1))))
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
    assert (first.state, second.state, second.match) == (LineState.SUGGESTED, LineState.UNCLEAR, "paid_twice")
    banking(house).confirm(1, actor="ines", now=house.now)
    with pytest.raises(BankFault, match=r"more than the 0\.00"):
        banking(house).confirm(2, [Share(ONE, OPEN)], actor="ines", now=house.now)
    banking(house).confirm(2, [], actor="ines", now=house.now, customer_id=WHOSE)
    with unit_of_work(house.engine) as session:
        assert [(r.invoice, r.amount) for r in for_erp(session)] == [(ONE, OPEN), ("", OPEN)]


def test_a_decision_is_taken_back_and_made_once(house: House) -> None:
    take(house, statement(line("2380.00", ONE)))
    banking(house).dismiss(1, actor="ines", note="a refund", now=house.now)
    assert seen(house) == {}
    with pytest.raises(BankFault, match="dismissed already"):
        banking(house).confirm(1, [Share(ONE, OPEN)], actor="ines", now=house.now)
    banking(house).reopen(1, actor="ines", now=house.now)
    assert (only(house).state, seen(house)) == (LineState.SUGGESTED, {ONE: OPEN})
    banking(house).confirm(1, actor="ines", now=house.now)
    with pytest.raises(BankFault, match="confirmed already"):
        banking(house).confirm(1, actor="ines", now=house.now)


def test_a_confirmed_payer_is_known_the_next_time(house: House) -> None:
    take(house, statement(line("100.00", "what?", payer_name="Holding XY", payer_iban=PAYER)))
    banking(house).confirm(1, [Share(ONE, Decimal("100.00"))], actor="ines", now=house.now)
    take(house, statement(line("2280.00", "", payer_name="Holding XY", payer_iban=PAYER), statement_id="S2"))
    with unit_of_work(house.engine) as session:
        row = rows(session)[1]
        assert (row.state, row.match) == (LineState.SUGGESTED, "payer_and_amount")
        assert seen_money(session, WHOSE) == {ONE: OPEN}


def test_a_promise_is_kept_by_confirmed_money_and_not_broken_by_supposed_money(house: House) -> None:
    noted = house.now - timedelta(days=12)
    message = house.receive(f"We pay {ONE} on 5 March.", sender="x@nowhere.example")
    with unit_of_work(house.engine) as session:
        row = ProposalRow(
            message_id=message, newest_message=message, customer_id=WHOSE, created_at=noted, status="sent"
        )
        session.add(row)
        session.flush()
        effect = Effect(proposal_id=row.id or 0, position=0, tool="record_promise", text="", applied_at=noted)
        session.add(effect)
        session.flush()
        session.add(
            Promise(
                customer_id=WHOSE,
                invoices=[ONE],
                due=DAY - timedelta(days=4),
                wait_until=DAY - timedelta(days=1),
                amount=OPEN,
                currency="EUR",
                effect_id=effect.id or 0,
            )
        )
    take(house, statement(line("2380.00", ONE, booked_on=DAY - timedelta(days=3))))
    assert judged(house) == PromiseStatus.OPEN, "the money may be it"
    banking(house).confirm(1, actor="ines", now=house.now)
    assert judged(house) == PromiseStatus.KEPT


def judged(house: House) -> str:
    with unit_of_work(house.engine) as session:
        keep(session, customer_id=WHOSE, now=house.now, days=house.policy.keeping_days())
        return session.exec(select(Promise.status)).one()


def test_a_person_who_paid_is_forgotten_in_the_lines(house: House) -> None:
    with unit_of_work(house.engine) as session:
        from store.tables import Contact

        session.add(
            Contact(
                customer_id=WHOSE,
                name="Petra Sonnleitner",
                email="p.sonnleitner@weld.example",
                role="ap",
                created_at=house.now,
            )
        )
    take(
        house,
        statement(
            line(
                "2380.00",
                f"{ONE} P. Sonnleitner p.sonnleitner@weld.example",
                payer_name="Petra Sonnleitner",
                payer_iban=PAYER,
                end_to_end="PS-1",
            )
        ),
    )
    banking(house).confirm(1, actor="ines", now=house.now)
    with unit_of_work(house.engine) as session:
        erasing.erase(session, erasing.find(session, "p.sonnleitner@weld.example"), actor="dpo", now=house.now)
    kept = only(house)
    told = f"{kept.payer_name} {kept.payer_iban} {kept.remittance} {kept.end_to_end} {kept.explanation} {kept.ways}"
    assert "onnleitner" not in told
    assert PAYER not in told
    assert (kept.amount, kept.state) == (OPEN, LineState.CONFIRMED)
