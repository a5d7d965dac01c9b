"""The packet for an agency or an attorney: what is in it, to the cent and to the byte; what forbids it; and that it names nobody else."""

from __future__ import annotations

import base64
import csv
import email
import email.policy
import gzip
import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from outreach.handing_off import Packet
from outreach.handing_off_figures import Way, compare
from outreach.handing_off_ground import ground_of, limitation_day
from outreach.handing_off_strangers import LEFT_OUT
from outreach.suggesting import suggestions
from store.aftermath import DisputeStatus
from store.cases import customer_facts
from store.disputes import settle
from store.documents import add_document
from store.engine import unit_of_work
from store.facts import InvoiceFacts
from store.last_resort import propose_last_resort
from store.last_resort_loading import gather
from store.last_resort_words import Ground
from store.ledger_changes import AliasKind, CustomerAlias
from store.matter_facts import CheckFacts
from store.outreach_words import LastResort
from store.tables import Contact, Customer, Document, Invoice, Message, MessageRaw, Payment
from store.vocabulary import DocumentKind, Reason
from tests.factories import NOW, House, claim, open_house, wide
from tests.unit.test_desk import Wire, send
from tools.last_resort_limits import LastResortLimits
from tools.limits import Policy

ABOUT = "INV-20413"
PDF = b"%PDF-1.4\n% helical gearboxes\n%%EOF\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def hand_off(house: House, *invoices: str) -> int:
    with unit_of_work(house.engine) as session:
        number = propose_last_resort(
            session,
            kind=LastResort.HAND_OFF,
            customer_id="C1001",
            invoices=invoices or (ABOUT,),
            why=Ground.NO_ANSWER,
            actor="ines",
            now=house.now,
        )
    assert number is not None
    return number


def files(packet: Packet) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packet.content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def answered(house: House, text: str, *claims: Any) -> None:
    """Let the customer write, answer, and send the answer."""
    held = house.hold(house.receive(text), *claims)
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())


def with_papers(house: House) -> None:
    with unit_of_work(house.engine) as session:
        sha256 = hashlib.sha256(PDF).hexdigest()
        session.add(Document(sha256=sha256, filename="INV-20413.pdf", content=PDF))
        session.flush()
        session.get_one(Invoice, ABOUT).document_sha256 = sha256
        add_document(
            session,
            PDF + b"% signed for\n%%EOF\n",
            kind=DocumentKind.PROOF_OF_DELIVERY,
            filename="delivery.pdf",
            invoice_number=ABOUT,
            actor="ines",
            now=NOW,
        )


def test_the_packet_holds_the_claim_the_papers_and_the_conversation(house: House) -> None:
    with_papers(house)
    said = "We have the invoice and look into it. Please send it again."
    answered(house, said, claim(Reason.INVOICE_MISSING, "Please send it again.", invoices=[ABOUT]))
    number = hand_off(house)
    packet = house.desk.packet_of_step(number)
    found = files(packet)
    assert {"claim.pdf", "statement.pdf", "claim.csv", "contacts.csv", "history.csv", "thread/mails.csv"} <= set(found)
    assert found["invoices/INV-20413.pdf"] == PDF
    assert found["delivery/INV-20413.pdf"].startswith(PDF)
    mails = table(found["thread/mails.csv"])
    assert [mail["direction"] for mail in mails] == ["from the customer", "from us"]
    ours = email.message_from_bytes(found["thread/0002-2026-03-10-from-us.eml"], policy=email.policy.default)
    assert ours["to"] == "p.kershaw@harrowfinch.example"
    assert b"We have the invoice and look into it." in found["thread/0001-2026-03-10-from-customer.txt"]
    (line,) = table(found["claim.csv"])
    assert (line["open"], line["total"], line["days_late"]) == ("11482.50", "11482.50", "51")
    told = words(found["claim.pdf"])
    assert "11,482.50" in told
    assert "No interest and no fixed sum is claimed." in told
    assert "Priya Kershaw" in told
    assert "We have the invoice and look into it." in told
    listed = json.loads(found.pop("sha256.json"))
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def test_the_same_account_gives_the_same_bytes(house: House) -> None:
    number = hand_off(house)
    first = house.desk.packet_of_step(number)
    house.now += timedelta(hours=1)
    assert house.desk.packet_of_step(number).sha256 == first.sha256


def test_what_we_expect_stands_on_our_own_sheet_and_not_in_the_packet(house: House) -> None:
    packet = house.desk.packet_of_step(hand_off(house))
    assert "Which way to collect" in words(packet.decision)
    assert "Collection agency" in words(packet.decision)
    for name, content in files(packet).items():
        text = (
            words(content) if name.endswith(".pdf") and not name.startswith(("invoices", "delivery")) else str(content)
        )
        assert "Left for us" not in text, name
        assert "expected" not in text.lower(), name


def test_interest_stands_where_the_policys_table_allows_it(house: House) -> None:
    house.policy = Policy.model_validate(
        {
            "jurisdiction": "uk-b2b",
            "jurisdictions": {
                "uk-b2b": {
                    "owner": "Maren Vos",
                    "interest": {"claim": "statutory", "reference": {"2025-H2": "4.25", "2026-H1": "4.00"}},
                }
            },
        }
    )
    packet = house.desk.packet_of_step(hand_off(house))
    # 11,482.50 from 19 January to 10 March 2026 is 51 days at 8 + 4.00 per cent; due in 2026-H1.
    expected = (Decimal("11482.50") * Decimal("12.00") * 51 / 36500).quantize(Decimal("0.01"))
    (line,) = table(files(packet)["claim.csv"])
    assert (line["interest"], line["fixed_sum"]) == (str(expected), "100.00")
    assert "Statutory interest" in words(files(packet)["claim.pdf"])


def test_a_dispute_an_unanswered_mail_a_plan_and_a_promise_forbid_it(house: House) -> None:
    number = hand_off(house)
    assert house.desk.packet_of_step(number).refused == ()
    message = house.receive("We pay INV-20413 on 20 March.")
    assert any("waits for an answer" in text for text in house.desk.packet_of_step(number).refused)
    held = house.hold(
        message, claim(Reason.PROMISE_TO_PAY, "We pay INV-20413 on 20 March.", invoices=[ABOUT], date="2026-03-20")
    )
    assert any("waits for an answer" in text for text in house.desk.packet_of_step(number).refused), "it is held"
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    assert any("promised for 2026-03-20" in text for text in house.desk.packet_of_step(number).refused)
    with pytest.raises(ValueError, match="promised for 2026-03-20"):
        house.desk.approve_last_step(number, version=1, actor="ines")


def test_what_is_contested_is_refused_until_the_dispute_ends(house: House) -> None:
    text = "Two gearboxes on INV-20413 arrived broken."
    answered(
        house,
        text,
        claim(Reason.DISPUTE, text, invoices=[ABOUT], dispute_kind="quality", amount=Decimal("900.00"), currency="GBP"),
    )
    number = hand_off(house)
    assert f"{ABOUT} is contested: end the dispute first" in house.desk.packet_of_step(number).refused
    with unit_of_work(house.engine) as session:
        settle(
            session,
            1,
            status=DisputeStatus.REJECTED,
            actor="ines",
            reason="they were whole when they left",
            now=house.now,
        )
    packet = house.desk.packet_of_step(number)
    assert not any("contested" in text for text in packet.refused)
    told = words(files(packet)["claim.pdf"])
    assert "Two gearboxes on INV-20413 arrived broken." in told
    assert "they were whole when they left" in told


@pytest.mark.parametrize(("days", "refused"), [(3 * 365 + 30, True), (3 * 365 - 30, False)])
def test_limitation_is_refused_when_past_and_said_when_near(house: House, days: int, refused: bool) -> None:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, ABOUT)
        invoice.due_date = house.now.date() - timedelta(days=days)
        invoice.issue_date = invoice.due_date - timedelta(days=30)
    packet = house.desk.packet_of_step(hand_off(house))
    assert any("out of time since" in text for text in packet.refused) is refused
    assert any("this is urgent" in text for text in packet.said) is not refused


def test_insolvency_and_money_that_came_are_refused(house: House) -> None:
    number = hand_off(house)
    with unit_of_work(house.engine) as session:
        session.add(
            Payment(
                id="X1",
                customer_id="C1001",
                invoice_number=None,
                received_on=date(2026, 3, 9),
                currency="GBP",
                amount=Decimal("12000.00"),
                reference="HARROW",
            )
        )
    assert any("applied to no invoice" in text for text in house.desk.packet_of_step(number).refused)
    text = "We have filed for insolvency."
    house.hold(house.receive(text), claim(Reason.INSOLVENCY, text))
    assert any("insolvency" in text for text in house.desk.packet_of_step(number).refused)


def test_no_file_names_another_customer(house: House) -> None:
    """A canary in every place from which words come: none comes out."""
    with unit_of_work(house.engine) as session:
        other = session.get_one(Customer, "C1002")
        name, number = other.name, "INV-20427"
        theirs = session.exec(select(Invoice.number).where(Invoice.customer_id == "C1002")).first() or number
        address = session.exec(select(Contact.email).where(Contact.customer_id == "C1002")).first() or ""
        invoice = session.get_one(Invoice, ABOUT)
        invoice.description = f"Sent by mistake to {name}"
        session.add(
            Payment(
                id="X2",
                customer_id="C1001",
                invoice_number=None,
                received_on=date(2026, 3, 9),
                currency="GBP",
                amount=Decimal("5.00"),
                reference=f"REF {theirs}",
            )
        )
        former = {"customer_id": "C1002", "kind": AliasKind.NAME, "alias": "Oakhurst Bearings", "actor": "ines"}
        session.add(CustomerAlias.model_validate(former | {"since": house.now}))
    before = "It was Oakhurst Bearings then."
    for text in (f"Ask {name} about it.", before, f"See {theirs}.", f"Write to {address}.", "Nothing special."):
        house.receive(text)
    with unit_of_work(house.engine) as session:
        last = session.exec(select(Message).order_by(Message.id.desc())).first()  # type: ignore[union-attr] # a column
        assert last is not None
        raw = session.get_one(MessageRaw, last.id)
        raw.content = gzip.compress(
            f"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nAsk {name.replace('l', '=6C')}\n".encode()
        )
    packet = house.desk.packet_of_step(hand_off(house))
    assert packet.left_out == 5
    assert any("5 mails are left out" in text for text in packet.said)
    for path, content in files(packet).items():
        text = words(content) if path.endswith(".pdf") else content.decode("utf-8")
        for secret in (name, theirs, address, "Oakhurst"):
            assert secret.lower() not in text.lower(), (path, secret)
    assert LEFT_OUT in files(packet)["claim.csv"].decode("utf-8-sig")


def test_a_header_that_names_another_customer_in_disguise_leaves_the_mail_out(house: House) -> None:
    with unit_of_work(house.engine) as session:
        name = session.get_one(Customer, "C1002").name
    coded = base64.b64encode(name.encode()).decode()
    house.receive("Nothing special.")
    with unit_of_work(house.engine) as session:
        raw = session.exec(select(MessageRaw).order_by(MessageRaw.message_id.desc())).first()  # type: ignore[attr-defined] # a column
        assert raw is not None
        raw.content = gzip.compress(f"Cc: =?utf-8?b?{coded}?= <x@y.example>\n\nNothing special.\n".encode())
    assert house.desk.packet_of_step(hand_off(house)).left_out == 1


def test_money_that_is_looked_for_on_the_whole_account_forbids_it(house: House) -> None:
    with unit_of_work(house.engine) as session:
        facts = customer_facts(session, "C1001", now=house.now)
        gathered = gather(session, facts, [ABOUT])
    about = [i for i in facts.invoices if i.number == ABOUT]
    search = CheckFacts(id=1, status="open", invoices=(), outcome="not_found")
    for checks, refused in (((), False), ((search,), True)):
        ground = ground_of(facts.model_copy(update={"checks": checks}), about, gathered, policy=house.policy)
        assert any("still looked for" in text for text in ground.refused) is refused


# --- figures ----------------------------------------------------------------------------------------------------

TODAY = date(2026, 3, 10)


def an_invoice(
    balance: str, *, late: int, disputed: str = "0", currency: str = "EUR", number: str = "F-1"
) -> InvoiceFacts:
    due = TODAY - timedelta(days=late)
    return InvoiceFacts(
        number=number,
        issue_date=due - timedelta(days=30),
        due_date=due,
        currency=currency,
        amount=Decimal(balance),
        balance=Decimal(balance),
        disputed=Decimal(disputed),
        po_number="",
        description="",
    )


def test_the_ways_are_compared_to_the_cent() -> None:
    (found,) = compare([an_invoice("1000.00", late=200)], today=TODAY, limits=LastResortLimits())
    # The band from day 181: 35 % ourselves, 50 % by an agency that keeps 30 % of it, 55 % by an attorney (33 % and 450 of fees).
    assert (found.of(Way.KEEP_TRYING).comes_in, found.of(Way.KEEP_TRYING).left) == (
        Decimal("350.00"),
        Decimal("290.00"),
    )
    assert (found.of(Way.AGENCY).costs, found.of(Way.AGENCY).left) == (Decimal("150.00"), Decimal("350.00"))
    assert found.of(Way.ATTORNEY).left == Decimal("-81.50")
    assert found.best is Way.AGENCY
    assert any("60.00 more" in why for why in found.why)


def test_small_old_claims_are_written_off_and_large_ones_go_to_an_attorney() -> None:
    limits = LastResortLimits(own_cost=Decimal("60"))
    (small,) = compare(
        [an_invoice("0.50", late=900)], today=TODAY, limits=limits.model_copy(update={"recovery": _nothing()})
    )
    assert small.best is Way.WRITE_OFF
    (large,) = compare([an_invoice("50000.00", late=800)], today=TODAY, limits=limits)
    assert large.best is Way.ATTORNEY


def _nothing() -> Any:
    band = LastResortLimits().recovery[0]
    zero = dict.fromkeys(("keep_trying", "agency", "attorney"), Decimal(0))
    return (band.model_copy(update=zero),)


@given(
    balances=st.lists(
        st.tuples(st.decimals("0.01", "99999.99", places=2), st.integers(0, 1500)), min_size=1, max_size=5
    )
)
def test_no_way_brings_more_than_the_claim_and_the_best_leaves_most(balances: list[tuple[Decimal, int]]) -> None:
    invoices = [an_invoice(str(b), late=late, number=f"F-{n}") for n, (b, late) in enumerate(balances)]
    (found,) = compare(invoices, today=TODAY, limits=LastResortLimits())
    assert found.claim == sum(b for b, _ in balances)
    assert all(0 <= way.comes_in <= found.claim for way in found.ways)
    assert max(found.ways, key=lambda way: way.left).left == found.of(found.best).left


def test_what_is_contested_counts_for_nothing_and_currencies_stay_apart() -> None:
    invoices = [
        an_invoice("100.00", late=1, disputed="40.00"),
        an_invoice("7.00", late=1, currency="GBP", number="F-2"),
    ]
    assert [(c.currency, c.claim) for c in compare(invoices, today=TODAY, limits=LastResortLimits())] == [
        ("EUR", Decimal("60.00")),
        ("GBP", Decimal("7.00")),
    ]


def test_a_claim_due_on_the_leap_day_has_a_limitation_day() -> None:
    leap = an_invoice("1.00", late=0).model_copy(update={"due_date": date(2024, 2, 29)})
    assert limitation_day(leap, policy=Policy()) == date(2027, 3, 1)


def test_a_review_is_given_three_different_ways(house: House) -> None:
    facts = house.desk.account_for_last_step("C1001")
    assert facts is not None
    compared = compare(facts.open_invoices, today=facts.today, limits=wide().last_resort)
    found = suggestions(facts, compared, refused=(), open_kinds=frozenset())
    assert len({one.way for one in found}) == 3
    stood = suggestions(facts, compared, refused=("contested",), open_kinds=frozenset({"hold"}))
    assert LastResort.HAND_OFF not in {one.way for one in stood}
    assert LastResort.HOLD not in {one.way for one in stood}
