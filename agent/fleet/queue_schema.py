"""Makes and updates the tables of the work queue (procrastinate's), in a schema of their own. Changes nothing else.

What was applied is noted beside them, so that a newer procrastinate's scripts are applied once each, by whichever worker comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

#: The schema of PostgreSQL that the queue's tables live in.
SCHEMA = "dunwell_jobs"
_THERE = text(f"SELECT to_regclass('{SCHEMA}.applied') IS NOT NULL")
_APPLIED = text(f"SELECT name FROM {SCHEMA}.applied")  # noqa: S608 (a constant)
_NOTE = text(f"INSERT INTO {SCHEMA}.applied (name) VALUES (:name)")  # noqa: S608 (a constant)


def prepare(engine: Engine) -> bool:
    """Bring the queue's tables up to date; True where something was changed. Where nothing is to do, no right to change is needed."""
    scripts = {path.name: path for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")}
    with engine.connect() as connection:
        if connection.execute(_THERE).scalar_one() and scripts.keys() <= _done(connection):
            return False
    with _alone(engine) as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        new = not connection.execute(_THERE).scalar_one()
        if new:
            connection.exec_driver_sql(f"CREATE TABLE {SCHEMA}.applied (name text PRIMARY KEY)")
            _run(connection, SchemaManager.get_schema())
            _note(connection, scripts)
    for name in sorted(scripts):
        with _alone(engine) as connection:
            if name not in _done(connection):
                _run(connection, scripts[name].read_text("utf-8"))
                _note(connection, [name])
    return True


def _done(connection: Connection) -> set[str]:
    return set(connection.execute(_APPLIED).scalars())


def _note(connection: Connection, names: Iterable[str]) -> None:
    for name in sorted(names):
        connection.execute(_NOTE, {"name": name})


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Give a transaction in which no other worker does the same."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7205761)")
        yield connection


def _run(connection: Connection, script: str) -> None:
    """Run a script of several statements; the names in it are those of the queue's schema."""
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)
