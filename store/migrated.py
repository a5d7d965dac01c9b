"""Says whether the tables are those of this program. Changes nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session


def is_current(session: Session) -> bool:
    """Say whether the last migration that ran is the last one there is."""
    return set(MigrationContext.configure(session.connection()).get_current_heads()) == _heads()


@cache
def _heads() -> frozenset[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return frozenset(ScriptDirectory.from_config(config).get_heads())
