"""Looks through every text of every table for a person's name and address, and blacks them out. It decides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, String, Table, inspect, update
from sqlalchemy.types import JSON
from sqlmodel import Session, SQLModel, col, select

from store.tables import ProposalRow

GONE = "(erased)"
#: Changed by `audit.blank` alone, or tables of our own people.
_NOT_SWEPT = frozenset({"audit", "person", "person_session", "invitation", "api_token", "saved_view"})


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose rows may hold the name: these customers', and those of their proposals."""

    customers: frozenset[str]
    proposals: frozenset[int]


def sweep(session: Session, addresses: Collection[str], *, names: Collection[str], customers: Collection[str]) -> None:
    """Black the addresses out wherever they stand, and the names in every row of these customers: others may bear them too."""
    hides_address, hides_both = hiding(addresses), hiding({*addresses, *names})
    rows = session.exec(select(ProposalRow.id).where(col(ProposalRow.customer_id).in_(customers)))
    whose = _Whose(frozenset(customers), frozenset(number for number in rows if number is not None))
    for table in SQLModel.metadata.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, String | JSON) and not c.primary_key]
        if table.name not in _NOT_SWEPT and columns and inspect(session.connection()).has_table(table.name):
            _sweep_table(session, table, columns, whose, hides_address, hides_both)


def _sweep_table(
    session: Session,
    table: Table,
    columns: Collection[Column[Any]],
    whose: _Whose,
    hides_address: Callable[[str], str],
    hides_both: Callable[[str], str],
) -> None:
    for row in session.execute(table.select()).mappings().all():
        mine = row.get("customer_id") in whose.customers or row.get("proposal_id") in whose.proposals
        hides = hides_both if mine else hides_address
        changed = {c.name: new for c in columns if (new := _hidden(row[c.name], hides)) != row[c.name]}
        if changed:
            keys = [c == row[c.name] for c in table.primary_key.columns]
            session.execute(update(table).where(*keys).values(**changed))


def _hidden(value: Any, hides: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hides(value)
    if isinstance(value, dict):
        return {_hidden(k, hides): _hidden(v, hides) for k, v in value.items()}
    return [_hidden(each, hides) for each in value] if isinstance(value, list) else value


def hiding(words: Collection[str]) -> Callable[[str], str]:
    """Give what blacks these words out of a text, in capitals or not."""
    if not words:
        return lambda value: value
    longest = sorted(words, key=len, reverse=True)
    wanted = re.compile("|".join(re.escape(word) for word in longest), re.IGNORECASE)
    return lambda value: wanted.sub(GONE, value)
