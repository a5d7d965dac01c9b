"""Lines of the bank on both databases: kept, matched, confirmed, closed; and of a customer's work only their own are seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import select

from agent.bank_decisions import Banking
from agent.banking import rematch, take_statements
from store import audit
from store.bank import bank_receipts, seen_money, settled_by_bank
from store.bank_lists import counts, for_erp, lines, one_line
from store.bank_statements import gaps
from store.bank_tables import BankLine, BankPart
from store.bank_words import LineState, ReadLine, ReadStatement
from store.engine import unit_of_work
from store.scoping import narrowed
from store.tables import Customer, Invoice, Payment
from tools.limits import CashLimits, Policy

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)


def fill(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for customer in ("A", "B"):
            session.add(
                Customer(
                    id=customer,
                    name=f"{customer} GmbH",
                    currency="EUR",
                    language="en",
                    timezone="UTC",
                    tier="b",
                    owner="",
                )
            )
        session.flush()
        for number, customer in (("INV-9001", "A"), ("INV-9002", "B")):
            session.add(
                Invoice(
                    number=number,
                    customer_id=customer,
                    issue_date=DAY - timedelta(days=40),
                    due_date=DAY - timedelta(days=10),
                    currency="EUR",
                    amount=Decimal("100.00"),
                    balance=Decimal("100.00"),
                    po_number="",
                    description="",
                )
            )


def take(engine: Engine) -> None:
    said = (("100.00", "INV-9001", ""), ("40.00", "INV-9002", "E1"), ("12.00", "?", ""), ("-40.00", "back", "E1"))
    read = tuple(
        ReadLine(DAY, Decimal(amount), "EUR", remittance=text, end_to_end=reference, reversal=amount.startswith("-"))
        for amount, text, reference in said
    )
    statement = ReadStatement(
        "NL91ABNA0417164300", "EUR", "camt.053", "S1", DAY, DAY, Decimal(0), Decimal("112.00"), read
    )
    with unit_of_work(engine) as session:
        take_statements(session, [statement], cash=CashLimits(), actor="t", now=NOW)


def test_the_whole_way(engine: Engine) -> None:
    fill(engine)
    take(engine)
    take(engine)
    with unit_of_work(engine) as session:
        assert counts(session) == {"suggested": 1, "reversed": 1, "open": 1, "outgoing": 1}
        assert gaps(session, "NL91ABNA0417164300") == []
        assert seen_money(session, "A") == {"INV-9001": Decimal("100.00")}
        assert seen_money(session, "B") == {}
        assert [row.remittance for row in lines(session, words="inv-9001").rows] == ["INV-9001"]
        (number,) = session.exec(select(BankLine.id).where(BankLine.state == LineState.SUGGESTED))
    assert number is not None
    Banking(engine, Policy()).confirm(number, actor="ines", now=NOW)
    with unit_of_work(engine) as session:
        assert settled_by_bank(session, "A") == {"INV-9001": Decimal("100.00")}
        assert [r.invoice for r in for_erp(session)] == ["INV-9001"]
        found = one_line(session, number)
        assert found is not None
        assert found.customers == {"A": "A GmbH"}
        session.add(
            Payment(
                id="P1",
                customer_id="A",
                invoice_number="INV-9001",
                received_on=DAY,
                currency="EUR",
                amount=Decimal("100.00"),
                reference="",
            )
        )
        session.get_one(Invoice, "INV-9001").balance = Decimal(0)
        session.flush()
        assert rematch(session, cash=CashLimits(), now=NOW).booked == 1
        assert session.get_one(BankLine, number).payments == ["P1"]
        assert audit.verify(session)[1] is None


def test_work_for_one_customer_needs_no_more_than_their_parts(engine: Engine) -> None:
    """What outreach and keeping ask for one customer is there within a narrowed transaction too."""
    fill(engine)
    take(engine)
    with unit_of_work(engine) as session, narrowed(session, "A"):
        assert seen_money(session, "A") == {"INV-9001": Decimal("100.00")}
        assert [(p.invoice_number, p.amount) for p in bank_receipts(session, "A")] == [(None, Decimal("100.00"))]
        if engine.dialect.name == "postgresql":
            assert {p.customer_id for p in session.exec(select(BankPart))} == {"A"}
            assert session.exec(select(BankLine)).all() == [], "a line is the house's until it is confirmed"
