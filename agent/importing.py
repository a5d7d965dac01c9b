"""A new state of the ledger, and all that follows from it: promises and plans judged, settled invoices closed with their cause.

The ledger goes in as a whole or not at all. What follows is done one customer at a time and again after the next import, so a
failure there loses nothing and stops nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.installation import Installation
from store.closing import Closed, close_after_import
from store.engine import unit_of_work
from store.keeping import Kept, keep_after_import
from store.ledger import Ledger, import_ledger
from store.queue_filling import fill_all


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of each table were new or changed, and what followed."""

    changed: dict[str, int]
    kept: Kept
    closed: Closed


def take_ledger(home: Installation, ledger: Ledger, *, actor: str) -> Imported:
    """Import a ledger that was read and found right."""
    with unit_of_work(home.engine) as session:
        changed = import_ledger(session, ledger, actor=actor, now=home.clock())
    # The ledger is in whatever becomes of this: the daemon judges anew each day.
    kept = keep_after_import(home.engine, now=home.clock(), days=home.settings.policy.keeping_days())
    closed = close_after_import(home.engine, now=home.clock())
    fill_all(home.engine)
    return Imported(changed=changed, kept=kept, closed=closed)
