"""A customer with one row in every table that holds rows of customers, each marked with the same word: whoever sees it saw too much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, Integer, LargeBinary, Table, insert
from sqlmodel import SQLModel

import store.bank_tables
import store.clients
import store.connections
import store.crm_notes
import store.last_resort_tables
import store.ledger_changes
import store.matters
import store.measured
import store.remote_records
import store.reviewing
import store.risks
import store.tables  # noqa: F401  (registers the tables, before a test asks which there are)
from store.columns import Moment, Money
from store.row_security import GUARDED

CANARY = "quokkafeather"
_AT = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)


def guarded_tables() -> list[Table]:
    """List the guarded tables, parents first."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name in GUARDED]


def filled_tables() -> list[Table]:
    """List the guarded tables with those of nobody that they hang on, parents first."""
    hung_on = {
        key.column.table for table in guarded_tables() for column in table.columns for key in column.foreign_keys
    }
    return [table for table in SQLModel.metadata.sorted_tables if table.name in GUARDED or table in hung_on]


def row_of(table: Table, customer: str, number: int) -> dict[str, Any]:
    """Make up a row that belongs to a customer: its keys are `number`, its parents' as well, and its words hold the canary."""
    return {column.name: _value(table, column, customer, number) for column in table.columns}


def release(connection: Connection, customer: str, number: int) -> None:
    """Put a row into every guarded table, and into those of nobody that they hang on."""
    for table in filled_tables():
        connection.execute(insert(table).values(row_of(table, customer, number)))


def _value(table: Table, column: Column[Any], customer: str, number: int) -> Any:
    parents = [key.column for key in column.foreign_keys]
    if parents:
        return _value(parents[0].table, parents[0], customer, number)
    if (table.name, column.name) == ("customer", "id"):
        return customer
    return _of_kind(table, column, customer, number)


def _of_kind(table: Table, column: Column[Any], customer: str, number: int) -> Any:
    word = f"{CANARY} {customer} {table.name} {column.name} {number}"
    special = {"status": "held", "currency": "EUR", "timezone": "UTC", "language": "en", "settles_at": None}
    if column.name in special:
        return special[column.name]
    match column.type:
        case JSON():
            return {"word": word}
        case Money():
            return Decimal("1.00")
        case Moment():
            return _AT
        case Date():
            return _AT.date()
        case LargeBinary():
            return word.encode()
        case Boolean():
            return False
        case Integer():
            return number
        case Float():
            return 0.5
        case _:
            return word
