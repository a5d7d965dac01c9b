"""Contacts that mail does not reach, whose an unmatched mail could be, reply tokens: on both databases, and on old data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

import store
from mail.thread import assign, match
from store import audit, contacts, messages, whose
from store.assigning import assign_to, mark_reported
from store.candidates import Candidate, Hint, read
from store.cases import customer_facts
from store.company import CompanyProfile
from store.engine import migrate, unit_of_work
from store.inbound import Bounce, InboundEmail, SenderAuth
from store.tables import AuditEntry, Contact, Invoice, Message, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, Delivery, MessageKind, MessageState
from tests.ledgers import NOW, email, load_ledger

COMPANY = CompanyProfile(name="Fernhill Tooling Ltd", email="ar@fernhill.example")
MOIRA, GWYN = "moira@bracken.example", "gwyn@bracken.example"


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Engine:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return engine


def take_in(engine: Engine, mail: InboundEmail, *, uid: int = 1) -> int:
    with unit_of_work(engine) as session:
        place: dict[str, Any] = {"mailbox": "ar", "folder": "INBOX", "uidvalidity": 1, "uid": uid}
        number = messages.record(session, raw=str(uid).encode(), email=mail, received_at=NOW, **place).message_id
        assign(session, number, match(session, mail, company=COMPANY, now=NOW), NOW)
        return number


def contact(session: Session, address: str = MOIRA) -> Contact:
    return session.exec(select(Contact).where(Contact.email == address)).one()


def sent(session: Session, message_id: int, *, header: str, token: str | None = None) -> None:
    """Leave behind a mail of ours to Moira Tate."""
    proposal = ProposalRow(message_id=message_id, newest_message=message_id, created_at=NOW, status="sent")
    session.add(proposal)
    session.flush()
    session.add(
        Outgoing(
            proposal_id=proposal.id or 0, customer_id="K1", mailbox="ar", message_id_header=header, sender=COMPANY.email, recipients=[MOIRA],
            mime=b"", mime_sha256="", ledger_digest="", newest_message=message_id, next_attempt_at=NOW, created_at=NOW, state="filed",
            reply_token=token,
        )
    )  # fmt: skip
    session.flush()


def test_old_data_is_carried_over_and_the_columns_can_be_taken_back(engine: Engine, tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))

    def to(revision: str) -> None:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            step = command.downgrade if revision == "0001" else command.upgrade
            step(config, revision)

    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    number = take_in(engine, email())
    to("0001")
    columns = {
        table: {c["name"] for c in inspect(engine).get_columns(table)} for table in ("contact", "message", "outgoing")
    }
    assert not columns["contact"] & {"delivery", "delivery_since", "delivery_note"}
    assert "candidates" not in columns["message"]
    assert "reply_token" not in columns["outgoing"]
    migrate(engine)
    with unit_of_work(engine) as session:
        assert {c.delivery for c in session.exec(select(Contact))} == {"ok"}
        assert session.get_one(Message, number).candidates == []
        assert audit.verify(session)[1] is None
        sent(session, number, header="<dw.1@fernhill.example>", token="0" * 32)
        with pytest.raises(IntegrityError), session.begin_nested():
            sent(session, number, header="<dw.2@fernhill.example>", token="0" * 32)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from outgoing")).scalar() == 1


def test_a_contact_is_marked_and_made_good_again(ledger: Engine) -> None:
    with unit_of_work(ledger) as session:
        before = customer_facts(session, "K1", now=NOW)
        values: dict[str, Any] = {"note": "550 5.1.1 unknown", "actor": "daemon", "message_id": 7, "now": NOW}
        assert contacts.mark(session, "MOIRA@Bracken.example", Delivery.BOUNCING, **values) == 1
        assert contacts.mark(session, MOIRA, Delivery.BOUNCING, **values) == 0, "the first mark stays"
        with pytest.raises(ValueError, match="works_again"):
            contacts.mark(session, MOIRA, Delivery.OK, **values)
    with unit_of_work(ledger) as session:
        facts = customer_facts(session, "K1", now=NOW)
        assert [c.email for c in facts.recipients] == [GWYN]
        assert facts.ledger_digest() != before.ledger_digest(), "what was approved for her does not hold any more"
        marked = facts.contact(MOIRA)
        assert marked is not None
        assert (marked.delivery, marked.delivery_since, marked.delivery_note) == (
            Delivery.BOUNCING, NOW, "550 5.1.1 unknown"
        )  # fmt: skip
        assert [c.email for c in contacts.unreachable(session)] == [MOIRA]
        assert contacts.works_again(session, MOIRA, message_id=8, now=NOW) == 1
        assert contacts.works_again(session, MOIRA, message_id=8, now=NOW) == 0
        assert customer_facts(session, "K1", now=NOW).ledger_digest() == before.ledger_digest()
        events = session.exec(select(AuditEntry).where(col(AuditEntry.event).startswith("contact."))).all()
        assert [e.event for e in events] == ["contact.bouncing", "contact.reachable"]
        assert not any("@" in e.payload for e in events)
        assert audit.verify(session)[1] is None


def test_a_bounce_and_then_a_proven_mail_from_the_address(ledger: Engine) -> None:
    first = take_in(ledger, email())
    with unit_of_work(ledger) as session:
        sent(session, first, header="<dw.9@fernhill.example>")
    bounce = Bounce(recipient=MOIRA, hard=True, status="5.1.1", original_message_id="<dw.9@fernhill.example>")
    take_in(ledger, email("undelivered", kind=MessageKind.BOUNCE, message_id="<b@x>", bounce=bounce), uid=2)
    with unit_of_work(ledger) as session:
        assert contact(session).delivery == Delivery.BOUNCING
    proven = SenderAuth(dkim="pass", dkim_domain="bracken.example")
    take_in(ledger, email("We are back", message_id="<m2@bracken.example>", auth=proven), uid=3)
    with unit_of_work(ledger) as session:
        assert contact(session).delivery == Delivery.OK


def test_a_token_finds_its_customer(ledger: Engine) -> None:
    first = take_in(ledger, email())
    with unit_of_work(ledger) as session:
        sent(session, first, header="<dw.9@fernhill.example>", token="ab" * 16)
        assert whose.case_of_token(session, "ab" * 16) == (None, "K1")
        assert whose.case_of_token(session, "ac" * 16) is None


def test_candidates_are_kept_and_an_assigned_report_is_believed_by_a_person(ledger: Engine) -> None:
    bounce = Bounce(recipient=MOIRA, hard=True, original_subject="Reminder F-5501", diagnostic="550 no such user")
    number = take_in(
        ledger,
        email(
            "undelivered",
            kind=MessageKind.BOUNCE,
            from_address="mailer-daemon@x.example",
            subject="Undelivered",
            bounce=bounce,
        ),
    )
    with unit_of_work(ledger) as session:
        row = session.get_one(Message, number)
        assert (row.customer_id, row.state) == (None, MessageState.UNMATCHED)
        assert read(row.candidates) == (Candidate(customer_id="K1", invoices=("F-5501",), why=Hint.RETURNED_MAIL),)
        assign_to(session, number, customer_id="K1", actor="ines", now=NOW)
        mark_reported(session, number, actor="ines", now=NOW)
    with unit_of_work(ledger) as session:
        row = session.get_one(Message, number)
        assert (row.customer_id, row.state, row.match_flags) == ("K1", MessageState.STORED, ["contact_marked"])
        assert contact(session).delivery_note == "550 no such user"


def test_assigning_to_a_customer_whose_contact_did_not_write_lowers_the_identity(ledger: Engine) -> None:
    with unit_of_work(ledger) as session:
        for customer in ("K1", "K2"):
            session.add(Contact(customer_id=customer, name="", email="ap@office.example", role="ap", created_at=NOW))
    proven = SenderAuth(dmarc="pass")
    shared: dict[str, Any] = {
        "from_address": "ap@office.example",
        "in_reply_to": "<r@fernhill.example>",
        "auth": proven,
        "subject": "hello",
    }
    numbers = [take_in(ledger, email(f"Hello {i}", message_id=f"<{i}@o>", **shared), uid=i) for i in (1, 2)]
    with unit_of_work(ledger) as session:
        assign_to(session, numbers[0], customer_id="K2", actor="ines", now=NOW)
        assert session.get_one(Message, numbers[0]).identity == "A"
        session.delete(
            session.exec(select(Contact).where(Contact.customer_id == "K1", Contact.email == "ap@office.example")).one()
        )
        session.flush()
        assign_to(session, numbers[1], customer_id="K1", actor="ines", now=NOW)
        row = session.get_one(Message, numbers[1])
        assert (row.identity, row.match_flags) == ("C", ["shared_address", "foreign_sender"])


def test_a_contact_that_a_mail_named_is_verified_by_nothing_but_a_person(ledger: Engine) -> None:
    """T-27: whatever mails arrive from it and about it, in whatever order."""
    named = "new@bracken.example"
    with unit_of_work(ledger) as session:
        session.add(
            Contact(
                customer_id="K1", name="New", email=named, role="ap", status=ContactStatus.TO_VERIFY, created_at=NOW
            )
        )
    proven = SenderAuth(dmarc="pass")
    bounce = Bounce(recipient=named, hard=True)
    for uid, mail in enumerate(
        (
            email("I am new", from_address=named, auth=proven, message_id="<1@n>"),
            email(
                "F-5501: I am new",
                from_address=named,
                auth=proven,
                message_id="<2@n>",
                in_reply_to="<r@fernhill.example>",
            ),
            email("x", kind=MessageKind.BOUNCE, bounce=bounce, message_id="<3@n>"),
            email("away", kind=MessageKind.AUTO_REPLY, from_address=named, auth=proven, message_id="<4@n>"),
        ),
        start=1,
    ):
        take_in(ledger, mail, uid=uid)
        with unit_of_work(ledger) as session:
            assert contact(session, named).status == ContactStatus.TO_VERIFY
            facts = customer_facts(session, "K1", now=NOW)
            assert named not in {c.email for c in facts.recipients}
    with unit_of_work(ledger) as session:
        number = contact(session, named).id or 0
        contacts.mark(session, named, Delivery.BOUNCING, note="", actor="x", message_id=1, now=NOW)
        contacts.works_again(session, named, message_id=1, now=NOW)
        assert contact(session, named).status == ContactStatus.TO_VERIFY
        with pytest.raises(ValueError, match="needs a note"):
            contacts.verify(session, number, actor="ines", note=" ", now=NOW)
        contacts.verify(session, number, actor="ines", note="Called the switchboard", now=NOW)
        assert contact(session, named).verified_by == "ines"


def test_a_year_in_every_invoice_number_of_a_large_ledger_stops_no_mail(ledger: Engine) -> None:
    """PostgreSQL takes 65,535 parameters in a statement, SQLite no more than it was built for."""
    day, many = date(2026, 1, 1), 66_000
    with unit_of_work(ledger) as session:
        like = {"customer_id": "K2", "issue_date": day, "due_date": day, "currency": "GBP", "po_number": ""}
        like |= {"amount": Decimal(5), "balance": Decimal(5), "description": ""}
        session.execute(insert(Invoice), [like | {"number": f"R-2026-{i:06d}"} for i in range(many)])
    stranger: dict[str, Any] = {"from_address": "new@elsewhere.example", "in_reply_to": None}
    nobody = take_in(ledger, email("An offer, valid through 2026.", message_id="<1@e>", **stranger), uid=1)
    named = take_in(ledger, email("Your invoice R-2026-000042 of 2026", message_id="<2@e>", **stranger), uid=2)
    with unit_of_work(ledger) as session:
        assert session.get_one(Message, nobody).state == MessageState.UNMATCHED
        row = session.get_one(Message, named)
        assert (row.customer_id, row.invoices, row.identity) == ("K2", ["R-2026-000042"], "C")
