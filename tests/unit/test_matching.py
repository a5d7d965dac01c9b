"""Invoice numbers as links: sure ones identify, weak ones suggest, and two customers' ones go to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from mail.thread import Match, match
from store.candidates import Candidate, Hint, ranked
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import Attachment, InboundEmail, SenderAuth
from store.numbers import find_invoices, surely_named
from store.tables import Contact, Customer, Invoice
from store.vocabulary import MessageKind

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
COMPANY = CompanyProfile(name="Nordholt Supply", email="ar@nordholt.example")
STRANGER = "new.person@somewhere.example"
CUSTOMERS: dict[str, tuple[str, list[str], list[str]]] = {
    "C1": ("Acme GmbH", ["ap@acme-werke.example", "ap@bpo.example"], ["INV-20419", "INV-20420", "RE-2026-0331"]),
    "C2": ("Tannhof Backwaren AG", ["ap@bpo.example"], ["DE-20419", "DE-70311", "INV-0000815"]),
    "C3": ("Harrow & Finch Ltd", ["p.kershaw@harrowfinch.example"], ["45001234", "INV-2024"]),
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('matching') / 'dunwell.db'}")
    migrate(engine)
    with unit_of_work(engine) as opened:
        for customer, (name, contacts, numbers) in CUSTOMERS.items():
            opened.add(
                Customer(id=customer, name=name, currency="EUR", language="en", timezone="UTC", tier="A", owner="a")
            )
            opened.flush()
            for address in contacts:
                opened.add(Contact(customer_id=customer, name="", email=address, role="ap", created_at=NOW))
            for number in numbers:
                opened.add(
                    Invoice(
                        number=number, customer_id=customer, issue_date=date(2026, 1, 1), due_date=date(2026, 2, 1), currency="EUR",
                        amount=Decimal(10), balance=Decimal(10), po_number="", description="",
                    )
                )  # fmt: skip
        opened.flush()
        yield opened
    engine.dispose()


def found(session: Session, sender: str = STRANGER, **values: Any) -> Match:
    given = {"kind": MessageKind.REPLY, "from_address": sender, "auth": SenderAuth(dmarc="pass")}
    return match(session, InboundEmail(**(given | values)), company=COMPANY, now=NOW)


def file(name: str, text: str = "") -> Attachment:
    return Attachment(filename=name, content_type="application/pdf", size=1, sha256="0" * 64, text=text)


def guesses(result: Match) -> list[tuple[str, tuple[str, ...], Hint]]:
    return [(c.customer_id, c.invoices, c.why) for c in result.candidates]


# --- however it is written, against one customer's ledger -----------------------------------------------------------

WAYS = [
    ("INV 20419", "INV-20419"), ("inv#20419", "INV-20419"), ("20419", "INV-20419"), ("INV-20419/A", "INV-20419"),
    ("invoice no. 0020419", "INV-20419"), ("Inv.-Nr. 20419", "INV-20419"), ("INV-\n20419", "INV-20419"), ("INV\n> 20419", "INV-20419"),
    ("invoice\n  20419", "INV-20419"), ("INV–20419", "INV-20419"), ("INV_20419", "INV-20419"), ("(INV20419)", "INV-20419"),
    ("RE 2026 0331", "RE-2026-0331"), ("RE2026/0331", "RE-2026-0331"), ("re-2026-\r\n0331", "RE-2026-0331"), ("2026-0331", "RE-2026-0331"),
    ("Rechnung Nr. 2026-0331", "RE-2026-0331"), ("Rechnungs-Nr.: 20419", "INV-20419"), ("facture n° 20419", "INV-20419"),
]  # fmt: skip


#: What cannot be a part of a file's name.
_NO_FILE = frozenset({"INV-20419/A", "INV\n> 20419"})
PLACES = [
    (text, number, where)
    for text, number in WAYS
    for where in ("subject", "new_text", "quoted_text", "file", "pdf")
    if where != "file" or text not in _NO_FILE
]


@pytest.mark.parametrize(("text", "number", "where"), PLACES)
def test_a_contacts_mail_names_its_invoice_anywhere(session: Session, text: str, number: str, where: str) -> None:
    values: dict[str, Any] = {where: text}
    if where == "file":
        values = {"attachments": (file(re.sub(r"[\r\n]", "", text).replace("/", "-") + ".pdf"),)}
    elif where == "pdf":
        values = {"attachments": (file("scan.pdf", text),)}
    result = found(session, "ap@acme-werke.example", **values)
    assert (result.customer_id, result.invoices) == ("C1", [number])


def test_another_customers_number_in_a_contacts_mail_is_nothing(session: Session) -> None:
    assert found(session, "ap@acme-werke.example", new_text="DE-70311 and 45001234").invoices == []


# --- a stranger -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["new_text", "quoted_text"])
@pytest.mark.parametrize("text", ["INV 20420", "invoice 45001234", "your Rechnung Nr. 70311", "invoices 70311 and 815"])
def test_a_number_that_is_surely_one_identifies(session: Session, where: str, text: str) -> None:
    result = found(session, **{where: text})
    assert result.customer_id is not None
    assert (result.identity, result.flags) == ("C", ["foreign_sender"])


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        ({"subject": "Re: INV-20420 overdue"}, ("C1", ("INV-20420",), Hint.SUBJECT)),
        ({"subject": "AW: Mahnung RE 2026 0331"}, ("C1", ("RE-2026-0331",), Hint.SUBJECT)),
        ({"attachments": (file("INV-20420.pdf"),)}, ("C1", ("INV-20420",), Hint.ATTACHMENT)),
        (
            {"attachments": (file("advice.pdf", "Remittance\nINV-20420  12,00"),)},
            ("C1", ("INV-20420",), Hint.ATTACHMENT),
        ),
        ({"new_text": "about 70311, please"}, ("C2", ("DE-70311",), Hint.DIGITS)),
        ({"new_text": "45001234"}, ("C3", ("45001234",), Hint.DIGITS)),
    ],
)
def test_a_weak_sign_is_a_suggestion_only(
    session: Session, values: dict[str, Any], guess: tuple[str, tuple[str, ...], Hint]
) -> None:
    result = found(session, **values)
    assert (result.customer_id, result.case_id, result.invoices) == (None, None, [])
    assert guesses(result) == [guess]


@pytest.mark.parametrize(
    "text",
    ["in 2024", "since 2024-0331", "2024", "EUR 20419.00", "PO 20419", "tel. 0815 20420", "20,419", "we moved to 70311 Stuttgart 2024.", "815", "order no. 45001234"],
)  # fmt: skip
def test_a_short_number_that_can_be_anything_identifies_nobody(session: Session, text: str) -> None:
    result = found(session, subject=text, new_text=f"Hello, {text}")
    assert result.customer_id is None


def test_digits_that_mean_invoices_of_two_customers_make_both_candidates(session: Session) -> None:
    result = found(session, new_text="what about 20419?")
    assert result.customer_id is None
    assert guesses(result) == [("C1", ("INV-20419",), Hint.DIGITS), ("C2", ("DE-20419",), Hint.DIGITS)]


@pytest.mark.parametrize("text", ["INV-20420 and DE-70311", "INV-20420; and 45001234", "invoice 70311, invoice 20420"])
def test_numbers_of_two_customers_go_to_a_person_with_both(session: Session, text: str) -> None:
    result = found(session, new_text=text)
    assert (result.customer_id, result.flags) == (None, ["several_customers"])
    assert len(result.candidates) == 2
    assert all(candidate.invoices for candidate in result.candidates)


def test_a_new_person_at_a_customers_domain_is_suggested(session: Session) -> None:
    assert guesses(found(session, "new@harrowfinch.example", new_text="Hello")) == [("C3", (), Hint.DOMAIN)]
    assert guesses(found(session, "new@mail.harrowfinch.example", new_text="Hello")) == [("C3", (), Hint.DOMAIN)]
    # A domain that is not the customer's name may be a mail provider's, or the office that keeps its books.
    assert guesses(found(session, "new@bpo.example", new_text="Hello")) == []


# --- several customers behind one address ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "customer"),
    [
        ({"new_text": "INV-20420 is paid"}, "C1"),
        ({"subject": "DE 70311"}, "C2"),
        ({"attachments": (file("advice.pdf", "INV-0000815"),)}, "C2"),
        ({"new_text": "815 is paid, invoice 0815 that is"}, "C2"),
    ],
)
def test_the_customers_of_an_office_are_told_apart_by_number(
    session: Session, values: dict[str, Any], customer: str
) -> None:
    assert found(session, "ap@bpo.example", **values).customer_id == customer


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Paid last week.", {"C1": (), "C2": ()}),
        ("20419 is paid", {"C1": ("INV-20419",), "C2": ("DE-20419",)}),
        ("INV-20420 and DE-70311 are paid", {"C1": ("INV-20420",), "C2": ("DE-70311",)}),
    ],
)
def test_what_cannot_be_told_apart_is_left_to_a_person_with_all_listed(
    session: Session, text: str, named: dict[str, tuple[str, ...]]
) -> None:
    result = found(session, "ap@bpo.example", new_text=text)
    assert result.customer_id is None
    assert "shared_address" in result.flags
    assert {c.customer_id: c.invoices for c in result.candidates} == named


def test_numbers_of_a_customer_that_does_not_use_the_address_say_nothing(session: Session) -> None:
    result = found(session, "ap@bpo.example", new_text="invoice 45001234")
    assert result.customer_id is None
    assert {c.customer_id for c in result.candidates} == {"C1", "C2"}


# --- the parts ------------------------------------------------------------------------------------------------------


def test_candidates_are_ranked_and_each_customer_stands_once() -> None:
    weak = Candidate(customer_id="C1", why=Hint.DOMAIN)
    strong = Candidate(customer_id="C1", invoices=("INV-1",), why=Hint.INVOICE)
    other = Candidate(customer_id="C0", why=Hint.SUBJECT)
    assert ranked([other, weak, strong]) == (strong, other)


@given(text=st.text(max_size=200))
def test_what_is_surely_named_is_among_what_is_found(text: str) -> None:
    known = ["INV-20419", "RE-2026-0331", "45001234"]
    assert set(surely_named(text, known)) <= set(find_invoices(text, known))
