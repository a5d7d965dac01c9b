"""What imports change is written down, the same money counts once, and customers that became one are one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, col, select

from store import audit
from store.balances import net_position
from store.cases import customer_facts, open_case
from store.channel_tables import ChannelStop
from store.engine import looking, unit_of_work
from store.erasing import erase, find
from store.last_resort_tables import LastResortRow
from store.ledger import checked_ledger, import_ledger, put_ledger, read_ledger
from store.ledger_changes import ChangeKind, aliases_of, changes, in_words
from store.ledger_checking import Place
from store.ledger_differences import compare
from store.ledger_faults import LedgerFaults
from store.ledger_known import known_to, names_known
from store.ledger_rows import InvoiceRow, PaymentRow
from store.ledger_telling import counted, shown
from store.merging import CannotMerge, merge, why_not
from store.messages import record
from store.outreach import OutreachLook, OutreachPause, OutreachStepRow
from store.scoping import narrowed
from store.tables import (
    Case,
    Contact,
    Customer,
    Effect,
    Hold,
    Invoice,
    Message,
    Outgoing,
    Payment,
    Plan,
    Promise,
    ProposalRow,
)
from store.vocabulary import ContactStatus, Delivery, MessageState, ProposalStatus, SendState
from tests.ledgers import FILES, NOW, email, write_ledger


def bring(engine: Engine, folder: Path, *, day: int = 0, **changed: str) -> dict[str, int]:
    with unit_of_work(engine) as session:
        ledger = read_ledger(write_ledger(folder, **changed))
        return import_ledger(session, ledger, actor="erp", now=NOW + timedelta(days=day))


@pytest.fixture
def session(engine: Engine, tmp_path: Path) -> Iterator[Session]:
    """The small ledger, in a transaction."""
    bring(engine, tmp_path / "ledger")
    with unit_of_work(engine) as session:
        yield session


def test_each_change_of_an_invoice_is_written_down_once(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path / "a")
    invoices = FILES["invoices.csv"].replace("2026-02-19,GBP,1800.00,1800.00", "2026-02-28,GBP,1800.00,900.00")
    invoices = invoices.replace("640.50,320.25", "640.50,640.50").replace("F-5503,K2", "F-5503,K1")
    names = FILES["customers.csv"].replace("Bracken Joinery Ltd", "Bracken Joinery Limited")
    for day in (1, 2):
        bring(engine, tmp_path / "b", day=day, invoices=invoices, customers=names)
    with unit_of_work(engine) as session:
        told = {(c.customer_id, c.invoice_number, c.kind): (c.before, c.after) for c in changes(session)}
        assert len(changes(session)) == len(told) == 6, "the second time changed nothing"
        (moved,) = changes(session, invoice_number="F-5501", customer_id="K1", limit=1)
        assert (moved.actor, moved.origin, moved.at) == ("erp", "folder", NOW + timedelta(days=1))
    assert told == {
        ("K1", "F-5501", "due_date"): ("2026-02-19", "2026-02-28"),
        ("K1", "F-5501", "balance"): ("1800.00", "900.00"),
        ("K1", "F-5502", "balance"): ("320.25", "640.50"),
        ("K1", "F-5503", "customer_id"): ("K2", "K1"),
        ("K2", "F-5503", "customer_id"): ("K2", "K1"),
        ("K1", None, "name"): ("Bracken Joinery Ltd", "Bracken Joinery Limited"),
    }
    with unit_of_work(engine) as session, narrowed(session, "K2"):
        assert {c.invoice_number for c in changes(session, customer_id="K2")} == {"F-5503"}
    with unit_of_work(engine) as session:
        assert [(a.kind, a.alias) for a in aliases_of(session, "K1")] == [("name", "Bracken Joinery Ltd")]
        assert ("K1", "Bracken Joinery Ltd") in names_known(session)
        assert audit.verify(session)[1] is None


def test_what_would_change_is_told_before_anything_does(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path / "a")
    invoices = FILES["invoices.csv"].replace("640.50,320.25", "640.50,640.50")
    ledger = read_ledger(write_ledger(tmp_path / "b", invoices=invoices))
    with looking(engine) as session:
        found = compare(session, ledger, actor="erp", now=NOW)
    assert (found.counts()["invoices"], found.invoices.unchanged) == (1, 3)
    assert list(counted(found)) == ["balances that rose (a payment taken back, or a mistake): 1"]
    assert shown(found) == ["F-5502: balance ROSE from 320.25 to 640.50"]
    with unit_of_work(engine) as session:
        assert session.get_one(Invoice, "F-5502").balance == Decimal("320.25")
        assert not changes(session)


# --- the same money ---------------------------------------------------------------------------------------------------

TWIN = "P9,K1,F-5502,2026-03-20,GBP,320.25,bracken  part\n"


def test_a_payment_booked_under_two_numbers_counts_once_and_is_told_once(engine: Engine, tmp_path: Path) -> None:
    twice = (
        FILES["payments.csv"]
        + TWIN
        + "P10,K1,F-5502,2026-03-21,GBP,320.25,BRACKEN PART\n"
        + "P11,K1,,2026-03-20,GBP,1.00,\n"
    )
    assert bring(engine, tmp_path / "a", payments=twice + "P12,K1,,2026-03-20,GBP,1.00,\n")["payments"] == 5
    later = FILES["payments.csv"].splitlines(keepends=True)[0] + TWIN
    assert bring(engine, tmp_path / "b", payments=later)["payments"] == 0, "from another source, later"
    with unit_of_work(engine) as session:
        (told,) = changes(session)
        assert (told.kind, told.before, told.after, told.invoice_number) == ("same_payment", "P1", "P9", "F-5502")
        assert in_words(told) == "payment P9 is the same money as P1 and was left out"
        stored = set(session.exec(select(Payment.id)))
    assert stored == {"P1", "P2", "P10", "P11", "P12"}, "another day is other money; without words nobody can say"
    with unit_of_work(engine) as session:
        ledger = read_ledger(write_ledger(tmp_path / "c", payments=later))
        ledger.keep_same_money = True
        assert import_ledger(session, ledger, actor="erp", now=NOW)["payments"] == 1


# --- rows from any source ---------------------------------------------------------------------------------------------


def invoice(number: str, customer: str, **other: object) -> InvoiceRow:
    values: dict[str, object] = {
        "issue_date": "2026-03-01",
        "due_date": "2026-04-01",
        "currency": "GBP",
        "amount": "10.00",
        "balance": "10.00",
    }
    return InvoiceRow.model_validate(
        values | {"invoice_number": number, "customer_id": customer, "po_number": "", "description": ""} | other
    )


def test_a_source_may_bring_changed_rows_only(session: Session) -> None:
    place = Place("books invoice 130")
    paid = PaymentRow(
        payment_id="P7",
        customer_id="K2",
        invoice_number="F-5503",
        received_on=date(2026, 4, 1),
        currency="EUR",
        amount=Decimal(5),
        reference="R",
    )
    rows = [(place, invoice("N-1", "K1"))]
    with pytest.raises(LedgerFaults, match="books invoice 130: customer_id: 'K1' is not in the customers of books"):
        checked_ledger(invoices=rows, source="books")
    known = known_to(session)
    ledger = checked_ledger(invoices=rows, payments=[(Place("books payment 7"), paid)], source="books", known=known)
    changed, found = put_ledger(session, ledger, actor="erp", now=NOW)
    assert (changed["invoices"], changed["payments"], found.changes) == (1, 1, [])
    stolen = [(Place("books payment 8"), paid.model_copy(update={"customer_id": "K1", "payment_id": "P8"}))]
    with pytest.raises(LedgerFaults, match="books payment 8: invoice_number: 'F-5503' belongs to another customer"):
        checked_ledger(payments=stolen, source="books", known=known)
    with pytest.raises(LedgerFaults, match="'N-1' stands already in books invoice 130"):
        checked_ledger(invoices=rows * 2, source="books", known=known)
    ledger = checked_ledger(invoices=[(place, invoice("N-1", "K1", balance="4.00"))], source="books", known=known)
    put_ledger(session, ledger, actor="erp", now=NOW)
    assert [(c.origin, c.after) for c in changes(session, invoice_number="N-1")] == [("books", "4.00")]


# --- netting ----------------------------------------------------------------------------------------------------------


def test_credits_and_money_that_nobody_applied_are_netted(engine: Engine, tmp_path: Path) -> None:
    credit = "CN-1,K1,2026-03-30,2026-03-30,GBP,-2000.00,-2000.00,,returned\n"
    money = "U1,K1,,2026-04-01,GBP,120.25,advance\nU2,K1,,2026-04-01,USD,7.00,x\n"
    bring(engine, tmp_path / "a", invoices=FILES["invoices.csv"] + credit, payments=FILES["payments.csv"] + money)
    with unit_of_work(engine) as session:
        ours, theirs = (net_position(customer_facts(session, who, now=NOW)) for who in ("K1", "K2"))
    pounds, dollars, euros = ours["GBP"], ours["USD"], theirs["EUR"]
    assert (pounds.open, pounds.credits, pounds.receipts, pounds.net) == (
        Decimal("2120.25"),
        Decimal("2000.00"),
        Decimal("120.25"),
        Decimal(0),
    )
    assert (pounds.nothing_to_ask, pounds.in_words) == (
        True,
        "what is unapplied covers what is open, so nothing is asked",
    )
    assert (dollars.net, dollars.in_words) == (
        Decimal(-7),
        "credit balance: more is unapplied than open, so nothing is asked",
    )
    assert (euros.net, euros.undisputed, euros.nothing_to_ask, euros.in_words) == (euros.open, euros.open, False, "")


# --- merging ----------------------------------------------------------------------------------------------------------


def write_about(session: Session, customer: str, number: int) -> int:
    """Let a customer write a mail that a held proposal answers, out of which a hold, a promise and a plan came before."""
    found = record(
        session,
        mailbox="ar",
        folder="INBOX",
        uidvalidity=1,
        uid=number,
        raw=f"mail {number}".encode(),
        email=email(message_id=f"<m{number}@x.example>"),
        received_at=NOW,
    )
    row = session.get_one(Message, found.message_id)
    row.customer_id, row.case_id, row.state = customer, open_case(session, customer, now=NOW), MessageState.PROPOSED
    session.add(row)
    session.flush()
    return found.message_id


def proposal(session: Session, customer: str, message: int, status: str = ProposalStatus.HELD) -> ProposalRow:
    row = ProposalRow(
        message_id=message,
        case_id=session.get_one(Message, message).case_id,
        customer_id=customer,
        status=status,
        newest_message=message,
        content={"message_id": message, "verdict": "reply", "identity": "A", "claims": [], "actions": []},
        created_at=NOW,
        came_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def test_all_that_was_the_ones_is_the_others_and_later_files_find_it(
    engine: Engine, session: Session, tmp_path: Path
) -> None:
    done = proposal(session, "K2", write_about(session, "K2", 1), ProposalStatus.DONE)
    held = proposal(session, "K2", write_about(session, "K2", 2))
    effect = Effect(proposal_id=done.id or 0, position=0, tool="hold_outreach", text="", applied_at=NOW)
    session.add(effect)
    session.flush()
    common: dict[str, Any] = {"customer_id": "K2", "effect_id": effect.id}
    session.add_all(
        [
            Hold(kind="hold", invoice_number="F-5503", **common),
            Promise(invoices=["F-5503"], due=date(2026, 5, 1), currency="EUR", **common),
            Plan(invoices=["F-5503"], total=Decimal(1), currency="EUR", **common),
            Contact(
                customer_id="K2",
                name="M",
                email="Moira@bracken.example",
                role="ap",
                created_at=NOW,
                delivery=Delivery.BOUNCING,
            ),
        ]
    )
    unmatched = session.get_one(Message, write_about(session, "K1", 3))
    unmatched.state, unmatched.customer_id, unmatched.case_id = MessageState.UNMATCHED, None, None
    unmatched.candidates = [{"customer_id": "K2", "invoices": [], "why": "domain"}]
    session.get_one(Customer, "K2").stopped_reason = "asked_to_stop"
    session.flush()
    assert why_not(session, "K2", "K1") == []
    held_id, mail_id, unmatched_id = held.id, held.message_id, unmatched.id
    merged = merge(session, "K2", "K1", actor="ines", now=NOW)
    assert merged.void == 1
    assert {name: merged.moved[name] for name in ("invoice", "hold", "promise", "plan", "case", "payment")} == {
        "invoice": 2,
        "hold": 1,
        "promise": 1,
        "plan": 1,
        "case": 1,
        "payment": 1,
    }
    session.commit()
    with unit_of_work(engine) as later:
        assert later.get(Customer, "K2") is None
        assert later.get_one(Customer, "K1").stopped_reason == "asked_to_stop", (
            "nothing is written to who asked for that"
        )
        assert later.get_one(ProposalRow, held_id).status == ProposalStatus.VOID
        assert later.get_one(Message, mail_id).state == MessageState.STORED, "it is thought about anew"
        (moira,) = later.exec(select(Contact).where(col(Contact.email) == "moira@bracken.example")).all()
        assert (moira.status, moira.delivery) == (ContactStatus.VERIFIED, Delivery.BOUNCING)
        assert {c.customer_id for c in later.exec(select(Case))} == {"K1"}
        assert later.get_one(Message, unmatched_id).candidates[0]["customer_id"] == "K1"
        assert {(a.kind, a.alias) for a in aliases_of(later, "K1")} == {("number", "K2"), ("name", "Zimmerei Halder")}
        assert audit.verify(later)[1] is None
        for table in inspect(later.connection()).get_table_names():
            columns = {c["name"] for c in inspect(later.connection()).get_columns(table)}
            if "customer_id" in columns:
                left = later.execute(text(f"SELECT count(*) FROM \"{table}\" WHERE customer_id = 'K2'")).scalar_one()
                assert left == 0, table
    before = bring(engine, tmp_path / "again", day=1)
    assert before["customers"] == before["invoices"] == before["payments"] == 0, "the same files change nothing"
    more = FILES["invoices.csv"] + "F-5599,K2,2026-03-01,2026-04-01,EUR,5.00,5.00,,new\n"
    assert bring(engine, tmp_path / "more", day=2, invoices=more)["invoices"] == 1
    with unit_of_work(engine) as later:
        assert later.get_one(Invoice, "F-5599").customer_id == "K1"
        assert known_to(later).aliases == {"K2": "K1"}
        with pytest.raises(CannotMerge, match="K2 is no customer: it was merged into K1"):
            merge(later, "K2", "K1", actor="ines", now=NOW)


@pytest.mark.parametrize("whose", ["K1", "K2"])
def test_a_mail_on_its_way_stops_a_merger(session: Session, whose: str) -> None:
    row = proposal(session, whose, write_about(session, whose, 1), ProposalStatus.APPROVED)
    mail = Outgoing(
        proposal_id=row.id or 0,
        customer_id=whose,
        mailbox="ar",
        message_id_header="<o@x.example>",
        sender="ar@x.example",
        mime=b"",
        mime_sha256="",
        ledger_digest="",
        newest_message=1,
        next_attempt_at=NOW,
        created_at=NOW,
        state=SendState.QUEUED,
    )
    session.add(mail)
    session.flush()
    with pytest.raises(CannotMerge, match=f"mail {mail.id} to {whose} is queued"):
        merge(session, "K2", "K1", actor="ines", now=NOW)
    assert session.get(Customer, "K2") is not None
    mail.state, row.status = SendState.FILED, ProposalStatus.SENT
    session.flush()
    merge(session, "K2", "K1", actor="ines", now=NOW)


def test_a_promise_about_an_invoice_that_went_to_another_customer_is_not_kept(session: Session, tmp_path: Path) -> None:
    done = proposal(session, "K1", write_about(session, "K1", 1), ProposalStatus.DONE)
    effect = Effect(proposal_id=done.id or 0, position=0, tool="record_promise", text="", applied_at=NOW)
    session.add(effect)
    session.flush()
    for invoices in (["F-5501"], ["F-5501", "F-5502"]):
        session.add(
            Promise(customer_id="K1", invoices=invoices, due=date(2026, 5, 1), currency="GBP", effect_id=effect.id or 0)
        )
    session.flush()
    moved = FILES["invoices.csv"].replace("F-5501,K1", "F-5501,K2")
    import_ledger(session, read_ledger(write_ledger(tmp_path / "moved", invoices=moved)), actor="erp", now=NOW)
    standing = session.exec(select(Promise.status).order_by(col(Promise.id))).all()
    assert standing == ["replaced", "open"], "the other one names an invoice that stayed"
    assert audit.verify(session)[1] is None


def step(customer: str, day: int, *, internal: bool = False) -> OutreachStepRow:
    return OutreachStepRow(customer_id=customer, step="due", day=date(2026, 4, day), internal=internal, created_at=NOW)


def test_what_a_customer_has_one_of_is_joined_the_more_careful_way(session: Session) -> None:
    until = date(2026, 5, 1)
    session.add_all(
        [
            OutreachPause(customer_id="K1", until=until, paused_by="x", paused_at=NOW),
            OutreachLook(customer_id="K1", looked_on=until),
        ]
    )
    session.add_all(
        [
            OutreachPause(customer_id="K2", until=None, paused_by="x", paused_at=NOW),
            OutreachLook(customer_id="K2", looked_on=until),
        ]
    )
    session.add_all([step("K1", 9), step("K2", 9), step("K2", 8), step("K2", 7), step("K2", 9, internal=True)])
    moira = session.exec(select(Contact).where(Contact.email == "moira@bracken.example")).one()
    other = Contact(customer_id="K2", name="M", email=moira.email, role="ap", created_at=NOW)
    session.add(other)
    session.flush()
    for contact, phone in ((moira, "+44"), (other, "+44"), (other, "+49")):
        session.add(
            ChannelStop(
                customer_id=contact.customer_id, contact_id=contact.id or 0, channel="sms", phone=phone, told_at=NOW
            )
        )
    session.flush()
    merge(session, "K2", "K1", actor="ines", now=NOW)
    assert session.get_one(OutreachPause, "K1").until is None, "one of both was paused for good"
    days = sorted((row.day.day, row.internal) for row in session.exec(select(OutreachStepRow)))
    assert days == [(6, False), (7, False), (8, False), (9, False), (9, True)], "no step is forgotten"
    assert {row.phone for row in session.exec(select(ChannelStop))} == {"+44", "+49"}


def test_two_of_what_only_one_can_be_open_stop_a_merger(session: Session) -> None:
    for customer in ("K1", "K2"):
        session.add(
            LastResortRow(
                customer_id=customer,
                kind="account_hold",
                currency="EUR",
                claim=Decimal(1),
                reason="x",
                proposed_by="x",
                proposed_at=NOW,
            )
        )
    session.flush()
    with pytest.raises(CannotMerge, match="both have something in last resort"):
        merge(session, "K2", "K1", actor="ines", now=NOW)
    session.rollback()


def test_a_chain_of_mergers_leads_to_the_last(session: Session) -> None:
    session.add(Customer(id="K3", name="Third", currency="EUR", language="de", timezone="UTC", tier="t", owner=""))
    session.flush()
    merge(session, "K2", "K1", actor="ines", now=NOW)
    merge(session, "K1", "K3", actor="ines", now=NOW)
    assert known_to(session).aliases == {"K2": "K3", "K1": "K3"}
    told = [c for c in changes(session, customer_id="K3") if c.kind == ChangeKind.MERGED]
    assert {(c.before, c.after) for c in told} == {("K2", "K1"), ("K1", "K3")}


def test_who_is_forgotten_is_forgotten_under_the_number_of_before(engine: Engine, session: Session) -> None:
    audit.append(
        session, at=NOW, actor="ines", event="note", subject="customer:K2", payload={"note": "Uwe Halder called"}
    )
    name = session.get_one(Customer, "K2")
    name.name = "Uwe Halder"
    session.flush()
    merge(session, "K2", "K1", actor="ines", now=NOW)
    assert ("number", "K2") in {(a.kind, a.alias) for a in aliases_of(session, "K1")}
    erase(session, find(session, "buero@halder.example"), actor="ines", now=NOW)
    left = " ".join(str(row) for row in session.execute(text("SELECT payload FROM audit")).all())
    left += " ".join(a.alias for a in aliases_of(session, "K1"))
    assert "Uwe" not in left
    assert audit.verify(session)[1] is None
