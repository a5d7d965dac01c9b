"""Windows, caps and the last look: what a mail is asked when it is approved, and just before it leaves, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from agent.effects import effects_by
from agent.sending import rechecker
from mail.outbox import FEWEST_ATTEMPTS, GIVE_UP, Refusal, Route, Sender
from mail.transport import TryLater
from review.desk import Blocked
from review.when import leaves
from store import audit, outbox
from store.engine import unit_of_work
from store.tables import AuditEntry, Escalation, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.factories import COMPANY, House, claim, open_house, wide
from tools.limits import Policy

#: A Tuesday, eleven in Berlin. The default window there closes at five, four by UTC.
NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
WORDS = "What is line two on INV-20412?"


@dataclass
class Wire:
    """A way out that keeps what it was given; something may happen just before the body leaves."""

    taken: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def probe(self) -> str:
        return "a wire"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        self.meanwhile()
        if before_body():
            self.taken.append(mime)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = open_house(tmp_path)
    house.now, house.policy = NOW, Policy.model_validate({"sending": {"ledger_hours": 168}, "manager_above": "90000"})
    return house


def answer(house: House, words: str = WORDS, *invoices: str) -> int:
    """Approve a holding answer to a customer in Berlin."""
    message = house.receive(words, sender="k.sonnleitner@metallbau-sonnleitner.example")
    held = house.hold(message, claim(Reason.QUESTION, words, invoices=invoices or ("INV-20412",)))
    assert house.desk.approve(held, version=1, actor="ines")
    return held


def run(house: House, wire: Wire | None = None) -> list[bytes]:
    wire = wire or Wire()
    recheck = rechecker(company=COMPANY, policy=house.policy, roles=house.roles)
    sender = Sender(
        house.engine,
        {"ar": Route(wire)},
        "test",
        effects_by(lambda: house.now),
        clock=lambda: house.now,
        recheck=recheck,
    )
    sender.run_due(house.now)
    return wire.taken


def outgoing(house: House, proposal: int) -> Outgoing:
    found = house.desk.outgoing(proposal)
    assert found is not None
    return found


def status(house: House, proposal: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, proposal).status


def test_inside_the_window_it_leaves_at_once(house: House) -> None:
    held = answer(house)
    assert len(run(house)) == 1
    assert status(house, held) == ProposalStatus.SENT


def test_in_the_evening_it_waits_for_the_next_morning_of_the_recipient(house: House) -> None:
    house.now = NOW.replace(hour=17)
    held = answer(house)
    row = outgoing(house, held)
    assert row.next_attempt_at == datetime(2026, 3, 11, 8, tzinfo=UTC), "nine in Berlin"
    item = house.desk.show(held)
    assert item is not None
    assert leaves(row, item.facts, now=house.now) == "leaves Wed 09:00 (recipient's time)"
    assert run(house) == []
    house.now = datetime(2026, 3, 11, 8, tzinfo=UTC)
    assert len(run(house)) == 1


def test_a_friday_evening_waits_for_monday_over_the_change_of_clocks(house: House) -> None:
    house.now = datetime(2026, 3, 27, 17, tzinfo=UTC)
    held = answer(house)
    assert outgoing(house, held).next_attempt_at == datetime(2026, 3, 30, 7, tzinfo=UTC), "summer time has begun"


def test_a_clock_that_ran_ahead_is_seen_at_the_last_moment(house: House) -> None:
    held = answer(house)
    house.now = NOW.replace(hour=19)
    assert run(house) == [], "the sender was away until the window had closed"
    row = outgoing(house, held)
    assert (row.state, row.attempts) == (SendState.QUEUED, 0)
    assert row.next_attempt_at == datetime(2026, 3, 11, 8, tzinfo=UTC)
    assert "window is closed" in (row.last_error or "")
    house.now = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
    assert len(run(house)) == 1


def test_a_fourth_answer_in_a_day_waits(house: House) -> None:
    for number in range(3):
        answer(house, f"Question {number} on INV-20412?")
        assert len(run(house)) == 1
        house.now += timedelta(minutes=10)
    held = answer(house, "And one more on INV-20412?")
    row = outgoing(house, held)
    assert row.next_attempt_at == NOW + timedelta(days=1)
    assert "3 answers to this customer in 24 hours" in (row.last_error or "")
    assert run(house) == []
    house.now = NOW + timedelta(days=1)
    assert len(run(house)) == 1


def test_a_mail_that_would_leave_after_the_approval_has_run_out_is_not_approved(house: House) -> None:
    house.policy = wide(jurisdictions={"default-strict": {"contact": {"days": ["mon"]}}})
    message = house.receive(WORDS, sender="k.sonnleitner@metallbau-sonnleitner.example")
    held = house.hold(message, claim(Reason.QUESTION, WORDS, invoices=["INV-20412"]))
    with pytest.raises(Blocked, match="holds for 72 hours: approve it later"):
        house.desk.approve(held, version=1, actor="ines")


def test_nobody_knows_the_zone(house: House) -> None:
    from store.tables import Customer

    with unit_of_work(house.engine) as session:
        session.get_one(Customer, "C1011").timezone = "Mars/Olympus"
    message = house.receive(WORDS, sender="k.sonnleitner@metallbau-sonnleitner.example")
    held = house.hold(message, claim(Reason.QUESTION, WORDS, invoices=["INV-20412"]))
    with pytest.raises(Blocked, match="set the customer's time zone"):
        house.desk.approve(held, version=1, actor="ines")


def test_an_old_ledger_holds_mail_back_until_the_next_import(house: House) -> None:
    house.policy = wide(sending={"ledger_hours": 24})
    house.now = NOW + timedelta(days=3)
    held = answer(house)
    assert run(house) == []
    row = outgoing(house, held)
    assert (row.state, row.next_attempt_at) == (SendState.QUEUED, house.now + timedelta(minutes=30))
    assert "import it anew" in (row.last_error or "")
    with unit_of_work(house.engine) as session:
        audit.append(session, at=house.now, actor="cron", event="ledger.imported", subject="ledger")
    house.now += timedelta(minutes=30)
    assert len(run(house)) == 1


def test_an_approval_of_three_days_ago_is_void(house: House) -> None:
    held = answer(house)
    with unit_of_work(house.engine) as session:
        session.get_one(ProposalRow, held).decided_at = NOW - timedelta(hours=73)
    assert run(house) == []
    assert status(house, held) == ProposalStatus.VOID


def test_another_policy_voids_the_approval(house: House) -> None:
    held = answer(house)
    house.policy = house.policy.model_copy(update={"version": "tightened"})
    assert run(house) == []
    assert status(house, held) == ProposalStatus.VOID


def test_a_matter_that_was_opened_meanwhile_voids_it(house: House) -> None:
    held = answer(house)
    fraud = house.receive("Is your new bank letter real?", sender="k.sonnleitner@metallbau-sonnleitner.example")
    other = house.hold(fraud, claim(Reason.PAYMENT_FRAUD_RISK, "Is your new bank letter real?"))
    assert status(house, held) == ProposalStatus.VOID, "a newer mail overtakes it in any case"
    assert house.desk.approve(other, version=1, actor="ines")
    assert len(run(house)) == 1, "the warning that the approval itself hands over is sent"
    with unit_of_work(house.engine) as session:
        assert "payment_fraud_risk" in session.exec(select(Escalation.reason)).all()
    again = house.receive(WORDS, sender="k.sonnleitner@metallbau-sonnleitner.example")
    blocked = house.hold(again, claim(Reason.QUESTION, WORDS, invoices=["INV-20412"]))
    with pytest.raises(Blocked, match="A matter of bank details is open"):
        house.desk.approve(blocked, version=1, actor="ines")


def test_bytes_that_were_changed_together_with_their_hash_are_seen_in_the_log(house: House) -> None:
    import hashlib

    held = answer(house)
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(col(Outgoing.proposal_id) == held)).one()
        row.mime = row.mime.replace(b"Guten Tag", b"Gute Nacht")
        row.mime_sha256 = hashlib.sha256(row.mime).hexdigest()
    assert run(house) == []
    assert status(house, held) == ProposalStatus.FAILED
    row = outgoing(house, held)
    assert "not the one that was approved" in (row.last_error or "")
    with unit_of_work(house.engine) as session:
        events = session.exec(select(AuditEntry.event).where(AuditEntry.subject == f"outgoing:{row.id}")).all()
    assert "outgoing.failed" in events


def test_what_happens_before_the_body_leaves_is_seen_as_well(house: House) -> None:
    held = answer(house)

    def evening() -> None:
        house.now = NOW.replace(hour=20)

    assert run(house, Wire(meanwhile=evening)) == []
    row = outgoing(house, held)
    assert (row.state, row.next_attempt_at) == (SendState.QUEUED, datetime(2026, 3, 11, 8, tzinfo=UTC))


def test_a_check_that_cannot_run_sends_nothing(house: House) -> None:
    held = answer(house)

    def broken(session: Session, row: Outgoing, now: datetime) -> Refusal | None:
        raise RuntimeError

    wire = Wire()
    sender = Sender(
        house.engine,
        {"ar": Route(wire)},
        "test",
        effects_by(lambda: house.now),
        clock=lambda: house.now,
        recheck=broken,
    )
    sender.run_due(house.now)
    assert wire.taken == []
    assert status(house, held) == ProposalStatus.FAILED


def test_two_answers_about_one_invoice_do_not_cross(house: House) -> None:
    house.now = NOW.replace(hour=17)
    first = house.receive("Question one on INV-20412?", sender="k.sonnleitner@metallbau-sonnleitner.example")
    other = house.receive("Question on INV-20404?", sender="k.sonnleitner@metallbau-sonnleitner.example")
    about = [
        house.hold(message, claim(Reason.QUESTION, words, invoices=[number]))
        for message, words, number in (
            (first, "Question one on INV-20412?", "INV-20412"),
            (other, "Question on INV-20404?", "INV-20404"),
        )
    ]
    assert house.desk.approve(about[0], version=1, actor="ines")
    assert house.desk.approve(about[1], version=1, actor="ines"), "another matter"


def test_the_deadline_counts_from_the_day_on_which_the_mail_leaves(house: House) -> None:
    house.now = datetime(2026, 3, 13, 17, tzinfo=UTC)
    message = house.receive("Hm.", sender="k.sonnleitner@metallbau-sonnleitner.example")
    held = house.hold(message, claim(Reason.UNCLEAR, "Hm."))
    item = house.desk.show(held)
    assert item is not None
    assert item.proposal.draft is not None
    (deadline,) = [v.text for v in item.proposal.draft.slots if v.slot == "deadline.date"]
    assert deadline == "23. März 2026", f"a Friday evening leaves on Monday {date(2026, 3, 16)}; seven days from there"


def elsewhere(house: House) -> int:
    """Approve a holding answer in another conversation."""
    words = "What is line two on INV-20411?"
    message = house.receive(words, sender="p.kershaw@harrowfinch.example")
    held = house.hold(message, claim(Reason.QUESTION, words, invoices=["INV-20411"]))
    assert house.desk.approve(held, version=1, actor="ines")
    return held


def sender_with(house: House, wire: Wire, *, stopping: Callable[[], bool] = lambda: False) -> Sender:
    recheck = rechecker(company=COMPANY, policy=house.policy, roles=house.roles)
    return Sender(
        house.engine,
        {"ar": Route(wire)},
        "test",
        effects_by(lambda: house.now),
        clock=lambda: house.now,
        recheck=recheck,
        stopping=stopping,
    )


def test_a_row_that_cannot_be_worked_on_waits_and_is_not_tried_without_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = answer(house), elsewhere(house)
    number, real = outgoing(house, bad).id, outbox.overtaken

    def overtaken(session: Session, row: Outgoing, *, now: datetime) -> str | None:
        if row.id == number:
            raise ValueError("a row that nobody foresaw")
        return real(session, row, now=now)

    monkeypatch.setattr(outbox, "overtaken", overtaken)
    sender = sender_with(house, Wire())
    assert [sender.run_due(house.now) for _ in range(3)] == [2, 0, 0], "a round that found nothing lets the daemon rest"
    assert status(house, good) == ProposalStatus.SENT
    row = outgoing(house, bad)
    assert (row.state, row.attempts) == (SendState.QUEUED, 0)
    assert "ValueError" in (row.last_error or "")
    monkeypatch.setattr(outbox, "overtaken", real)
    house.now += timedelta(minutes=6)
    assert sender.run_due(house.now) == 1
    assert status(house, bad) == ProposalStatus.SENT


def test_a_process_that_ends_begins_no_further_mail(house: House) -> None:
    first, second = answer(house), elsewhere(house)
    told: list[bool] = []
    wire = Wire(meanwhile=lambda: told.append(True))
    assert sender_with(house, wire, stopping=lambda: bool(told)).run_due(house.now) == 1
    assert (status(house, first), len(wire.taken)) == (ProposalStatus.SENT, 1), "what was in hand is finished"
    assert outgoing(house, second).state == SendState.QUEUED


def test_a_mail_that_waited_for_days_is_not_given_up_at_its_first_attempt(house: House) -> None:
    held = answer(house)

    class Greylisting(Wire):
        def deliver(self, **_: object) -> None:
            raise TryLater("451 come again")

    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, outgoing(house, held).id)
        row.created_at -= GIVE_UP + timedelta(days=1)
        session.add(row)
    run(house, Greylisting())
    row = outgoing(house, held)
    assert (row.state, row.attempts) == (SendState.QUEUED, 1)
    with unit_of_work(house.engine) as session:
        row.attempts, row.next_attempt_at = FEWEST_ATTEMPTS - 1, house.now
        session.add(row)
    run(house, Greylisting())
    assert outgoing(house, held).state == SendState.FAILED


def test_a_sent_folder_is_not_asked_in_every_round_about_a_mail_that_a_person_settles(house: House) -> None:
    held, asked = answer(house), list[str]()

    class Box:
        name = "ar"

        def find_sent(self, message_id: str) -> bool:
            asked.append(message_id)
            return False

    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, outgoing(house, held).id)
        row.state = SendState.UNCERTAIN
        session.add(row)
    sender = sender_with(house, Wire())
    sender.routes = {"ar": Route(Wire(), Box(), files_itself=True)}  # type: ignore[arg-type]  # what is asked of it here
    for _ in range(10):
        sender.run_due(house.now)
        house.now += timedelta(seconds=1)
    assert len(asked) == 1
    house.now += timedelta(minutes=1)
    sender.run_due(house.now)
    assert len(asked) == 2
