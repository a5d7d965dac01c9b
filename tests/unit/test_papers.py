"""Our own documents: every figure equals the ledger to the cent, in every language; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from prompts import lettering
from prompts.corrected_invoice import corrected_invoice_pdf
from prompts.lettering import Lettering, lettering_for
from prompts.sheet import words
from prompts.statement import AGES, account_totals, statement_pdf
from prompts.wording import LOCALES, long_date, money
from store.facts import CaseFacts, InvoiceFacts, PaymentFacts
from tests.unit.letter_scope import COMPANY, letter_scope

LANGUAGES = tuple(LOCALES)
BASE = letter_scope().facts
CENTS = st.decimals(min_value="0.01", max_value="99999999.99", places=2)


def account(
    *invoices: InvoiceFacts, payments: tuple[PaymentFacts, ...] = (), name: str = "Kessler & <b>Söhne</b> GmbH"
) -> CaseFacts:
    assert BASE.customer is not None
    customer = BASE.customer.model_copy(update={"name": name})
    return BASE.model_copy(update={"customer": customer, "invoices": invoices, "payments": payments})


def invoice(
    number: str, balance: str, *, late: int = 10, currency: str = "EUR", disputed: str = "0", **more: object
) -> InvoiceFacts:
    due = BASE.today - timedelta(days=late)
    values: dict[str, object] = {
        "number": number,
        "issue_date": due - timedelta(days=30),
        "due_date": due,
        "currency": currency,
        "amount": Decimal(balance) + 1,
        "balance": Decimal(balance),
        "po_number": "HF-77041",
        "description": "Ball bearings, sealed",
        "disputed": Decimal(disputed),
    }
    return InvoiceFacts.model_validate(values | more)


def receipt(
    amount: str, *, applied: str | None = None, currency: str = "EUR", reference: str = "KESSLER"
) -> PaymentFacts:
    return PaymentFacts(
        id=f"P{amount}",
        invoice_number=applied,
        received_on=date(2026, 3, 2),
        currency=currency,
        amount=Decimal(amount),
        reference=reference,
    )


def read(pdf: bytes) -> str:
    """Give the text of a PDF with every run of space as one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def worded(amount: Decimal, currency: str, language: str) -> str:
    return re.sub(r"\s+", " ", money(amount, currency, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=12, deadline=None)
@given(
    balances=st.lists(st.tuples(CENTS, st.integers(-60, 400), st.sampled_from(["EUR", "USD"])), min_size=1, max_size=40)
)
def test_a_statement_tells_the_ledger_to_the_cent(language: str, balances: list[tuple[Decimal, int, str]]) -> None:
    invoices = [
        invoice(f"INV-{n}", str(amount), late=late, currency=currency)
        for n, (amount, late, currency) in enumerate(balances)
    ]
    facts = account(*invoices, payments=(receipt("12.34"), receipt("99.99", applied="INV-0", reference="APPLIED")))
    pdf = statement_pdf(facts, company=COMPANY, language=language)
    assert pdf == statement_pdf(facts, company=COMPANY, language=language)
    text = read(pdf)
    for one in invoices:
        assert worded(one.balance, one.currency, language) in text
        assert worded(one.amount, one.currency, language) in text
        assert re.search(rf"\b{one.number}\b", text)
    for currency in {i.currency for i in invoices}:
        mine = [i for i in invoices if i.currency == currency]
        assert worded(sum((i.balance for i in mine), Decimal(0)), currency, language) in text
        assert (
            worded(sum((i.balance for i in mine if i.due_date < facts.today), Decimal(0)), currency, language) in text
        )
    assert worded(Decimal("12.34"), "EUR", language) in text
    assert "KESSLER" in text
    assert "APPLIED" not in text
    assert "Kessler & <b>Söhne</b> GmbH" in text
    assert COMPANY.name in text


@given(
    parts=st.lists(st.tuples(CENTS, st.integers(-60, 400), st.booleans()), max_size=30),
    paid=st.lists(CENTS, max_size=5),
)
def test_the_ages_add_up_to_what_is_open(parts: list[tuple[Decimal, int, bool]], paid: list[Decimal]) -> None:
    invoices = [
        invoice(f"I{n}", str(amount), late=late, disputed=str(amount * 2 if contested else 0))
        for n, (amount, late, contested) in enumerate(parts)
    ]
    facts = account(*invoices, payments=tuple(receipt(str(amount)) for amount in paid))
    for totals in account_totals(facts).values():
        assert sum(totals.ages) == totals.open == sum((amount for amount, _, _ in parts), Decimal(0))
        assert totals.late == totals.open - totals.ages[0]
        assert totals.contested == sum((amount for amount, _, contested in parts if contested), Decimal(0))
        assert totals.unapplied == sum(paid, Decimal(0))


@pytest.mark.parametrize(
    ("late", "place"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_an_age_ends_with_its_last_day(late: int, place: int) -> None:
    ages = account_totals(account(invoice("I1", "5.00", late=late)))["EUR"].ages
    assert [bool(amount) for amount in ages] == [n == place for n in range(len(AGES) + 1)]


def test_what_is_contested_and_what_is_settled() -> None:
    facts = account(invoice("I1", "700.00", disputed="250.00"), invoice("I2", "0.00"))
    text = read(statement_pdf(facts, company=COMPANY, language="en"))
    assert "in dispute: EUR 250.00" in text
    assert "of which in dispute EUR 250.00" in text
    assert "I2" not in text
    assert "10 March 2026" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_corrected_copy_changes_the_order_reference_and_nothing_else(language: str) -> None:
    one = invoice("INV-7", "448.00", amount=Decimal("4960.00"))
    facts = account(one, invoice("INV-8", "77.77"))
    made = corrected_invoice_pdf(facts, "INV-7", po_number="HF-<9>&{id}", company=COMPANY, language=language)
    assert made == corrected_invoice_pdf(facts, "INV-7", po_number="HF-<9>&{id}", company=COMPANY, language=language)
    text = read(made)
    said = words(language, "corrected")
    for wanted in (
        said["title"].format(number="INV-7"),
        said["subtitle"],
        "HF-<9>&{id}",
        "HF-77041",
        long_date(one.issue_date, language=language),
        long_date(one.due_date, language=language),
        worded(Decimal("4960.00"), "EUR", language),
        worded(Decimal("448.00"), "EUR", language),
    ):
        assert re.sub(r"\s+", " ", wanted) in text
    assert "INV-8" not in text
    assert "77" not in text.replace("HF-77041", "")


def test_a_copy_is_of_an_invoice_of_this_customer_and_needs_a_number() -> None:
    for number, order in (("INV-9", "X"), ("I1", " ")):
        with pytest.raises(ValueError, match=r"no invoice of this customer|order number is missing"):
            corrected_invoice_pdf(
                account(invoice("I1", "1.00")), number, po_number=order, company=COMPANY, language="en"
            )
    with pytest.raises(ValueError, match="matched to none"):
        statement_pdf(BASE.model_copy(update={"customer": None}), company=COMPANY, language="en")


def test_every_language_has_every_word() -> None:
    for part in ("sheet", "statement", "corrected"):
        slots = {name: set(re.findall(r"\{\w+\}", text)) for name, text in words("en", part).items()}
        for language in LANGUAGES:
            assert {n: set(re.findall(r"\{\w+\}", t)) for n, t in words(language, part).items()} == slots
            assert all(not re.search(r"\d", text) for text in words(language, part).values())


#: The family that is always there, whatever is installed on this machine.
VERA = lettering_for("plain")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Éole Ünal Şahin İnşaat ğ", "Éole Ünal Şahin İnşaat ğ"),
        ("Łódzkie Zakłady Księżyc", "Łódzkie Zakłady Ksiezyc"),
        ("Příkrý & Dvořák s.r.o.", "Príkrý & Dvorák s.r.o."),
        ("a\u202eb\u200bc\nd", "abc d"),
        ("№ 5 ﬁne", "No 5 ﬁne"),
    ],
)
def test_a_letter_that_is_not_there_loses_its_mark_and_no_more(name: str, written: str) -> None:
    assert VERA.write(name) == written


def test_a_name_in_another_script_is_never_a_row_of_boxes() -> None:
    assert VERA.write("Ελληνική Εταιρεία", instead="C1044") == "C1044"
    assert VERA.write("Я-Tools Ltd", instead="C1044") == "?-Tools Ltd"
    wider = lettering_for("Ελληνική Εταιρεία Księżyc")
    if wider.regular != VERA.regular:
        text = read(
            statement_pdf(account(invoice("I1", "1.00"), name="Ελληνική Księżyc"), company=COMPANY, language="en")
        )
        assert "Ελληνική Księżyc" in text


@settings(deadline=None)
@given(st.text(max_size=80))
def test_whatever_stands_in_the_ledger_only_letters_that_exist_are_drawn(text: str) -> None:
    assert {ord(c) for c in VERA.write(text, instead="C1")} <= VERA.letters | {ord(" ")}


def test_without_another_family_a_statement_is_still_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_vera(*files: str) -> Lettering | None:
        return VERA if files == ("Vera.ttf", "VeraBd.ttf") else None

    monkeypatch.setattr(lettering, "_family", only_vera)
    text = read(statement_pdf(account(invoice("I1", "1.00"), name="Εταιρεία"), company=COMPANY, language="de"))
    assert "C1" in text
    assert "Εταιρεία" not in text


def test_a_large_amount_stays_in_its_column() -> None:
    facts = account(invoice("I" * 60, "99999999999999.99", po_number="4500012345/" * 12))
    text = read(statement_pdf(facts, company=COMPANY, language="fr"))
    assert worded(Decimal("99999999999999.99"), "EUR", "fr") in text
    assert text.count("I" * 60) or "III" in text


def test_many_invoices_take_many_pages_and_none_is_lost() -> None:
    facts = account(*(invoice(f"INV-{n:04}", "10.00") for n in range(300)))
    pdf = statement_pdf(facts, company=COMPANY, language="en")
    text = read(pdf)
    pages = len(PdfReader(io.BytesIO(pdf)).pages)
    assert pages > 5
    assert f"Page {pages} of {pages}" in text
    assert all(f"INV-{n:04}" in text for n in range(300))
    assert "EUR 3,000.00" in text
