"""Letters, calls and SMS on both databases: their migration up and down, one task an approval, moves that only one makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlmodel import select

import store.migrations
from store import channel_tasks
from store.channel_ground import void_groundless
from store.channel_tasks import ChannelTask
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.outreach_words import Channel, TaskState
from store.tables import Contact, Customer, ProposalRow
from store.vocabulary import Reason
from tests.factories import LEDGER, NOW, House, claim


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


def a_task(house: House) -> int:
    words = "What is open on INV-20413?"
    number = house.hold(house.receive(words), claim(Reason.QUESTION, words, invoices=["INV-20413"]))
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, number)
        contact = session.exec(select(Contact).where(Contact.customer_id == "C1001")).first()
        assert contact is not None
        contact.phone = "+447400123456"
        session.flush()
        return channel_tasks.put(
            session,
            ChannelTask(
                channel=Channel.CALL,
                step="overdue",
                customer_id="C1001",
                case_id=row.case_id,
                proposal_id=number,
                contact_id=contact.id,
                invoices=["INV-20413"],
                language="en",
                recipient=contact.phone,
                words="…",
                paper=b"%PDF-",
                state=TaskState.TO_CALL,
                not_before=NOW,
                ledger_digest="",
                newest_message=row.message_id,
                approved_by="ines",
                created_at=NOW,
            ),
        )


def test_a_task_is_moved_by_one_alone_and_read_back_as_it_was(house: House) -> None:
    number = a_task(house)
    with unit_of_work(house.engine) as session:
        (task,) = channel_tasks.tasks(session, channel=Channel.CALL)
        assert (task.id, task.invoices, task.paper, task.not_before) == (number, ["INV-20413"], b"%PDF-", NOW)
    moved = []
    for who in ("ines", "tom"):
        with unit_of_work(house.engine) as session:
            moved.append(
                channel_tasks.move(
                    session, number, before=[TaskState.TO_CALL], after=TaskState.CALLED, actor=who, now=NOW
                )
            )
    assert moved == [True, False]
    with unit_of_work(house.engine) as session:
        assert channel_tasks.tasks(session) == []
        assert not channel_tasks.is_open(session, "C1001")


def test_what_has_no_ground_ends_and_a_number_is_stopped_once(house: House) -> None:
    number = a_task(house)
    with unit_of_work(house.engine) as session:
        contact = session.get_one(ChannelTask, number).contact_id or 0
        for new in (True, False):
            told = {"contact_id": contact, "customer_id": "C1001", "phone": "+447400123456"}
            assert channel_tasks.stop(session, channel=Channel.CALL, now=NOW, **told) is new  # type: ignore[arg-type]
    with unit_of_work(house.engine) as session:
        assert void_groundless(session, now=NOW) == [number]
    with unit_of_work(house.engine) as session:
        assert "not to be used" in (session.get_one(ChannelTask, number).last_error or "")


def test_the_migration_goes_down_and_up_and_keeps_the_rest(house: House) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.migrations.__file__).parent))
    for move, revision, there in ((command.downgrade, "0018", False), (command.upgrade, "head", True)):
        with house.engine.begin() as connection:
            config.attributes["connection"] = connection
            move(config, revision)
        found = inspect(house.engine)
        assert ("channel_task" in found.get_table_names()) is there
        assert ("phone" in {column["name"] for column in found.get_columns("contact")}) is there
    with unit_of_work(house.engine) as session:
        contact, customer = session.exec(select(Contact)).first(), session.exec(select(Customer)).first()
        assert contact is not None
        assert customer is not None
        assert (contact.phone, customer.address, customer.country) == ("", "", "")
