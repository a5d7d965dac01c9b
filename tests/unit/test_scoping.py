"""Every table says whether it holds rows of customers; work for one customer does not become work for another."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, select

import store.tables
from store import by_hand, contacts, erasing, messages, whose
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import InboundEmail
from store.ledger import import_ledger, read_ledger
from store.row_security import GUARDED, OF_NO_CUSTOMER, WRITTEN
from store.scoping import WrongScope, narrowed, why_unguarded
from store.tables import Customer
from store.vocabulary import MessageKind
from tests.factories import LEDGER, NOW, House, open_house


@pytest.fixture(autouse=True, scope="module")
def _every_table() -> None:
    """Load each module that has tables: one that nobody imported would be missed."""
    for path in Path(store.tables.__file__).parent.glob("*.py"):
        if "table=True" in path.read_text(encoding="utf-8"):
            importlib.import_module(f"store.{path.stem}")


def test_every_table_is_guarded_or_of_no_customer_with_a_reason() -> None:
    known = set(SQLModel.metadata.tables)
    listed = {*GUARDED, *OF_NO_CUSTOMER} - {"alembic_version"}
    assert known - listed == set(), "add the table to store/row_security.py: guarded, or of no customer and why"
    assert listed - known == set(), "store/row_security.py lists a table that is not there"
    assert not set(GUARDED) & set(OF_NO_CUSTOMER)
    assert set(WRITTEN) <= set(GUARDED)
    assert all(len(reason) > 10 for reason in OF_NO_CUSTOMER.values())


def test_what_leads_to_a_customer_is_guarded() -> None:
    """A row that points at a guarded one says something of that customer."""
    for table in SQLModel.metadata.tables.values():
        leads = {key.column.table.name for key in table.foreign_keys} & set(GUARDED)
        named = {column.name for column in table.columns} & {"customer_id", "proposal_id", "message_id", "effect_id"}
        assert table.name in GUARDED or not (leads or named), f"{table.name} has rows of customers: {leads or named}"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def test_within_one_customer_nobody_asks_for_another(house: House) -> None:
    with unit_of_work(house.engine) as session:
        with narrowed(session, "A"), narrowed(session, "A"):
            with pytest.raises(WrongScope, match="'A' asked for the rows of 'B'"), narrowed(session, "B"):
                raise AssertionError("never here")
            with narrowed(session, "A"):
                pass
        with narrowed(session, "B"):
            pass
        with pytest.raises(KeyError), narrowed(session, "A"):
            raise KeyError
        with narrowed(session, "B"):
            pass


def test_what_asks_about_everybody_is_refused_within_one_customer(house: House) -> None:
    """An empty answer would be believed: the address is nobody else's, the mail is not known yet, the person is in no table."""
    email = InboundEmail(kind=MessageKind.REPLY, from_address="a@harrowfinch.example", new_text="x")
    record = partial(messages.record, mailbox="ar", folder="INBOX", uidvalidity=1, uid=9, raw=b"x", email=email)
    questions: Sequence[Callable[[Session], object]] = (
        lambda s: whose.customers_of_address(s, "a@harrowfinch.example"),
        whose.contact_domains,
        lambda s: whose.invoices_with_digits(s, ["20411"]),
        lambda s: whose.cases_of_message_ids(s, ["<x@y.example>"]),
        lambda s: whose.case_of_token(s, "0" * 32),
        whose.customer_names,
        lambda s: by_hand.is_ours(s, "<x@y.example>"),
        lambda s: list(by_hand.answered(s, ["<x@y.example>"])),
        lambda s: record(s, received_at=NOW),
        lambda s: contacts.works_again(s, "a@harrowfinch.example", message_id=1, now=NOW),
        lambda s: erasing.find(s, "a@harrowfinch.example"),
        lambda s: import_ledger(s, read_ledger(LEDGER), actor="test", now=NOW),
    )
    for question in questions:
        with unit_of_work(house.engine) as session:
            question(session)
            with pytest.raises(WrongScope, match="all of them"), narrowed(session, "C1001"):
                question(session)


def test_an_empty_name_is_refused(house: House) -> None:
    """It would mean the whole house."""
    with (
        unit_of_work(house.engine) as session,
        pytest.raises(ValueError, match="without an id"),
        narrowed(session, ""),
    ):
        raise AssertionError("never here")


def test_on_sqlite_the_queries_alone_keep_apart(house: House) -> None:
    with unit_of_work(house.engine) as session, narrowed(session, "nobody"):
        assert session.exec(select(Customer)).first() is not None
        assert why_unguarded(session) is None


def test_a_scope_that_is_over_is_over_for_the_session(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    with Session(engine) as session:
        with narrowed(session, "A"):
            pass
        assert session.info == {}
    engine.dispose()
