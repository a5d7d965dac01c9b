"""Copies the whole database as it stands at one moment, while others work on it, and puts such a copy in place.

SQLite by its online backup, PostgreSQL by pg_dump and psql. A copy is whole or an error is raised; nothing here is half done.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL, make_url

from store.row_security import POLICY, SETTING

_REVISIONS = "alembic_version"
_WHOLE_HOUSE = text(f"SELECT set_config('{SETTING}', '', true)")
_OTHERS = text(f"SELECT count(*) FROM pg_policies WHERE schemaname = current_schema() AND policyname <> '{POLICY}'")  # noqa: S608 (constants)


class SnapshotFailed(RuntimeError):
    """The database cannot be copied, or the copy cannot be put in place. The text is for a person."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a copy holds: which kind of database, its schema's revision, how many rows in each table."""

    kind: str
    revision: str
    counts: Mapping[str, int]


def known_revisions() -> frozenset[str]:
    """List the schema revisions that this program knows."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return frozenset(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def contents(connection: Connection) -> tuple[str, dict[str, int]]:
    """Give the schema's revision ("" where there is none) and how many rows each table has, whosesoever they are."""
    if connection.dialect.name == "postgresql":
        connection.execute(_WHOLE_HOUSE)
    tables = sorted(inspect(connection).get_table_names())
    revision = ""
    if _REVISIONS in tables:
        revision = ",".join(sorted(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()))
    counts = {}
    for table in tables:
        # The full-text index and its shadows are derived, and count nothing of their own.
        if table != _REVISIONS and not table.startswith("proposal_fts"):
            quoted = connection.dialect.identifier_preparer.quote(table)
            counts[table] = connection.execute(text(f"SELECT count(*) FROM {quoted}")).scalar_one()  # noqa: S608 (a name of ours, quoted)
    return revision, counts


def take(engine: Engine, to: Path) -> Snapshot:
    """Copy the database into a new file. Raises SnapshotFailed."""
    return _take_sqlite(engine, to) if engine.dialect.name == "sqlite" else _take_postgresql(engine, to)


def put_postgresql(dump: Path, url: str, *, afterwards: Sequence[str]) -> None:
    """Load a dump and run more statements after it, all in one transaction. Raises SnapshotFailed.

    Tables of the same names are dropped before: the caller has made certain that they are empty.
    """
    script = dump.with_suffix(".sql")
    listing = ["--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(dump)]
    _run("pg_restore", listing, environment={})
    target = make_url(url)
    more = [word for statement in afterwards for word in ("-c", statement)]
    quiet = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run("psql", [*quiet, f"--file={script}", *more], environment=_address(target))


def _take_sqlite(engine: Engine, to: Path) -> Snapshot:
    source = engine.url.database
    if not source or source == ":memory:":
        raise SnapshotFailed("a database in memory cannot be backed up")
    try:
        with closing(sqlite3.connect(source, timeout=30)) as here, closing(sqlite3.connect(to)) as there:
            # All pages in one step: one state of the database, and in WAL mode nobody waits for it.
            here.backup(there, pages=-1)
            there.execute("pragma journal_mode=delete")
            fault = there.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise SnapshotFailed(f"the database cannot be copied: {error}") from None
    if fault != "ok":
        raise SnapshotFailed(f"the database is damaged: {fault}")
    revision, counts = contents_of_file(to)
    return Snapshot("sqlite", revision, counts)


def contents_of_file(path: Path) -> tuple[str, dict[str, int]]:
    """Give what a SQLite file holds, as `contents` does. Raises SnapshotFailed."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DatabaseError

    engine = create_engine(URL.create("sqlite", database=str(path)))
    try:
        with engine.connect() as connection:
            return contents(connection)
    except DatabaseError as error:
        raise SnapshotFailed(f"the copy cannot be read: {error.orig}") from None
    finally:
        engine.dispose()


def _take_postgresql(engine: Engine, to: Path) -> Snapshot:
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with reading.connect() as connection:
        # The dump and the counts see the same state of the database.
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        if connection.execute(_OTHERS).scalar_one():
            # pg_dump would leave out what such a policy hides, and nobody would know.
            raise SnapshotFailed(
                "the tables have row security policies that are not dunwell's: back up with pg_dump, as a superuser"
            )
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={to}"]
        # The owner of our tables is held to their policies too, and pg_dump refuses that unless it is told that it is meant. For
        # a session that names no customer they let everything through; it is said once more, should a default name one.
        whole = {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} -c {SETTING}=".strip()}
        _run("pg_dump", [*words, "--enable-row-security"], environment=_address(engine.url) | whole)
        revision, counts = contents(connection)
    return Snapshot("postgresql", revision, counts)


def _address(url: URL) -> dict[str, str]:
    """Give what PostgreSQL's programs read from the environment: a password never stands on a command line."""
    named = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _run(program: str, words: Sequence[str], *, environment: Mapping[str, str]) -> None:
    path = shutil.which(program)
    if path is None:
        raise SnapshotFailed(f"the program {program} is not here: install PostgreSQL's client programs")
    done = subprocess.run(  # noqa: S603 (a program of PostgreSQL, its words are ours)
        [path, *words], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        # Later lines may quote rows.
        first = next(iter(done.stderr.strip().splitlines()), f"exit code {done.returncode}")
        raise SnapshotFailed(f"{program} failed: {first}")
