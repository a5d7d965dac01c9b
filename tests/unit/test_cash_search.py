"""The search for cash: never another's money, never one receipt twice, sums to the cent, clear or a person's."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.aftermath import CheckOutcome
from store.facts import InvoiceFacts, PaymentFacts
from tests.cases import TODAY, invoice
from tools.cash_matches import Said, charges_within, field_of, quotes
from tools.cash_search import Result, search
from tools.limits import CashLimits

FOUND, POSSIBLE, NOT_FOUND = CheckOutcome.FOUND, CheckOutcome.POSSIBLE, CheckOutcome.NOT_FOUND
A, B, C = (invoice(f"F-550{n}", balance) for n, balance in ((1, "1800.00"), (2, "640.55"), (3, "99.10")))


def receipt(
    number: int, amount: str, reference: str = "", *, on: date = TODAY, of: str | None = None, currency: str = "GBP"
) -> PaymentFacts:
    return PaymentFacts(
        id=f"R{number}",
        invoice_number=of,
        received_on=on,
        currency=currency,
        amount=Decimal(amount),
        reference=reference,
    )


def look(
    wanted: list[InvoiceFacts],
    *payments: PaymentFacts,
    others: tuple[InvoiceFacts, ...] = (),
    all_meant: bool = True,
    said: Said | None = None,
    limits: CashLimits | None = None,
    shared: bool = False,
) -> Result:
    field = field_of(
        wanted,
        invoices=(*wanted, *others),
        payments=payments,
        said=said or Said(),
        limits=limits or CashLimits(),
        shared=shared,
    )
    return search(field, all_meant=all_meant)


def ids(result: Result) -> tuple[str, ...]:
    return tuple(r.id for r in result.receipts)


# --- what is clear


def test_the_exact_amount_of_one_invoice_is_found() -> None:
    got = look([A], receipt(1, "1800.00", "BRACKEN BACS"), receipt(2, "12.00"))
    assert (got.outcome, ids(got)) == (FOUND, ("R1",))
    assert [(b.payment, b.invoice, b.amount) for b in got.bookings] == [("R1", "F-5501", Decimal("1800.00"))]


def test_a_credit_note_is_a_candidate_and_never_what_they_paid() -> None:
    credit = receipt(1, "1800.00", "Credit note CN-77: F-5501")
    assert credit.is_credit
    got = look([A], credit)
    assert (got.outcome, ids(got), got.bookings) == (POSSIBLE, ("R1",), ())
    assert "a credit note of" in got.why
    assert (look([A], credit, receipt(2, "1800.00", "F-5501 BACS")).outcome) is FOUND


def test_one_receipt_for_several_invoices_is_found_by_its_sum() -> None:
    got = look([A, B, C], receipt(1, "2539.65"))
    assert (got.outcome, {b.invoice: b.amount for b in got.bookings}) == (
        FOUND,
        {i.number: i.balance for i in (A, B, C)},
    )


def test_several_receipts_for_several_invoices_are_found_each_for_its_own() -> None:
    got = look([A, B], receipt(1, "640.55"), receipt(2, "1800.00"), receipt(3, "5.00"))
    assert got.outcome is FOUND
    assert {(b.payment, b.invoice) for b in got.bookings} == {("R1", "F-5502"), ("R2", "F-5501")}


def test_instalments_that_name_the_invoice_are_found_together() -> None:
    got = look([A], receipt(1, "1000.00", "F-5501 1/2"), receipt(2, "800.00", "f 5501 2/2"))
    assert (got.outcome, set(ids(got))) == (FOUND, {"R1", "R2"})
    assert sum(b.amount for b in got.bookings) == Decimal("1800.00")
    unnamed = look([A], receipt(1, "1000.00"), receipt(2, "800.00"))
    assert unnamed.outcome is POSSIBLE, "a sum of strangers may fit by chance"


def test_a_reference_finds_a_part_and_says_what_stays_open() -> None:
    got = look([A], receipt(1, "500.00", "Rechnung F-5501 Abschlag"))
    assert (got.outcome, [b.amount for b in got.bookings]) == (FOUND, [Decimal("500.00")])
    assert "GBP 1,300.00 stays open" in got.why


def test_the_customers_own_reference_is_found_however_it_is_spaced() -> None:
    said = Said(reference="TD-20260304-117")
    assert look([A], receipt(1, "500.00", "td 20260304 117 bracken"), said=said).outcome is FOUND
    assert look([A], receipt(1, "500.00", "XTD20260304-1178"), said=said).outcome is NOT_FOUND


@pytest.mark.parametrize(
    ("reference", "said", "fits"),
    [
        ("TRX 000 123 HARROW", "TRX000123", True),
        ("TRX0001234", "TRX000123", False),
        ("PAYMENT INVOICE", "PAYMENT", False),
        ("REF 12", "12", False),
        ("x", None, False),
        ("ＴＲＸ０００１２３", "trx-000123", True),
    ],
)
def test_a_reference_counts_as_whole_words_with_digits_only(reference: str, said: str | None, fits: bool) -> None:
    assert quotes(reference, said) is fits


# --- what is a person's


def test_bank_charges_are_said_and_need_more_than_a_near_amount() -> None:
    near = receipt(1, "1791.50", on=TODAY)
    assert look([A], near).outcome is POSSIBLE
    told = look([A], near, said=Said(amount=Decimal("1800.00"), day=TODAY))
    assert told.outcome is FOUND
    assert "less GBP 8.50, which may be bank charges and stays open" in told.why
    assert look([A], receipt(1, "1790.99"), said=Said(amount=Decimal("1800.00"), day=TODAY)).outcome is NOT_FOUND
    strict = CashLimits(tolerance=Decimal(0))
    assert look([A], near, said=Said(amount=Decimal("1800.00"), day=TODAY), limits=strict).outcome is NOT_FOUND


@pytest.mark.parametrize(
    ("payments", "said"),
    [
        ((receipt(1, "1800.00"), receipt(2, "1800.00")), Said()),
        ((receipt(1, "1800.00", "F-5501"), receipt(2, "1800.00", "F-5501")), Said()),
        ((receipt(1, "1800.00"),), Said(amount=Decimal("1700.00"))),
        ((receipt(1, "1800.00", on=TODAY - timedelta(days=30)),), Said(day=TODAY)),
        ((receipt(1, "1800.00", on=TODAY - timedelta(days=200)),), Said()),
        ((receipt(1, "1900.00", "F-5501"),), Said()),
    ],
    ids=["two alike", "paid twice", "another amount", "another day", "before the invoice", "too much"],
)
def test_what_is_not_clear_is_shown_to_a_person(payments: tuple[PaymentFacts, ...], said: Said) -> None:
    got = look([A], *payments, said=said)
    assert (got.outcome, got.bookings) == (POSSIBLE, ())
    assert set(ids(got)) == {p.id for p in payments}


def test_money_that_would_pay_another_open_invoice_as_well_is_not_clear() -> None:
    twin = invoice("F-5509", "1800.00")
    assert look([A], receipt(1, "1800.00"), others=(twin,)).outcome is POSSIBLE
    assert look([A], receipt(1, "1800.00", "F-5501"), others=(twin,)).outcome is FOUND
    assert look([A], receipt(1, "1800.00", "inv F-5509"), others=(twin,)).outcome is NOT_FOUND
    assert look([A, twin], receipt(1, "1800.00")).outcome is not FOUND, "one payment is not two"


def test_a_reference_shared_by_two_claims_of_one_mail_pays_neither_in_part() -> None:
    said = Said(reference="TRX-991")
    part = receipt(1, "500.00", "TRX 991")
    assert look([A], part, said=said).outcome is FOUND
    assert look([A], part, said=said, others=(B,), shared=True).outcome is POSSIBLE


def test_a_word_about_no_invoice_in_particular_is_clear_by_its_amount_alone() -> None:
    said = Said(amount=Decimal("640.55"))
    assert [i.number for i in look([A, B], receipt(1, "640.55"), all_meant=False, said=said).invoices] == ["F-5502"]
    assert look([A, B], receipt(1, "640.55")).outcome is POSSIBLE


# --- for all input

_CENTS = st.integers(1, 300_000).map(lambda c: Decimal(c) / 100)
_REFERENCES = st.sampled_from(["", "F-5501", "f5502", "F-5510 F-5511", "TRX-77123", "rent", "5501", "1800.00"])
_PAYMENTS = st.lists(
    st.tuples(
        _CENTS | st.sampled_from([Decimal("100.00"), Decimal("200.00"), Decimal("300.00")]),
        st.sampled_from(["GBP", "EUR"]),
        _REFERENCES,
        st.integers(-90, 0),
        st.sampled_from([None, None, None, "F-5500"]),
    ),
    max_size=14,
)
_BALANCES = st.lists(_CENTS | st.sampled_from([Decimal("100.00"), Decimal("200.00")]), min_size=1, max_size=14)
_SAID = st.builds(
    Said,
    amount=st.none() | _CENTS | st.just(Decimal("300.00")),
    currency=st.sampled_from([None, "GBP", "EUR"]),
    day=st.none() | st.integers(-30, 0).map(lambda d: TODAY + timedelta(days=d)),
    reference=st.sampled_from([None, "TRX-77123", "rent"]),
)


@settings(max_examples=300, deadline=None)
@given(balances=_BALANCES, meant=st.integers(1, 14), made=_PAYMENTS, said=_SAID, all_meant=st.booleans())
def test_whatever_is_searched_the_books_stay_sound(
    balances: list[Decimal],
    meant: int,
    made: list[tuple[Decimal, str, str, int, str | None]],
    said: Said,
    all_meant: bool,
) -> None:
    invoices = [invoice(f"F-55{n:02d}", str(b)) for n, b in enumerate(balances, 1)]
    payments = [
        receipt(n, str(amount), reference, on=TODAY + timedelta(days=days), of=of, currency=currency)
        for n, (amount, currency, reference, days, of) in enumerate(made)
    ]
    got = look(invoices[:meant], *payments, others=tuple(invoices[meant:]), said=said, all_meant=all_meant)
    known = {p.id: p for p in payments}
    assert len(set(ids(got))) == len(got.receipts)
    for found in got.receipts:
        assert found == known[found.id]
        assert (found.currency, found.invoice_number) == ("GBP", None)
    assert (got.outcome is FOUND) is bool(got.bookings)
    assert (got.outcome is NOT_FOUND) is (not got.receipts)
    per_receipt: dict[str, Decimal] = defaultdict(Decimal)
    per_invoice: dict[str, Decimal] = defaultdict(Decimal)
    for booking in got.bookings:
        assert booking.amount > 0
        per_receipt[booking.payment] += booking.amount
        per_invoice[booking.invoice] += booking.amount
    open_ = {i.number: i.balance for i in invoices}
    assert all(per_receipt[n] == known[n].amount for n in per_receipt), "what is found is applied whole"
    assert set(per_receipt) == (set(ids(got)) if got.outcome is FOUND else set())
    assert all(paid <= open_[n] for n, paid in per_invoice.items())
    if got.outcome is FOUND:
        missing = sum((i.balance for i in got.invoices), Decimal(0)) - sum(per_receipt.values())
        assert missing >= 0
        assert {i.number for i in got.invoices} & {i.number for i in invoices[:meant]}
        if missing:
            assert "stays open" in got.why
    assert got == look(invoices[:meant], *payments, others=tuple(invoices[meant:]), said=said, all_meant=all_meant)


@settings(max_examples=150, deadline=None)
@given(
    cents=st.lists(st.integers(100, 900_000), min_size=2, max_size=12, unique=True),
    chosen=st.data(),
    noise=st.lists(st.integers(1_000_000_000, 2_000_000_000), max_size=5),
)
def test_a_sum_of_invoices_is_found_to_the_cent(cents: list[int], chosen: st.DataObject, noise: list[int]) -> None:
    invoices = [invoice(f"F-55{n:02d}", str(Decimal(c) / 100)) for n, c in enumerate(cents, 1)]
    paid = chosen.draw(st.lists(st.sampled_from(invoices), min_size=1, unique_by=lambda i: i.number))
    amount = sum((i.balance for i in paid), Decimal(0))
    others = tuple(i for i in invoices if i not in paid)
    got = look(paid, receipt(1, str(amount)), *(receipt(n, str(a)) for n, a in enumerate(noise, 2)), others=others)
    assert "R1" in ids(got), "either found, or among the candidates where another sum is equal"
    off = look(paid, receipt(1, str(amount + Decimal("0.01"))), limits=CashLimits(tolerance=Decimal(0)))
    assert off.outcome is NOT_FOUND


def test_the_search_ends_soon_however_much_there_is() -> None:
    invoices = [invoice(f"F-5{n:03d}", "100.00") for n in range(50)]
    payments = [receipt(n, "100.00" if n % 2 else "33.33", f"F-5{n % 60:03d} TRX {n}") for n in range(600)]
    began = time.process_time()
    look(invoices, *payments, said=Said(amount=Decimal("777.77"), reference="TRX 5 5"))
    look(invoices, *(p.model_copy(update={"reference": ""}) for p in payments))
    assert time.process_time() - began < 15


def test_charges_are_the_smaller_of_sum_and_share() -> None:
    limits = CashLimits()
    assert charges_within(Decimal("100.00"), limits) == Decimal("0.50")
    assert charges_within(Decimal("99.99"), limits) == Decimal("0.49")
    assert charges_within(Decimal("100000.00"), limits) == Decimal("15.00")


def test_an_older_receipt_of_the_same_amount_is_no_less_the_one() -> None:
    """Sums are tried over the newest twelve; what lies further back must not make a choice look certain."""
    day = timedelta(days=1)
    newest = [
        receipt(n, "1800.00" if n == 1 else "640.55" if n == 2 else f"{n}.01", on=TODAY - n * day) for n in range(1, 13)
    ]
    assert look([A, B], *newest).outcome is FOUND
    assert look([A, B], *newest, receipt(13, "640.55", on=TODAY - 13 * day)).outcome is POSSIBLE
