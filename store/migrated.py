"""Says whether the tables are those of this program, or of a newer one. Changes nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import Session


class NewerDatabase(RuntimeError):
    """The tables were made by a newer dunwell. The text is for a person."""


def is_current(session: Session) -> bool:
    """Say whether the last migration that ran is the last one there is."""
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == _heads()


def refuse_newer(connection: Connection) -> None:
    """Refuse tables that this program does not know: there is no way back to older ones but a backup. Raises NewerDatabase."""
    there = set(MigrationContext.configure(connection).get_current_heads())
    if unknown := there - _known():
        newest = max(_heads())
        raise NewerDatabase(
            f"the tables are of a newer dunwell ({', '.join(sorted(unknown))}; this one knows them up to {newest}): "
            "install that version again, or restore a backup from before the upgrade"
        )


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache
def _heads() -> frozenset[str]:
    return frozenset(_scripts().get_heads())


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)
