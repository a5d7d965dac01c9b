"""From a statement to the ERP: lines are kept once, confirmed by a person, exported, and closed by the next ledger."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from agent.bank_decisions import Banking
from agent.banking import BankImport, rematch, take_statements
from agent.cli.app import app
from agent.cli.output import CommandFailed
from review.app import create_app
from review.viewer import LOCAL
from risk.settings import RiskSettings
from risk.standing_loading import standings
from store import audit, erasing
from store.aftermath import PromiseStatus
from store.api_tokens import Scope
from store.bank import credits_taken, seen_money
from store.bank_deciding import Share
from store.bank_lists import for_erp, one_line
from store.bank_statements import gaps
from store.bank_tables import BankLine, BankPart
from store.bank_words import BankFault, Deduction, LineState, ReadLine, ReadStatement
from store.cases import customer_facts
from store.engine import open_engine, unit_of_work
from store.keeping import keep
from store.outreach_loading import around
from store.tables import AuditEntry, Effect, Invoice, Payment, Promise, ProposalRow
from tests.factories import House, open_house
from tests.signing import BASE
from tools.limits import CashLimits
from tools.remind_ground import net

OURS = "NL91ABNA0417164300"
PAYER = "DE89370400440532013000"
DAY = date(2026, 3, 9)
#: Open invoices of the sample ledger: EUR 2,380.00 of C1011 (Welding wire), and those of other customers.
ONE, WHOSE, OPEN = "INV-20404", "C1011", Decimal("2380.00")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample ledger in a database, made once."""
    folder = tmp_path_factory.mktemp("ledger")
    open_house(folder).engine.dispose()
    return folder / "house.db"


@pytest.fixture
def house(tmp_path: Path, ledger: Path) -> Iterator[House]:
    shutil.copy(ledger, tmp_path / "house.db")
    made = House(open_engine(f"sqlite:///{tmp_path / 'house.db'}"))
    yield made
    made.engine.dispose()


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


# --- from the bank to the ERP -------------------------------------------------------------------------------------------


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


def test_the_same_statement_and_the_same_line_count_once(house: House) -> None:
    first = line("2380.00", ONE)
    take(house, statement(first))
    assert take(house, statement(first)).taken[0].again
    later = take(house, statement(first, line("99.00", "x")))
    assert (later.taken[0].new, later.taken[0].known) == (1, 1)
    alike = take(house, statement(first, first))
    assert (alike.taken[0].new, alike.taken[0].known) == (1, 1), "two payments alike in everything are two"
    with unit_of_work(house.engine) as session:
        assert len(rows(session)) == 3


def test_days_that_came_in_another_format_are_refused_whole(house: House) -> None:
    take(house, statement(line("2380.00", ONE), form="mt940"))
    other = statement(line("2380.00", f"SVWZ+{ONE}"), line("5.00", "new"))
    with pytest.raises(BankFault, match="imported in another format"):
        take(house, other)
    assert only(house).remittance == ONE, "nothing of it was kept"
    assert take(house, other, anew=True).taken[0].new == 2


def test_a_batch_that_another_format_spells_out_is_not_counted_twice(house: House) -> None:
    balances: dict[str, Any] = {"opening": Decimal("10.00"), "closing": Decimal("2390.00"), "closed_on": DAY}
    take(house, statement(line("2000.00", ONE), line("380.00", "x"), **balances))
    batch = statement(line("2380.00", "BATCH OF 2"), form="mt940", **balances)
    with pytest.raises(BankFault, match="with the same balances"):
        take(house, batch)
    assert take(house, batch, anew=True).taken[0].new == 1


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
        assert (first.state, second.state, second.reverses) == (LineState.REVERSED, LineState.OUTGOING, 1)
        assert session.exec(select(BankPart)).all() == []
    assert seen(house) == {}


def test_a_payment_taken_back_that_is_booked_is_a_persons(house: House) -> None:
    take(house, statement(line("12900.00", "DE-70288", booked_on=date(2026, 1, 14), end_to_end="E2E-9")))
    take(house, statement(line("-12900.00", "", reversal=True, end_to_end="E2E-9"), statement_id="S2"))
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
    assert (first.state, second.state) == (LineState.BOOKED, LineState.UNCLEAR)
    assert "take it back there too" in second.explanation
    banking(house).dismiss(2, actor="ines", note="done in the ERP", now=house.now)


def test_a_missing_statement_is_said_whatever_the_order(house: House) -> None:
    def day(n: int, opening: str, closing: str) -> ReadStatement:
        moved = Decimal(closing) - Decimal(opening)
        on = DAY + timedelta(days=n)
        return statement(
            line(str(moved), f"d{n}", booked_on=on),
            statement_id=f"S{n}",
            closed_on=on,
            opening=Decimal(opening),
            closing=Decimal(closing),
        )

    take(house, day(3, "400", "500"))
    take(house, day(1, "100", "200"))
    with unit_of_work(house.engine) as session:
        (told,) = gaps(session, OURS)
    assert "is missing" in told
    assert "200.00" in told
    take(house, day(2, "200", "400"))
    with unit_of_work(house.engine) as session:
        assert gaps(session, OURS) == []


def test_what_fell_in_the_ledger_without_a_receipt_closes_the_line(house: House) -> None:
    take(house, statement(line("2380.00", ONE)))
    banking(house).confirm(1, actor="ines", now=house.now)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, ONE).balance = Decimal(0)
        session.flush()
        rematch(session, cash=CashLimits(), now=house.now)
    assert only(house).state == LineState.BOOKED


# --- a person decides ---------------------------------------------------------------------------------------------------


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


# --- what is forgotten --------------------------------------------------------------------------------------------------


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


# --- in a terminal ------------------------------------------------------------------------------------------------------

TABLE = """Buchungstag;Auftraggeber;IBAN;Verwendungszweck;Betrag;Währung
09.03.2026;Welding KG;{payer};Rechnung {one} vom 26.11.;2.380,00;EUR
09.03.2026;Bank;;Zinsen;-3,20;EUR
"""


@pytest.fixture
def config(house: House, tmp_path: Path) -> Path:
    path = tmp_path / "dunwell.toml"
    path.write_text(
        f"""
[company]
name = "Nordholt Industrial Supply B.V."
address = "Kadeweg 14"
email = "ar@nordholt-supply.example"
[store]
url = "sqlite:///{tmp_path / "house.db"}"
[bank]
accounts = ["NL91 ABNA 0417 1643 00", "DE75512108001245126199"]
[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@nordholt-supply.example"
path = "box"
""",
        "utf-8",
    )
    return path


def run(config: Path, *words: str) -> Any:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


def test_in_a_terminal(house: House, config: Path, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text(TABLE.format(payer=PAYER, one=ONE), "utf-8")
    asked = run(config, "bank", "import", str(file))
    assert isinstance(asked.exception, CommandFailed)
    assert "name it with --account" in str(asked.exception)
    done = run(config, "bank", "import", str(file), "--account", OURS)
    assert done.exit_code == 0, done.exception
    assert "2 new lines" in done.stdout
    assert "imported before" in run(config, "bank", "import", str(file), "--account", OURS).stdout
    listed = run(config, "bank", "lines", "--json")
    (one,) = json.loads(listed.stdout)["lines"]
    assert (one["id"], one["state"], one["invoices"], one["account"]) == (1, "suggested", [ONE], "DE89 … 3000")
    assert (
        PAYER
        not in listed.stdout
        + run(config, "bank", "show", "1", "--json").stdout
        + run(config, "bank", "show", "1").stdout
    )
    assert "99%" in run(config, "bank", "lines").stdout
    said = run(config, "bank", "confirm", "1", "--to", f"{ONE}=2330.00-50.00:discount", "--customer", WHOSE)
    assert said.exit_code == 0, said.exception
    rows_ = list(csv.DictReader(io.StringIO(run(config, "export", "applications", "--csv").stdout)))
    told = [(r["payment_id"], r["invoice_number"], r["amount"], r["deducted"], r["deduction"]) for r in rows_]
    assert told == [("BANK-1", ONE, "2330.00", "50.00", "early_payment_discount"), ("BANK-1", "", "50.00", "", "")]
    assert "confirmed, to be booked" in run(config, "export", "applications").stdout
    assert run(config, "bank", "reopen", "1").exit_code == 0
    assert run(config, "bank", "confirm", "--exact").exit_code == 0
    assert json.loads(run(config, "export", "applications", "--json").stdout)["applications"][0]["amount"] == "2380.00"
    refused = run(config, "bank", "dismiss", "1", "--note", "x")
    assert "confirmed already" in str(refused.exception)
    assert "csv" in run(config, "bank", "statements").stdout


def test_a_statement_of_another_account_is_refused(house: House, config: Path, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text(TABLE.format(payer=PAYER, one=ONE), "utf-8")
    refused = run(config, "bank", "import", str(file), "--account", PAYER)
    assert "is of account DE89 … 3000, which is none of yours" in str(refused.exception)
    assert PAYER not in str(refused.exception)


def test_an_advice_makes_a_sum_of_money_plain(house: House, config: Path, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        first = session.get_one(Invoice, ONE)
        session.add(
            Invoice(
                **(
                    first.model_dump()
                    | {"number": "INV-20999", "balance": Decimal("120.00"), "amount": Decimal("120.00")}
                )
            )
        )
    take(house, statement(line("2452.40", "Zahllauf 4711", payer_name="Somebody")))
    assert only(house).state == LineState.OPEN
    file = tmp_path / "advice.txt"
    file.write_text(
        f"Zahlungsavis Nr.: 4711x\n\nBeleg        Betrag    Skonto    Zahlbetrag\n{ONE}   2.380,00   47,60   2.332,40\nINV-20999   120,00   0,00   120,00\nSumme   2.500,00   47,60   2.452,40 EUR\n",
        "utf-8",
    )
    assert "2 invoices, 2452.40" in run(config, "bank", "advice", str(file)).stdout
    assert "imported before" in run(config, "bank", "advice", str(file)).stdout
    row = only(house)
    assert (row.state, row.match) == (LineState.SUGGESTED, "advice")
    assert [(p["invoice"], p["amount"], p["deducted"], p["deduction"]) for p in row.ways[0]["pieces"]] == [
        (ONE, "2332.40", "47.60", "early_payment_discount"),
        ("INV-20999", "120.00", "0.00", ""),
    ]


# --- on the pages and in the API ----------------------------------------------------------------------------------------


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, headers={"sec-fetch-site": "same-origin"}) as opened:
        yield opened


def form(client: TestClient, page: str) -> dict[str, str]:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert found is not None
    return {"csrf": found.group(1)}


def test_the_pages(house: House, client: TestClient) -> None:
    assert "Nothing here" in client.get("/cash").text
    take(
        house,
        statement(
            line("2380.00", f"<b>{ONE}</b>", payer_name="Welding KG", payer_iban=PAYER), line("7.77", "who knows")
        ),
    )
    listed = client.get("/cash").text
    assert "Welding KG" in listed
    assert "&lt;b&gt;" in listed
    page = client.get("/cash/1").text
    assert "DE89 … 3000" in page
    assert PAYER not in listed + page
    seen_ = re.search(r'name="seen" value="(\w+)"', page)
    assert seen_ is not None
    token = form(client, "/cash/1")
    stale = client.post("/cash/1/confirm", data=token | {"way": "0", "seen": "0" * 16})
    assert stale.status_code == 409
    assert "another one by now" in stale.text
    assert (
        client.post(
            "/cash/1/confirm", data=token | {"way": "0", "seen": seen_.group(1)}, follow_redirects=False
        ).status_code
        == 303
    )
    assert only_state(house, 1) == LineState.CONFIRMED
    assert "by local" in client.get("/cash/1").text
    assert client.post("/cash/1/reopen", data=token, follow_redirects=False).status_code == 303
    split = token | {"invoice": [ONE, ""], "amount": ["2000", ""], "deducted": ["", ""], "deduction": ["", ""]}
    assert client.post("/cash/1/confirm", data=split, follow_redirects=False).status_code == 303
    with unit_of_work(house.engine) as session:
        found = one_line(session, 1)
        assert found is not None
        assert [(p.invoice_number, p.amount) for p in found.parts] == [
            (ONE, Decimal("2000.00")),
            (None, Decimal("380.00")),
        ]
    assert client.post("/cash/2/dismiss", data=token | {"note": ""}).status_code == 409
    assert client.post("/cash/2/dismiss", data=token | {"note": "interest"}, follow_redirects=False).status_code == 303
    assert client.get("/cash/99").status_code == 404
    assert "who knows" in client.get("/cash?state=dismissed").text


@pytest.mark.parametrize("amount", ["1.200", "1,200", "2.380"])
def test_thousands_are_not_taken_for_cents(house: House, client: TestClient, amount: str) -> None:
    take(house, statement(line("2380.00", ONE)))
    token = form(client, "/cash/1")
    answer = client.post("/cash/1/confirm", data=token | {"invoice": ONE, "amount": amount}, follow_redirects=False)
    assert (answer.status_code, only_state(house, 1)) == (422, LineState.SUGGESTED)


def only_state(house: House, number: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(BankLine, number).state


def test_exact_ones_are_confirmed_together_as_they_were_seen(house: House, client: TestClient) -> None:
    take(house, statement(line("2380.00", ONE), line("10.00", f"{ONE} a part", booked_on=DAY + timedelta(days=1))))
    boxes = re.findall(r'name="line" value="([\d.\w]+)"', client.get("/cash").text)
    assert len(boxes) == 1, "only exact ones can be ticked"
    answer = client.post(
        "/cash/confirm", data=form(client, "/cash") | {"line": [*boxes, "2.x"]}, follow_redirects=False
    )
    assert answer.headers["location"] == "/cash?notice=cash_confirmed&refused=2"
    assert only_state(house, 1) == LineState.CONFIRMED


def test_the_api(house: House) -> None:
    take(house, statement(line("2380.00", ONE, payer_iban=PAYER)))
    _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ, Scope.DECIDE}, days=5)
    with TestClient(create_app(house.desk), base_url=BASE, headers={"authorization": f"Bearer {token}"}) as api:
        listed = api.get("/api/v1/cash").json()
        assert (listed["total"], listed["lines"][0]["exact"], listed["counts"]) == (1, True, {"suggested": 1})
        sheet = api.get("/api/v1/cash/1")
        assert PAYER not in sheet.text
        way = sheet.json()["ways"][0]
        assert (way["pieces"][0]["invoice"], way["pieces"][0]["amount"]) == (ONE, "2380.00")
        assert api.post("/api/v1/cash/1/confirm", json={"seen": "x"}).status_code == 409
        split = {"shares": [{"invoice": ONE, "amount": "80.00"}], "customer_id": WHOSE}
        assert api.post("/api/v1/cash/1/confirm", json=split).status_code == 200
        assert [p["amount"] for p in api.get("/api/v1/cash/1").json()["parts"]] == ["80.00", "2300.00"]
        assert api.post("/api/v1/cash/1/reopen").status_code == 200
        seen_ = api.get("/api/v1/cash").json()["lines"][0]["seen"]
        done = api.post("/api/v1/cash/confirm", json={"lines": [{"id": 1, "seen": seen_}]}).json()
        assert done == {"confirmed": [1], "refused": {}}
        assert api.post("/api/v1/cash/1/dismiss", json={"note": "x"}).status_code == 409
        assert api.get("/api/v1/cash?state=nonsense").status_code == 422
