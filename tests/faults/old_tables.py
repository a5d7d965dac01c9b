"""Makes a database as an earlier release would have left it: the tables of an old revision, with work in every state in them.

The rows come from today's program; what an old table does not know is left out, as the old program would not have written it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, TextClause, create_engine, inspect, text
from sqlmodel import col, select

import store.engine
from store.engine import open_engine, unit_of_work
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState
from store.voiding import void
from tests.factories import NOW
from tests.faults.history_world import World, build, words

#: What becomes of the mails of the first proposals, in this order.
OUTGOING = (
    SendState.QUEUED,
    SendState.CLAIMED,
    SendState.TRANSMITTING,
    SendState.UNCERTAIN,
    SendState.FAILED,
    SendState.SENT,
    SendState.FILED,
    SendState.VOID,
)
#: An approval that can still be taken back; one that was edited; two mails that nobody understood yet; the first of two approved.
UNDO_RUNS, EDITED, STORED, TWO, PROPOSING = range(len(OUTGOING) + 1, len(OUTGOING) + 6)
PLACES = PROPOSING
OLD = "old-daemon"
_ENDS = {
    SendState.UNCERTAIN: ProposalStatus.UNCERTAIN,
    SendState.FAILED: ProposalStatus.FAILED,
    SendState.SENT: ProposalStatus.SENT,
    SendState.FILED: ProposalStatus.SENT,
}


def in_every_state(url: str, folder: Path) -> World:
    """Fill a database of today with work in every state, as a daemon leaves it that ends between any two steps."""
    world = build(url, folder, places=PLACES)
    engine = open_engine(url)
    desk = world.desk(engine)
    for number, state in enumerate(OUTGOING, start=1):
        desk.approve(number, version=1, actor="fay")
        if _is_held(engine, number):
            desk.approve(number, version=1, actor="gus")
        _leave_behind(engine, number, state)
    desk.approve(UNDO_RUNS, version=1, actor="fay")
    desk.edit(EDITED, version=1, actor="ann", body=words("qzkept"))
    assert not desk.approve(TWO, version=1, actor="gus")
    _not_yet_understood(engine, STORED, MessageState.STORED)
    _not_yet_understood(engine, PROPOSING, MessageState.PROPOSING)
    engine.dispose()
    return world


def _is_held(engine: Engine, number: int) -> bool:
    with unit_of_work(engine) as session:
        return session.get_one(ProposalRow, number).status == ProposalStatus.HELD


def _leave_behind(engine: Engine, number: int, state: SendState) -> None:
    with unit_of_work(engine) as session:
        if state is SendState.VOID:
            assert void(session, number, reason="the customer wrote again", now=NOW)
            return
        mail = session.exec(select(Outgoing).where(col(Outgoing.proposal_id) == number)).one()
        row = session.get_one(ProposalRow, number)
        mail.state, mail.next_attempt_at, row.settles_at = state, NOW, None
        row.status = _ENDS.get(state, row.status)
        if state in (SendState.CLAIMED, SendState.TRANSMITTING):
            mail.claimed_by, mail.claimed_until = OLD, NOW + timedelta(minutes=20)
        if state in (SendState.SENT, SendState.FILED):
            mail.sent_at = NOW
        session.add_all([mail, row])


def _not_yet_understood(engine: Engine, number: int, state: MessageState) -> None:
    with unit_of_work(engine) as session:
        row = session.get_one(ProposalRow, number)
        message = session.get_one(Message, row.message_id)
        message.state = state
        if state is MessageState.PROPOSING:
            message.claimed_by, message.claimed_until = OLD, NOW + timedelta(minutes=10)
        session.add(message)
        session.delete(row)


def put_back(url: str, old: str, revision: str) -> dict[str, int]:
    """Make the tables of an old revision in an empty database and copy into them; give how many rows each has."""
    engine = open_engine(old)
    config = Config()
    config.set_main_option("script_location", str(Path(store.engine.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    if old.startswith("sqlite"):
        _copy_file(Path(url.removeprefix("sqlite:///")), Path(old.removeprefix("sqlite:///")))
    else:
        _copy_server(url, old)
    return counts(old)


def counts(url: str) -> dict[str, int]:
    """Give how many rows each table has."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            tables = _tables(connection)
            return {table: connection.execute(_count(connection, table)).scalar_one() for table in tables}
    finally:
        engine.dispose()


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(target)) as there:
        there.execute("ATTACH DATABASE ? AS source", (str(source),))
        for (table,) in there.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'proposal_fts%' "
            "AND name NOT IN ('alembic_version', 'sqlite_sequence')"
        ).fetchall():
            both = _columns(there, "main", table) & _columns(there, "source", table)
            names = ", ".join(f'"{name}"' for name in sorted(both))
            there.execute(f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM source."{table}"')
        there.commit()


def _columns(there: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {row[1] for row in there.execute(f'PRAGMA {schema}.table_info("{table}")')}


def _copy_server(url: str, old: str) -> None:
    source, target = create_engine(url), create_engine(old)
    with source.connect() as here, target.begin() as there:
        new, known = MetaData(), MetaData()
        known.reflect(there, only=_tables(there))
        new.reflect(here, only=list(known.tables))
        for table in known.sorted_tables:
            both = [
                name for name in (column.name for column in table.columns) if name in new.tables[table.name].columns
            ]
            rows = [dict(row) for row in here.execute(new.tables[table.name].select()).mappings()]
            if rows:
                there.execute(table.insert(), [{name: row[name] for name in both} for row in rows])
            if "id" in both:
                _count_on(there, table.name)
    source.dispose()
    target.dispose()


def _count_on(there: Connection, table: str) -> None:
    """Let PostgreSQL's numbers go on after those that were copied."""
    sequence = there.execute(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table}"'}).scalar()
    if sequence is not None:
        there.execute(text(f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 1) FROM \"{table}\"))"))


def _tables(connection: Connection) -> list[str]:
    names = inspect(connection).get_table_names()
    return sorted(name for name in names if name != "alembic_version" and not name.startswith("proposal_fts"))


def _count(connection: Connection, table: str) -> TextClause:
    return text(f"SELECT count(*) FROM {connection.dialect.identifier_preparer.quote(table)}")
