"""What stands against a mail at the last moment, on a real database: what waits, what is proposed anew, and what a person looks at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from agent import sending
from agent.rules.book import RULES
from agent.sending import AGAIN, rechecker
from mail.outbox import Refusal
from store.engine import unit_of_work
from store.proposed import Finding
from store.tables import Contact, Customer, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, Delivery, ProposalStatus, SendState, Severity
from tests.factories import COMPANY, House, open_house
from tests.unit.test_sending import NOW, answer, outgoing, run, status
from tools.limits import Policy

CUSTOMER = "C1011"
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = open_house(tmp_path)
    house.now, house.policy = NOW, Policy.model_validate({"sending": {"ledger_hours": 168}, "manager_above": "90000"})
    return house


def asked(house: House, held: int) -> Refusal | None:
    """Ask the check alone what it says of the approved mail, as the sender would."""
    recheck = rechecker(company=COMPANY, policy=house.policy, roles=house.roles)
    with unit_of_work(house.engine) as session:
        return recheck(session, session.get_one(Outgoing, outgoing(house, held).id), house.now)


def change(house: House, what: Callable[[Session], None]) -> None:
    with unit_of_work(house.engine) as session:
        what(session)


# --- what waits


def test_a_mail_that_waits_does_not_stand_in_its_own_way(house: House) -> None:
    """Two answers left today; the third, held until tomorrow morning, is the third and not the fourth."""
    for number in range(2):
        answer(house, f"Question {number} on INV-20412?")
        assert len(run(house)) == 1
        house.now += timedelta(minutes=10)
    held = answer(house, "And one more on INV-20412?")
    house.now = NOW.replace(hour=19)
    assert run(house) == []
    row = outgoing(house, held)
    assert (row.state, row.attempts, row.next_attempt_at) == (SendState.QUEUED, 0, MORNING)
    house.now = MORNING
    assert len(run(house)) == 1


def test_a_cap_that_filled_up_meanwhile_is_waited_for(house: House) -> None:
    """Three answers leave by another way while this one waits in the outbox."""
    mails = [house.receive("Hm.", sender="k.sonnleitner@metallbau-sonnleitner.example") for _ in range(3)]
    held = answer(house)
    mine = outgoing(house, held)

    def sent(session: Session) -> None:
        row = session.get_one(Outgoing, mine.id)
        proposal = session.get_one(ProposalRow, held)
        for number, mail in enumerate(mails):
            changed = {"id": None, "status": ProposalStatus.SENT, "message_id": mail}
            other = ProposalRow.model_validate(proposal.model_dump() | changed)
            session.add(other)
            session.flush()
            session.add(
                Outgoing.model_validate(
                    row.model_dump()
                    | {"id": None, "proposal_id": other.id, "state": SendState.SENT}
                    | {"message_id_header": f"<other-{number}@x.example>", "sent_at": NOW + timedelta(minutes=number)}
                )
            )

    change(house, sent)
    house.now = NOW + timedelta(minutes=30)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (NOW + timedelta(days=1), False)
    assert "3 answers to this customer in 24 hours" in refusal.why


def test_a_holiday_is_waited_over(house: House) -> None:
    held = answer(house)
    holidays = {"jurisdictions": {"default-strict": {"holidays": ["03-11", "2026-03-12"]}}}
    house.policy = Policy.model_validate({"sending": {"ledger_hours": 168}, "manager_above": "90000"} | holidays)
    house.now = MORNING + timedelta(hours=1)

    def under_it(session: Session) -> None:
        row = session.get_one(ProposalRow, held)
        row.content = row.content | {"policy_digest": house.policy.digest()}

    change(house, under_it)
    refusal = asked(house, held)
    assert refusal is not None
    assert refusal.until == datetime(2026, 3, 13, 8, tzinfo=UTC), "nine in Berlin on the Friday"


def test_a_closed_window_and_an_old_ledger_wait_for_the_import(house: House) -> None:
    house.policy = Policy.model_validate({"sending": {"ledger_hours": 24}, "manager_above": "90000"})
    held = answer(house)
    house.now = NOW + timedelta(hours=33)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (house.now + AGAIN, False)
    assert "window is closed" in refusal.why
    assert "import it anew" in refusal.why


def test_where_no_moment_is_left_a_person_looks(house: House) -> None:
    """The zone became unknown after the approval: nothing to wait for."""
    held = answer(house)

    def lost(session: Session) -> None:
        session.get_one(Customer, CUSTOMER).timezone = "Mars/Olympus"

    change(house, lost)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (None, False)
    assert "set the customer's time zone" in refusal.why


# --- what is put back to hold


def stop(session: Session) -> None:
    session.get_one(Customer, CUSTOMER).stopped_reason = "stop_contact"


def bounced(session: Session) -> None:
    for contact in session.exec(select(Contact).where(col(Contact.customer_id) == CUSTOMER)):
        contact.delivery = Delivery.BOUNCING


@pytest.mark.parametrize(
    ("what", "words"),
    [(stop, "All writing to this customer is stopped"), (bounced, "mail comes back from there")],
)
def test_a_ground_that_is_gone_voids_the_approval(house: House, what: Callable[[Session], None], words: str) -> None:
    held = answer(house)
    change(house, what)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (None, True)
    assert words in refusal.why
    assert run(house) == []
    assert status(house, held) == ProposalStatus.VOID


def test_in_the_night_too_a_ground_that_is_gone_is_no_waiting(house: House) -> None:
    held = answer(house)
    change(house, stop)
    house.now = NOW.replace(hour=22)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (None, True)


# --- what a person looks at


def test_a_contact_that_is_verified_no_more_is_a_persons(house: House) -> None:
    held = answer(house)

    def doubted(session: Session) -> None:
        for contact in session.exec(select(Contact).where(col(Contact.customer_id) == CUSTOMER)):
            contact.status = ContactStatus.TO_VERIFY

    change(house, doubted)
    refusal = asked(house, held)
    assert refusal is not None
    assert (refusal.until, refusal.void) == (None, False)
    assert "is not a verified contact" in refusal.why


def test_a_proposal_without_a_draft_does_not_leave(house: House) -> None:
    held = answer(house)

    def emptied(session: Session) -> None:
        row = session.get_one(ProposalRow, held)
        row.content = row.content | {"draft": None}

    change(house, emptied)
    assert asked(house, held) == Refusal("the proposal has no draft")


# --- each rule: one of the three


def test_what_becomes_of_a_mail_by_the_rule_that_it_breaks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/outbound-rules.md says: windows, caps and the ledger's age wait, broken bytes are a person's, the rest is proposed anew."""
    held = answer(house)
    happens: dict[str, set[str]] = {"waits": set(), "a person": set(), "anew": set()}
    for rule in RULES:
        broken = Finding(rule=rule.id, severity=Severity.BLOCK, text="Broken.")
        monkeypatch.setattr(sending, "judge", lambda _out, broken=broken: (broken,))
        refusal = asked(house, held)
        assert refusal is not None
        happens["waits" if refusal.until is not None else "anew" if refusal.void else "a person"].add(rule.id)
    assert happens["waits"] == {"R-TIM-01", "R-TIM-02", "R-GND-08"}
    persons = {"R-HDR-01", "R-HDR-02", "R-HDR-03", "R-GND-07", "R-RCP-01", "R-PRO-02", "R-DIS-02"}
    assert happens["a person"] == persons
    assert len(happens["anew"]) == len(RULES) - 10


def test_warnings_and_a_managers_findings_hold_nothing_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held = answer(house)
    found = tuple(Finding(rule="R-X", severity=s, text="x") for s in (Severity.WARN, Severity.MANAGER))
    monkeypatch.setattr(sending, "judge", lambda _out: found)
    assert asked(house, held) is None
