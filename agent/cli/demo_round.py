"""How the demo begins: the cadence finds whom to remind on the sample company's day, and one of its two collectors approves her own.

The other one's reminders wait in the queue, to be looked at. Nothing leaves the demo's folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, col, select

from agent.daemon import Daemon
from agent.installation import Installation
from outreach.planning import plan_day
from review.desk import Desk
from review.item import Blocked
from store.engine import looking, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.proposals import Stale
from store.proposed import Proposal
from store.tables import Customer, ProposalRow
from store.vocabulary import ProposalStatus

#: The collector who has been at her desk this morning already; her accounts are hers by the ledger.
COLLECTOR = "Maren Vos"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of the round: its proposal, to whom, by which step, about which invoices, and whether it was approved."""

    proposal: int
    customer: str
    language: str
    step: str
    invoices: tuple[str, ...]
    approved: bool

    def document(self) -> dict[str, object]:
        """Give it as JSON."""
        return {
            "proposal": self.proposal,
            "customer": self.customer,
            "language": self.language,
            "step": self.step,
            "invoices": list(self.invoices),
            "approved": self.approved,
        }


@dataclass(frozen=True, slots=True)
class OutreachRound:
    """What was planned on this day, and what became of it."""

    reminders: tuple[Reminder, ...] = field(default_factory=tuple)

    @property
    def approved(self) -> int:
        """Count those that were approved."""
        return sum(one.approved for one in self.reminders)

    def told(self) -> str:
        """Say it in one line."""
        waiting = len(self.reminders) - self.approved
        return (
            f"Outreach: {len(self.reminders)} reminders were due today; {COLLECTOR} approved {self.approved}, "
            f"and {waiting} wait for you."
        )

    def document(self) -> dict[str, object]:
        """Give it as JSON."""
        return {
            "planned": len(self.reminders),
            "approved": self.approved,
            "reminders": [one.document() for one in self.reminders],
        }


def begin(home: Installation, daemon: Daemon, desk: Desk, *, ledger: Path) -> OutreachRound:
    """Import those whom nobody wrote to yet, plan their day, have it thought about, approve what one collector would."""
    rows = read_ledger(ledger)
    with unit_of_work(home.engine) as session:
        import_ledger(session, rows, actor="demo", now=home.clock())
    settings = home.settings
    # The others wrote to us, and their mail lies unread in the mailbox: first it is read, as on every day.
    plan_day(
        home.engine,
        now=home.clock(),
        settings=settings.outreach,
        policy=settings.policy,
        mailbox=settings.writes_first_from,
        only=[customer.customer_id for customer in rows.customers],
    )
    while daemon.propose_due():
        pass
    with looking(home.engine) as session:
        held = _held(session)
    return OutreachRound(tuple(_decided(row, customer, desk) for row, customer in held))


def _held(session: Session) -> list[tuple[ProposalRow, Customer]]:
    query = (
        select(ProposalRow, Customer)
        .join(Customer, col(Customer.id) == col(ProposalRow.customer_id))
        .where(ProposalRow.status == ProposalStatus.HELD, col(ProposalRow.followup_id).is_not(None))
    )
    return list(session.exec(query.order_by(col(ProposalRow.id))).all())


def _decided(row: ProposalRow, customer: Customer, desk: Desk) -> Reminder:
    proposal = Proposal.model_validate(row.content)
    arguments = proposal.actions[0].arguments if proposal.actions else {}
    return Reminder(
        proposal=row.id or 0,
        customer=customer.name,
        language=proposal.draft.language if proposal.draft is not None else customer.language,
        step=str(arguments.get("step", "")),
        invoices=tuple(arguments.get("invoices", ())),
        approved=customer.owner == COLLECTOR and _approved(row, desk),
    )


def _approved(row: ProposalRow, desk: Desk) -> bool:
    """Approve as a collector who has read it; what a rule keeps from her waits for somebody else."""
    try:
        return desk.approve(row.id or 0, version=row.version, actor=COLLECTOR, at_once=True, opened=True)
    except (Blocked, Stale):
        return False
