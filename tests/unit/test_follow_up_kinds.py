"""Every kind of waking: what is written, to whom, and what makes it fall silent. A real database, the real tools and rules."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from review.item import Item
from store.aftermath import (
    CheckOutcome,
    DisputeStatus,
    FollowupKind,
    FollowupState,
    InstalmentStatus,
    PlanStatus,
    Portal,
    PortalStatus,
    ResubmissionStatus,
)
from store.engine import unit_of_work
from store.inbound import AutoReply
from store.matters import PaymentCheck, PortalItem
from store.tables import Contact, Dispute, Effect, Hold, Instalment, Invoice, Plan, ProposalRow, Resubmission
from store.vocabulary import ContactStatus, DisputeKind, MessageKind, ProposalStatus, Reason, Register
from tests.factories import House, claim, open_house
from tests.wakings import send, state, think, wake, why_closed

LATER = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 20)
ONE = "INV-20413"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def acted(house: House, reason: Reason = Reason.UNCLEAR, words: str = "About INV-20413.", **slots: Any) -> int:
    """An old mail of the customer whose answer went out long ago, with an effect; give the effect's number."""
    message = house.receive(words)
    proposal = house.hold(message, claim(reason, words, invoices=[ONE], **slots))
    with unit_of_work(house.engine) as session:
        session.get_one(ProposalRow, proposal).status = ProposalStatus.SENT
        effect = Effect(proposal_id=proposal, position=0, tool="x", text="", applied_at=house.now)
        session.add(effect)
        session.flush()
        assert effect.id is not None
        house.now = LATER
        return effect.id


def add(house: House, row: object) -> int:
    with unit_of_work(house.engine) as session:
        session.add(row)
        session.flush()
        number = row.id  # type: ignore[attr-defined]
        assert isinstance(number, int)
        return number


def one(house: House, kind: FollowupKind, subject: int, effect: int) -> Item:
    assert wake(house, kind, subject, effect_id=effect, due_on=DAY)
    (item,) = think(house)
    assert not item.proposal.blocked, item.proposal.findings
    assert item.proposal.draft is not None
    return item


def text(item: Item) -> str:
    assert item.proposal.draft is not None
    return item.proposal.draft.rendered.replace("\xa0", " ")


def approved(house: House, item: Item) -> email.message.EmailMessage:
    house.desk.approve(item.row.id or 0, version=1, actor="ines")
    (mime,) = send(house)
    return email.message_from_bytes(mime, policy=email.policy.default)


def plan(house: House, effect: int, status: PlanStatus, *parts: tuple[date, InstalmentStatus]) -> tuple[int, list[int]]:
    number = add(
        house,
        Plan(
            customer_id="C1001",
            invoices=[ONE],
            total=Decimal("11482.50"),
            currency="GBP",
            status=status,
            effect_id=effect,
        ),
    )
    return number, [
        add(house, Instalment(plan_id=number, position=i, due=due, amount=Decimal("3827.50"), status=state))
        for i, (due, state) in enumerate(parts)
    ]


# --- plans --------------------------------------------------------------------------------------------------------


def test_an_instalment_that_falls_due_asks_for_nothing(house: House) -> None:
    effect = acted(house, Reason.PLAN_REQUEST, "Can we pay INV-20413 in three parts?")
    _, (part,) = plan(house, effect, PlanStatus.AGREED, (date(2026, 3, 27), InstalmentStatus.OPEN))
    item = one(house, FollowupKind.INSTALMENT_DUE, part, effect)
    assert "the next instalment of GBP 3,827.50 is due on 27 March 2026" in text(item)
    assert "let us know" not in text(item)
    house.now = datetime(2026, 3, 28, 9, tzinfo=UTC)
    with pytest.raises(Exception, match="the day of the instalment is over"):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert think(house) == []
    assert state(house) == FollowupState.CLOSED


@pytest.mark.parametrize(
    ("reason", "register", "words"),
    [
        (Reason.HARDSHIP, Register.WARM, "look for a way together"),
        (Reason.PLAN_REQUEST, Register.WARM, "on its way"),
        (Reason.REFUSAL, Register.FIRM, "if its dates are kept"),
    ],
)
def test_a_missed_instalment_is_firm_unless_the_customer_is_in_difficulty(
    house: House, reason: Reason, register: Register, words: str
) -> None:
    effect = acted(house, reason, "INV-20413 is hard for us.")
    _, (part,) = plan(house, effect, PlanStatus.BROKEN, (DAY, InstalmentStatus.MISSED))
    item = one(house, FollowupKind.INSTALMENT_MISSED, part, effect)
    assert item.proposal.tone.register_ is register
    assert "GBP 3,827.50 was due on 20 March 2026" in text(item)
    assert words in text(item)


def test_a_plan_that_was_answered_meanwhile_is_not_asked_about(house: House) -> None:
    effect = acted(house, Reason.PLAN_REQUEST)
    number, _ = plan(house, effect, PlanStatus.PROPOSED)
    item = one(house, FollowupKind.PLAN_UNANSWERED, number, effect)
    assert "On 10 March 2026 we suggested" in text(item)
    assert "for your answer by 31 March 2026" in text(item)
    with unit_of_work(house.engine) as session:
        session.get_one(Plan, number).status = PlanStatus.AGREED
    with pytest.raises(Exception, match="ledger changed"):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert think(house) == []
    assert "the plan was answered" in why_closed(house)


# --- waiting ------------------------------------------------------------------------------------------------------


def test_an_invoice_sent_again_is_asked_about(house: House) -> None:
    effect = acted(house, Reason.INVOICE_MISSING, "We never got INV-20413.")
    number = add(
        house, Resubmission(customer_id="C1001", invoice_number=ONE, kind="copy", effect_id=effect, answer_due=DAY)
    )
    item = one(house, FollowupKind.RESUBMISSION_UNANSWERED, number, effect)
    assert "we sent you invoice INV-20413 again on 10 March 2026" in text(item)
    assert item.proposal.tone.register_ is not Register.FIRM
    with unit_of_work(house.engine) as session:
        session.get_one(Resubmission, number).status = ResubmissionStatus.CONFIRMED
    with pytest.raises(Exception, match="ledger changed"):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert think(house) == []


def test_a_question_is_asked_once_more_in_its_own_words(house: House) -> None:
    effect = acted(house, Reason.PO_MISMATCH, "The order number on INV-20413 is wrong.")
    item = one(house, FollowupKind.QUESTION_UNANSWERED, effect, effect)
    assert "the purchase order number to be quoted on the invoice" in text(item)
    assert "when the payment" not in text(item), "one thing is asked for"


def test_a_payment_that_is_not_found_is_asked_for_without_reproach(house: House) -> None:
    slots = {"amount": Decimal("11482.50"), "currency": "GBP"}
    effect = acted(house, Reason.ALREADY_PAID, "We paid INV-20413 last week.", **slots)
    check = PaymentCheck(
        customer_id="C1001", invoices=[ONE], outcome=CheckOutcome.NOT_FOUND, status="lapsed", effect_id=effect
    )
    number = add(house, check)
    item = one(house, FollowupKind.CASH_NOT_FOUND, number, effect)
    assert "not been able to find the payment of GBP 11,482.50" in text(item)
    assert "remittance advice" in text(item)
    assert item.proposal.tone.register_ is not Register.FIRM
    assert "overdue" not in text(item)


def test_a_pause_that_is_over_and_one_that_runs_again(house: House) -> None:
    effect = acted(house, Reason.AWAITING_APPROVAL, "INV-20413 waits for approval.")
    number = add(
        house, Hold(customer_id="C1001", invoice_number=ONE, kind="awaiting_approval", until=DAY, effect_id=effect)
    )
    item = one(house, FollowupKind.HOLD_OVER, number, effect)
    assert "still had to be approved, and we paused our reminders until 20 March 2026" in text(item)
    add(house, Hold(customer_id="C1001", kind="x", until=date(2026, 4, 20), effect_id=effect))
    with pytest.raises(Exception, match="ledger changed"):
        house.desk.approve(item.row.id or 0, version=1, actor="ines")
    assert think(house) == []
    assert "paused until 2026-04-20" in why_closed(house)


def test_after_an_absence_a_robots_note_is_no_hindrance(house: House) -> None:
    words = "I am away until 19 March. INV-20413 waits until then."
    message = house.receive(words, kind=MessageKind.AUTO_REPLY, subject="Automatic reply: away", auto_reply=AutoReply())
    proposal = house.hold(message, claim(Reason.AUTO_REPLY, words, invoices=[ONE], date=date(2026, 3, 19)))
    with unit_of_work(house.engine) as session:
        session.get_one(ProposalRow, proposal).status = ProposalStatus.DONE
    effect = add(house, Effect(proposal_id=proposal, position=0, tool="hold_outreach", text="", applied_at=house.now))
    number = add(house, Hold(customer_id="C1001", invoice_number=ONE, kind="auto_reply", until=DAY, effect_id=effect))
    house.now = LATER
    item = one(house, FollowupKind.HOLD_OVER, number, effect)
    assert text(item).startswith("Dear Priya Kershaw,\n\nWhile you were away, we paused our reminders")
    assert "away" not in approved(house, item)["Subject"], "a robot's subject is not carried on"


# --- disputes -----------------------------------------------------------------------------------------------------


def dispute(house: House, status: DisputeStatus, credit: str | None = None) -> tuple[int, int]:
    effect = acted(house, Reason.DISPUTE, "The price on INV-20413 is wrong.", dispute_kind=DisputeKind.PRICING)
    number = add(
        house,
        Dispute(
            customer_id="C1001",
            invoice_number=ONE,
            kind="pricing",
            amount=Decimal("2000.00"),
            statement="too dear",
            status=status,
            credit=Decimal(credit) if credit else None,
            ended_on=DAY,
            effect_id=effect,
        ),
    )
    return number, effect


@pytest.mark.parametrize("booked", [False, True])
def test_a_credit_says_what_is_left_whether_the_erp_has_booked_it_or_not(house: House, booked: bool) -> None:
    number, effect = dispute(house, DisputeStatus.CREDITED, "1482.50")
    if booked:
        with unit_of_work(house.engine) as session:
            session.get_one(Invoice, ONE).balance -= Decimal("1482.50")
    item = one(house, FollowupKind.DISPUTE_CREDITED, number, effect)
    assert "credit you GBP 1,482.50. After this credit, GBP 10,000.00 is still open" in text(item)
    assert "GBP 10,000.00 stays due" in item.proposal.actions[0].preview


def test_a_credit_over_everything_asks_for_nothing(house: House) -> None:
    number, effect = dispute(house, DisputeStatus.CREDITED, "11482.50")
    item = one(house, FollowupKind.DISPUTE_CREDITED, number, effect)
    assert "Nothing is left to pay on this invoice" in text(item)
    assert "let us know" not in text(item)
    assert "nothing is left to pay" in item.proposal.actions[0].preview


def test_a_rejected_and_a_withdrawn_dispute_ask_for_a_day(house: House) -> None:
    number, effect = dispute(house, DisputeStatus.REJECTED)
    item = one(house, FollowupKind.DISPUTE_REJECTED, number, effect)
    assert "you objected to invoice INV-20413 because of the price" in text(item)
    assert "by 31 March 2026 when we may expect the payment" in text(item)
    assert item.proposal.tone.register_ is not Register.FIRM
    with unit_of_work(house.engine) as session:
        session.get_one(Dispute, number).status = DisputeStatus.WITHDRAWN
    assert wake(house, FollowupKind.DISPUTE_WITHDRAWN, number, effect_id=effect, due_on=DAY)
    withdrawn = think(house)[-1]
    assert "is settled, and we have closed it" in text(withdrawn)
    assert "due for payment again" in text(withdrawn)


def test_what_is_not_due_yet_when_an_objection_ends_is_not_due_again(house: House) -> None:
    number, effect = dispute(house, DisputeStatus.WITHDRAWN)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, ONE).due_date = date(2026, 4, 30)
    assert wake(house, FollowupKind.DISPUTE_WITHDRAWN, number, effect_id=effect, due_on=DAY)
    (item,) = think(house)
    assert "The invoice remains payable on its due date, 30 April 2026." in text(item)
    assert "again" not in text(item)
    assert "let us know" not in text(item)
    assert "asks for nothing" in item.proposal.actions[0].preview


# --- people and portals -------------------------------------------------------------------------------------------


def test_a_new_contact_is_written_to_for_the_first_time(house: House) -> None:
    effect = acted(
        house,
        Reason.WRONG_CONTACT,
        "Please write to Ada Moss about INV-20413.",
        contact_name="Ada Moss",
        contact_email="a.moss@harrowfinch.example",
    )
    ada = Contact(
        customer_id="C1001",
        name="Ada Moss",
        email="a.moss@harrowfinch.example",
        role="ap",
        status=ContactStatus.VERIFIED,
        created_at=house.now,
    )
    number = add(house, ada)
    item = one(house, FollowupKind.CONTACT_VERIFIED, number, effect)
    assert text(item).startswith("Dear Ada Moss,\n\nWe are writing to you for the first time")
    assert "Invoice INV-20413 of 19 December 2025: GBP 11,482.50 open, due on 18 January 2026" in text(item)
    with unit_of_work(house.engine) as session:
        stored = session.get_one(Invoice, ONE).document_sha256 is not None
    mail = approved(house, item)
    assert mail["To"] == "a.moss@harrowfinch.example"
    assert mail["Subject"] == "Our open invoices"
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None
    assert stored, "the sample ledger holds the PDF"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["INV-20413.pdf"]


def test_a_contact_that_is_not_verified_any_more_is_left_alone(house: House) -> None:
    effect = acted(house, Reason.WRONG_CONTACT, contact_email="a.moss@harrowfinch.example")
    ada = Contact(
        customer_id="C1001",
        name="",
        email="a.moss@harrowfinch.example",
        role="ap",
        status=ContactStatus.TO_VERIFY,
        created_at=house.now,
    )
    number = add(house, ada)
    assert wake(house, FollowupKind.CONTACT_VERIFIED, number, effect_id=effect, due_on=DAY)
    assert think(house) == []
    assert "not one to write to" in why_closed(house)


@pytest.mark.parametrize(("portal", "words"), [(Portal.COUPA, "through Coupa"), (Portal.OTHER, "through your portal")])
def test_a_portal_that_rejected_is_asked_about(house: House, portal: Portal, words: str) -> None:
    effect = acted(house, Reason.PORTAL_SUBMISSION, "Please submit INV-20413 in the portal.")
    found = PortalItem(
        customer_id="C1001",
        invoice_number=ONE,
        portal=portal,
        status=PortalStatus.REJECTED,
        effect_id=effect,
        updated_at=house.now,
    )
    number = add(house, found)
    item = one(house, FollowupKind.PORTAL_REJECTED, number, effect)
    assert words in text(item)
    assert "what has to be corrected" in text(item)


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_what_cannot_be_thought_about_goes_to_a_person_who_may_try_again(house: House) -> None:
    effect = acted(house)
    assert wake(house, FollowupKind.HOLD_OVER, 999, effect_id=effect, due_on=DAY), "a hold that does not exist"
    assert think(house) == []
    assert state(house) == FollowupState.QUARANTINED
    attention = house.desk.attention()
    assert [w.kind for w in attention.wakings] == ["hold_over"]
    assert house.desk.counts().attention == 1
    house.desk.retry_waking(1, actor="ines")
    assert state(house) == FollowupState.WAITING
    assert think(house) == []
    house.desk.close_waking(1, actor="ines")
    assert house.desk.counts().attention == 0
    with pytest.raises(ValueError, match="does not wait"):
        house.desk.close_waking(1, actor="ines")


def test_nobody_to_write_to_is_a_persons_matter(house: House) -> None:
    effect = acted(house, Reason.AWAITING_APPROVAL, "INV-20413 waits.")
    number = add(house, Hold(customer_id="C1001", invoice_number=ONE, kind="x", until=DAY, effect_id=effect))
    with unit_of_work(house.engine) as session:
        for contact in session.exec(select(Contact).where(Contact.customer_id == "C1001")):
            contact.status = ContactStatus.TO_VERIFY
    assert wake(house, FollowupKind.HOLD_OVER, number, effect_id=effect, due_on=DAY)
    (item,) = think(house)
    assert item.proposal.draft is None
    assert "no contact of this customer can be written to" in (item.proposal.needs_person or "")
