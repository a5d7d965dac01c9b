"""Ends the time in which approvals can be taken back, and carries out what must not wait for a mail to leave.

Done twice it does nothing more: the end is a conditional change, in one transaction with what follows from it. What has no mail
is asked once more whether it can still be done: a mail is, before it leaves. What cannot be done is proposed anew, but a stop
or a pause that was approved with it comes about all the same. Sends nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from agent.effects import apply_effects
from agent.still_possible import obstacles
from store import audit, proposals, undo
from store.cases import customer_facts
from store.clock import Clock
from store.engine import unit_of_work
from store.followup_facts import facts_behind
from store.protecting import protects
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.limits import Policy

log = logging.getLogger(__name__)


def stand(session: Session, proposal_id: int, now: datetime) -> None:
    """Carry out what an approval does as soon as it stands: everything where there is no mail, else what protects.

    The mail is bound to the ledger as it is after that: what the approval itself holds or stops must not void it. Where the
    ledger changed since the approval the mail stays bound to what was approved, and is voided before it leaves.
    """
    outgoing, row = undo.outgoing_of(session, proposal_id), session.get_one(ProposalRow, proposal_id)
    customer = row.customer_id
    if outgoing is None or customer is None:
        apply_effects(session, proposal_id, now)
        return
    if not protects(row):
        # Nothing of it is carried out before the mail leaves: the mail stays bound to what was approved.
        return
    unchanged = customer_facts(session, customer, now=now).ledger_digest() == outgoing.ledger_digest
    apply_effects(session, proposal_id, now, protective_only=True)
    if unchanged:
        session.flush()
        outgoing.ledger_digest = customer_facts(session, customer, now=now).ledger_digest()
        session.add(outgoing)


def settle_due(engine: Engine, clock: Clock, *, policy: Policy) -> int:
    """Settle every approval whose time is over; give how many. One that cannot be carried out is voided, and proposed anew."""
    with unit_of_work(engine) as session:
        due = undo.due(session, now=clock())
    return sum(_settle(engine, proposal_id, clock, policy) for proposal_id in due)


def _settle(engine: Engine, proposal_id: int, clock: Clock, policy: Policy) -> bool:
    try:
        with unit_of_work(engine) as session:
            now = clock()
            if against := _overtaken(session, proposal_id, now=now, policy=policy):
                log.info("proposal %d: approved, and overtaken before it was carried out", proposal_id)
                why = next(iter(against.values()))
                _void_all_but_what_protects(session, proposal_id, without=against, reason=why, now=now)
                return False
            if not undo.settle(session, proposal_id, now=now):
                return False
            stand(session, proposal_id, now)
            return True
    except (OperationalError, InterfaceError):
        # The database is away: that is no fault of this approval, and the next round finds it again.
        raise
    except Exception as error:
        log.error("proposal %d: approved, but it cannot be carried out: %s", proposal_id, type(error).__name__)
        reason = f"what was approved could not be carried out ({type(error).__name__}: see the log)"
        with unit_of_work(engine) as session:
            audit.take_turn(session)
            row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
            # Taken back meanwhile, it is a person's again.
            if row.status == ProposalStatus.APPROVED and row.settles_at is not None:
                _void_all_but_what_protects(session, proposal_id, without=(), reason=reason, now=clock())
        return False


def _void_all_but_what_protects(
    session: Session, proposal_id: int, *, without: Collection[int], reason: str, now: datetime
) -> None:
    """Have it proposed anew; but what a person approved to protect the customer comes about now, each act of it that can."""
    places = set(range(len(proposals.content(session.get_one(ProposalRow, proposal_id)).actions)))
    for place in sorted(places - set(without)):
        try:
            with session.begin_nested():
                apply_effects(session, proposal_id, now, protective_only=True, without=places - {place})
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.error("proposal %d: what protects cannot be carried out either: %s", proposal_id, type(error).__name__)
    proposals.void(session, proposal_id, reason=reason, now=now)


def _overtaken(session: Session, proposal_id: int, *, now: datetime, policy: Policy) -> dict[int, str]:
    """Say which acts that were approved without a mail cannot be done any more, as the account is now, and why.

    It takes its turn first: nobody takes the approval back, and nothing is imported, between this and what follows.
    """
    audit.take_turn(session)
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    if row.status != ProposalStatus.APPROVED or row.settles_at is None or undo.outgoing_of(session, proposal_id):
        return {}
    facts = facts_behind(session, row.message_id, followup_id=row.followup_id, now=now)
    if facts.customer is None:
        return {}
    return obstacles(proposals.content(row), facts, policy=policy)
