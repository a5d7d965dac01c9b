"""Rewrites the database's files, so that what was erased is in none of their pages any more. It changes no row."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine, text

from store.engine import LOOKING

#: Tables that this role may not rewrite: PostgreSQL passes them over with a warning. The database's owner may rewrite all.
_NOT_OURS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d "
    "ON d.datname = current_database() WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' "
    "AND n.nspname <> 'information_schema' AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT pg_has_role(d.datdba, 'USAGE') "
    "ORDER BY c.relname LIMIT 1"
)


class NotScrubbed(RuntimeError):
    """The files could not be rewritten: the rows are erased, old pages may still hold them. The text is for a person."""


def scrub(engine: Engine) -> None:
    """Rewrite everything. SQLite: VACUUM and an empty WAL. PostgreSQL: VACUUM FULL. Raises NotScrubbed, SQLAlchemyError."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _scrub_sqlite(engine)
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if (table := connection.execute(_NOT_OURS).scalar()) is not None:
            raise NotScrubbed(
                f"table {table} belongs to another database role: erase again as the role that owns the tables"
            )
        # First the planner's statistics, which hold values of columns: the old ones are among what is rewritten then.
        connection.execute(text("ANALYZE"))
        connection.execute(text("VACUUM FULL"))


def _scrub_sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("pragma query_only=off")
        raw.info.pop(LOOKING, None)
        cursor.execute("pragma secure_delete=on")
        cursor.execute("VACUUM")
        busy = cursor.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    except sqlite3.Error as error:
        raise NotScrubbed(
            f"the database's file could not be rewritten ({error}): see to that, and erase again"
        ) from None
    finally:
        raw.close()
    if busy:
        raise NotScrubbed("another program reads the database: stop daemon and queue page, and erase again")
