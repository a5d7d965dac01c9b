"""Writing first on both databases: planned once however many plan, thought about and held, the tables made and taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlmodel import select

from store import outreach
from store.engine import unit_of_work
from store.matters import Followup
from store.outreach import OutreachStepRow
from store.outreach_words import OutreachStep
from store.tables import Message
from tests.factories import House
from tests.outreach_house import (
    CUSTOMER,
    MOIRA,
    START,
    TODAY,
    add_customer,
    approve,
    bill,
    imported,
    plan,
    reminded,
)
from tests.wakings import think


@pytest.fixture
def house(engine: Engine) -> House:
    made = House(engine, now=START)
    add_customer(made, CUSTOMER, "Bracken Joinery Ltd", contacts=((MOIRA, "Moira Tate", "ap"),))
    add_customer(made, "K2", "Zimmerei Halder", contacts=(("buero@halder.example", "Uwe Halder", "ap"),))
    imported(made)
    bill(made, "F-1", TODAY - timedelta(days=6))
    bill(made, "F-2", TODAY - timedelta(days=6), customer_id="K2")
    return made


def test_four_planners_plan_each_customer_once_and_the_mails_leave(house: House) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda _: plan(house), range(4)))
    with unit_of_work(house.engine) as session:
        assert sorted(row.customer_id for row in session.exec(select(OutreachStepRow))) == [CUSTOMER, "K2"]
        assert len(session.exec(select(Followup)).all()) == 2
        assert len(session.exec(select(Message)).all()) == 2
    items = think(house)
    assert len(items) == 2
    for item in items:
        (mail,) = approve(house, item)
        assert item.first is not None
        assert item.first.invoices[0] in str(mail)
    assert plan(house).planned == 0


def test_a_pause_and_a_firm_step(house: House) -> None:
    with unit_of_work(house.engine) as session:
        outreach.pause(session, "K2", until=None, actor="ines", now=house.now)
    bill(house, "F-3", TODAY - timedelta(days=12))
    reminded(house, OutreachStep.OVERDUE, "F-3", days=6)
    planned = plan(house)
    steps = {d.customer_id: d.outward.step if d.outward else d.silent for d in planned.decisions}
    assert steps == {CUSTOMER: "firmer", "K2": "a colleague paused the cadence until somebody resumes it"}


def test_the_tables_can_be_taken_back(house: House) -> None:
    plan(house)
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    with house.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
    names = inspect(house.engine).get_table_names()
    assert not [name for name in names if name.startswith("outreach")]
    column = next(c for c in inspect(house.engine).get_columns("followup") if c["name"] == "effect_id")
    assert column["nullable"] is False
    with house.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    assert "outreach_step" in inspect(house.engine).get_table_names()
