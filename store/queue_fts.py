"""SQLite's full-text index over what waits: the statements that make it, keep it and take it away.

The triggers keep it in step with the rows, whoever changes them. A migration that makes the table `proposal` anew drops its
triggers: it must run `MAKE_TRIGGERS` afterwards (a test holds it).
"""

from __future__ import annotations

TABLE = "proposal_fts"
MAKE_TABLE = f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', detail='none')"
_OUT = f"INSERT INTO {TABLE}({TABLE}, rowid, words) SELECT 'delete', old.id, old.words WHERE old.status = 'held'"
_IN = f"INSERT INTO {TABLE}(rowid, words) SELECT new.id, new.words WHERE new.status = 'held'"
TRIGGERS = ("proposal_fts_insert", "proposal_fts_update", "proposal_fts_delete")
MAKE_TRIGGERS = (
    f"CREATE TRIGGER {TRIGGERS[0]} AFTER INSERT ON proposal BEGIN {_IN}; END",
    f"CREATE TRIGGER {TRIGGERS[1]} AFTER UPDATE OF status, words ON proposal BEGIN {_OUT}; {_IN}; END",
    f"CREATE TRIGGER {TRIGGERS[2]} AFTER DELETE ON proposal BEGIN {_OUT}; END",
)
#: What waited before there was an index.
TAKE_IN = f"INSERT INTO {TABLE}(rowid, words) SELECT id, words FROM proposal WHERE status = 'held'"  # noqa: S608 (the same)
DROP = (*(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS), f"DROP TABLE IF EXISTS {TABLE}")
