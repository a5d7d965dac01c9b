"""Narrows a unit of work to one customer, so that PostgreSQL itself keeps everybody else's rows out of it.

The name goes with the transaction: a connection that is used again has the whole house. Whatever was read before is remembered
by the session, so narrow before reading. It keeps a forgotten condition from mixing customers; it is no fence against SQL of a
stranger, who could name another customer. On SQLite the nesting is checked, and nothing else: the queries alone keep apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from store.row_security import SETTING

_MARK = "dunwell.customer"
_SET = text(f"SELECT current_setting('{SETTING}', true) AS before, set_config('{SETTING}', :customer, true)")


class WrongScope(RuntimeError):
    """Work for one customer would have gone on as work for another, or for all: a mistake of the program, never of a mail."""


@contextmanager
def narrowed(session: Session, customer_id: str) -> Iterator[None]:
    """Let this session see and write the rows of one customer alone, to the end of the block. Within itself it does nothing.

    What waits to be written is written before, and what the block added at its end, under its own condition. A row of another
    customer is not there; writing one raises DBAPIError. Raises WrongScope for another customer inside of a block, for a
    connection without transactions, and where the transaction ended inside; ValueError for an empty name, which means everybody.
    """
    if not customer_id:
        raise ValueError("a customer without an id cannot be told from the whole house")
    outer = session.info.get(_MARK)
    if outer is not None:
        if outer != customer_id:
            raise WrongScope(f"work for customer {outer!r} asked for the rows of {customer_id!r}")
        yield
        return
    guarded = session.get_bind().dialect.name == "postgresql"
    if guarded:
        _begin(session, customer_id)
    session.info[_MARK] = customer_id
    try:
        yield
        if guarded:
            session.flush()
    except BaseException:
        del session.info[_MARK]
        if guarded:
            # Where the transaction is broken this fails, and its end takes the name away.
            with suppress(SQLAlchemyError):
                session.execute(_SET, {"customer": ""})
        raise
    del session.info[_MARK]
    if guarded and session.execute(_SET, {"customer": ""}).scalar_one() != customer_id:
        raise WrongScope("the transaction ended inside of a block for one customer")


def whole_house(session: Session) -> None:
    """Say that what follows must see every customer. Raises WrongScope within a block: there it would find nobody, and say so.

    Asked where an empty answer would be believed: whose an address or a number is, whether a mail is known already, which
    contacts have an address, what there is of a person.
    """
    inside = session.info.get(_MARK)
    if inside is not None:
        raise WrongScope(f"work for customer {inside!r} asked about all of them")


def why_unguarded(session: Session) -> str | None:
    """Say why PostgreSQL does not keep customers apart for this connection, and what to do; None where it does, and on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    active, role = session.execute(text("SELECT row_security_active('proposal'), current_user")).one()
    if active:
        return None
    return (
        f"row-level security does not hold for the database role {role!r}, a superuser or one with BYPASSRLS: PostgreSQL does "
        "not keep customers apart; connect as an ordinary role that owns the tables (docs/security.md)"
    )


def _begin(session: Session, customer_id: str) -> None:
    driver = session.connection().connection.driver_connection
    if driver is None or driver.autocommit:
        raise WrongScope("without a transaction nothing can be narrowed to a customer")
    session.flush()
    session.execute(_SET, {"customer": customer_id})
