"""Rewrites the database's files, so that what was erased is in none of their pages any more. It changes no row."""

from __future__ import annotations

from sqlalchemy import Engine, text


class NotScrubbed(RuntimeError):
    """The files could not be rewritten: the rows are erased, old pages may still hold them. The text is for a person."""


def scrub(engine: Engine) -> None:
    """Rewrite everything. SQLite: VACUUM and an empty WAL. PostgreSQL: VACUUM FULL. Raises NotScrubbed, SQLAlchemyError."""
    sqlite = engine.dialect.name == "sqlite"
    engine.dispose()
    if not sqlite:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM FULL"))
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("pragma query_only=off")
        cursor.execute("pragma secure_delete=on")
        cursor.execute("VACUUM")
        busy = cursor.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    finally:
        raw.close()
    if busy:
        raise NotScrubbed("another program reads the database: stop daemon and queue page, and erase again")
