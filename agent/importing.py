"""A new state of the ledger, and all that follows from it: promises and plans judged, settled invoices closed with their cause.

The ledger goes in as a whole or not at all. What follows is done one customer at a time and again after the next import, so a
failure there loses nothing and stops nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from agent.banking import rematch
from agent.installation import Installation
from store.closing import Closed, close_after_import
from store.engine import unit_of_work
from store.keeping import Kept, keep_after_import
from store.last_resort_keeping import keep_last_resorts
from store.ledger import Ledger, put_ledger
from store.ledger_differences import Differences
from store.ledger_telling import counted, shown
from store.queue_filling import fill_all


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of each table were new or changed, and what followed. `told`: what a person should know of the changes."""

    changed: dict[str, int]
    kept: Kept
    closed: Closed
    told: tuple[str, ...] = ()


#: Something that is stored with a ledger, or not at all.
Along = Callable[[Session], object]


def take_ledger(home: Installation, ledger: Ledger, *, actor: str, along: Along | None = None) -> Imported:
    """Import a ledger that was read and found right. Raises LedgerFaults for what only the stored ledger can refuse."""
    return take_and_show(home, ledger, actor=actor, along=along)[0]


def take_and_show(
    home: Installation, ledger: Ledger, *, actor: str, along: Along | None = None
) -> tuple[Imported, Differences]:
    """Import a ledger as `take_ledger` does, and give as well what was different."""
    with unit_of_work(home.engine) as session:
        changed, found = put_ledger(session, ledger, actor=actor, now=home.clock())
        if along is not None:
            along(session)
        rematch(session, cash=home.settings.policy.cash, now=home.clock())
        told = (*counted(found), *shown(found))
    # The ledger is in whatever becomes of this: the daemon judges anew each day.
    kept = keep_after_import(home.engine, now=home.clock(), days=home.settings.policy.keeping_days())
    closed = close_after_import(home.engine, now=home.clock())
    keep_last_resorts(home.engine, now=home.clock(), days=home.settings.policy.keeping_days())
    fill_all(home.engine)
    return Imported(changed=changed, kept=kept, closed=closed, told=told), found
