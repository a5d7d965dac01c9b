"""People on both databases: what may happen once happens once, however many try at the same moment; and the migration goes both ways."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyotp
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect
from sqlmodel import select

import store
from review import inviting
from review.people import People, Refused
from store import audit
from store.engine import unit_of_work
from store.people import Person, PersonSession
from store.roles import Role
from tests.factories import House
from tests.signing import PASSWORD, Joined, join, people_of


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


@pytest.fixture
def people(house: House) -> People:
    return people_of(house)


def at_once(act: Callable[[int], Any], many: int = 20) -> list[Any]:
    def tried(number: int) -> Any:
        try:
            return act(number)
        except Refused:
            return None

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(tried, range(many)))


def chain_holds(house: House) -> bool:
    with unit_of_work(house.engine) as session:
        return audit.verify(session)[1] is None


def test_a_code_lets_one_of_twenty_in(house: House, people: People) -> None:
    mona = join(house, people, "mona", Role.MANAGER)
    house.now = house.now.replace(minute=5)
    code = mona.code(house)
    came = at_once(lambda _: people.sign_in(login="mona", password=PASSWORD, code=code))
    assert len([entered for entered in came if entered is not None]) == 1
    assert chain_holds(house)


def test_a_link_makes_one_of_twenty_the_first_admin(house: House, people: People) -> None:
    link = inviting.first_link(people)
    assert link is not None
    token = link.rpartition("/")[2]
    secret, sealed = inviting.offered_secret(people, token)
    given = {"name": "Ada", "password": PASSWORD, "sealed": sealed, "browser": ""}
    code = pyotp.TOTP(secret).at(house.now)
    came = at_once(lambda n: inviting.accept(people, token, login=f"ada{n}", code=code, **given))
    assert len([entered for entered in came if entered is not None]) == 1
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(Person)).all()) == 1, "who came too late left nothing behind"
        assert len(session.exec(select(PersonSession)).all()) == 1
    assert chain_holds(house)


def test_two_admins_cannot_disable_each_other_at_once(house: House, people: People) -> None:
    for login in ("ada", "alan"):
        join(house, people, login, Role.ADMIN)
    pairs = [("ada", "alan"), ("alan", "ada")]
    at_once(lambda n: inviting.set_disabled(people, pairs[n % 2][0], disabled=True, by=pairs[n % 2][1]))
    with unit_of_work(house.engine) as session:
        assert [p.login for p in session.exec(select(Person)) if p.disabled_at is None] != []


def test_a_seal_cannot_be_moved_to_another_row(house: House, people: People) -> None:
    mona, max_ = join(house, people, "mona", Role.MANAGER), join(house, people, "max", Role.COLLECTOR)
    with unit_of_work(house.engine) as session:
        rows = {p.login: p for p in session.exec(select(Person))}
        rows["max"].totp_sealed = rows["mona"].totp_sealed
    house.now = house.now.replace(minute=5)
    moved = Joined("max", mona.secret)
    assert people.sign_in(login="max", password=PASSWORD, code=moved.code(house)) is None
    assert people.sign_in(login="max", password=PASSWORD, code=max_.code(house)) is None


def test_the_migration_goes_back_and_forth(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    for target, there in (("0003", False), ("head", True)):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.downgrade if target == "0003" else command.upgrade)(config, target)
        assert ("person" in inspect(engine).get_table_names()) is there
        columns = {column["name"] for column in inspect(engine).get_columns("proposal")}
        assert ("second_person" in columns) is there
