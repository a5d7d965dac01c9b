"""What a pull brings becomes rows of the ledger: nothing counted twice, nothing lost, and what cannot be is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.connectors import values
from ledger.connectors.quickbooks_lines import applied_by, without_credits
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, RemoteInvoice, RemotePayment
from ledger.connectors.stored import IMPORT, Stored, StoredCustomer, StoredInvoice, StoredPayment
from ledger.connectors.taking import Taken, take
from ledger.connectors.wire_limits import retry_after
from ledger.settings import ConnectionSettings
from store.remote_records import Known

DAY = date(2026, 2, 1)
BOOKS = ConnectionSettings.model_validate({"kind": "xero", "name": "books", "client_id": "abcdefgh", "currency": "EUR"})
CARDS = ConnectionSettings.model_validate({"kind": "stripe", "name": "cards", "customers_of": "books"})


def customer(number: str, **more: Any) -> RemoteCustomer:
    return RemoteCustomer(number, f"Customer {number}", f"books customer {number}", **{"currency": "EUR", **more})


def invoice(key: str, of: str = "1", total: str = "100.00", left: str | None = None, **more: Any) -> RemoteInvoice:
    values = {"number": f"INV-{key}", "issued": DAY, "due": DAY, "currency": "EUR", "customer": of}
    values |= {"amount": Decimal(total), "balance": Decimal(left if left is not None else total)}
    return RemoteInvoice(key, f"books invoice {key}", **{**values, **more})


def payment(number: str, applied: dict[str, str], of: str = "1", unapplied: str = "0", **more: Any) -> RemotePayment:
    return RemotePayment(
        number,
        f"payment {number}",
        customer=of,
        received_on=more.pop("day", DAY),
        currency="EUR",
        applied={key: Decimal(amount) for key, amount in applied.items()},
        unapplied=Decimal(unapplied),
        **more,
    )


def stored(**more: Any) -> Stored:
    """Give a ledger with one customer of the books, their invoice, and who brought it."""
    found = Stored(brought={"invoice": {"INV-1": "books"}, "payment": {}})
    found.customers["books-1"] = StoredCustomer("EUR", "nl", "Europe/Amsterdam", "key", "Mona")
    found.by_address["ap@one.example"] = {"books-1"}
    found.addresses = {("books-1", "ap@one.example")}
    found.invoices["INV-1"] = StoredInvoice("books-1", DAY, DAY, "EUR", Decimal("100.00"), Decimal("100.00"), "", "")
    found.records[("customer", "1")] = Known("books-1", ("books-1",))
    found.records[("invoice", "1")] = Known("books-1", ("INV-1",))
    for name, value in more.items():
        setattr(found, name, value)
    return found


def other(found: Stored) -> Stored:
    """Give the same ledger as another connection sees it: nothing of it is its own."""
    return replace(found, records={})


def took(
    page: Page, ledger: Stored, settings: ConnectionSettings = BOOKS, *, full: bool = False, accept: bool = False
) -> Taken:
    return take(page, settings, ledger, full=full, accept_missing=accept, truth_prefix="books-")


def money(taken: Taken) -> dict[str, tuple[str, Decimal]]:
    return {row.payment_id: (row.invoice_number, row.amount) for _, row in taken.payments}


def stored_payment(number: str, amount: str, on: str = "", **more: Any) -> StoredPayment:
    values: dict[str, Any] = {"received_on": DAY, "currency": "EUR", "reference": "wire"}
    return StoredPayment(number, "books-1", on, amount=Decimal(amount), **{**values, **more})


def test_what_people_set_by_hand_stays() -> None:
    (placed,) = took(Page(customers=[customer("1", language="en")]), stored()).customers
    assert (placed[1].language, placed[1].timezone, placed[1].tier, placed[1].owner) == (
        "nl",
        "Europe/Amsterdam",
        "key",
        "Mona",
    )
    assert placed[1].name == "Customer 1"


def test_an_invoice_number_that_changed_leaves_nothing_open_under_the_old_one() -> None:
    taken = took(Page(invoices=[invoice("1", number="INV-1-A")]), stored())
    rows = {row.invoice_number: (row.amount, row.balance) for _, row in taken.invoices}
    assert rows == {"INV-1-A": (Decimal(100), Decimal(100)), "INV-1": (Decimal(100), Decimal(0))}
    assert taken.records[("invoice", "1")].ledger_ids == ("INV-1-A",)


def test_a_void_invoice_stands_at_nothing_open_and_one_that_never_came_is_nothing() -> None:
    taken = took(Page(invoices=[invoice("1", gone=True), invoice("77", gone=True)]), stored())
    assert [(row.invoice_number, row.balance) for _, row in taken.invoices] == [("INV-1", Decimal(0))]
    again = took(
        Page(invoices=[invoice("1", gone=True)]),
        stored(invoices={"INV-1": replace(stored().invoices["INV-1"], description=taken.invoices[0][1].description)}),
    )
    assert again.invoices[0][1].description == taken.invoices[0][1].description


def test_two_records_with_one_number_are_refused_with_both_named() -> None:
    taken = took(
        Page(customers=[customer("1")], invoices=[invoice("8", number="X"), invoice("9", number="X")]), stored()
    )
    assert [str(f) for f in taken.faults] == [
        "books invoice 9: number: 'X' stands already on books invoice 8: give one another number"
    ]


def test_the_number_of_another_record_of_before_is_not_taken_over() -> None:
    taken = took(Page(invoices=[invoice("9", number="INV-1")]), stored())
    assert "another record's of books already" in str(taken.faults[0])


@pytest.mark.parametrize(
    ("amount", "told"), [("100.00", "the same invoice as books brought"), ("99.00", "set invoice_prefix of cards")]
)
def test_an_invoice_that_two_systems_bring_counts_once(amount: str, told: str) -> None:
    page = Page(
        customers=[customer("c9", email="AP@one.example")],
        invoices=[invoice("i9", of="c9", total=amount, number="INV-1")],
    )
    taken = took(page, other(stored()), CARDS)
    assert not taken.invoices
    assert told in "".join([*taken.left_out, *map(str, taken.faults)])


def test_a_payment_on_an_invoice_of_another_system_counts_there() -> None:
    page = Page(
        customers=[customer("c9", email="ap@one.example")],
        invoices=[invoice("i9", of="c9", number="INV-1")],
        payments=[payment("p9", {"i9": "40.00"}, of="c9")],
    )
    taken = took(page, other(stored()), CARDS)
    assert money(taken) == {}
    assert "payment p9: lies on an invoice that another system tells of, and counts there" in taken.left_out


def test_the_same_money_in_two_systems_counts_once_whoever_told_first() -> None:
    there = other(stored())
    there.payments["books-p1"] = stored_payment("books-p1", "40.00")
    there.brought["payment"] = {"books-p1": "books"}
    theirs = customer("c9", email="ap@one.example")
    page = Page(customers=[theirs], payments=[payment("p9", {}, of="c9", unapplied="40.00", day=date(2026, 2, 4))])
    # The books told first: the card system's row is left out.
    taken = took(page, there, CARDS)
    assert money(taken) == {}
    assert taken.left_out == ["payment p9: is the money that books tells of, and counts once"]
    # Two rows there, one here: the second one is money of its own.
    page.payments.append(payment("p10", {}, of="c9", unapplied="40.00"))
    assert money(took(page, there, CARDS)) == {"cards-p10": ("", Decimal(40))}
    # Another day, another amount: other money.
    far = Page(customers=[theirs], payments=[payment("p9", {}, of="c9", unapplied="40.00", day=date(2026, 2, 20))])
    assert money(took(far, there, CARDS)) == {"cards-p9": ("", Decimal(40))}
    # The card system told first: its row gives way to that of the books.
    first = stored()
    first.payments["cards-p9"] = stored_payment("cards-p9", "40.00")
    first.brought["payment"] = {"cards-p9": "cards"}
    taken = took(Page(payments=[payment("p1", {}, unapplied="40.00")]), first)
    assert money(taken) == {"books-p1": ("", Decimal(40)), "cards-p9": ("", Decimal(0))}


def test_money_that_moved_or_was_taken_back_stands_where_it_lies_now() -> None:
    there = stored()
    there.records[("payment", "p1")] = Known("books-1", ("books-p1",))
    there.payments["books-p1"] = stored_payment("books-p1", "40.00")
    there.brought["payment"] = {"books-p1": "books"}
    moved = took(Page(payments=[payment("p1", {"1": "40.00"})]), there)
    assert money(moved) == {"books-p1/1": ("INV-1", Decimal(40)), "books-p1": ("", Decimal(0))}
    assert set(moved.records[("payment", "p1")].ledger_ids) == {"books-p1", "books-p1/1"}
    gone = took(Page(payments=[RemotePayment("p1", "payment p1", gone=True)]), there)
    assert money(gone) == {"books-p1": ("", Decimal(0))}


def test_a_payment_on_an_invoice_that_nobody_knows_is_told_and_not_taken_for_unapplied_money() -> None:
    taken = took(Page(payments=[payment("p1", {"404": "40.00"})]), stored())
    assert money(taken) == {}
    assert taken.left_out == ["payment p1: lies on an invoice that is not in the ledger"]


def test_a_customer_who_is_nobody_in_the_books_is_told_with_all_that_is_theirs_left_out() -> None:
    page = Page(
        customers=[customer("c9", email="who@knows.example")],
        contacts=[RemoteContact("x", "c9", "Who", "who@knows.example", "ap", "cards contact x")],
        invoices=[invoice("i9", of="c9")],
        payments=[payment("p9", {"i9": "1.00"}, of="c9", unapplied="5.00")],
    )
    taken = took(page, other(stored()), CARDS)
    assert (taken.customers, taken.contacts, taken.invoices, taken.payments, taken.faults) == ([], [], [], [], [])
    assert len(taken.left_out) == 1
    assert "is no customer of books" in taken.left_out[0]


def test_an_address_that_two_customers_have_finds_neither() -> None:
    there = other(stored(by_address={"ap@one.example": {"books-1", "books-2"}}))
    taken = took(Page(customers=[customer("c9", email="ap@one.example")]), there, CARDS)
    assert not taken.records


@pytest.mark.parametrize("ours", ["books-1", "1"])
def test_a_configured_field_finds_the_customer(ours: str) -> None:
    taken = took(Page(customers=[customer("c9", ours=ours)]), other(stored()), CARDS)
    assert taken.records[("customer", "c9")].customer_id == "books-1"
    wrong = took(Page(customers=[customer("c9", ours="17", email="ap@one.example")]), other(stored()), CARDS)
    assert not wrong.records  # a field that names somebody else is not overruled by an address


def test_customers_that_were_merged_are_one() -> None:
    there = stored()
    there.customers["books-2"] = there.customers["books-1"]
    there.records[("customer", "2")] = Known("books-2", ("books-2",))
    page = Page(
        customers=[customer("1"), RemoteCustomer("2", "Two", "books customer 2", merged_into="1")],
        invoices=[invoice("5", of="2")],
    )
    taken = took(page, there)
    assert taken.merged == [("2", "books-2", "books-1")]
    assert [row.customer_id for _, row in taken.customers] == ["books-1"]
    assert [row.customer_id for _, row in taken.invoices] == ["books-1"]
    loop = Page(customers=[replace(customer("1"), merged_into="2"), replace(customer("2"), merged_into="1")])
    assert took(loop, there).customers == []


def test_an_address_to_which_nothing_can_be_sent_is_left_out_without_being_told() -> None:
    page = Page(
        customers=[customer("1")], contacts=[RemoteContact("1", "1", "One", "müller@bücher", "ap", "books customer 1")]
    )
    taken = took(page, stored())
    assert taken.contacts == []
    assert taken.left_out == ["books customer 1: mail cannot be sent to its address as it is"]


def test_a_customer_without_a_currency_is_told() -> None:
    settings = BOOKS.model_copy(update={"currency": None})
    taken = took(Page(customers=[customer("7", currency="")]), stored(), settings)
    assert taken.customers == []
    assert "set `currency`" in taken.left_out[0]


def many(count: int) -> Stored:
    there = stored()
    for n in range(2, count + 1):
        there.invoices[f"INV-{n}"] = there.invoices["INV-1"]
        there.records[("invoice", str(n))] = Known("books-1", (f"INV-{n}",))
    return there


def test_an_answer_in_which_most_is_missing_is_not_believed() -> None:
    empty = took(Page(customers=[customer("1")]), many(40), full=True)
    assert "40 open ones of 40 are not there any more, which is hardly so" in str(empty.faults[0])
    assert empty.invoices == []
    believed = took(Page(customers=[customer("1")]), many(40), full=True, accept=True)
    assert {row.balance for _, row in believed.invoices} == {Decimal(0)}
    few = took(Page(invoices=[invoice(str(n)) for n in range(1, 39)]), many(40), full=True)
    assert [row.invoice_number for _, row in few.invoices if row.balance == 0] == ["INV-39", "INV-40"]
    # What changed alone says nothing about what did not come.
    assert took(Page(), many(40)).invoices == []


def test_a_ledger_from_files_is_taken_over_and_not_doubled() -> None:
    there = stored(brought={"invoice": {}, "payment": {}})
    there.payments["PAY-1"] = stored_payment("PAY-1", "40.00", on="INV-1")
    assert there.source_of("payment", "PAY-1") == IMPORT
    page = Page(invoices=[invoice("1", left="60.00")], payments=[payment("p1", {"1": "40.00"})])
    taken = took(page, replace(there, records={("customer", "1"): Known("books-1", ("books-1",))}))
    assert [(row.invoice_number, row.balance) for _, row in taken.invoices] == [("INV-1", Decimal(60))]
    assert money(taken) == {}
    assert taken.left_out == ["payment p1: is the money that import tells of, and counts once"]


def test_what_a_credit_memo_paid_is_no_money() -> None:
    """An invoice of 100.00 and one of 30.00, paid with 110.00 and a credit memo of 20.00."""
    lines = [
        {"Amount": Decimal("100.00"), "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]},
        {"Amount": Decimal("30.00"), "LinkedTxn": [{"TxnId": "2", "TxnType": "Invoice"}]},
        {"Amount": Decimal("20.00"), "LinkedTxn": [{"TxnId": "3", "TxnType": "CreditMemo"}]},
        {"Amount": Decimal("5.00"), "LinkedTxn": [{"TxnId": "4", "TxnType": "JournalEntry"}]},
    ]
    applied, credits = applied_by({"Line": lines})
    assert (applied, credits) == ({"1": Decimal(100), "2": Decimal(30), "": Decimal(5)}, Decimal(20))
    del applied[""]
    assert without_credits(applied, credits) == {"1": Decimal(100), "2": Decimal(10)}
    assert without_credits(applied, Decimal(35)) == {"1": Decimal(95)}


@pytest.mark.parametrize(
    ("units", "currency", "amount"),
    [(1234, "EUR", "12.34"), (1234, "JPY", "1234"), (1234, "KWD", "1.234"), (500, "ISK", "5.00"), (500, "UGX", "5.00")],
)
def test_smallest_units_are_those_of_the_currency(units: int, currency: str, amount: str) -> None:
    assert values.from_minor(units, currency) == Decimal(amount)


def test_a_day_is_read_in_every_form_and_never_guessed() -> None:
    ticks = values.day({"d": "/Date(1518685950940+0000)/"}, "d")
    assert (str(ticks), str(values.day({"d": "2026-03-01T00:00:00"}, "d"))) == ("2018-02-15", "2026-03-01")
    for wrong in ("01/03/2026", "", "yesterday", "/Date(x)/"):
        with pytest.raises(values.Unreadable):
            values.day({"d": wrong}, "d")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("Tue, 10 Mar 2026 09:00:30 GMT", 30.0), ("soon", None), ("nan", None), ("-5", 0.0), ("", None)],
)
def test_how_long_to_wait_is_read_in_both_forms(said: str, seconds: float | None) -> None:
    now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    assert retry_after(httpx2.Headers({"retry-after": said}), clock=lambda: now) == seconds


amounts = st.decimals(min_value="0.01", max_value="9999", places=2)


@given(
    st.lists(st.tuples(st.sampled_from("123456"), amounts, st.booleans()), max_size=12, unique_by=lambda x: x[0]),
    st.lists(st.tuples(st.sampled_from("123456"), amounts, st.booleans()), max_size=12, unique_by=lambda x: x[0]),
)
def test_whatever_comes_and_goes_the_ledger_holds_what_came_last(first: list[Any], second: list[Any]) -> None:
    """Two pulls after each other: every cent of the second is there, and none of what it took back."""
    there = stored()

    def pages(said: list[Any]) -> Page:
        found = [
            RemotePayment(n, f"payment {n}", gone=True)
            if gone
            else payment(n, {"1": str(amount)} if int(n) % 2 else {}, unapplied="0" if int(n) % 2 else str(amount))
            for n, amount, gone in said
        ]
        return Page(payments=found)

    for said in (first, second):
        taken = took(pages(said), there, full=True)
        for _, row in taken.payments:
            there.payments[row.payment_id] = stored_payment(row.payment_id, str(row.amount), on=row.invoice_number)
            there.brought["payment"][row.payment_id] = "books"
        there.records |= taken.records
    held = sum((p.amount for p in there.payments.values()), Decimal(0))
    assert held == sum((amount for _, amount, gone in second if not gone), Decimal(0))
