"""What follows when a pull is in the ledger: its records noted and the cursor moved together, and customers joined that were merged."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session

from agent.installation import Installation
from ledger.connectors.stored import Stored
from ledger.connectors.taking import Taken
from ledger.settings import ConnectionSettings
from store import audit, connections, remote_records
from store.engine import unit_of_work
from store.merging import CannotMerge, merge
from store.remote_records import Known
from store.tables import Customer

log = logging.getLogger(__name__)

#: What changed in these last minutes before a pull is asked for once more: clocks differ, and records appear late.
_OVERLAP = timedelta(minutes=15)
#: The kind under which a merger waits until it can be carried out.
_MERGER = "merger"


class Reader(Protocol):
    """Who reads a connection."""

    home: Installation
    worker: str


class Noting:
    """Notes which record is which row, in the transaction that brings the rows; `count`: how many were new or others.

    A row that nobody is known to have brought would be taken for a file's, and what its system says of it later left out.
    """

    def __init__(self, settings: ConnectionSettings, taken: Taken, stored: Stored) -> None:
        """Take what a pull comes to; nothing is noted yet."""
        records = [(kind, key, known) for (kind, key), known in taken.records.items()]
        records += [(_MERGER, old, Known(before, (today,))) for old, before, today in taken.merged]
        self._name, self._records = settings.name, _known_here(records, taken, stored)
        self.count = 0

    def __call__(self, session: Session) -> None:
        """Note them; once more changes nothing."""
        self.count += remote_records.note_records(session, self._name, self._records)


def end_pull(
    reader: Reader,
    settings: ConnectionSettings,
    taken: Taken,
    noting: Noting,
    began: datetime,
    *,
    account: str,
    full: bool,
    actor: str,
) -> None:
    """Note which record is which row, and move the cursor: both or neither."""
    now, left_out = reader.home.clock(), len(taken.left_out)
    with unit_of_work(reader.home.engine) as session:
        noting(session)
        moved = connections.end_pull(
            session,
            settings.name,
            worker=reader.worker,
            account=account,
            read_to=began - _OVERLAP,
            full=full,
            due_at=now + timedelta(minutes=settings.every_minutes),
            left_out=left_out,
            now=now,
        )
        if noting.count or full:
            payload = {"full": full, "records": noting.count, "left_out": left_out}
            subject = f"connection:{settings.name}"
            audit.append(session, at=now, actor=actor, event="connection.read", subject=subject, payload=payload)
    if not moved:
        log.warning(
            "connection %s: another process took the reading over; what was read is in the ledger", settings.name
        )


def _known_here(records: list[tuple[str, str, Known]], taken: Taken, stored: Stored) -> list[tuple[str, str, Known]]:
    """Leave out records of customers that did not come into the ledger (they state no currency)."""
    there = set(stored.customers) | {row.customer_id for _, row in taken.customers}
    return [each for each in records if each[2].customer_id in there]


def join_customers(home: Installation, settings: ConnectionSettings, *, actor: str) -> tuple[int, list[str]]:
    """Join customers that the system has joined; what is in the way is told, and it is tried again with the next pull."""
    with unit_of_work(home.engine) as session:
        waiting = {
            key: (known.customer_id, known.ledger_ids[0])
            for (kind, key), known in remote_records.records_of(session, settings.name).items()
            if kind == _MERGER and known.ledger_ids and known.customer_id != known.ledger_ids[0]
        }
    count, told = 0, []
    for remote_id, (old, today) in waiting.items():
        try:
            with unit_of_work(home.engine) as session:
                if session.get(Customer, old) is None or session.get(Customer, today) is None:
                    continue
                merge(session, old, today, actor=actor, now=home.clock())
                known = Known(today, (today,))
                both = [(_MERGER, remote_id, known), ("customer", remote_id, Known(today, ()))]
                remote_records.note_records(session, settings.name, both)
            count += 1
        except CannotMerge as why:
            told.append(f"{settings.name} customer {remote_id}: was merged into another there, not here yet: {why}")
    return count, told
