"""The indexes that serve the queue's list. All hold what waits alone: what was decided costs the list nothing, however much it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text

#: As the indexes and the queries must both say it, in the very same words: databases compare them as text. Said with a NOT, as
#: SQLite would else prefer the index of all states, and sort what it found there.
HELD = "NOT (status <> 'held')"
#: What waits without keys: there is none but for a moment after an update of the program, or an import (`store.queue_filling`).
UNKEYED = f"came_at IS NULL AND {HELD}"
#: The words of an item as PostgreSQL searches them. They are plain (`store.queue_words`), so no parser and no dictionary.
WORDS = "array_to_tsvector(string_to_array(words, ' '))"
#: All that the list is filtered by: the databases read one index, and the rows of one page.
FILTERED = (
    "reason",
    "tier",
    "owner",
    "language",
    "assigned_to",
    "flags",
    "safe",
    "stake",
    "currency",
    "snoozed_until",
    "status",
)
_ORDER = "rank DESC"


def queue_indexes() -> list[Index]:
    """Make them, for the table's definition; `ix_proposal_words` is PostgreSQL's alone (SQLite: `store.queue_search`)."""
    words = Index("ix_proposal_words", text(WORDS), postgresql_using="gin", **_held())
    return [
        # PostgreSQL's row security asks for the customer as well (`store.row_security`): the index alone must answer that too.
        Index("ix_proposal_queue", text(_ORDER), "id", *FILTERED, postgresql_include=["customer_id"], **_held()),
        Index("ix_proposal_queue_reason", "reason", text(_ORDER), "id", **_held()),
        Index("ix_proposal_queue_owner", "owner", text(_ORDER), "id", **_held()),
        Index("ix_proposal_queue_assigned", "assigned_to", text(_ORDER), "id", **_held()),
        Index("ix_proposal_queue_stake", "stake", **_held()),
        Index("ix_proposal_unkeyed", "id", sqlite_where=text(UNKEYED), postgresql_where=text(UNKEYED)),
        words.ddl_if(dialect="postgresql"),
    ]


def _held() -> dict[str, Any]:
    return {"sqlite_where": text(HELD), "postgresql_where": text(HELD)}
