"""Reports: figures worked out by hand, on a small company, must come out to the cent; the pages and the paper show them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select
from starlette.testclient import TestClient

from reports.ageing import Bucket, ageing, bucket_of, by_customer, dated_later
from reports.collecting import begun, currencies, monthly
from reports.hours import ENOUGH, hours
from reports.kept import Share, promises_kept, responses, without_a_person
from reports.periods import Month, months_until
from review.app import create_app
from store.engine import unit_of_work
from store.report_answers import Wrote
from store.report_books import Bill, Ended, Undertaken, bills
from store.report_hours import Times
from store.tables import Invoice, Payment
from tests.factories import NOW, House, open_house
from tests.signing import BASE

TODAY = date(2026, 3, 31)


def bill(
    amount: str,
    *,
    issued: date,
    terms: int = 30,
    paid: tuple[tuple[date, str], ...] = (),
    customer: str = "C1",
    currency: str = "EUR",
    disputed: str = "0",
) -> Bill:
    came = tuple((at, Decimal(money)) for at, money in paid)
    return Bill(
        number=f"INV-{issued:%m%d}-{amount}",
        customer=customer,
        tier="standard",
        owner="Ada",
        issued=issued,
        due=issued + timedelta(days=terms),
        currency=currency,
        amount=Decimal(amount),
        balance=Decimal(amount) - sum((money for _, money in came), Decimal(0)),
        reduced=came,
        disputed=Decimal(disputed),
    )


def test_ageing_adds_up_to_what_is_open_and_keeps_currencies_apart() -> None:
    books = [
        bill("100.10", issued=date(2026, 3, 20)),
        bill("200.20", issued=date(2026, 2, 10), disputed="50.00"),
        bill("400.40", issued=date(2025, 11, 1), paid=((date(2026, 1, 2), "0.40"),)),
        bill("800.00", issued=date(2025, 11, 1), paid=((date(2026, 1, 2), "800.00"),)),
        bill("5.00", issued=date(2026, 3, 1), currency="GBP", customer="C2"),
    ]
    euro, pound = ageing(books, on=TODAY, today=TODAY)
    assert (euro.currency, euro.total, euro.invoices, euro.disputed) == ("EUR", Decimal("700.30"), 3, Decimal("50.00"))
    assert euro.buckets[Bucket.NOT_DUE] == Decimal("100.10")
    assert euro.buckets[Bucket.TO_30] == Decimal("200.20")
    assert euro.buckets[Bucket.OVER_90] == Decimal("400.00")
    assert (euro.overdue, pound.total) == (Decimal("600.20"), Decimal("5.00"))
    assert [(a.customer, a.currency) for a in by_customer(books, on=TODAY, today=TODAY)] == [
        ("C1", "EUR"),
        ("C2", "GBP"),
    ]


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-3, "not due"),
        (0, "not due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (90, "61-90"),
        (91, "over 90"),
    ],
)
def test_the_buckets_begin_and_end_on_the_right_day(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


def test_the_past_is_as_it_was() -> None:
    books = [
        bill("300.00", issued=date(2026, 1, 10), paid=((date(2026, 2, 20), "120.00"), (date(2026, 3, 5), "180.00")))
    ]
    opened = [
        books[0].open_on(day, today=TODAY) for day in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 2, 20), TODAY)
    ]
    assert opened == [Decimal(0), Decimal("300.00"), Decimal("180.00"), Decimal("0.00")]


def test_dso_and_effectiveness_by_hand() -> None:
    books = [
        bill("900.00", issued=date(2026, 1, 5), terms=30, paid=((date(2026, 3, 10), "600.00"),)),
        bill("600.00", issued=date(2026, 3, 15), terms=30),
    ]
    _, _, march = monthly(books, currency="EUR", months=months_until(TODAY, count=3), today=TODAY)
    # Open 900, not yet due 600, billed in 90 days 1,500: 900 / 1500 x 90 = 54, 600 / 1500 x 90 = 36.
    assert (march.open_end, march.overdue_end, march.billed, march.came) == (
        Decimal("900.00"), Decimal("300.00"), Decimal("600.00"), Decimal("600.00"),
    )  # fmt: skip
    assert (march.dso, march.best_dso, march.delinquent_days) == (Decimal("54.0"), Decimal("36.0"), Decimal("18.0"))
    # (900 at the begin + 600 billed - 900 at the end) / (900 + 600 - 600 not due) = 600 / 900.
    assert march.cei == Decimal("66.7")


def test_what_is_dated_later_is_not_billed_yet_and_is_told() -> None:
    """An invoice of next month is in the books: neither open nor billed today, both on its day."""
    tomorrow = TODAY + timedelta(days=1)
    books = [bill("900.00", issued=TODAY - timedelta(days=10)), bill("500.00", issued=tomorrow)]
    (aged,) = ageing(books, on=TODAY, today=TODAY)
    assert (aged.total, aged.invoices) == (Decimal("900.00"), 1)
    assert [a.total for a in by_customer(books, on=TODAY, today=TODAY)] == [Decimal("900.00")]
    assert dated_later(books, on=TODAY, today=TODAY) == {"EUR": Decimal("500.00")}
    (month,) = monthly(books, currency="EUR", months=[Month.of(TODAY)], today=TODAY)
    (alone,) = monthly(books[:1], currency="EUR", months=[Month.of(TODAY)], today=TODAY)
    assert month == alone
    assert month.came == Decimal(0)
    (then,) = ageing(books, on=tomorrow, today=tomorrow)
    assert (then.total, dated_later(books, on=tomorrow, today=tomorrow)) == (Decimal("1400.00"), {})


def test_where_nothing_was_billed_nothing_is_divided() -> None:
    books = [bill("10.00", issued=date(2025, 1, 5))]
    (month,) = monthly(books, currency="EUR", months=[Month(2026, 3)], today=TODAY)
    assert (month.dso, month.best_dso, month.delinquent_days, month.cei) == (None, None, None, Decimal("0.0"))
    assert begun(monthly(books, currency="EUR", months=[Month(2024, 12), Month(2025, 1)], today=TODAY))[
        0
    ].month == Month(2025, 1)
    assert currencies([]) == []


_bills = st.lists(
    st.builds(
        lambda cents, days, paid, late: bill(
            str(Decimal(cents) / 100),
            issued=TODAY - timedelta(days=days),
            paid=((TODAY - timedelta(days=days) + timedelta(days=late), str(Decimal(min(paid, cents)) / 100)),),
        ),
        st.integers(1, 10**7),
        st.integers(0, 500),
        st.integers(0, 10**7),
        st.integers(0, 400),
    ),
    max_size=12,
)


@given(books=_bills)
def test_whatever_the_books_say_months_chain_and_buckets_add_up(books: list[Bill]) -> None:
    # Money of the future is none: what came off after today is not in any book.
    books = [b for b in books if all(at <= TODAY for at, _ in b.reduced)]
    months = monthly(books, currency="EUR", months=months_until(TODAY, count=12), today=TODAY)
    for before, after in pairwise(months):
        assert before.open_end + after.billed - after.came == after.open_end
    for aged in ageing(books, on=TODAY, today=TODAY):
        assert aged.total == sum((b.balance for b in books), Decimal(0)) == months[-1].open_end
        assert aged.overdue == sum((b.balance for b in books if b.due < TODAY), Decimal(0))


def undertaken(status: str, amount: str | None = "10.00") -> Undertaken:
    money = Decimal(amount) if amount is not None else None
    return Undertaken(customer="C1", tier="key", due=TODAY, status=status, amount=money, currency="EUR")


def test_promises_are_counted_when_their_day_is_over() -> None:
    found = promises_kept(
        [undertaken("kept"), undertaken("kept", None), undertaken("broken", "7.50"), undertaken("open")]
    )
    assert (found.share, found.open) == (Share(2, 3), 1)
    assert (found.kept_money, found.broken_money) == ({"EUR": Decimal("10.00")}, {"EUR": Decimal("7.50")})
    assert (promises_kept([]).share.value, str(Share(0, 0)), str(Share(2, 3))) == (None, "none yet", "67% of 3")


def test_resolved_without_a_person_counts_conversations_alone() -> None:
    def ended(*, spoken: bool, asked: bool) -> Ended:
        return Ended("INV-1", "C1", TODAY, Decimal(1), "EUR", 3, spoken, asked)

    found = without_a_person(
        [ended(spoken=True, asked=False), ended(spoken=True, asked=True), ended(spoken=False, asked=False)]
    )
    assert found == Share(1, 2)


def test_answers_by_reason_tone_and_segment() -> None:
    def wrote(about: str, hours_: float | None, *, first: bool = True) -> Wrote:
        after = None if hours_ is None else timedelta(hours=hours_)
        return Wrote(at=NOW, about=about, register="warm", tier="key", first=first, after=after)

    found = responses(
        [wrote("overdue", 2), wrote("overdue", 4), wrote("overdue", None), wrote("dispute", None, first=False)]
    )
    overdue, dispute = found["reason"]
    assert (overdue.key, overdue.share, overdue.usual) == ("overdue", Share(2, 3), timedelta(hours=3))
    assert (dispute.share, dispute.usual) == (Share(0, 1), None)
    assert {line.key for line in found["who began"]} == {"we wrote first", "we answered"}
    assert [line.share.all for line in found["segment"]] == [4]


def test_hours_are_named_when_they_were_measured_and_not_before() -> None:
    few = hours(Times(with_us=[30, 60], by_hand=[600] * (ENOUGH - 1), alone=3, unmeasured=1))
    assert few.saved is None
    assert f"{ENOUGH - 1} answers by hand" in few.why_not
    known = hours(Times(with_us=[60] * 10, by_hand=[660] * ENOUGH, alone=2))
    # Ten decisions of one minute instead of eleven, and two that nobody saw: 10 x 600 s + 2 x 660 s.
    assert known.saved == pytest.approx((10 * 600 + 2 * 660) / 3600)
    assert known.low == known.high == known.saved
    slower = hours(Times(with_us=[700] * 10, by_hand=[100] * ENOUGH))
    assert slower.saved is not None
    assert slower.saved < 0, "what takes longer than by hand is said to"


# --- the page, its tables and its paper ---------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


@pytest.fixture
def page(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE) as client:
        yield client


OWN = {"sec-fetch-site": "same-origin"}


def test_page_api_plot_and_export_say_the_same(house: House, page: TestClient) -> None:
    shown = page.get("/reports", headers=OWN)
    assert shown.status_code == 200
    made = house.desk.report(days=90)
    for aged in made.aged:
        assert f"{aged.total:,}" in shown.text
        plot = page.get(f"/reports/plots/ageing/{aged.currency}", headers=OWN)
        assert plot.headers["content-type"].startswith("image/svg+xml")
        assert f"Open by days past due, {aged.currency}" in plot.text
    assert page.get("/reports/plots/ageing/XXX", headers=OWN).status_code == 404
    assert page.get("/reports/plots/pie/EUR", headers=OWN).status_code == 404
    export = house.desk.export("report-customers", days=90, actor="ada")
    rows = [dict(zip(export.heading, row, strict=True)) for row in export.rows]
    assert sum((Decimal(str(row["all"])) for row in rows), Decimal(0)) == sum((a.total for a in made.aged), Decimal(0))


def test_money_of_another_currency_is_not_taken_off_by_its_figure(house: House) -> None:
    day = NOW.date()
    with unit_of_work(house.engine) as session:
        known = session.exec(
            select(Invoice).where(Invoice.currency == "EUR", Invoice.balance != Decimal("0.00"))
        ).first()
        assert known is not None
        dates = {"issue_date": day - timedelta(days=90), "due_date": day - timedelta(days=60)}
        amounts = {"amount": Decimal("100.00"), "balance": Decimal("10.00"), "document_sha256": None}
        session.add(Invoice(**known.model_dump() | {"number": "INV-99001"} | dates | amounts))
        session.flush()
        for number, currency, amount in (("P-1", "JPY", "15000"), ("P-2", "EUR", "20.00")):
            session.add(
                Payment(
                    id=number,
                    customer_id=known.customer_id,
                    invoice_number="INV-99001",
                    received_on=day - timedelta(days=40),
                    currency=currency,
                    amount=Decimal(amount),
                    reference="",
                )
            )
    with unit_of_work(house.engine) as session:
        (found,) = (b for b in bills(session, today=day) if b.number == "INV-99001")
    assert found.open_on(day - timedelta(days=30), today=day) == Decimal("80.00")
    assert found.open_on(day, today=day) == Decimal("10.00")


def test_the_paper_of_a_month_is_a_pdf_and_the_log_knows_who_took_it(house: House) -> None:
    content = house.desk.month_pdf(Month.of(NOW.date()), actor="ada")
    text = "\n".join(found.extract_text() for found in PdfReader(io.BytesIO(content)).pages)
    assert "Receivables and collection" in text
    for aged in house.desk.report(days=30).aged:
        assert f"Open in {aged.currency}" in text
    with pytest.raises(ValueError, match="has not begun"):
        house.desk.month_pdf(Month(NOW.year + 1, 1), actor="ada")
    with pytest.raises(ValueError, match="write it like 2026-03"):
        Month.read("March")


def test_an_export_is_safe_in_a_spreadsheet(house: House, page: TestClient) -> None:
    token = page.get("/reports", headers=OWN).text.split('name="csrf" value="')[1].split('"')[0]
    answer = page.post("/exports/report-ageing", data={"csrf": token, "days": 90}, headers=OWN)
    assert answer.status_code == 200
    heading, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert heading[0] == "currency"
    assert len(rows) == len(house.desk.report(days=90).aged)
