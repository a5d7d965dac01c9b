"""How one line is matched, and what is said of it: exact, deducted, short, too much, by its payer, ambiguous, contradicted, booked."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.bank.booked import Tied, booked_lines
from ledger.bank.books import Advice, Books, CreditNote, Found, Incoming, Kind, OpenItem, Receipt
from ledger.bank.matching import Matcher, explained
from ledger.bank.naming import name_key
from store.bank_words import NamedPart

DAY = date(2026, 3, 9)


def item(number: str, customer: str, balance: str, *, days: int = 40, currency: str = "EUR") -> OpenItem:
    return OpenItem(
        number, customer, currency, Decimal(balance), DAY - timedelta(days=days), DAY - timedelta(days=days - 30)
    )


BOOKS = Books(
    items=(
        item("INV-20401", "A", "1000.00", days=10),
        item("INV-20402", "A", "250.00"),
        item("INV-20403", "A", "250.00"),
        item("INV-20404", "A", "77.10"),
        item("INV-20405", "B", "640.00"),
        item("INV-20406", "B", "500.00", currency="USD"),
        item("INV-20407", "B", "0.00"),
        item("INV-20408", "C", "333.33"),
        item("INV-20409", "D", "12.00"),
    ),
    customers={"A": "Kessler Anlagenbau GmbH", "B": "Harrow Finch Ltd", "C": "Birke", "D": "Birke AG"},
    credits=(CreditNote("CN-7001", "A", "EUR", Decimal("40.00")),),
    advices=(Advice("B", Decimal("640.00"), "EUR", "AV-98765", (NamedPart("INV-20405", Decimal("640.00")),)),),
    by_iban={"DE-A": frozenset("A"), "DE-B": frozenset("B"), "DE-CD": frozenset("CD")},
)


def found(amount: str, text: str = "", **fields: Any) -> Found:
    values: dict[str, Any] = {"booked_on": DAY, "currency": "EUR", "text": text} | fields
    return Matcher(BOOKS).match([Incoming(key="k", amount=Decimal(amount), **values)])["k"]


CASES: list[tuple[str, str, dict[str, Any], Kind, list[tuple[str, str, str]], str, bool, str]] = [
    ("1000.00", "RE INV-20401", {}, Kind.EXACT, [("INV-20401", "1000.00", "0")], "0", True, "exactly"),
    ("1250.00", "INV-20401, 20402", {"payer_iban": "DE-A"}, Kind.EXACT, [("INV-20401", "1000.00", "0"), ("INV-20402", "250.00", "0")], "0", True, "exactly"),
    ("980.00", "INV-20401", {}, Kind.DISCOUNT, [("INV-20401", "980.00", "20.00")], "0", True, "2 % for early payment"),
    ("245.00", "INV-20402", {}, Kind.SHORT, [("INV-20402", "245.00", "0")], "0", True, "5.00 stays open"),
    ("249.00", "INV-20402", {}, Kind.CHARGES, [("INV-20402", "249.00", "1.00")], "0", True, "as bank charges may be"),
    ("230.00", "INV-20402", {"charges": Decimal("20.00")}, Kind.CHARGES, [("INV-20402", "230.00", "20.00")], "0", True, "as the bank states"),
    ("210.00", "INV-20402", {}, Kind.CREDITS, [("INV-20402", "210.00", "40.00")], "0", True, "less credit note CN-7001"),
    ("700.00", "INV-20405", {"payer_iban": "DE-B"}, Kind.OVER, [("INV-20405", "640.00", "0")], "60.00", True, "60.00 more than is open"),
    ("77.10", "", {"payer_name": "KESSLER ANLAGENBAU"}, Kind.PAYER_AMOUNT, [("INV-20404", "77.10", "0")], "0", True, "has their name"),
    ("1577.10", "", {"payer_iban": "DE-A"}, Kind.PAYER_SUM, [("INV-20401", "1000.00", "0"), ("INV-20402", "250.00", "0"), ("INV-20403", "250.00", "0"), ("INV-20404", "77.10", "0")], "0", True, "all 4 of theirs together"),
    ("250.00", "", {"payer_iban": "DE-A"}, Kind.PAYER_AMOUNT, [("INV-20402", "250.00", "0")], "0", False, "ambiguous"),
    ("333.33", "", {"payer_iban": "DE-CD"}, Kind.PAYER_AMOUNT, [("INV-20408", "333.33", "0")], "0", False, "2 customers could be the payer"),
    ("1000.00", "INV-20401", {"payer_iban": "DE-B"}, Kind.EXACT, [("INV-20401", "1000.00", "0")], "0", False, "has paid for B before"),
    ("640.00", "run AV-98765", {}, Kind.ADVICE, [("INV-20405", "640.00", "0")], "0", True, "remittance advice"),
    ("500.00", "INV-20406", {}, Kind.OTHER_CURRENCY, [], "500.00", False, "no exchange rates"),
    ("640.00", "INV-20407", {}, Kind.PAID_TWICE, [], "640.00", False, "paid twice"),
    ("12.00", "", {}, Kind.AMOUNT_ONLY, [("INV-20409", "12.00", "0")], "0", False, "nothing says whose"),
    ("5.55", "", {"payer_iban": "DE-A"}, Kind.PAYER_ONLY, [], "5.55", False, "stays unapplied"),
    ("1640.00", "INV-20401 INV-20405", {}, Kind.SUM, [("INV-20401", "1000.00", "0"), ("INV-20405", "640.00", "0")], "0", True, "one pays for all"),
    ("99.00", "INV-20401 INV-20405", {}, Kind.SHORT, [("INV-20401", "99.00", "0")], "0", False, "whose is it"),
    ("1078.00", "", {"named": (NamedPart("INV-20401", Decimal("980.00"), Decimal("20.00"), "discount"), NamedPart("INV-20402", Decimal("98.00")))}, Kind.ADVICE, [("INV-20401", "980.00", "20.00"), ("INV-20402", "98.00", "0")], "0", True, "itself says"),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "text", "fields", "kind", "pieces", "rest", "suggested", "told"), CASES)
def test_what_a_line_comes_to(
    amount: str,
    text: str,
    fields: dict[str, Any],
    kind: Kind,
    pieces: list[tuple[str, str, str]],
    rest: str,
    *,
    suggested: bool,
    told: str,
) -> None:
    got = found(amount, text, **fields)
    way = got.ways[0]
    assert way.kind is kind
    got_pieces = sorted((p.number, p.amount, p.deducted) for p in way.pieces)
    assert got_pieces == [(n, Decimal(a), Decimal(d)) for n, a, d in pieces]
    assert way.unapplied == Decimal(rest)
    assert (got.best is not None) is suggested
    assert told in explained(got)


def test_nothing_fits() -> None:
    assert found("5.55", "order 100020401x").ways == ()
    assert explained(Found()) == "nothing in the ledger fits it"


def test_a_discount_that_is_too_late_is_short() -> None:
    late = found("1176.00", "INV-20401", booked_on=DAY + timedelta(days=60))
    assert late.ways[0].kind is not Kind.DISCOUNT


@pytest.mark.parametrize(
    "text", ["Bestellung 4500020401", "Tel. 020401 55 66", "2026-04-01 204 01 2026", "INV-20401-2"]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    got = found("31.00", text)
    assert all(p.number != "INV-20401" or w.confidence < 0.8 for w in got.ways for p in w.pieces)


def test_names_of_companies() -> None:
    assert name_key("KESSLER Anlagenbau GmbH & Co. KG") == name_key("Kessler-Anlagenbau") == "kessler anlagenbau"
    assert name_key("GmbH") == ""


# --- what the ERP has booked --------------------------------------------------------------------------------------------


def receipt(number: str, amount: str, **fields: Any) -> Receipt:
    values: dict[str, Any] = {
        "customer_id": "A",
        "invoice_number": None,
        "received_on": DAY,
        "currency": "EUR",
        "reference": "",
    }
    return Receipt(id=number, amount=Decimal(amount), **(values | fields))


def tied(amount: str = "100.00", *, invoices: tuple[str, ...] = (), customers: str = "", **fields: Any) -> Tied:
    values: dict[str, Any] = {"key": "k", "booked_on": DAY, "currency": "EUR"} | fields
    return Tied(Incoming(amount=Decimal(amount), **values), frozenset(invoices), frozenset(customers))


@pytest.mark.parametrize(
    ("line", "receipts", "booked"),
    [
        (tied(invoices=("INV-1",)), [receipt("P", "100.00", invoice_number="INV-1")], ("P",)),
        (tied(text="run 7711"), [receipt("P", "100.00", reference="RUN-7711 x"), receipt("Q", "100.00")], ()),
        (tied(end_to_end="E2E-55"), [receipt("P", "100.00", reference="pay E2E-55")], ("P",)),
        (tied(payer_name="Kessler GmbH"), [receipt("P", "100.00", reference="KESSLER KW 10")], ("P",)),
        (tied(customers="A"), [receipt("P", "100.00", received_on=DAY + timedelta(days=5))], ("P",)),
        (tied(customers="A"), [receipt("P", "100.00", received_on=DAY + timedelta(days=6))], ()),
        (tied(customers="A"), [receipt("P", "100.01")], ()),
        (tied(customers="A"), [receipt("P", "100.00", currency="USD")], ()),
        (tied(), [receipt("P", "100.00")], ()),
        (tied(customers="B"), [receipt("P", "100.00")], ()),
        (tied(invoices=("INV-1",)), [receipt("P", "60.00", invoice_number="INV-1", reference="R9 INV-1"), receipt("Q", "40.00", invoice_number="INV-2", reference="R9 INV-2")], ("P", "Q")),
    ],
)  # fmt: skip
def test_what_counts_as_booked(line: Tied, receipts: list[Receipt], booked: tuple[str, ...]) -> None:
    assert booked_lines([line], receipts).get("k", ()) == booked


def test_a_receipt_goes_to_the_line_that_it_fits_best_and_to_one() -> None:
    weak = tied(key="weak", customers="A")
    sure = tied(key="sure", invoices=("INV-1",))
    own = receipt("P", "100.00", invoice_number="INV-1")
    for lines in ([weak, sure], [sure, weak]):
        assert booked_lines(lines, [own]) == {"sure": ("P",)}
    assert booked_lines([sure], [own], spent={"P"}) == {}
