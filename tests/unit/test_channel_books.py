"""What letters and calls need of the ledger, what erasing takes out of them, and their commands in a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.cli import main
from outreach.channels.outcome import Called
from store.channel_ground import void_groundless
from store.channel_tasks import ChannelTask
from store.engine import migrate, open_engine, unit_of_work
from store.erasing import StillOpen, erase, find
from store.ledger import import_ledger, read_ledger
from store.ledger_faults import LedgerFaults
from store.outreach_words import CallOutcome, Channel
from store.tables import Contact, Customer
from tests.channel_house import PHONE, agreed, reachable_house, task_of
from tests.factories import House
from tests.ledgers import write_ledger
from tests.outreach_house import CUSTOMER, MOIRA, START, TODAY, empty_books

TOML = """
data_dir = "{home}/data"

[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "ar@fernhill.example"

[store]
url = "sqlite:///{home}/outreach.db"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "{home}/box"
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    return reachable_house(tmp_path, books)


# --- the ledger -----------------------------------------------------------------------------------------------------------


def with_column(folder: Path, file: str, **columns: str) -> None:
    """Add columns to every row of a file."""
    path = folder / f"{file}.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    told = ",".join(f'"{value}"' for value in columns.values())
    path.write_text("\n".join([",".join([head, *columns]), *(f"{row},{told}" for row in rows)]) + "\n", "utf-8")


def test_numbers_and_addresses_come_with_the_ledger_and_stay_where_a_file_is_silent(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'books.db'}")
    migrate(engine)
    folder, silent = write_ledger(tmp_path / "full"), write_ledger(tmp_path / "silent")
    with_column(folder, "contacts", phone="+44 (0)7400 123456")
    with_column(folder, "customers", address="4 Saw Mill Road;  Leeds", country="gb")
    # A file that has the columns, and nothing in them, takes nothing away either.
    empty = write_ledger(tmp_path / "empty")
    with_column(empty, "contacts", phone="")
    with_column(empty, "customers", address="", country="")
    for each in (folder, silent, empty):
        with unit_of_work(engine) as session:
            import_ledger(session, read_ledger(each), actor="erp", now=START)
        with unit_of_work(engine) as session:
            contact, customer = session.exec(select(Contact)).first(), session.exec(select(Customer)).first()
            assert contact is not None
            assert customer is not None
            assert contact.phone == PHONE
            assert (customer.address, customer.country) == ("4 Saw Mill Road\nLeeds", "GB")


@pytest.mark.parametrize(
    ("file", "columns", "told"),
    [
        ("contacts", {"phone": "0113 496 0000"}, "contacts.csv:2: phone: .* country code"),
        ("customers", {"country": "Germany"}, "customers.csv:2: country"),
    ],
)
def test_what_cannot_be_used_is_named_by_file_line_and_column(
    tmp_path: Path, file: str, columns: dict[str, str], told: str
) -> None:
    folder = write_ledger(tmp_path / "ledger")
    with_column(folder, file, **columns)
    with pytest.raises(LedgerFaults, match=told):
        read_ledger(folder)


# --- erasing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [Channel.LETTER, Channel.CALL])
def test_who_is_forgotten_is_in_no_task_any_more(house: House, tmp_path: Path, channel: Channel) -> None:
    number = agreed(house, tmp_path, channel).id or 0
    with pytest.raises(StillOpen, match=f"task {number}"), unit_of_work(house.engine) as session:
        erase(session, find(session, MOIRA), actor="ines", now=house.now)
    if channel is Channel.LETTER:
        house.desk.post_task(number, day=TODAY, actor="ines")
    else:
        said = Called(CallOutcome.REACHED, note="Moira Tate looks into it")
        house.desk.call_task(number, said, actor="ines")
    with unit_of_work(house.engine) as session:
        erase(session, find(session, MOIRA), actor="ines", now=house.now)
    task = task_of(house)
    kept = json.dumps(task.model_dump(mode="json", exclude={"paper"}))
    assert "Moira" not in kept
    assert PHONE not in kept
    assert task.paper is None
    assert task.done_on == TODAY
    with unit_of_work(house.engine) as session:
        assert [c.phone for c in session.exec(select(Contact))] == [""]


def test_a_paper_that_names_somebody_else_who_is_forgotten_goes(house: House, tmp_path: Path) -> None:
    number = agreed(house, tmp_path, Channel.LETTER).id or 0
    house.desk.post_task(number, day=TODAY, actor="ines")
    with unit_of_work(house.engine) as session:
        at = house.now - timedelta(days=90)
        session.add(
            Contact(customer_id=CUSTOMER, name="Leeds LS1", email="l@bracken.example", role="ap", created_at=at)
        )
    with unit_of_work(house.engine) as session:
        erase(session, find(session, "l@bracken.example"), actor="ines", now=house.now)
    assert task_of(house).paper is None
    assert "Moira Tate" in task_of(house).recipient


def test_a_task_of_a_customer_that_was_stopped_ends_without_a_person(house: House, tmp_path: Path) -> None:
    number = agreed(house, tmp_path, Channel.CALL).id
    with unit_of_work(house.engine) as session:
        session.get_one(Customer, CUSTOMER).stopped_reason = "asked"
    with unit_of_work(house.engine) as session:
        assert void_groundless(session, now=house.now, only=number) == [number]
        assert void_groundless(session, now=house.now) == []


# --- the terminal ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., str]:
    (tmp_path / "dunwell.toml").write_text(TOML.format(home=tmp_path), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "240")

    def run(*words: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["dunwell", *words])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        assert (end.value.code or 0) == code, told.err
        return told.err if code else told.out

    return run


def of_now(house: House, task: ChannelTask) -> int:
    """Let a task be approved just now, as a terminal knows no other clock: an old one is ended."""
    assert task.id is not None
    with unit_of_work(house.engine) as session:
        session.get_one(ChannelTask, task.id).created_at = datetime.now(UTC)
    return task.id


def test_a_letter_in_a_terminal(house: House, tmp_path: Path, dunwell: Callable[..., str]) -> None:
    number = of_now(house, agreed(house, tmp_path, Channel.LETTER))
    assert "Bracken Joinery Ltd" in dunwell("task", "list")
    (row,) = json.loads(dunwell("task", "list", "--channel", "letter", "--json"))
    assert (row["id"], row["state"], row["invoices"]) == (number, "to_print", ["F-1", "F-2"])
    assert "GBP 240.50" in dunwell("task", "show", str(number), "--save", "letter.pdf")
    assert Path("letter.pdf").read_bytes().startswith(b"%PDF-")
    assert "is there already" in dunwell("task", "show", str(number), "--save", "letter.pdf", code=2)
    assert "was not posted on" in dunwell("task", "done", str(number), "--on", "2026-01-01", code=1)
    assert "noted" in dunwell("task", "done", str(number), "--on", str(datetime.now(UTC).date()))
    assert json.loads(dunwell("task", "list", "--json")) == []
    assert "there is no task 99" in dunwell("task", "show", "99", code=2)


def test_a_call_in_a_terminal(house: House, tmp_path: Path, dunwell: Callable[..., str]) -> None:
    number = str(of_now(house, agreed(house, tmp_path, Channel.CALL)))
    whole = json.loads(dunwell("task", "show", number, "--json"))
    assert whole["script"]["phone"] == "+44 7400 123456"
    assert "say what came of the call" in dunwell("task", "done", number, code=2)
    assert "needs its day" in dunwell("task", "done", number, "--outcome", "promised", code=1)
    assert "Reached" in dunwell("task", "done", number, "--outcome", "reached", "--note", "looks into it")
    with unit_of_work(house.engine) as session:
        assert session.get_one(ChannelTask, int(number)).outcome == "reached"
