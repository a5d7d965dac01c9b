"""Fills a database with a queue of any length, by direct inserts made from a few real proposals.

The real ones go the usual way; the others are copies with other customers, ranks, amounts and words. What was decided is kept
short: it matters by its number, not by its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Engine, String, Table, cast, func, insert, literal, select
from sqlmodel import SQLModel

from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.tables import Case, Contact, Customer, Invoice, Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus
from tests.browser.furniture import furnish
from tests.factories import LEDGER, NOW, House

#: Where the copies' numbers begin, and how many proposals each customer has waiting.
FIRST, EACH = 1000, 5
_INVOICES, _CLOSED_CASES, _AT_ONCE = 5, 4, 50_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """A filled database: the numbers of the copies that wait are `FIRST` and on."""

    house: House
    held: int
    closed: int


def fill(engine: Engine, *, held: int, closed: int) -> Crowd:
    """Fill a migrated database."""
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="bench", now=NOW)
    house = House(engine)
    furnish(house)
    customers = max(1, held // EACH)
    _copy(engine, Customer, customers, lambda i, t: {"id": _customer(i), "name": t.c.name + _text(i)})
    _copy(engine, Contact, customers, lambda i, _: {"id": FIRST + i, "customer_id": _customer(i)})
    _copy(
        engine,
        Invoice,
        customers * _INVOICES,
        lambda i, _: {"number": literal("B-") + _text(i), "customer_id": _customer(i % customers)},
    )
    cases = customers * (1 + _CLOSED_CASES)
    _copy(engine, Case, cases, lambda i, _: {"id": FIRST + i, "customer_id": _customer(i % customers)})
    _proposals(engine, held, customers=customers, cases=customers, first=FIRST, status=ProposalStatus.HELD)
    rest = customers * _CLOSED_CASES
    _proposals(engine, closed, customers=customers, cases=rest, first=FIRST + held, status=ProposalStatus.DONE)
    _tidy(engine)
    return Crowd(house, held, closed)


def _tidy(engine: Engine) -> None:
    """Let the database know what it holds, as its own housekeeping would in an hour."""
    how = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(how)


def _proposals(engine: Engine, count: int, *, customers: int, cases: int, first: int, status: ProposalStatus) -> None:
    waits = status is ProposalStatus.HELD
    beyond = FIRST if waits else FIRST + customers
    templates = 4 if waits else 1

    def message(i: Any, _t: Any) -> dict[str, Any]:
        own = literal("b") + _text(i + first)
        return {
            "id": i + first,
            "sha256": own,
            "content_key": own,
            "message_id_header": own,
            "customer_id": _customer(i % customers),
            "case_id": beyond + i % cases,
            "state": MessageState.PROPOSED if waits else MessageState.CLOSED,
        }

    def proposal(i: Any, t: Any) -> dict[str, Any]:
        return {
            "id": i + first,
            "message_id": i + first,
            "newest_message": i + first,
            "customer_id": _customer(i % customers),
            "case_id": beyond + i % cases,
            "status": status,
            "rank": t.c.rank - (cast(i, BigInteger) * 7919) % 2_000_000,
            "stake": (cast(i, BigInteger) * 104_729) % 5_000_000,
            "owner": literal("Collector ") + _text(i % 20),
            "words": t.c.words + literal(" w") + _text(i),
        }

    _copy(engine, Message, count, message, templates=templates)
    _copy(engine, ProposalRow, count, proposal, templates=templates)


def _copy(engine: Engine, model: type[SQLModel], count: int, changed: Any, *, templates: int = 4) -> None:
    """Insert `count` copies of the first rows of a table, with what `changed` gives for the i-th."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    place = (func.row_number().over(order_by=_shortest(table)) - 1).label("place")
    template = select(table, place).where(_real(table)).subquery()
    for begin in range(0, count, _AT_ONCE):
        numbers = select(literal(begin).label("i")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < min(begin + _AT_ONCE, count) - 1))
        values = changed(numbers.c.i, template)
        chosen = [values.get(c.name, template.c[c.name]) for c in table.columns if c.name not in _left(table, values)]
        names = [c.name for c in table.columns if c.name not in _left(table, values)]
        source = select(*[_expression(each) for each in chosen]).select_from(
            numbers.join(template, template.c.place == numbers.c.i % templates)
        )
        with engine.begin() as connection:
            connection.execute(insert(table).from_select(names, source))


def _left(table: Table, values: dict[str, Any]) -> set[str]:
    return {"id"} if "id" in table.columns and "id" not in values else set()


def _real(table: Table) -> ColumnElement[bool]:
    key = next(iter(table.primary_key.columns))
    return key < FIRST if key.type.python_type is int else ~key.like("B%")


def _shortest(table: Table) -> Any:
    key = next(iter(table.primary_key.columns))
    return func.length(table.c.words).asc() if table.name == "proposal" else key


def _expression(value: Any) -> Any:
    return value if isinstance(value, ColumnElement) else literal(value)


def _customer(i: Any) -> Any:
    return literal("B") + _text(i)


def _text(i: Any) -> Any:
    return cast(i, String)
