"""Opens the database and gives units of work. Nothing is opened at import, and no other module makes an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session

from store.lasting import make_folder
from store.row_security import SETTING

#: The option of an engine whose transactions only read; a connection to SQLite notes under the same name whether it was told so.
LOOKING = "dunwell_looking"
#: libpq waits for ever unless it is told not to. Seconds; what the address says itself goes before. A server that vanished
#: without a word is given up after half a minute.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_PRAGMAS = ("journal_mode=wal", "synchronous=full", "busy_timeout=30000", "foreign_keys=on")


def open_engine(url: str) -> Engine:
    """Open an engine with the settings that lose nothing: SQLite in WAL with FULL sync, writers taken in turn.

    Parameters stay out of errors, as they hold mail text and addresses and errors are logged.
    """
    if not url.startswith("sqlite"):
        return _postgresql(url)
    folder = folder_of(url)
    if folder is not None:
        make_folder(folder)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # pysqlite would open transactions late and deadlock when a reader turns writer.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A reader that will not write needs no turn among the writers.
        looks = bool(connection.get_execution_options().get(LOOKING))
        if connection.info.get(LOOKING) is not looks:
            connection.exec_driver_sql(f"pragma query_only={'on' if looks else 'off'}")
            connection.info[LOOKING] = looks
        connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")

    return engine


def folder_of(url: str) -> Path | None:
    """Give the folder of a database that is a file; None for any other."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).parent


def _postgresql(url: str) -> Engine:
    # The connection used last comes first: it still knows the tables and the plans, as one that lay idle does not.
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={name: value for name, value in _PATIENCE.items() if name not in make_url(url).query},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # A default of the role or the database must not hide rows: work for one customer says so itself (`store.scoping`).
        connection.execute(f"SET {SETTING} = ''")
        connection.commit()

    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables up to date. Safe to call at every start. Raises NewerDatabase."""
    from store.migrated import refuse_newer  # here: whoever only opens an engine needs none of it

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Several processes that start at once bring them up to date one after the other.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7205763)")
        refuse_newer(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    _fill_keys(engine)


def _fill_keys(engine: Engine) -> None:
    """Derive what a migration left empty: code does that, not SQL."""
    from store.queue_filling import fill_all  # here: whoever only opens an engine needs none of it

    fill_all(engine)


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Give a session whose whole block is one transaction: committed at the end, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def looking(engine: Engine) -> Iterator[Session]:
    """Give a session that only reads: it sees one state of the database, keeps nobody waiting, and what it would write is refused."""
    if engine.dialect.name == "sqlite":
        engine = engine.execution_options(**{LOOKING: True})
    else:
        engine = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    with Session(engine, expire_on_commit=False) as session:
        yield session
