"""Looks at every row that approving an answer could change, so that what changed without approval shows. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from tools.limits import Policy

Row = dict[str, Any]
Snapshot = dict[str, list[Row]]
#: Tables that working on a mail writes before anybody approved: the mail, the held proposal, the log.
_WORKING = frozenset(
    {"audit", "case", "cursor", "document", "message", "message_raw", "model_call", "proposal", "sighting"}
)


@dataclass(frozen=True, slots=True)
class Watched:
    """The rows before the agent worked, when its proposal was held and nothing approved, and after; and the policy."""

    policy: Policy
    before: Snapshot
    held: Snapshot
    after: Snapshot


def snapshot(engine: Engine) -> Snapshot:
    """Give the rows of all tables, of every customer, but for those that hold work in progress."""
    found: Snapshot = {}
    with engine.connect() as connection:
        for name, table in SQLModel.metadata.tables.items():
            if name not in _WORKING:
                found[name] = [dict(row) for row in connection.execute(select(table)).mappings()]
    return found


def changed(one: Snapshot, other: Snapshot) -> list[str]:
    """Name the tables whose rows differ."""
    return [name for name in one if one[name] != other.get(name)]
