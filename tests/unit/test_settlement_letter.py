"""A settlement from the customer's offer to the money: a manager decides, the letter goes the way of all letters, the rest follows."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from review.desk import Blocked
from store.aftermath import FollowupKind
from store.engine import unit_of_work
from store.last_resort_keeping import keep_last_resorts
from store.last_resort_words import Ending, Ground, Standing
from store.outreach_words import LastResort
from store.roles import Role
from store.tables import Contact, Invoice, Payment
from store.vocabulary import Reason
from tests.factories import House, claim, open_house, wide
from tests.signing import add
from tests.wakings import answered, send, think, wake

OFFER = "We can pay 11000 pounds for INV-20413 and no more."


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = open_house(tmp_path)
    made.roles = {"ines": "manager"}  # type: ignore[dict-item] # as the configuration has it
    made.policy = wide()
    with unit_of_work(made.engine) as session:
        for role in (Role.COLLECTOR, Role.MANAGER):
            add(session, made, role.value, role)
    return made


def settled(house: House) -> int:
    """Let the customer offer, and a manager accept."""
    answered(
        house, OFFER, claim(Reason.SETTLEMENT_OFFER, OFFER, invoices=["INV-20413"], amount="11000.00", currency="GBP")
    )
    number = house.desk.propose_last_step(
        "C1001",
        kind=LastResort.SETTLEMENT,
        invoices=["INV-20413"],
        actor="manager",
        why=Ground.SETTLEMENT_OFFER,
        amount=Decimal("11000.00"),
        pay_by=house.now.date() + timedelta(days=14),
    )
    assert think(house) == [], "nothing is written before it is approved"
    assert house.desk.approve_last_step(number, version=1, actor="manager")
    return number


def status(house: House, number: int) -> str:
    step = house.desk.last_step(number)
    assert step is not None
    return step.row.status


def test_the_letter_goes_the_way_of_all_letters(house: House) -> None:
    number = settled(house)
    (item,) = think(house)
    assert item.proposal.draft is not None
    text = item.proposal.draft.rendered
    assert "we accept GBP 11,000.00 in place of the whole sum" in text
    assert "24 March 2026" in text
    assert "GBP 11,482.50 is open" in text
    assert [f.rule for f in item.proposal.findings if f.severity == "block"] == []
    assert item.row.id is not None
    with pytest.raises(Blocked, match="manager"):
        house.desk.approve(item.row.id, version=item.row.version, actor="collector")
    house.now += timedelta(days=2)
    house.desk.approve(item.row.id, version=item.row.version, actor="manager")
    assert status(house, number) == Standing.APPROVED, "approving is not sending"
    (mime,) = send(house)
    sent = email.message_from_bytes(mime, policy=email.policy.default)
    assert "p.kershaw@harrowfinch.example" in sent["to"]
    assert status(house, number) == Standing.CARRIED_OUT


def test_a_settlement_that_was_withdrawn_is_not_told(house: House) -> None:
    number = settled(house)
    house.desk.end_last_step(number, actor="manager", note="they were rude")
    assert think(house) == []


def test_a_held_letter_does_not_leave_once_the_settlement_is_withdrawn(house: House) -> None:
    number = settled(house)
    (item,) = think(house)
    house.desk.end_last_step(number, actor="manager", note="they were rude")
    assert item.row.id is not None
    house.now += timedelta(days=2)
    from store.proposals import Stale

    with pytest.raises(Stale):
        house.desk.approve(item.row.id, version=item.row.version, actor="manager")
    assert send(house) == []


def test_told_by_telephone_no_letter_follows(house: House) -> None:
    number = settled(house)
    house.desk.told_settlement(number, actor="manager")
    assert status(house, number) == Standing.CARRIED_OUT
    assert think(house) == []


def test_paid_in_time_the_rest_is_proposed_to_be_written_off(house: House) -> None:
    number = settled(house)
    house.desk.told_settlement(number, actor="manager")
    house.now += timedelta(days=10)
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20413").balance = Decimal("482.50")
        session.add(
            Payment(
                id="S1",
                customer_id="C1001",
                invoice_number="INV-20413",
                received_on=house.now.date(),
                currency="GBP",
                amount=Decimal("11000.00"),
                reference="SETTLEMENT",
            )
        )
    keep_last_resorts(house.engine, now=house.now, days=house.policy.keeping_days())
    step = house.desk.last_step(number)
    assert step is not None
    assert step.row.end_reason == Ending.KEPT
    rest = house.desk.last_steps_of("C1001")[0]
    assert (rest.kind, rest.amount, rest.cause) == (LastResort.WRITE_OFF, Decimal("482.50"), "unwilling")


@pytest.mark.parametrize("handed", [False, True])
def test_a_new_contact_is_not_asked_for_what_is_handed_over(house: House, handed: bool) -> None:
    answered(house, OFFER, claim(Reason.QUESTION, OFFER, invoices=["INV-20413"], topic="balance"))
    with unit_of_work(house.engine) as session:
        contact = session.exec(select(Contact.id).where(Contact.customer_id == "C1001")).first()
        assert contact is not None
    if handed:
        step = house.desk.propose_last_step("C1001", kind=LastResort.HAND_OFF, invoices=["INV-20413"], actor="manager")
        house.desk.approve_last_step(step, version=1, actor="manager")
    assert wake(house, FollowupKind.CONTACT_VERIFIED, contact, due_on=house.now.date())
    assert len(think(house)) == (0 if handed else 1)
