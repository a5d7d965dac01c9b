"""Looks through every text of every table for a person's name and address, and blacks them out. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, String, Table, TypeDecorator, inspect, update
from sqlalchemy.types import JSON
from sqlmodel import Session, SQLModel, col, select

from store.person_words import GONE, hiding
from store.tables import ProposalRow

__all__ = ["GONE", "hiding", "sweep", "swept_columns"]

#: Changed by `audit.blank` alone, or tables of our own people.
_NOT_SWEPT = frozenset({"audit", "person", "person_session", "invitation", "api_token", "saved_view", "presence"})
#: Words of the trade, numbers, digests, and who of ours it was: somebody's name may be any of these words, and they stay.
_STRUCTURE = frozenset(
    {
        "actor",
        "added_by",
        "approved_by",
        "approved_first_by",
        "assigned_to",
        "band",
        "base_url",
        "carried_out_by",
        "cause",
        "change",
        "changed_by",
        "claimed_by",
        "closed_by",
        "connection",
        "content_key",
        "created_by",
        "currency",
        "customer_id",
        "decided_by",
        "delivery",
        "digest",
        "document_sha256",
        "edited_by",
        "end_reason",
        "ended_by",
        "event",
        "folder",
        "hash",
        "identity",
        "invoice_number",
        "kind",
        "language",
        "ledger_digest",
        "ledger_ids",
        "mailbox",
        "message_id_header",
        "method",
        "mime_sha256",
        "model",
        "outcome",
        "owner",
        "packet_sha256",
        "po_number",
        "portal",
        "previous",
        "prompt_sha256",
        "proposed_by",
        "purpose",
        "reader",
        "reason",
        "receiver",
        "reply_token",
        "role",
        "rung",
        "sealed",
        "sender",
        "set_by",
        "sha256",
        "source",
        "state",
        "status",
        "stopped_reason",
        "subject",
        "supplier_number",
        "taken_by",
        "tier",
        "timezone",
        "tool",
        "urgency",
        "verified_by",
        "words_sha256",
    }
)
_MANY = 500


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
        columns = swept_columns(table)
        if columns and inspect(session.connection()).has_table(table.name):
            _sweep_table(session, table, columns, whose, hides_address, hides_both)


def swept_columns(table: Table) -> list[Column[Any]]:
    """List the columns of a table that may hold what somebody wrote."""
    if table.name in _NOT_SWEPT:
        return []
    texts = [c for c in table.columns if not c.primary_key and not c.foreign_keys and _holds_text(c)]
    return [c for c in texts if c.name not in _STRUCTURE]


def _holds_text(column: Column[Any]) -> bool:
    # SQLModel's own type of text only wraps the database's; so do our moments and money, which hold no text.
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String | JSON)


def _sweep_table(
    session: Session,
    table: Table,
    columns: Collection[Column[Any]],
    whose: _Whose,
    hides_address: Callable[[str], str],
    hides_both: Callable[[str], str],
) -> None:
    """Never a column of bytes is read: the mails and documents of an installation do not fit into memory."""
    of_whom = [table.c[name] for name in ("customer_id", "proposal_id") if name in table.c]
    wanted = {c.name: c for c in (*table.primary_key.columns, *of_whom, *columns)}
    news = []
    for row in session.execute(select(*wanted.values()).execution_options(yield_per=_MANY)).mappings():
        mine = row.get("customer_id") in whose.customers or row.get("proposal_id") in whose.proposals
        hides = hides_both if mine else hides_address
        if changed := {c.name: new for c in columns if (new := _hidden(row[c.name], hides)) != row[c.name]}:
            news.append(([c == row[c.name] for c in table.primary_key.columns], changed))
    for keys, changed in news:
        session.execute(update(table).where(*keys).values(**changed))


def _hidden(value: Any, hides: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hides(value)
    if isinstance(value, dict):
        return {key: _hidden(each, hides) for key, each in value.items()}
    return [_hidden(each, hides) for each in value] if isinstance(value, list) else value
