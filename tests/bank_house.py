"""An installation with the sample ledger and a bank account: what tests of money on the account begin with."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import Session, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from agent.bank_decisions import Banking
from agent.banking import BankImport, rematch, take_statements
from agent.cli.app import app
from store.bank import seen_money
from store.bank_tables import BankLine
from store.bank_words import ReadLine, ReadStatement
from store.engine import unit_of_work
from store.tables import Invoice, Payment
from tests.factories import House
from tools.limits import CashLimits

OURS = "NL91ABNA0417164300"
PAYER = "DE89370400440532013000"
DAY = date(2026, 3, 9)
#: Open invoices of the sample ledger: EUR 2,380.00 of C1011 (Welding wire), and those of other customers.
ONE, WHOSE, OPEN = "INV-20404", "C1011", Decimal("2380.00")


def line(amount: str, text: str = "", **fields: Any) -> ReadLine:
    values: dict[str, Any] = {"booked_on": DAY, "currency": "EUR", "remittance": text} | fields
    return ReadLine(amount=Decimal(amount), **values)


def statement(*lines: ReadLine, **fields: Any) -> ReadStatement:
    values: dict[str, Any] = {
        "account": OURS, "currency": "EUR", "form": "camt.053", "statement_id": "S1", "opened_on": None, "closed_on": None, "opening": None, "closing": None,
    }  # fmt: skip
    return ReadStatement(lines=lines, **(values | fields))


def take(house: House, *read: ReadStatement, anew: bool = False) -> BankImport:
    with unit_of_work(house.engine) as session:
        return take_statements(session, read, cash=CashLimits(), actor="test", now=house.now, anew=anew)


def rows(session: Session) -> list[BankLine]:
    return list(session.exec(select(BankLine).order_by(BankLine.id)))  # type: ignore[arg-type]  # a column


def only(house: House) -> BankLine:
    with unit_of_work(house.engine) as session:
        (row,) = rows(session)
        return row


def seen(house: House, customer: str = WHOSE) -> dict[str, Decimal]:
    with unit_of_work(house.engine) as session:
        return seen_money(session, customer)


def banking(house: House) -> Banking:
    return Banking(house.engine, house.policy)


def put(house: House, **fields: Any) -> None:
    """Let the ERP's next ledger bring a payment, and its balance."""
    with unit_of_work(house.engine) as session:
        values: dict[str, Any] = {"id": "PAY-1", "customer_id": WHOSE, "invoice_number": ONE, "received_on": DAY, "currency": "EUR", "amount": OPEN, "reference": ""}  # fmt: skip
        payment = Payment(**(values | fields))
        session.add(payment)
        invoice = session.get(Invoice, payment.invoice_number or "")
        if invoice is not None:
            invoice.balance -= payment.amount
            session.add(invoice)
        session.flush()
        rematch(session, cash=CashLimits(), now=house.now)


def run(config: Path, *words: str) -> Any:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


def form(client: TestClient, page: str) -> dict[str, str]:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert found is not None
    return {"csrf": found.group(1)}


def only_state(house: House, number: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(BankLine, number).state
