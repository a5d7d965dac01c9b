from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store import messages, outbox, proposals
from store.cases import customer_facts, facts_for, open_case
from store.engine import unit_of_work
from store.proposed import Proposal
from store.tables import Message, Outgoing, Payment, ProposalRow
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, SendState, Verdict
from tests.ledgers import NOW, email, load_ledger

LEASE = timedelta(minutes=5)


@pytest.fixture
def message_id(engine: Engine, tmp_path: Path) -> int:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return arrive(engine, 1)


def arrive(engine: Engine, uid: int) -> int:
    with unit_of_work(engine) as session:
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
        return found.message_id


def hold(engine: Engine, message_id: int) -> int | None:
    with unit_of_work(engine) as session:
        facts = facts_for(session, message_id, now=NOW)
        proposal = Proposal(
            message_id=message_id, verdict=Verdict.REPLY, identity=IdentityLevel.A, ledger_digest=facts.ledger_digest()
        )
        found = proposals.hold(session, proposal, newest_message=facts.newest_message or 0, now=NOW)
        messages.finish(session, message_id, state=MessageState.PROPOSED)
        return found


def approve(engine: Engine, proposal_id: int, version: int = 1) -> int:
    with unit_of_work(engine) as session:
        held = session.get_one(ProposalRow, proposal_id)
        row = Outgoing(
            proposal_id=proposal_id,
            case_id=held.case_id,
            customer_id="K1",
            mailbox="ar",
            message_id_header=f"<out-{proposal_id}@us.example>",
            sender="ar@us.example",
            recipients=["moira@bracken.example"],
            mime=b"x",
            mime_sha256="x",
            ledger_digest=customer_facts(session, "K1", now=NOW).ledger_digest(),
            newest_message=held.newest_message,
            next_attempt_at=NOW,
            created_at=NOW,
        )
    with unit_of_work(engine) as session:
        proposals.approve(session, proposal_id, version=version, actor="ines", now=NOW, outgoing=row)
        assert row.id is not None
        return row.id


def status(engine: Engine, proposal_id: int) -> str:
    with unit_of_work(engine) as session:
        return session.get_one(ProposalRow, proposal_id).status


def test_a_message_has_one_live_proposal(engine: Engine, message_id: int) -> None:
    first = hold(engine, message_id)
    assert first is not None
    assert hold(engine, message_id) is None
    with unit_of_work(engine) as session:
        assert proposals.void(session, first, reason="test", now=NOW)
    second = hold(engine, message_id)
    assert second not in (None, first)


def test_of_many_approvals_at_once_one_counts(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def click() -> None:
        start.wait()
        try:
            approve(engine, proposal_id)
            outcomes.append("approved")
        except proposals.Stale:
            outcomes.append("stale")

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved"] + ["stale"] * 5


def test_who_decides_on_an_old_version_is_told(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    with unit_of_work(engine) as session:
        content = proposals.content(session.get_one(ProposalRow, proposal_id))
        assert proposals.replace(session, proposal_id, content, version=1, actor="ines", now=NOW) == 2
    with pytest.raises(proposals.Stale):
        approve(engine, proposal_id, version=1)
    with pytest.raises(proposals.Stale), unit_of_work(engine) as session:
        proposals.reject(session, proposal_id, version=1, actor="ines", reason="other", now=NOW)
    assert status(engine, proposal_id) == ProposalStatus.HELD


def test_a_newer_mail_voids_what_was_held_and_what_was_approved(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outgoing_id = approve(engine, proposal_id)
    newer = arrive(engine, 2)
    with unit_of_work(engine) as session:
        case_id = session.get_one(Message, newer).case_id
        assert case_id is not None
        assert proposals.void_overtaken(session, case_id=case_id, message_id=newer, now=NOW) == 1
    assert status(engine, proposal_id) == ProposalStatus.VOID
    with unit_of_work(engine) as session:
        assert session.get_one(Outgoing, outgoing_id).state == SendState.VOID
        assert outbox.claim(session, outgoing_id, worker="w", now=NOW, lease=LEASE) is None
        assert messages.due(session, now=NOW) == [message_id], "one mail of a case at a time, the older first"


def test_what_has_begun_to_leave_is_not_voided(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outgoing_id = approve(engine, proposal_id)
    with unit_of_work(engine) as session:
        assert outbox.claim(session, outgoing_id, worker="w", now=NOW, lease=LEASE)
        assert outbox.move(
            session, outgoing_id, worker="w", before=[SendState.CLAIMED], after=SendState.TRANSMITTING, now=NOW
        )
    with unit_of_work(engine) as session:
        assert not proposals.void(session, proposal_id, reason="too late", now=NOW)
    assert status(engine, proposal_id) == ProposalStatus.APPROVED


def test_an_approval_does_not_outlive_a_change_of_the_ledger(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outgoing_id = approve(engine, proposal_id)
    with unit_of_work(engine) as session:
        row = session.get_one(Outgoing, outgoing_id)
        assert outbox.overtaken(session, row, now=NOW) is None
        session.get_one(Payment, "P1").reference = "another"
        session.flush()
        assert outbox.overtaken(session, row, now=NOW) == "the ledger changed"


def test_a_zombie_cannot_move_a_row_that_was_taken_over(engine: Engine, message_id: int) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outgoing_id = approve(engine, proposal_id)
    with unit_of_work(engine) as session:
        assert outbox.claim(session, outgoing_id, worker="old", now=NOW, lease=LEASE)
    with unit_of_work(engine) as session:
        assert outbox.claim(session, outgoing_id, worker="new", now=NOW + 2 * LEASE, lease=LEASE)
        assert not outbox.move(
            session, outgoing_id, worker="old", before=[SendState.CLAIMED], after=SendState.TRANSMITTING, now=NOW
        )
        assert outbox.release_claims(session, worker="old") == 0
