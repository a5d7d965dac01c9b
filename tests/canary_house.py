"""A PostgreSQL installation as an ordinary role, with one customer at work and another whose every row is a canary."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, select

from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from store import messages, proposals
from store.cases import facts_for
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import Contact, Message
from tests.canaries import CANARY, release
from tests.factories import COMPANY, LEDGER, NOW, House
from tests.postgres import Postgres
from tests.wakings import send

#: Whose mail the tests work on, whose rows must never be seen, and where the made-up rows begin.
SENDER, B, C, FIRST = "p.kershaw@harrowfinch.example", "CANARY-B", "CANARY-C", 900_000
LETTER = "We will pay INV-20427 on 20 March 2026."


CONTACT = SQLModel.metadata.tables["contact"]


def house_with_canaries(postgres: Postgres) -> House:
    """Open the sample ledger with one answered mail of one customer, as an ordinary role; another has a canary in every table."""
    engine = open_engine(postgres.plain_database())
    migrate(engine)
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    found = House(engine)
    answer(found, found.receive(LETTER))
    with engine.begin() as connection:
        release(connection, B, FIRST)
    return found


def whose_of(session: Session, message_id: int) -> str | None:
    return session.get_one(Message, message_id).customer_id


def answer(house: House, message_id: int) -> list[bytes]:
    """Go the whole way: read, propose, hold, approve, send; give what left."""
    deps = Deps(company=COMPANY, policy=house.policy, embedded=EmbeddedReader())
    with unit_of_work(house.engine) as session:
        message, facts = messages.load(session, message_id), facts_for(session, message_id, now=house.now)
    proposal = propose(message, facts, deps)
    with unit_of_work(house.engine) as session:
        number = proposals.hold(session, proposal, newest_message=message_id, now=house.now)
    assert number is not None
    item = house.desk.show(number)
    assert item is not None
    house.desk.approve(number, version=item.row.version, actor="ines")
    return send(house, recheck=True)


def whose(house: House) -> str:
    with unit_of_work(house.engine) as session:
        return session.exec(select(Contact.customer_id).where(Contact.email == SENDER)).one()


def marked(rows: Any) -> list[Any]:
    """Pick the rows that are another's: by a word in them, or by their made-up number."""
    return [row for row in rows if any(CANARY in told(value) or B in told(value) or value == FIRST for value in row)]


def told(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class AsSuperuser:
    """The same database, as the server's superuser sees it."""

    def __init__(self, house: House) -> None:
        self.engine = open_engine(str(make_url(str(house.engine.url)).set(username="postgres")))

    def __enter__(self) -> Engine:
        return self.engine

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()


def statements(engine: Engine, load: Any) -> list[tuple[str, Any]]:
    said: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, values: Any, *_: Any) -> None:
        said.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        load()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return said


def asked(engine: Engine, load: Any) -> list[tuple[str, str]]:
    """Give each statement with the customer that its transaction named."""
    name, found = "", []
    for statement, values in statements(engine, load):
        if "set_config" in statement:
            name = values["customer"]
        found.append((" ".join(statement.split()), name))
    return found
