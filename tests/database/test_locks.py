"""Whoever changes rows and writes the log does so in one order, so that no two of them can wait for each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from store import audit, messages, outbox, proposals
from store.engine import migrate, open_engine, unit_of_work
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState
from tests.database.test_proposals import LEASE, approve, arrive, hold
from tests.ledgers import NOW, email, load_ledger
from tests.postgres import Postgres

pytestmark = pytest.mark.servers

Change = Callable[[Session, int, int], None]


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    engine = open_engine(postgres.new_database())
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def message_id(engine: Engine, tmp_path: Path) -> int:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return arrive(engine, 1)


def wait_until_blocked(engine: Engine) -> None:
    """Wait until another connection waits for a lock."""
    deadline = time.monotonic() + 20
    with engine.connect() as connection:
        while time.monotonic() < deadline:
            query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if connection.execute(query).scalar_one():
                return
            connection.rollback()
            time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def replaced(session: Session, proposal_id: int, _: int) -> None:
    content = proposals.content(session.get_one(ProposalRow, proposal_id))
    proposals.replace(session, proposal_id, content, version=1, actor="ines", now=NOW)


def approved(session: Session, proposal_id: int, _: int) -> None:
    proposals.approve(session, proposal_id, version=1, actor="ines", now=NOW, outgoing=None)


def rejected(session: Session, proposal_id: int, _: int) -> None:
    proposals.reject(session, proposal_id, version=1, actor="ines", reason="other", now=NOW)


def closed(session: Session, proposal_id: int, _: int) -> None:
    proposals.close(session, proposal_id, status=ProposalStatus.REJECTED, actor="ines", now=NOW)


def finished(session: Session, _: int, message_id: int) -> None:
    """Do as the desk does when a mail is closed: the message first, the log after it."""
    messages.finish(session, message_id, state=MessageState.CLOSED)
    audit.append(session, at=NOW, actor="ines", event="message.closed", subject="m")


@pytest.mark.parametrize("change", [replaced, approved, rejected, closed, finished])
def test_a_decision_and_a_new_mail_wait_for_each_other_in_one_order(
    engine: Engine, message_id: int, change: Change
) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    with unit_of_work(engine) as session:
        case_id = session.get_one(Message, message_id).case_id
    assert case_id is not None
    ended = race(
        engine,
        first=_record,
        meanwhile=lambda session: change(session, proposal_id, message_id),
        then=lambda session, new: proposals.void_overtaken(session, case_id=case_id, message_id=new, now=NOW),
    )
    assert ended in (None, proposals.Stale)
    with unit_of_work(engine) as session:
        assert audit.verify(session)[1] is None


def _record(session: Session) -> int:
    return messages.record(
        session,
        mailbox="ar",
        folder="INBOX",
        uidvalidity=1,
        uid=2,
        raw=b"two",
        email=email(message_id="<2@bracken.example>"),
        received_at=NOW,
    ).message_id


@pytest.mark.parametrize("step", ["claim", "move", "retry_later", "release"])
def test_the_sender_and_a_new_mail_wait_for_each_other_in_one_order(engine: Engine, message_id: int, step: str) -> None:
    proposal_id = hold(engine, message_id)
    assert proposal_id is not None
    outgoing_id = approve(engine, proposal_id)
    if step != "claim":
        with unit_of_work(engine) as session:
            assert outbox.claim(session, outgoing_id, worker="w", now=NOW, lease=LEASE)

    def send(session: Session) -> None:
        if step == "claim":
            outbox.claim(session, outgoing_id, worker="w", now=NOW, lease=LEASE)
        elif step == "move":
            claimed = [SendState.CLAIMED]
            outbox.move(session, outgoing_id, worker="w", before=claimed, after=SendState.FAILED, now=NOW)
        elif step == "retry_later":
            outbox.retry_later(session, outgoing_id, worker="w", error="busy", at=NOW + timedelta(hours=1))
        else:
            outbox.release_claims(session, worker="w")
        audit.append(session, at=NOW, actor="w", event="test", subject="t")

    ended = race(
        engine,
        first=_record,
        meanwhile=send,
        then=lambda session, _: proposals.void(session, proposal_id, reason="the customer wrote again", now=NOW),
    )
    assert ended is None
    with unit_of_work(engine) as session:
        assert session.get_one(Outgoing, outgoing_id).state == SendState.VOID
        assert audit.verify(session)[1] is None


def race(
    engine: Engine,
    *,
    first: Callable[[Session], int],
    meanwhile: Callable[[Session], object],
    then: Callable[[Session, int], object],
) -> type[BaseException] | None:
    """Run `first` and `then` in one transaction, and `meanwhile` in another that begins between them; give how that ended."""
    ended: list[type[BaseException] | None] = []

    def other() -> None:
        try:
            with unit_of_work(engine) as session:
                meanwhile(session)
            ended.append(None)
        except BaseException as error:
            ended.append(type(error))

    thread = threading.Thread(target=other)
    with unit_of_work(engine) as session:
        new = first(session)
        thread.start()
        wait_until_blocked(engine)
        then(session, new)
    thread.join(timeout=30)
    assert not thread.is_alive()
    return ended[0]
