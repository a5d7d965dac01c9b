"""Workers on PostgreSQL: who lives, who holds what, whose work is taken back, and what lies in the work queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from agent.fleet.queue_schema import SCHEMA, prepare
from agent.fleet.sweep import enqueue_due
from agent.membership import Membership, at_work
from agent.only_one import AlreadyRunning
from store import fleet, messages
from store.engine import looking, migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import Message, Outgoing
from store.vocabulary import MessageState, Reason, SendState
from tests.factories import LEDGER, NOW, House, claim
from tests.postgres import Postgres

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def shared(postgres: Postgres) -> Iterator[Engine]:
    engine = open_engine(postgres.plain_database())
    migrate(engine)
    prepare(engine)
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shared: Engine) -> Engine:
    """The database, with nobody at work and nothing due."""
    with unit_of_work(shared) as session:
        session.execute(text("DELETE FROM worker"))
        session.execute(text("UPDATE message SET state = 'closed', claimed_by = NULL"))
        no_jobs(session)
    return shared


def no_jobs(session: Session) -> None:
    """Empty the work queue."""
    session.execute(text(f"SET LOCAL search_path TO public, {SCHEMA}"))
    session.execute(text("DELETE FROM procrastinate_jobs"))


Join = Callable[..., Membership]
#: One database for all: no two mails may be the same.
NUMBERS = count(1)


def a_house(engine: Engine) -> House:
    return House(engine, _uids=NUMBERS)


@pytest.fixture
def join(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Join]:
    """Join a process that beats only when it is told to."""
    made: list[Membership] = []
    monkeypatch.setattr(Membership, "_live", lambda _: None)

    def enter(name: str, *posts: str, kind: str = fleet.WORKER) -> Membership:
        member = Membership(engine, name, clock=lambda: NOW, kind=kind, posts=posts)
        member.join()
        made.append(member)
        return member

    yield enter
    for member in made:
        member.leave()


def silent(engine: Engine, *names: str, seconds: float = fleet.DEAD_AFTER + 1) -> None:
    """Have processes not been seen for a while."""
    with unit_of_work(engine) as session:
        for name in names:
            session.execute(
                text("UPDATE worker SET seen_at = now() - :ago WHERE name = :name"),
                {"ago": timedelta(seconds=seconds), "name": name},
            )


# --- who lives, and who holds what --------------------------------------------------------------------------------


def test_a_daemon_and_workers_refuse_each_other(engine: Engine, join: Join) -> None:
    join("w1")
    with pytest.raises(AlreadyRunning, match="1 dunwell workers"), at_work(engine, "d", clock=lambda: NOW):
        pass
    silent(engine, "w1")
    with at_work(engine, "d", clock=lambda: NOW), pytest.raises(AlreadyRunning, match="a dunwell daemon"):
        join("w2")
    join("w3")


def test_posts_are_shared_and_a_dead_ones_are_taken_over(engine: Engine, join: Join) -> None:
    posts = ("mailbox a", "mailbox b", "mailbox c", "mailbox d")
    first, second = join("w1", *posts), join("w2", *posts)
    first.beat()
    second.beat()
    assert len(first.held) == len(second.held) == 2
    assert first.held | second.held == set(posts)

    third = join("w3", *posts)
    third.beat()
    for member in (first, second, third):
        member.beat()
    assert max(len(m.held) for m in (first, second, third)) <= 2
    assert len(first.held | second.held | third.held) == 4

    silent(engine, "w1", "w2")
    third.beat()
    assert third.held == set(posts)


def test_what_is_worked_at_is_not_given_away(join: Join) -> None:
    first = join("w1", "mailbox a", "mailbox b")
    first.beat()
    first.busy = lambda: {"mailbox a", "mailbox b"}
    second = join("w2", "mailbox a", "mailbox b")
    first.beat()
    assert len(first.held) == 1, "it is told to let go of one"
    second.beat()
    assert not second.held, "and has not done so yet"
    first.busy = frozenset
    first.beat()
    second.beat()
    assert len(second.held) == 1
    assert not first.held & second.held


def test_one_that_was_buried_holds_nothing_and_lives_again(engine: Engine, join: Join) -> None:
    first, second = join("w1", "mailbox a"), join("w2", "mailbox a")
    first.beat()
    silent(engine, "w1")
    second.beat()
    assert second.held == {"mailbox a"}
    with pytest.raises(IntegrityError), unit_of_work(engine) as session:
        fleet.take(session, "something else", "w1")
    first.beat()
    assert not first.held, "another one has it"


def test_a_share_that_cannot_be_confirmed_is_given_up(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("agent.membership.time.monotonic", lambda: now[0])
    member = join("w1", "mailbox a")
    member.beat()
    assert member.held
    now[0] += fleet.DEAD_AFTER - 1
    assert not member.held, "before any other can have buried it"


def test_all_machines_must_have_the_same_key(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.execute(text("DELETE FROM fleet_key"))
        assert fleet.same_key(session, "a")
        assert fleet.same_key(session, "a")
        assert not fleet.same_key(session, "b")
        fleet.state_key(session, "b")
        assert fleet.same_key(session, "b")


# --- what a dead one had in hand ----------------------------------------------------------------------------------


def test_what_a_dead_worker_had_in_hand_is_taken_back_once(engine: Engine, join: Join) -> None:
    number = a_house(engine).receive("We will pay on Friday.")
    join("w1")
    with unit_of_work(engine) as session:
        assert messages.claim(session, number, worker="w1", now=NOW, lease=timedelta(hours=1))
    others = [join("w2"), join("w3")]
    for other in others:
        other.beat()
    assert state(engine, number) == MessageState.PROPOSING, "it lives"
    silent(engine, "w1")
    for other in others:
        other.beat()
    assert state(engine, number) == MessageState.STORED
    with unit_of_work(engine) as session:
        assert not messages.in_hand(session, number, worker="w1"), "should it come back, its proposal is not held"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SendState.CLAIMED, SendState.QUEUED),
        (SendState.TRANSMITTING, SendState.UNCERTAIN),
        (SendState.SENT, SendState.SENT),
    ],
)
def test_a_mail_that_was_leaving_is_uncertain_and_one_that_left_may_be_filed_by_others(
    engine: Engine, join: Join, before: SendState, after: SendState
) -> None:
    house = a_house(engine)
    words = "INV-20413 goes out on Friday 20 March."
    number = house.hold(house.receive(words), claim(Reason.PROMISE_TO_PAY, words))
    house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        row.state, row.claimed_by, row.claimed_until = before, "w1", NOW + timedelta(hours=1)
    join("w1")
    silent(engine, "w1")
    join("w2").beat()
    with looking(engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()
        assert row.state == after
        assert (row.claimed_by is None) == (after is not SendState.UNCERTAIN), "the one who knows may still come back"


def state(engine: Engine, number: int) -> MessageState:
    with looking(engine) as session:
        return MessageState(session.get_one(Message, number).state)


# --- the work queue -----------------------------------------------------------------------------------------------


def waiting(session: Session) -> list[tuple[str, str, str]]:
    query = f"SELECT task_name, lock, queueing_lock FROM {SCHEMA}.procrastinate_jobs ORDER BY id"
    return [(row[0], row[1], row[2]) for row in session.execute(text(query))]


def test_due_mail_is_put_into_the_queue_once_with_the_conversation_as_its_lock(engine: Engine) -> None:
    house = a_house(engine)
    first = house.receive("We will pay on Friday.")
    house.receive("No, on Monday.")
    other = house.receive("Who are you?", sender="somebody@elsewhere.example")
    with unit_of_work(engine) as session:
        assert enqueue_due(session, now=NOW) == 2
        assert enqueue_due(session, now=NOW) == 0, "they wait already"
        case = session.get_one(Message, first).case_id
        assert waiting(session) == [
            ("propose", f"case:{case}", f"message:{first}"),
            ("propose", f"message:{other}", f"message:{other}"),
        ]


def test_jobs_come_and_go_with_the_transaction_that_stores_their_mail(engine: Engine) -> None:
    house = a_house(engine)
    number = house.receive("We will pay on Friday.")
    with Session(engine) as session, session.begin() as ending:
        assert enqueue_due(session, now=NOW) == 1
        ending.rollback()
    with unit_of_work(engine) as session:
        assert waiting(session) == []
        assert enqueue_due(session, now=NOW) == 1
        session.execute(text(f"SET LOCAL search_path TO public, {SCHEMA}"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        assert enqueue_due(session, now=NOW) == 0, "it is in hand"
        no_jobs(session)
        assert enqueue_due(session, now=NOW) == 1, "a job that was lost is found again"
        assert waiting(session)[0][2] == f"message:{number}"


def test_two_sweeps_at_once_do_not_wait_for_each_other(engine: Engine) -> None:
    a_house(engine).receive("We will pay on Friday.")
    with unit_of_work(engine) as one, unit_of_work(engine) as two:
        assert enqueue_due(one, now=NOW) == 1
        assert enqueue_due(two, now=NOW) == 0


def test_preparing_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    assert not prepare(engine)
    with unit_of_work(engine) as session:
        names = session.execute(text("SELECT current_schema(), to_regclass('procrastinate_jobs')")).one()
        assert names == ("public", None), "the queue's tables keep out of ours"
