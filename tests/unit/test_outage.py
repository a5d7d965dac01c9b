"""What counts as the database being away, and what then becomes of a mail in hand and of whoever looks at a page."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, exc, text
from sqlalchemy.pool import NullPool
from sqlmodel import col, select
from starlette.testclient import TestClient

from agent.dropped import Dropped
from agent.proposing import LEASE
from review.app import create_app
from store import messages
from store.engine import open_engine, unit_of_work
from store.outage import disk_fault, is_outage
from store.tables import Message
from store.vocabulary import MessageState
from tests.factories import NOW, House, open_house

GONE = exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("the connection was closed"))


def caught(engine: Engine, *statements: str) -> BaseException:
    *before, last = map(text, statements)
    with engine.connect() as connection:
        for statement in before:
            connection.execute(statement)
        with pytest.raises(exc.DBAPIError) as raised:
            connection.execute(last)
    return raised.value


def test_what_sqlite_says_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0}, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)"))
    with sqlite3.connect(path) as other:
        other.execute("BEGIN IMMEDIATE")
        assert is_outage(caught(engine, "INSERT INTO t VALUES (1, 'x')")), "locked"
    assert is_outage(caught(engine, "PRAGMA max_page_count = 3", "INSERT INTO t VALUES (2, zeroblob(90000))")), "full"
    assert is_outage(caught(engine, "PRAGMA query_only = on", "INSERT INTO t VALUES (3, 'x')")), "read-only"
    assert not is_outage(caught(engine, "SELECT nonsense")), "this breaks each time"
    assert not is_outage(caught(engine, "INSERT INTO t VALUES (7, '')", "INSERT INTO t VALUES (7, '')"))
    engine.dispose()
    away = create_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(exc.OperationalError) as raised:
        away.connect()
    assert is_outage(raised.value)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.CannotConnectNow(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.SerializationFailure(), True),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.ReadOnlySqlTransaction(), True),
        (psycopg.errors.UndefinedTable(), False),
        (psycopg.errors.UniqueViolation(), False),
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.UntranslatableCharacter(), False),
        (psycopg.errors.InsufficientPrivilege(), False),
    ],
)
def test_what_postgresql_says_of_itself(error: psycopg.Error, passes: bool) -> None:
    wrapped = exc.DBAPIError.instance("SELECT 1", {}, error, psycopg.Error)
    assert is_outage(wrapped) is passes


def test_an_error_is_followed_to_what_it_came_from() -> None:
    late = RuntimeError("could not be noted either")
    late.__context__ = GONE
    assert is_outage(late)
    assert not is_outage(RuntimeError("x"))
    assert is_outage(exc.TimeoutError("no connection of the pool came free"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def test_an_outage_is_counted_against_no_mail(house: House) -> None:
    number, dropped = house.receive("We pay INV-20421 on 20 March."), Dropped()
    with unit_of_work(house.engine) as session:
        session.get_one(Message, number).state = MessageState.STORED

    def row() -> Message:
        with unit_of_work(house.engine) as session:
            return session.exec(select(Message).where(col(Message.id) == number)).one()

    for round_ in range(1, messages.MAX_ATTEMPTS + 3):
        with unit_of_work(house.engine) as session:
            assert messages.claim(session, number, worker="w1", now=NOW, lease=LEASE)
        with dropped.mail(number):
            raise GONE
        assert row().state == MessageState.PROPOSING
        assert dropped.put_back(house.engine, worker="w1") == 1
        assert (row().state, row().attempts, row().claimed_by) == (MessageState.STORED, round_, None)
    assert dropped.put_back(house.engine, worker="w1") == 0
    with pytest.raises(ValueError, match="a bug"), dropped.mail(number):
        raise ValueError("a bug")


def test_what_another_has_taken_meanwhile_is_not_taken_from_it(house: House) -> None:
    number, dropped = house.receive("We pay INV-20421 on 20 March."), Dropped()
    with dropped.mail(number):
        raise GONE
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, number)
        row.state, row.claimed_by = MessageState.PROPOSING, "another"
    assert dropped.put_back(house.engine, worker="w1") == 0
    with unit_of_work(house.engine) as session:
        assert session.get_one(Message, number).claimed_by == "another"


def test_while_the_database_is_away_the_page_says_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'gone' / 'house.db'}")
    shutil.rmtree(tmp_path / "gone")
    own = {"sec-fetch-site": "same-origin"}
    with TestClient(create_app(House(engine).desk), base_url="http://127.0.0.1") as page:
        looked = page.get("/", headers=own)
        assert (looked.status_code, looked.headers["retry-after"]) == (503, "5")
        assert "The database does not answer at the moment. Nothing is lost" in looked.text
        assert "Traceback" not in looked.text
        asked = page.get("/api/v1/queue", headers=own)
        assert (asked.status_code, asked.headers["content-type"]) == (503, "application/problem+json")
        assert asked.json()["detail"].startswith("The database does not answer")
        done = page.post(
            "/api/v1/items/1/approve", headers={"authorization": "Bearer dw_" + "a" * 43}, json={"version": 1}
        )
        assert done.status_code == 503
        assert "look before you do it again" in done.json()["detail"]
        assert page.get("/healthz").status_code == 200
        assert page.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("code", "state", "fault"),
    [
        (sqlite3.SQLITE_FULL, None, "is full"),
        (sqlite3.SQLITE_IOERR | (10 << 8), None, "fails"),
        (sqlite3.SQLITE_BUSY, None, None),
        (None, "53100", "is full"),
        (None, "57P01", None),
    ],
)
def test_the_disk_is_named_where_it_is_to_blame(code: int | None, state: str | None, fault: str | None) -> None:
    class Original(Exception):
        sqlite_errorcode = code
        sqlstate = state

    failed = RuntimeError("a step failed")
    failed.__cause__ = exc.OperationalError("insert", {}, Original("no room"))
    assert disk_fault(failed) == fault
