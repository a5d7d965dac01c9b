"""Ends the time in which approvals can be taken back, and carries out what must not wait for a mail to leave.

Done twice it does nothing more: the end is a conditional change, in one transaction with what follows from it. Sends nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from agent.effects import apply_effects
from store import proposals, undo
from store.cases import customer_facts
from store.clock import Clock
from store.engine import unit_of_work
from store.tables import ProposalRow

log = logging.getLogger(__name__)


def stand(session: Session, proposal_id: int, now: datetime) -> None:
    """Carry out what an approval does as soon as it stands: everything where there is no mail, else what protects.

    The mail is bound to the ledger as it is after that: what the approval itself holds or stops must not void it. Where the
    ledger changed since the approval the mail stays bound to what was approved, and is voided before it leaves.
    """
    outgoing = undo.outgoing_of(session, proposal_id)
    customer = session.get_one(ProposalRow, proposal_id).customer_id
    if outgoing is None or customer is None:
        apply_effects(session, proposal_id, now)
        return
    unchanged = customer_facts(session, customer, now=now).ledger_digest() == outgoing.ledger_digest
    apply_effects(session, proposal_id, now, protective_only=True)
    if unchanged:
        session.flush()
        outgoing.ledger_digest = customer_facts(session, customer, now=now).ledger_digest()
        session.add(outgoing)


def settle_due(engine: Engine, clock: Clock) -> int:
    """Settle every approval whose time is over; give how many. One that cannot be carried out is voided, and proposed anew."""
    with unit_of_work(engine) as session:
        due = undo.due(session, now=clock())
    return sum(_settle(engine, proposal_id, clock) for proposal_id in due)


def _settle(engine: Engine, proposal_id: int, clock: Clock) -> bool:
    try:
        with unit_of_work(engine) as session:
            if not undo.settle(session, proposal_id, now=clock()):
                return False
            stand(session, proposal_id, clock())
            return True
    except (OperationalError, InterfaceError):
        # The database is away: that is no fault of this approval, and the next round finds it again.
        raise
    except Exception as error:
        log.error("proposal %d: approved, but it cannot be carried out: %s", proposal_id, type(error).__name__)
        reason = f"what was approved could not be carried out ({type(error).__name__}: see the log)"
        with unit_of_work(engine) as session:
            proposals.void(session, proposal_id, reason=reason, now=clock())
        return False
