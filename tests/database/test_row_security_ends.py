"""What a transaction names as its customer ends with the block, and no connection, fault or odd name takes it further."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from store.engine import looking, unit_of_work
from store.row_security import SETTING
from store.scoping import WrongScope, narrowed
from store.tables import Customer, Invoice, Message
from tests.canaries import guarded_tables
from tests.canary_house import (
    CONTACT,
    marked,
    whose,
)
from tests.factories import House

pytestmark = pytest.mark.servers


@pytest.fixture
def house(canaries: House) -> House:
    """The installation with the canaries, made once."""
    return canaries


def test_a_pooled_connection_never_takes_a_customer_along(house: House) -> None:
    engine = create_engine(house.engine.url, pool_size=1, max_overflow=0)
    customer = whose(house)

    def left() -> tuple[int, str, int]:
        with engine.connect() as connection:
            pid, name = connection.execute(
                text(f"SELECT pg_backend_pid(), coalesce(current_setting('{SETTING}', true), '')")
            ).one()
            return pid, name, connection.execute(text("SELECT count(*) FROM customer")).scalar_one()

    start = left()
    for end in ("commit", "rollback", "error", "database", "left open"):
        session = Session(engine)
        try:
            with narrowed(session, customer):
                assert session.execute(select(func.count()).select_from(Customer)).scalar_one() == 1
                if end == "error":
                    raise KeyError
                if end == "database":
                    session.execute(text("SELECT 1/0"))
                if end == "left open":
                    # The block is never ended: its session is dropped as it is.
                    session.close()
                    assert left() == start
        except (KeyError, DBAPIError, WrongScope):
            pass
        if end == "commit":
            session.commit()
        session.close()
        assert left() == start, end
    engine.dispose()


def test_the_rest_of_a_transaction_has_the_whole_house_again(house: House) -> None:
    customer = whose(house)

    def seen(session: Session) -> int:
        return session.exec(select(func.count()).select_from(Customer)).one()

    with unit_of_work(house.engine) as session:
        every = seen(session)
        with pytest.raises(ZeroDivisionError), narrowed(session, customer):
            seen(session) / 0
        assert seen(session) == every
        # A fault of the database inside a savepoint: the transaction goes on, and so does the block around it.
        with narrowed(session, customer):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text("SELECT 1/0"))
            assert seen(session) == 1
        assert seen(session) == every
        with pytest.raises(DBAPIError), session.begin_nested(), narrowed(session, customer):
            session.execute(text("SELECT 1/0"))
        assert seen(session) == every
        with session.begin_nested() as savepoint:
            with narrowed(session, customer):
                assert seen(session) == 1
            savepoint.rollback()
        assert seen(session) == every


def test_a_block_that_loses_its_transaction_is_an_error(house: House) -> None:
    customer = whose(house)
    with Session(house.engine) as session, pytest.raises(WrongScope, match="ended inside"):  # noqa: SIM117 (the inner one raises)
        with narrowed(session, customer):
            session.commit()
    bare = house.engine.execution_options(isolation_level="AUTOCOMMIT")
    with Session(bare) as session, pytest.raises(WrongScope, match="without a transaction"), narrowed(session, "x"):
        raise AssertionError("never here")


def test_reading_transactions_are_narrowed_too(house: House) -> None:
    with looking(house.engine) as session:
        with narrowed(session, whose(house)):
            assert marked(session.execute(CONTACT.select())) == []
        assert marked(session.execute(CONTACT.select()))


def test_many_at_once_see_their_own(house: House) -> None:
    """More workers than connections, each for another customer: what one sees is never another's."""
    engine = create_engine(house.engine.url, pool_size=2, max_overflow=0)
    with Session(engine) as session:
        names = list(session.exec(select(Customer.id)))
    start = threading.Barrier(6)

    def work(worker: int) -> list[tuple[str, set[str]]]:
        start.wait(timeout=60)
        found = []
        for turn in range(25):
            name = names[(worker + turn) % len(names)]
            with Session(engine) as session, narrowed(session, name):
                found.append((name, set(session.exec(select(Invoice.customer_id)))))
        return found

    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(work, range(6)):
            assert all(seen <= {name} for name, seen in found)
            assert any(seen for _, seen in found)
    engine.dispose()


HOSTILE = (
    "' OR '1'='1",
    "'; RESET ALL; --",
    "%",
    "*",
    " ",
    "NULL",
    "''",
    "\\",
    "dunwell.customer",
    "x" * 20_000,
    "\u2603\n",
)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_names_nobody(house: House, name: str) -> None:
    with unit_of_work(house.engine) as session:
        with narrowed(session, name):
            # Papers of ours for all are everybody's; there is none here.
            assert {t.name for t in guarded_tables() if session.execute(t.select()).first()} == set()
        assert session.execute(select(Customer)).first() is not None
        session.add(Customer(id=name, name="H", currency="EUR", language="en", timezone="UTC", tier="t", owner="o"))
        session.flush()
        with narrowed(session, name):
            assert [c.id for c in session.exec(select(Customer))] == [name]
        session.rollback()


@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_name_sees_nobody(house: House, name: str) -> None:
    with unit_of_work(house.engine) as session, narrowed(session, name):
        assert session.exec(select(Customer)).all() == []
        assert session.exec(select(Message)).all() == []


def test_a_name_that_no_database_can_hold_is_an_error(house: House) -> None:
    with Session(house.engine) as session, pytest.raises(DBAPIError), narrowed(session, "A\x00"):
        raise AssertionError("never here")
