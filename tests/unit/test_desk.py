"""What a decision does, and what it refuses, on a real database with the outbox behind it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from agent.effects import effects_by
from mail.outbox import Route, Sender
from mail.transport import Refused
from review.desk import Blocked
from store.engine import unit_of_work
from store.proposals import Stale
from store.tables import Customer, Dispute, Escalation, Hold, Message, Outgoing, Payment, Promise
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, Reason, SendState
from tests.factories import House, claim, open_house

FRIDAY = date(2026, 3, 13)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


@dataclass
class Wire:
    """A way out that keeps what it was given, or refuses it."""

    taken: list[bytes] = field(default_factory=list)
    refuses: bool = False

    def probe(self) -> str:
        return "a wire"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        if self.refuses:
            raise Refused("550 no such user")
        assert before_body()
        self.taken.append(mime)


def send(house: House, wire: Wire) -> None:
    sender = Sender(house.engine, {"ar": Route(wire)}, "test", effects_by(lambda: house.now), clock=lambda: house.now)
    sender.run_due(house.now)


def promised(house: House) -> int:
    words = "INV-20413 is paid on Friday 13 March."
    message = house.receive(words)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date=FRIDAY))


def rows(house: House, table: type) -> list[object]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(table)).all())


def status(house: House, proposal_id: int) -> str:
    item = house.desk.show(proposal_id)
    assert item is not None
    return item.row.status


def test_effects_follow_the_mail_and_happen_once(house: House) -> None:
    proposal = promised(house)
    house.desk.approve(proposal, version=1, actor="ines")
    assert rows(house, Promise) == [], "approving is not carrying out"
    wire = Wire()
    send(house, wire)
    send(house, wire)
    assert len(wire.taken) == 1
    assert len(rows(house, Promise)) == 1
    assert status(house, proposal) == ProposalStatus.SENT


def test_protection_does_not_wait_for_a_mail_to_go_out(house: House) -> None:
    message = house.receive("Do not write to us again.")
    proposal = house.hold(message, claim(Reason.STOP_CONTACT, "Do not write to us again."))
    house.desk.approve(proposal, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        assert session.get_one(Customer, "C1001").stopped_reason == "stop_contact"
        assert session.exec(select(Hold.kind)).all() == ["stop_contact"]
    wire = Wire(refuses=True)
    send(house, wire)
    assert status(house, proposal) == ProposalStatus.FAILED
    assert len(rows(house, Escalation)) == 1


def test_the_approval_is_not_voided_by_what_it_holds_itself(house: House) -> None:
    message = house.receive("Is your new bank letter real?")
    proposal = house.hold(message, claim(Reason.PAYMENT_FRAUD_RISK, "Is your new bank letter real?"))
    house.desk.approve(proposal, version=1, actor="ines")
    wire = Wire()
    send(house, wire)
    assert len(wire.taken) == 1
    assert status(house, proposal) == ProposalStatus.SENT


def test_a_mail_that_failed_is_sent_again_or_set_aside_by_a_person(house: House) -> None:
    first = promised(house)
    house.desk.approve(first, version=1, actor="ines")
    wire = Wire(refuses=True)
    send(house, wire)
    (row,) = [r for r in rows(house, Outgoing) if isinstance(r, Outgoing)]
    assert row.state == SendState.FAILED
    assert row.id is not None
    wire.refuses = False
    house.desk.retry(row.id, actor="ines")
    send(house, wire)
    assert len(wire.taken) == 1
    with pytest.raises(Stale):
        house.desk.retry(row.id, actor="ines")
    with pytest.raises(Stale):
        house.desk.set_aside(first, actor="ines")


def test_setting_aside_has_the_message_understood_anew(house: House) -> None:
    proposal = promised(house)
    house.desk.approve(proposal, version=1, actor="ines")
    send(house, Wire(refuses=True))
    house.desk.set_aside(proposal, actor="ines")
    assert status(house, proposal) == ProposalStatus.VOID
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Message.state)).all() == [MessageState.STORED]


def test_a_date_that_moved_on_is_filled_anew_and_the_edit_is_kept(house: House) -> None:
    message = house.receive("What is line two on INV-20413?")
    proposal = house.hold(message, claim(Reason.QUESTION, "What is line two on INV-20413?", invoices=["INV-20413"]))
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    assert "deadline.date" in item.proposal.draft.body
    body = item.proposal.draft.body.replace("\n\n", "\n\nThank you for asking.\n\n", 1)
    house.desk.edit(proposal, version=1, actor="ines", body=body)
    house.now += timedelta(days=1)
    with pytest.raises(Stale, match="moved on"):
        house.desk.approve(proposal, version=2, actor="ines")
    again = house.desk.show(proposal)
    assert again is not None
    assert (again.row.status, again.row.version) == (ProposalStatus.HELD, 3)
    assert again.proposal.draft is not None
    assert "Thank you for asking." in again.proposal.draft.rendered
    house.desk.approve(proposal, version=3, actor="ines")


def test_a_promise_whose_day_is_over_is_not_confirmed(house: House) -> None:
    proposal = promised(house)
    house.now += timedelta(days=20)
    with pytest.raises(Stale, match="is over"):
        house.desk.approve(proposal, version=1, actor="ines")
    assert status(house, proposal) == ProposalStatus.VOID


def test_a_payment_in_between_voids_the_approval(house: House) -> None:
    proposal = promised(house)
    house.desk.approve(proposal, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        payment = session.exec(select(Payment).where(col(Payment.customer_id) == "C1001")).first()
        assert payment is not None
        payment.reference = "corrected"
    wire = Wire()
    send(house, wire)
    assert wire.taken == []
    assert status(house, proposal) == ProposalStatus.VOID


def test_a_newer_mail_voids_the_approval_and_blocks_the_older_answer(house: House) -> None:
    proposal = promised(house)
    house.desk.approve(proposal, version=1, actor="ines")
    older = house.desk.show(proposal)
    assert older is not None
    house.receive("INV-20413: forget Friday, we dispute it.")
    assert status(house, proposal) == ProposalStatus.VOID
    wire = Wire()
    send(house, wire)
    assert wire.taken == []
    words = "INV-20413 is paid on Friday 13 March."
    anew = house.hold(older.message.id, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date=FRIDAY))
    with pytest.raises(Blocked, match="wrote again"):
        house.desk.approve(anew, version=1, actor="ines")


def test_an_out_of_office_robot_voids_nothing(house: House) -> None:
    proposal = promised(house)
    house.receive("I am away.", kind="auto_reply")
    assert status(house, proposal) == ProposalStatus.HELD


def test_a_stranger_is_answered_at_the_known_address_without_thread_or_subject(house: House) -> None:
    message = house.receive(
        "Please resend INV-20413.", sender="mallory@evil.example", subject="Pay at https://evil.example", auth={}
    )
    proposal = house.hold(message, claim(Reason.INVOICE_MISSING, "Please resend INV-20413.", invoices=["INV-20413"]))
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.identity in (IdentityLevel.C, IdentityLevel.D)
    house.desk.approve(proposal, version=1, actor="ines")
    wire = Wire()
    send(house, wire)
    mail = email.message_from_bytes(wire.taken[0], policy=email.policy.default)
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None
    assert "evil" not in mail["Subject"]
    assert mail["To"] == "p.kershaw@harrowfinch.example"
    assert "INV" not in mail.get_content()


def test_an_empty_subject_and_an_odd_number_do_not_stop_an_approval(house: House) -> None:
    message = house.receive("What is line two on INV-20413?", subject="")
    proposal = house.hold(message, claim(Reason.QUESTION, "What is line two on INV-20413?", invoices=["INV-20413"]))
    house.desk.approve(proposal, version=1, actor="ines")


def test_unmatched_mail_is_given_to_a_customer_and_understood_anew(house: House) -> None:
    message = house.receive("We dispute this.", sender="new@nowhere.example", auth={}, in_reply_to=None)
    proposal = house.hold(message, claim(Reason.DISPUTE, "We dispute this."))
    with pytest.raises(ValueError, match="no customer"):
        house.desk.assign(message, customer_id="C9999", actor="ines")
    house.desk.assign(message, customer_id="C1001", actor="ines")
    assert status(house, proposal) == ProposalStatus.VOID
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        assert (row.customer_id, row.state, row.identity) == ("C1001", MessageState.STORED, IdentityLevel.C)
    with pytest.raises(Stale):
        house.desk.assign(message, customer_id="C1002", actor="ines")


def test_a_second_complaint_does_not_double_the_dispute(house: House) -> None:
    first = house.hold(
        house.receive("INV-20413 is wrong."), claim(Reason.DISPUTE, "INV-20413 is wrong.", invoices=["INV-20413"])
    )
    house.desk.approve(first, version=1, actor="ines")
    send(house, Wire())
    assert len(rows(house, Dispute)) == 1
    second = house.hold(
        house.receive("INV-20413 is still wrong."),
        claim(Reason.DISPUTE, "INV-20413 is still wrong.", invoices=["INV-20413"]),
    )
    item = house.desk.show(second)
    assert item is not None
    assert [a.tool for a in item.proposal.actions] == ["escalate_to_human"]


def test_what_was_decided_cannot_be_decided_again(house: House) -> None:
    proposal = promised(house)
    house.desk.approve(proposal, version=1, actor="ines")
    with pytest.raises(Stale):
        house.desk.approve(proposal, version=1, actor="tom")


def test_the_confirmation_of_a_stop_goes_out_and_is_the_last(house: House) -> None:
    words = "Do not write to us again."
    stopping = house.hold(house.receive(words), claim(Reason.STOP_CONTACT, words))
    house.desk.approve(stopping, version=1, actor="ines")
    wire = Wire()
    send(house, wire)
    assert len(wire.taken) == 1
    asked = "How much is still open?"
    later = house.hold(house.receive(asked), claim(Reason.QUESTION, asked, topic="balance"))
    item = house.desk.show(later)
    assert item is not None
    assert [action.tool for action in item.proposal.actions] == ["escalate_to_human"]
    with pytest.raises(Blocked, match="stopped"):
        house.desk.approve(later, version=1, actor="ines")


def test_a_pause_without_a_mail_is_done_when_it_is_approved(house: House) -> None:
    words = "INV-20413: noted, I will look into it."
    proposal = house.hold(house.receive(words), claim(Reason.ACKNOWLEDGEMENT, words, invoices=["INV-20413"]))
    house.desk.approve(proposal, version=1, actor="ines")
    assert status(house, proposal) == ProposalStatus.DONE
    (hold,) = [h for h in rows(house, Hold) if isinstance(h, Hold)]
    assert (hold.kind, hold.invoice_number) == ("acknowledgement", "INV-20413")


def test_a_pause_that_waited_too_long_for_approval_is_made_anew(house: House) -> None:
    words = "INV-20413 is waiting for approval."
    proposal = house.hold(house.receive(words), claim(Reason.AWAITING_APPROVAL, words, invoices=["INV-20413"]))
    house.now += timedelta(days=30)
    with pytest.raises(Stale, match="over already"):
        house.desk.approve(proposal, version=1, actor="ines")
