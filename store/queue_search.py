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
#: Whether the role of this connection is held to row security. If so PostgreSQL refuses to search the index of words before it
#: has looked at every row's customer, as it does not vouch that the search tells nobody a word of a row that is not shown. Then
#: the words are read as they stand, which takes a tenth of the time of taking each row's words apart.
_GUARDED = "(SELECT row_security_active('proposal'))"
_BY_INDEX = f"SELECT id FROM proposal WHERE NOT {_GUARDED} AND {HELD} AND {WORDS} @@ CAST(:asked AS tsquery)"  # noqa: S608 (constants)
_BY_READING = f"SELECT id FROM proposal WHERE {_GUARDED} AND {HELD}"  # noqa: S608 (constants)
_SQLITE = text(
    f"SELECT rowid AS id FROM {TABLE} WHERE {TABLE} MATCH :asked LIMIT :most"  # noqa: S608 (constants)
).columns(literal_column("id"))


def found(session: Session, question: str) -> CTE | None:
    """Give the numbers of what waits and has all the words, each at least begun; None where the question holds no word."""
    words = asked(question)
    if not words:
        return None
    postgresql = session.get_bind().dialect.name == "postgresql"
    statement: Any = _postgresql(words) if postgresql else _SQLITE.bindparams(asked=_sqlite(words))
    hits: CTE = statement.bindparams(most=MOST_FOUND).cte("hits")
    return hits


def _postgresql(words: list[str]) -> Any:
    """Ask both ways in one statement; PostgreSQL carries out the one that its role may use."""
    # Letters and digits alone, in quotes: no operator can come of them.
    asked_for = " & ".join(f"'{word}'{':*' if len(word) > 1 else ''}" for word in words)
    # Every word stands between spaces, so one that is begun follows a space.
    begun = {f"word{n}": f" {word}" if len(word) > 1 else f" {word} " for n, word in enumerate(words)}
    read = "".join(f" AND strpos(' ' || words || ' ', :{name}) > 0" for name in begun)
    both = text(f"{_BY_INDEX} UNION ALL {_BY_READING}{read} LIMIT :most")
    return both.columns(literal_column("id")).bindparams(asked=asked_for, **begun)


def _sqlite(words: list[str]) -> str:
    return " AND ".join(f'"{word}"{"*" if len(word) > 1 else ""}' for word in words)
