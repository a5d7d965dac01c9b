"""The people of the company: they approve most of what waits, reject some, reword some, and do what is left to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from sqlmodel import Session, col, select

from evals.year.books import euros
from evals.year.house import COLLECTOR, CONTROLLER, MANAGER, House
from evals.year.world import World
from review.item import Blocked, RejectReason
from store.aftermath import DisputeStatus
from store.disputes import contested
from store.engine import looking, unit_of_work
from store.matters_closed import close_matter
from store.proposals import Stale, content
from store.reissues import mark_exported, waiting
from store.tables import Contact, Dispute, Effect, Escalation, ProposalRow
from store.vocabulary import ContactStatus, ProposalStatus

REJECTED, REWORDED = 0.03, 0.04
#: What a collector puts in front of the first paragraph.
_WISHES = {
    "en": "I hope you are well.",
    "de": "Ich hoffe, es geht Ihnen gut.",
    "fr": "J'espère que vous allez bien.",
    "es": "Espero que se encuentre bien.",
    "it": "Spero che Lei stia bene.",
    "nl": "Ik hoop dat het goed met u gaat.",
    "pt": "Espero que esteja bem.",
}
_DISPUTE_TAKES, _CONTACT_TAKES, _MATTER_TAKES = timedelta(days=18), timedelta(days=2), timedelta(days=3)
#: So often it is looked at again whether what a rule forbids can be approved by now; then it is rejected.
_TRIES = 3


@dataclass
class Collector:
    """Decides at the desk. `decided` hears of each proposal that needs no mail any more, or never gets one."""

    house: House
    world: World
    decided: Callable[[ProposalRow], None]
    die: Random
    counts: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    _tries: Counter[int] = field(default_factory=Counter)

    def work(self) -> None:
        """Go once through everything that waits."""
        with looking(self.house.home.engine) as session:
            held = select(ProposalRow).where(ProposalRow.status == ProposalStatus.HELD)
            rows = session.exec(held.order_by(col(ProposalRow.id))).all()
        for row in rows:
            self._decide(row)
        self._beside_the_desk()

    def _decide(self, row: ProposalRow) -> None:
        number, version, share = row.id or 0, row.version, self.die.random()
        ours, written = row.followup_id is not None, content(row).draft is not None
        try:
            if ours and share < REJECTED:
                return self._reject(row, RejectReason.OTHER)
            if ours and share < REJECTED + REWORDED and written:
                version = self._reword(row)
            if self._approve(row, version):
                self.counts["approved"] += 1
                if not written:
                    self._tell(number)
        except Stale:
            self.counts["made anew"] += 1
        except Blocked as blocked:
            self.blocked.update(finding.rule for finding in blocked.findings)
            self._tries[number] += 1
            if self._tries[number] >= _TRIES:
                self._reject(row.model_copy(update={"version": version}), RejectReason.HANDLED_ELSEWHERE)

    def _approve(self, row: ProposalRow, version: int) -> bool:
        """Approve as one who may; False where it still waits."""
        flags = dict.fromkeys(content(row).flags, "asked by telephone")
        limit = self.house.home.settings.policy.manager_above * 100
        approvers = (COLLECTOR, MANAGER, CONTROLLER)[1 if row.flagged or row.stake >= limit else 0 :]
        for actor in approvers:
            try:
                if self.house.desk.approve(row.id or 0, version=version, actor=actor, acknowledged=flags, opened=True):
                    return True
            except Blocked:
                if actor == CONTROLLER:
                    raise
        return False

    def _reject(self, row: ProposalRow, reason: RejectReason) -> None:
        self.house.desk.reject(row.id or 0, version=row.version, actor=COLLECTOR, reason=reason)
        self.counts["rejected"] += 1
        self._tell(row.id or 0)

    def _reword(self, row: ProposalRow) -> int:
        """Put a friendly sentence after the greeting; give the new version."""
        draft = content(row).draft
        assert draft is not None, "only a proposal with a draft is reworded"
        hello, gap, rest = draft.body.partition("\n\n")
        body = f"{hello}\n\n{_WISHES[draft.language]}{gap}{rest}"
        self.house.desk.edit(row.id or 0, version=row.version, actor=COLLECTOR, body=body)
        self.counts["reworded"] += 1
        return row.version + 1

    def _tell(self, number: int) -> None:
        with looking(self.house.home.engine) as session:
            self.decided(session.get_one(ProposalRow, number))

    # --- what is left to people -------------------------------------------------------------------------------------

    def _beside_the_desk(self) -> None:
        home = self.house.home
        with looking(home.engine) as session:
            disputes = self._ripe_disputes(session)
            contacts = session.exec(
                select(Contact).where(
                    Contact.status == ContactStatus.TO_VERIFY, col(Contact.created_at) <= home.now - _CONTACT_TAKES
                )
            ).all()
            matters = session.exec(
                select(Escalation.id)
                .join(Effect, col(Effect.id) == col(Escalation.effect_id))
                .where(Escalation.status == "open", col(Effect.applied_at) <= home.now - _MATTER_TAKES)
            ).all()
        for dispute, most in disputes:
            self._end(dispute, int(most * 100))
        for contact in contacts:
            self.house.desk.verify_contact(contact.id or 0, actor=MANAGER, note="called on the known number")
            self.world.verified(contact.customer_id, contact.email, contact.role, now=home.now)
        for matter in matters:
            with unit_of_work(home.engine) as session:
                close_matter(session, matter or 0, actor=MANAGER, note="talked to the customer", now=home.now)
        self._tell_the_erp()

    def _ripe_disputes(self, session: Session) -> list[tuple[Dispute, Decimal]]:
        rows = session.exec(
            select(Dispute)
            .join(Effect, col(Effect.id) == col(Dispute.effect_id))
            .where(Dispute.status == DisputeStatus.OPEN, col(Effect.applied_at) <= self.house.home.now - _DISPUTE_TAKES)
        ).all()
        return [(row, contested(session, row)) for row in rows]

    def _end(self, dispute: Dispute, most: int) -> None:
        bill = self.world.debtors[dispute.customer_id].named(dispute.invoice_number)
        most = min(most, bill.balance if bill is not None else 0)
        share = self.die.random()
        status, credit = DisputeStatus.REJECTED, 0
        if share < 0.5 and most:
            status, credit = DisputeStatus.CREDITED, most if share < 0.25 else max(1, most // 2)
        elif share < 0.6:
            status = DisputeStatus.WITHDRAWN
        self.house.desk.end_dispute(
            dispute.id or 0,
            status=status,
            actor=MANAGER,
            reason="looked into",
            credit=euros(credit) if credit else None,
        )
        self.counts[f"dispute {status}"] += 1
        self.world.dispute_ended(dispute.customer_id, dispute.invoice_number, credit, now=self.house.home.now)

    def _tell_the_erp(self) -> None:
        home = self.house.home
        with unit_of_work(home.engine) as session:
            told = waiting(session)
            if not told:
                return
            due = home.now.date() + timedelta(days=home.settings.policy.resubmission_answer_days)
            mark_exported(session, told, answer_due=due, actor=COLLECTOR, now=home.now)
        for reissue in told:
            self.world.reissue(reissue.customer_id, reissue.invoice_number, reissue.po_number, day=home.now.date())
