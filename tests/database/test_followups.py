"""Wakings as rows: recorded once, claimed by one, never lost. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col, select

from store import followups, messages, proposals
from store.aftermath import FollowupKind, FollowupState
from store.cases import open_case
from store.engine import unit_of_work
from store.followup_facts import followup_facts
from store.matters import Followup
from store.messages import MAX_ATTEMPTS, MAX_CLAIMS
from store.proposed import Claim, Proposal, ProposedAction
from store.tables import AuditEntry, Effect, Hold, Message, ProposalRow
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, Reason, Verdict
from tests.ledgers import NOW, email, load_ledger

DAY = date(2026, 4, 13)
LEASE = timedelta(minutes=10)
BOTH = ("F-5501", "F-5502")


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Engine:
    """A customer whose mail was answered with a pause over two invoices: two holds of one effect."""
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
        first = arrive(session, 1, BOTH, MessageState.PROPOSED)
        claim = Claim(reason=Reason.AWAITING_APPROVAL, invoices=BOTH, evidence="not approved yet", confidence=0.9)
        action = ProposedAction(tool="hold_outreach", arguments={"invoices": BOTH}, claims=(0,), preview="")
        held = proposals.hold(session, proposal(first, claim, action), newest_message=first, now=NOW)
        assert held is not None
        session.get_one(ProposalRow, held).status = ProposalStatus.SENT
        session.add(Effect(id=1, proposal_id=held, position=0, tool="hold_outreach", text="", applied_at=NOW))
        session.flush()
        for number in BOTH:
            session.add(Hold(customer_id="K1", invoice_number=number, kind="hold", until=DAY, effect_id=1))
    return engine


def arrive(session: Session, uid: int, invoices: Sequence[str], state: MessageState = MessageState.STORED) -> int:
    found = messages.record(
        session,
        mailbox="ar",
        folder="INBOX",
        uidvalidity=1,
        uid=uid,
        raw=f"mail {uid}".encode(),
        email=email(message_id=f"<{uid}@bracken.example>"),
        received_at=NOW,
    )
    row = session.get_one(Message, found.message_id)
    row.customer_id, row.case_id = "K1", open_case(session, "K1", now=NOW)
    row.invoices, row.from_customer, row.state = list(invoices), True, state
    return found.message_id


def proposal(message_id: int, *parts: Claim | ProposedAction, followup_id: int | None = None) -> Proposal:
    return Proposal(
        message_id=message_id,
        followup_id=followup_id,
        verdict=Verdict.REPLY if followup_id is None else Verdict.FOLLOW_UP,
        identity=IdentityLevel.A,
        claims=tuple(p for p in parts if isinstance(p, Claim)),
        actions=tuple(p for p in parts if isinstance(p, ProposedAction)),
    )


def wake(
    engine: Engine, kind: FollowupKind = FollowupKind.QUESTION_UNANSWERED, subject: int = 1, due: date = DAY
) -> bool:
    with unit_of_work(engine) as session:
        return followups.wake(session, kind=kind, subject_id=subject, effect_id=1, due_on=due, now=NOW)


def due(engine: Engine, *, after: timedelta = timedelta()) -> list[int]:
    with unit_of_work(engine) as session:
        return followups.due(session, now=NOW + after)


def claim(engine: Engine, number: int, *, worker: str = "w", after: timedelta = timedelta()) -> bool:
    with unit_of_work(engine) as session:
        return followups.claim(session, number, worker=worker, now=NOW + after, lease=LEASE)


def row(engine: Engine, number: int = 1) -> Followup:
    with unit_of_work(engine) as session:
        return session.get_one(Followup, number)


def events(engine: Engine, prefix: str = "followup.") -> list[str]:
    with unit_of_work(engine) as session:
        found = session.exec(select(AuditEntry.event).order_by(col(AuditEntry.seq))).all()
        return [event for event in found if event.startswith(prefix)]


# --- waking -------------------------------------------------------------------------------------------------------


def test_a_waking_knows_its_customer_case_and_mail_and_is_recorded_once(house: Engine) -> None:
    assert wake(house)
    assert not wake(house)
    found = row(house)
    assert (found.customer_id, found.case_id, found.message_id, found.newest_message) == ("K1", 1, 1, 1)
    assert found.state == FollowupState.WAITING
    assert events(house) == ["followup.woken"]
    assert wake(house, due=DAY + timedelta(days=1)), "another day is another waking"


def test_one_letter_for_the_pauses_of_one_act(house: Engine) -> None:
    assert wake(house, FollowupKind.HOLD_OVER, 1)
    assert not wake(house, FollowupKind.HOLD_OVER, 2)
    with unit_of_work(house) as session:
        facts = followup_facts(session, 1, now=NOW)
    assert facts.followup is not None
    assert facts.followup.invoices == BOTH
    assert facts.followup.claim.evidence == "not approved yet"


def test_an_unknown_effect_wakes_nothing(house: Engine) -> None:
    with pytest.raises(NoResultFound), unit_of_work(house) as session:
        followups.wake(session, kind=FollowupKind.HOLD_OVER, subject_id=1, effect_id=99, due_on=DAY, now=NOW)
    assert events(house) == []


def test_many_at_once_wake_it_once(house: Engine) -> None:
    won: list[bool] = []
    together = threading.Barrier(6)

    def one() -> None:
        together.wait(10)
        won.append(wake(house))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won) == [False] * 5 + [True]
    assert events(house) == ["followup.woken"]


# --- claims -------------------------------------------------------------------------------------------------------


def test_one_worker_has_it_until_its_lease_is_over(house: Engine) -> None:
    wake(house)
    assert due(house) == [1]
    assert claim(house, 1)
    assert not claim(house, 1, worker="other")
    assert due(house) == []
    assert due(house, after=LEASE * 2) == [1]
    assert claim(house, 1, worker="other", after=LEASE * 2)
    with unit_of_work(house) as session:
        assert followups.in_hand(session, 1, worker="other")
        assert not followups.in_hand(session, 1, worker="w")


def test_a_dead_workers_claims_come_back(house: Engine) -> None:
    wake(house)
    claim(house, 1)
    with unit_of_work(house) as session:
        assert followups.release_claims(session, worker="other") == 0
        assert followups.release_claims(session, worker="w") == 1
    assert due(house) == [1]
    assert row(house).attempts == 1, "the attempt counts"


def test_what_fails_three_times_is_set_aside_for_a_person(house: Engine) -> None:
    wake(house)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim(house, 1)
        with unit_of_work(house) as session:
            state = followups.fail(session, 1, error="x" * 900, now=NOW)
        assert state is (FollowupState.QUARANTINED if attempt == MAX_ATTEMPTS else FollowupState.WAITING)
    assert due(house) == []
    with unit_of_work(house) as session:
        (found,) = followups.quarantined(session)
    assert found.last_error == "x" * 500
    assert events(house) == ["followup.woken", "followup.quarantined"]


def test_what_ends_the_program_each_time_is_set_aside_too(house: Engine) -> None:
    wake(house)
    for _ in range(MAX_CLAIMS):
        assert claim(house, 1)
        with unit_of_work(house) as session:
            followups.release_claims(session, worker="w")
    assert not claim(house, 1)
    assert row(house).state == FollowupState.QUARANTINED
    assert events(house) == ["followup.woken", "followup.quarantined"]


def test_a_case_is_thought_about_once_at_a_time_and_mails_come_first(house: Engine) -> None:
    wake(house)
    wake(house, due=DAY + timedelta(days=1))
    assert due(house) == [1]
    claim(house, 1)
    assert due(house) == [], "the same conversation is in hand"
    with unit_of_work(house) as session:
        followups.finish(session, 1, state=FollowupState.CLOSED, now=NOW, why="paid")
        arrive(session, 2, BOTH)
    assert due(house) == [], "a mail waits to be understood"
    with unit_of_work(house) as session:
        messages.finish(session, 2, state=MessageState.PROPOSED)
    assert due(house) == [2]
    assert events(house)[-1] == "followup.closed"


# --- proposals ----------------------------------------------------------------------------------------------------


def test_a_waking_has_one_live_proposal_beside_that_of_its_mail(house: Engine) -> None:
    wake(house)
    with unit_of_work(house) as session:
        first = proposals.hold(session, proposal(1, followup_id=1), newest_message=1, now=NOW)
        assert first is not None
        assert proposals.hold(session, proposal(1, followup_id=1), newest_message=1, now=NOW) is None
        assert session.get_one(ProposalRow, first).followup_id == 1


def test_voiding_opens_the_waking_again_and_never_the_old_mail(house: Engine) -> None:
    wake(house)
    claim(house, 1)
    with unit_of_work(house) as session:
        held = proposals.hold(session, proposal(1, followup_id=1), newest_message=1, now=NOW)
        followups.finish(session, 1, state=FollowupState.PROPOSED, now=NOW)
        second = arrive(session, 2, BOTH)
        assert proposals.void_overtaken(session, case_id=1, message_id=second, now=NOW) == 1
        assert session.get_one(ProposalRow, held, populate_existing=True).status == ProposalStatus.VOID
    assert (row(house).state, row(house).attempts) == (FollowupState.WAITING, 0)
    with unit_of_work(house) as session:
        assert session.get_one(Message, 1).state == MessageState.PROPOSED
        assert proposals.hold(session, proposal(1, followup_id=1), newest_message=2, now=NOW) is not None


# --- what the agent is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("invoices", "stands_in_front"),
    [(BOTH[:1], True), ((), True), (("F-9",), False)],
)
def test_which_later_mails_come_first(house: Engine, invoices: Sequence[str], stands_in_front: bool) -> None:
    wake(house)
    with unit_of_work(house) as session:
        later = arrive(session, 2, invoices, MessageState.CLOSED)
        facts = followup_facts(session, 1, now=NOW)
    assert facts.overtaken_by == ((later,) if stands_in_front else ())
    assert facts.newest_message == later


def test_a_mail_that_came_before_and_has_its_answer_does_not_stand_in_front(house: Engine) -> None:
    with unit_of_work(house) as session:
        earlier = arrive(session, 2, BOTH, MessageState.CLOSED)
        waiting = arrive(session, 3, BOTH, MessageState.PROPOSED)
        proposals.hold(session, proposal(waiting), newest_message=waiting, now=NOW)
    wake(house)
    with unit_of_work(house) as session:
        assert followup_facts(session, 1, now=NOW).overtaken_by == (waiting,)
        live = session.exec(select(ProposalRow).where(ProposalRow.message_id == waiting)).one()
        live.status = ProposalStatus.REJECTED
        session.flush()
        assert followup_facts(session, 1, now=NOW).overtaken_by == (), "a person has decided"
        assert earlier < waiting


def test_the_snapshot_goes_back_to_the_old_mail_without_its_robot(house: Engine) -> None:
    with unit_of_work(house) as session:
        session.get_one(Message, 1).parsed = {**session.get_one(Message, 1).parsed, "kind": "auto_reply"}
    wake(house)
    with unit_of_work(house) as session:
        facts = followup_facts(session, 1, now=NOW)
    assert not facts.machine.robot, "time woke the case, not a mail"
    assert [mail.reasons for mail in facts.history if mail.direction == "in"] == [("awaiting_approval",)]
    assert facts.followup is not None
    assert (facts.followup.since, facts.followup.day) == (NOW.date(), DAY)
