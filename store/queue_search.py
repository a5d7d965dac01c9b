"""Finds what waits by words: customers, invoice numbers, the mail's and the draft's text. One function for both databases.

What a person typed is taken apart into plain words first (`store.queue_words`), so it can be no syntax and no injection.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, literal_column, text
from sqlmodel import Session

from store.queue_fts import TABLE
from store.queue_indexes import HELD, WORDS
from store.queue_words import asked

#: No more is found: who gets so much asks for more words.
MOST_FOUND = 5000
_POSTGRESQL = text(
    f"SELECT id FROM proposal WHERE {HELD} AND {WORDS} @@ CAST(:asked AS tsquery) LIMIT :most"  # noqa: S608 (constants)
).columns(literal_column("id"))
_SQLITE = text(
    f"SELECT rowid AS id FROM {TABLE} WHERE {TABLE} MATCH :asked LIMIT :most"  # noqa: S608 (constants)
).columns(literal_column("id"))


def found(session: Session, question: str) -> CTE | None:
    """Give the numbers of what waits and has all the words, each at least begun; None where the question holds no word."""
    words = asked(question)
    if not words:
        return None
    postgresql = session.get_bind().dialect.name == "postgresql"
    statement: Any = _POSTGRESQL if postgresql else _SQLITE
    wanted = _postgresql(words) if postgresql else _sqlite(words)
    hits: CTE = statement.bindparams(asked=wanted, most=MOST_FOUND).cte("hits")
    return hits


def _postgresql(words: list[str]) -> str:
    # Letters and digits alone, in quotes: no operator can come of them.
    return " & ".join(f"'{word}'{':*' if len(word) > 1 else ''}" for word in words)


def _sqlite(words: list[str]) -> str:
    return " AND ".join(f'"{word}"{"*" if len(word) > 1 else ""}' for word in words)
