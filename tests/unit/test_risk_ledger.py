"""From the ledger to scores and back: which day an invoice was paid, what nobody can know, and what is stored of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from agent.scoring_daily import DailyScoring
from risk.bills import NEVER, Bill, Book
from risk.ledger_book import book_of, first_day, settling_day
from risk.model import digest_of
from risk.scoring import model_of, score_now
from risk.settings import RiskSettings
from risk.slipping import slips
from risk.training import fit, rows_of
from risk.trees import Damaged
from store import risks
from store.audit import verify
from store.engine import looking, unit_of_work
from store.ledger import Ledger, import_ledger
from store.ledger_rows import CustomerRow, InvoiceRow, PaymentRow
from store.tables import AuditEntry, Invoice
from tests.factories import NOW, House, open_house

DAY = date(2026, 1, 10)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def put(house: House, *, invoices: list[dict[str, str]], payments: list[dict[str, str]] = ()) -> None:  # type: ignore[assignment]
    """Import rows for one more customer."""
    base = {"customer_id": "R1", "currency": "EUR", "po_number": "", "description": ""}
    customer = {
        "customer_id": "R1",
        "name": "Risk & Co",
        "currency": "EUR",
        "language": "en",
        "timezone": "UTC",
        "tier": "standard",
        "owner": "Mira",
    }
    ledger = Ledger(
        customers=[CustomerRow.model_validate(customer)],
        invoices=[InvoiceRow.model_validate(base | row) for row in invoices],
        payments=[
            PaymentRow.model_validate({"customer_id": "R1", "currency": "EUR", "reference": "transfer"} | row)
            for row in payments
        ],
    )
    with unit_of_work(house.engine) as session:
        import_ledger(session, ledger, actor="test", now=house.now)


def invoice(
    number: str, *, balance: str = "0.00", issue: str = "2025-12-11", due: str = "2026-01-10"
) -> dict[str, str]:
    return {"invoice_number": number, "issue_date": issue, "due_date": due, "amount": "100.00", "balance": balance}


def paid(key: str, number: str, day: str, amount: str = "100.00", **more: str) -> dict[str, str]:
    return {"payment_id": key, "invoice_number": number, "received_on": day, "amount": amount} | more


MONEY = list[tuple[date, Decimal]]


@pytest.mark.parametrize(
    ("cash", "credits", "day"),
    [
        ([(DAY, "100")], [], DAY),
        ([(date(2026, 1, 20), "40"), (DAY, "60")], [], date(2026, 1, 20)),  # in parts: the last one, whatever the order
        ([(DAY, "100"), (date(2026, 2, 1), "100")], [], DAY),  # paid twice: the first did it
        ([(DAY, "70")], [(date(2026, 3, 1), "30")], DAY),  # what was credited was not owed
        ([(DAY, "98.50")], [], DAY),  # the bank kept some
        ([(DAY, "50")], [], None),  # the rest was settled otherwise: nobody knows when
        ([], [(DAY, "100")], None),  # credit alone pays nothing
        ([], [], None),
    ],
)
def test_the_day_of_settling(cash: list[tuple[date, str]], credits: list[tuple[date, str]], day: date | None) -> None:
    money, credit = ([(d, Decimal(a)) for d, a in rows] for rows in (cash, credits))
    assert settling_day(Decimal("100"), money, credit) == day


def test_a_book_is_made_of_the_ledger(house: House) -> None:
    put(
        house,
        invoices=[
            invoice("R-1"),
            invoice("R-2", balance="60.00"),
            invoice("R-3"),
            invoice("R-4"),
            invoice("R-5"),
        ],
        payments=[
            paid("p1", "R-1", "2026-01-15"),
            paid("p2", "R-2", "2026-01-08", "40.00"),
            paid("p3", "R-3", "2026-01-09", reference="Credit note CN-9: returned goods"),
            paid("p4", "R-4", "2026-01-12", currency="USD"),
            paid("p5", "R-5", "2027-01-01"),
        ],
    )
    with looking(house.engine) as session:
        book = book_of(session, now=house.now)
    own = {b.number: b for b in book.bills if b.customer == "R1"}
    assert own["R-1"].days_late == 5
    assert (own["R-2"].settled, own["R-2"].unknown) == (NEVER, False), "paid in part is open"
    assert own["R-3"].unknown, "a credit note settled it: that is no way of paying"
    assert own["R-4"].unknown, "money of another currency cannot be counted"
    assert own["R-5"].settled == NOW.date(), "money of a day that has not come is here, so it came by now"


def bill(number: str, *, issued: date, late: int | None, customer: str = "C") -> Bill:
    due = issued + timedelta(days=30)
    return Bill(
        number, customer, "s", "EUR", 100.0, issued, due, due + timedelta(days=late) if late is not None else NEVER
    )


def test_a_first_import_of_open_invoices_teaches_only_from_then_on() -> None:
    """What had been paid before the first import is missing: the invoices of that time look late, as only late ones are left."""
    start = date(2026, 1, 1)
    left_over = [bill(f"O{n}", issued=start - timedelta(days=200 - n), late=90) for n in range(20)]
    later = [bill(f"N{n}", issued=start + timedelta(days=n), late=-5) for n in range(100)]
    since = first_day([*left_over, *later])
    assert since >= min(b.settled for b in left_over)
    rows = rows_of(Book([*left_over, *later], since=since), until=date(2026, 12, 31))
    assert not {b.number for b in rows.bills} & {b.number for b in left_over}
    assert len(rows.bills) > 40


def test_scores_are_stored_for_what_is_open_and_go_when_it_is_paid(house: House) -> None:
    first = score_now(house.engine, now=house.now, settings=RiskSettings())
    with looking(house.engine) as session:
        rows = risks.of_everybody(session)
        open_ = {i.number for i in session.exec(select(Invoice)) if i.balance > 0}
        one = next(iter(rows.values()))
        assert risks.of_customer(session, one.customer_id)
    assert set(rows) == open_
    assert first.invoices == len(open_)
    assert {row.model_digest for row in rows.values()} == {"prior"}
    assert all(row.reasons and len(row.days) == 21 for row in rows.values())
    with unit_of_work(house.engine) as session:
        settled = session.get_one(Invoice, one.invoice_number)
        settled.balance = Decimal("0.00")
        session.add(settled)
    score_now(house.engine, now=house.now, settings=RiskSettings())
    with looking(house.engine) as session:
        assert set(risks.of_everybody(session)) == open_ - {one.invoice_number}
        assert verify(session)[1] is None
        payloads = [
            json.loads(e.payload) for e in session.exec(select(AuditEntry).where(AuditEntry.event == "risk.scored"))
        ]
    assert [p["invoices"] for p in payloads] == [len(open_), len(open_) - 1]
    assert set(payloads[0]) == {"invoices", "warnings", "new", "model"}, "numbers alone, and nobody's name"


def steady(count: int = 12, *, late: int = -2, gap: int = 12) -> list[Bill]:
    first = date(2025, 9, 1)
    return [bill(f"S{n:02d}", issued=first + timedelta(days=gap * n), late=late) for n in range(count)]


def test_a_reliable_payer_who_slips_is_told_and_a_steady_one_is_not() -> None:
    today, rules = date(2026, 3, 10), RiskSettings()
    fine = steady()
    assert slips(Book(fine), today=today, settings=rules) == []
    slow = [replace(b, settled=b.due + timedelta(days=12)) if b.number >= "S09" else b for b in fine]
    (found,) = slips(Book(slow), today=today, settings=rules)
    assert (found.usual_days, found.lately_days) == (-2, 12)
    assert found.reasons == ("usually pays 2 days before the due day (9 invoices); the last 3 came 12 days late",)
    waits = [*fine, bill("OPEN", issued=date(2026, 1, 10), late=None)]
    (found,) = slips(Book(waits), today=today, settings=rules)
    assert "29 days overdue" in found.reasons[0]
    # Somebody who always paid late does not slip.
    assert (
        slips(Book([replace(b, settled=b.due + timedelta(days=20)) for b in slow]), today=today, settings=rules) == []
    )
    # And what is paid today is not known before tomorrow.
    hidden = [replace(b, settled=today) if b.number == "OPEN" else b for b in waits]
    assert slips(Book(hidden), today=today, settings=rules) == slips(Book(waits), today=today, settings=rules)


def test_a_warning_keeps_the_day_on_which_it_was_first_given(house: House) -> None:
    rows = [invoice(f"R-{n}", issue=str(b.issued), due=str(b.due)) for n, b in enumerate(steady(late=0), start=1)]
    money = [paid(f"p{n}", f"R-{n}", str(b.settled)) for n, b in enumerate(steady(late=0), start=1)]
    put(house, invoices=[*rows, invoice("R-99", balance="100.00", due="2026-02-20")], payments=money)
    first = score_now(house.engine, now=house.now, settings=RiskSettings())
    assert (first.warnings, first.new_warnings) == (1, 1)
    again = score_now(house.engine, now=house.now + timedelta(days=2), settings=RiskSettings())
    assert (again.warnings, again.new_warnings) == (1, 0)
    with looking(house.engine) as session:
        warning = risks.warning_of(session, "R1")
    assert warning is not None
    assert (warning.since, warning.as_of) == (NOW.date(), NOW.date() + timedelta(days=2))


def test_the_model_in_use_scores_and_a_damaged_one_is_told(house: House) -> None:
    from evals.risk.company import company

    made_up = company(invoices=500, customers=10, seed=2)
    made = fit(rows_of(made_up.book, until=date(2026, 1, 1)), known=date(2026, 1, 1))
    content = made.to_bytes()
    card = {"late": {"model": {"auc": 0.9}}, "days": {"model": {"mae": 3.0}}}
    for what in (content, content[:-50]):
        with unit_of_work(house.engine) as session:
            values = {"card": card, "trained_on": made.trained_on, "actor": "cli:test", "now": house.now}
            risks.use_model(session, content=what, digest=digest_of(what), **values)  # type: ignore[arg-type]
        with looking(house.engine) as session:
            known = risks.model_in_use(session)
            assert known is not None
            assert known.digest == digest_of(what)
            if what is content:
                assert model_of(session)[1] == digest_of(content)
            else:
                with pytest.raises(Damaged, match="cannot be used"):
                    model_of(session)
    with pytest.raises(Damaged):
        score_now(house.engine, now=house.now, settings=RiskSettings())


def test_the_daemon_scores_once_a_day_and_after_an_import(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Home:
        engine = house.engine

        class settings:
            risk = RiskSettings()

        @staticmethod
        def clock() -> object:
            return house.now

    errand = DailyScoring(Home())  # type: ignore[arg-type]
    assert errand.run() > 0
    assert errand.run() == 0, "it looks only now and then"
    house.now += timedelta(minutes=6)
    assert errand.run() == 0, "nothing is new"
    put(house, invoices=[invoice("R-1", balance="100.00")])
    house.now += timedelta(minutes=6)
    assert errand.run() > 0, "the ledger was imported"
    house.now += timedelta(days=1)
    assert errand.run() > 0, "a day began"
