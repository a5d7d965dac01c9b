"""Conditional changes of state: an UPDATE that says which state it expects, and how many rows were in it."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Update
from sqlmodel import Session


def changed(session: Session, statement: Update, *, known: bool = True) -> int:
    """Run an UPDATE and give how many rows it met: the test of every conditional change of state.

    `known` False: nothing that it changes was read in this session before, so that not all that it meets is fetched.
    """
    result = session.execute(statement.execution_options(synchronize_session="fetch" if known else False))
    return cast("CursorResult[Any]", result).rowcount
