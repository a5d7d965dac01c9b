"""Keeps the queue's keys in step with the accounts: what an import changed is marked in its transaction, and derived anew after it.

A row without keys (`came_at` is empty) is found by an index that holds nothing else, so looking for some costs nothing where
there are none; whoever is cut off leaves the rest to the next start. Nothing here decides.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from itertools import islice

from pydantic import ValidationError
from sqlalchemy import Engine, text, update
from sqlmodel import Session, col, select

from store import audit
from store.conditional import changed
from store.engine import unit_of_work
from store.proposed import Proposal
from store.queue_indexes import HELD, UNKEYED
from store.queue_keys import books_of, derived
from store.tables import ProposalRow

log = logging.getLogger(__name__)

#: So many rows are filled in one transaction, so that nobody waits long for the database.
_AT_ONCE = 500
#: So many customers are named in one statement: SQLite takes no more than some ten thousand values.
_NAMED = 5000


def unkey(session: Session, customers: Collection[str]) -> int:
    """Mark what waits for these customers as to be derived anew; give how many. In the transaction that changed their account."""
    left, marked = iter(sorted(customers)), 0
    while some := list(islice(left, _NAMED)):
        rows = update(ProposalRow).where(text(HELD), col(ProposalRow.customer_id).in_(some))
        marked += changed(session, rows.values(came_at=None), known=False)
    return marked


def fill_missing(session: Session) -> int:
    """Derive the keys of some rows that have none; give how many. Call until it gives 0.

    It takes its turn first: an account that is imported, or a proposal that is changed, between the reading and the writing
    would else be overwritten with keys that are old already, and its mark with them.
    """
    audit.take_turn(session)
    missing = select(ProposalRow).where(text(UNKEYED)).order_by(col(ProposalRow.id)).limit(_AT_ONCE)
    rows = session.exec(missing).all()
    fill(session, rows)
    return len(rows)


def fill_all(engine: Engine) -> int:
    """Derive the keys of all rows that have none, some in each transaction; give how many."""
    filled, some = 0, 1
    while some:
        with unit_of_work(engine) as session:
            some = fill_missing(session)
        filled += some
    return filled


def fill(session: Session, rows: Sequence[ProposalRow]) -> None:
    """Derive the columns of rows anew, as the accounts are now."""
    if not rows:
        return
    wakings = {row.followup_id for row in rows if row.followup_id is not None}
    books = books_of(session, {row.message_id for row in rows}, wakings)
    for row in rows:
        try:
            of_row = {"message_id": row.message_id, "followup_id": row.followup_id}
            keys = derived(Proposal.model_validate(row.content | of_row), books, now=row.created_at)
        except ValidationError:
            # One row that cannot be read must not keep the whole installation from opening: it stands last in the queue.
            log.error(
                "proposal %s: its content cannot be read, so the queue shows it without reason and amount", row.id
            )
            keys = {"came_at": row.created_at}
        for name, value in keys.items():
            setattr(row, name, value)
        session.add(row)
    session.flush()
