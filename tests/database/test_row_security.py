"""On PostgreSQL, for an ordinary role: work for one customer cannot see or write a row of another, whatever its query forgets."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, insert, inspect, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

from store import cases, proposals
from store.cases import customer_facts, facts_for
from store.engine import unit_of_work
from store.followup_facts import followup_facts
from store.matters import Followup
from store.row_security import GUARDED, OF_NO_CUSTOMER, POLICY, SETTING
from store.scoping import narrowed, why_unguarded
from store.tables import Contact, Hold, Invoice, Message, ProposalRow
from tests.canaries import CANARY, filled_tables, guarded_tables, row_of
from tests.canary_house import (
    FIRST,
    AsSuperuser,
    B,
    C,
    asked,
    marked,
    whose,
    whose_of,
)
from tests.factories import NOW, House

pytestmark = pytest.mark.servers


@pytest.fixture
def house(canaries: House) -> House:
    """The installation with the canaries, made once."""
    return canaries


def test_the_database_guards_what_is_listed_and_nothing_is_left_out(house: House) -> None:
    with house.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        forced = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "AND relrowsecurity AND relforcerowsecurity"
            )
        ).scalars()
        policies = connection.execute(
            text("SELECT tablename, policyname, cmd, roles::text, permissive, with_check FROM pg_policies")
        ).all()
        assert set(forced) == set(GUARDED)
    assert there == {*GUARDED, *OF_NO_CUSTOMER}
    assert {row[0] for row in policies} == set(GUARDED)
    assert {tuple(row[1:5]) for row in policies} == {(POLICY, "ALL", "{public}", "PERMISSIVE")}
    assert all(row[5] for row in policies)


def test_what_is_read_as_a_whole_holds_one_customer(house: House) -> None:
    customer = whose(house)
    for table in guarded_tables():
        with unit_of_work(house.engine) as session:
            before = session.execute(table.select()).all()
            assert marked(before), f"{table.name}: no canary was there to be seen"
            with narrowed(session, customer):
                seen = session.execute(table.select()).all()
                assert marked(seen) == [], table.name
            assert session.execute(table.select()).all() == before
            if "customer_id" in table.c:
                own = table.c.customer_id == customer
                assert len(seen) == session.execute(select(func.count()).select_from(table).where(own)).scalar_one()


def test_no_loader_needs_a_row_of_another(house: House) -> None:
    """The whole of every snapshot is the same whether or not the database hides the others."""
    customer = whose(house)
    with unit_of_work(house.engine) as session:
        number = session.exec(select(Message.id).where(Message.customer_id == customer)).first() or 0
        row = session.exec(select(ProposalRow).where(ProposalRow.message_id == number)).one()
        facts = facts_for(session, number, now=NOW)
        assert facts.customer is not None
        assert facts.customer.id == customer
        assert facts.invoices
        assert facts.contacts
        assert facts.promises
        assert CANARY not in facts.model_dump_json()
        assert proposals.content(row).actions
    with AsSuperuser(house) as every, unit_of_work(every) as session:
        assert why_unguarded(session) is not None
        assert facts_for(session, number, now=NOW) == facts


def test_every_question_of_a_snapshot_names_its_customer(house: House) -> None:
    customer = whose(house)
    with unit_of_work(house.engine) as session:
        number = session.exec(select(Message.id).where(Message.customer_id == customer)).first() or 0
        for load in (
            lambda: facts_for(session, number, now=NOW),
            lambda: customer_facts(session, customer, now=NOW),
        ):
            session.expunge_all()
            said_for = asked(house.engine, load)
            within = [said for said, name in said_for if name == customer]
            without = [said for said, name in said_for if name != customer and SETTING not in said]
            assert len(within) > 5
            assert all(said.split("FROM ")[1].startswith("message") for said in without), without
            assert len(without) <= 1


def test_a_loader_that_forgets_its_customer_still_has_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What all this is for. Where the role escapes, the same mistake mixes customers."""
    customer, seen = whose(house), []
    sessions: list[Session] = []

    def forgetful(_: object) -> tuple[()]:
        seen.append(set(sessions[-1].exec(select(Contact.customer_id))))
        return ()

    monkeypatch.setattr(cases, "_contacts", forgetful)
    with unit_of_work(house.engine) as session:
        sessions.append(session)
        customer_facts(session, customer, now=NOW)
    with AsSuperuser(house) as every, unit_of_work(every) as session:
        sessions.append(session)
        customer_facts(session, customer, now=NOW)
    assert seen[0] == {customer}
    assert B in seen[1]


def test_a_waking_is_loaded_for_its_own_customer_alone(house: House) -> None:
    """One whose mail is another's by now is refused: nothing is written about this matter to them."""
    customer = whose(house)
    with Session(house.engine) as session:
        number = session.exec(select(Message.id).where(Message.customer_id == customer)).first() or 0
        session.execute(
            insert(Followup).values(
                row_of(SQLModel.metadata.tables["followup"], B, FIRST + 1)
                | {"message_id": number, "effect_id": FIRST, "case_id": FIRST, "subject_id": FIRST + 1}
            )
        )
        with pytest.raises(Exception, match="No row was found"):
            followup_facts(session, FIRST + 1, now=NOW)
        session.rollback()


@pytest.mark.parametrize("table", guarded_tables(), ids=lambda table: table.name)
def test_nothing_is_written_for_another(house: House, table: Any) -> None:
    customer = whose(house)
    key = next(iter(table.primary_key.columns))
    theirs = key == row_of(table, B, FIRST)[key.name]
    with Session(house.engine) as session:
        # Its parents are there, so that nothing but the policy refuses it.
        for each in filled_tables()[: filled_tables().index(table)]:
            session.execute(insert(each).values(row_of(each, C, FIRST + 5)))
        with narrowed(session, customer):
            assert _met(session, update(table).where(theirs).values({key.name: key})) == 0
            assert _met(session, delete(table).where(theirs)) == 0
            with pytest.raises(DBAPIError, match="row-level security"), session.begin_nested():
                session.execute(insert(table).values(row_of(table, C, FIRST + 5)))
        assert session.execute(select(key).where(theirs)).all()
        # Not the row itself was wrong, but whose it is.
        session.execute(insert(table).values(row_of(table, C, FIRST + 5)))
        session.rollback()


def _met(session: Session, statement: Any) -> int:
    """Give how many rows a change meets."""
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def test_a_row_cannot_be_given_away(house: House) -> None:
    customer = whose(house)
    with Session(house.engine) as session:
        with pytest.raises(DBAPIError, match="row-level security"), narrowed(session, customer):
            session.execute(update(Invoice).values(customer_id=B))
        session.rollback()


def test_what_was_added_in_a_block_is_checked_at_its_end(house: House) -> None:
    """An object that the session keeps for later does not slip out after the block."""
    with Session(house.engine) as session:
        with pytest.raises(DBAPIError, match="row-level security"), narrowed(session, whose(house)):
            session.add(Hold(customer_id=B, kind="hold", effect_id=FIRST))
        session.rollback()


def test_what_waited_before_a_block_is_written_before_it(house: House) -> None:
    """What was done for another earlier in the same transaction is not taken for this one's."""
    with Session(house.engine) as session:
        session.add(Hold(customer_id=B, kind="hold", effect_id=FIRST))
        with narrowed(session, whose(house)):
            assert set(session.exec(select(Hold.customer_id))) <= {whose_of(session, 1)}
        session.rollback()
