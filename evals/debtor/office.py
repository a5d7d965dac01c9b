"""Our own people, by a rule that is written down: who approves what, how a dispute ends, which new contact is real.

They decide at the real desk, under its real rules. They edit nothing and explain nothing away.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from evals.debtor.erp import Erp
from evals.debtor.house import COLLECTOR, MANAGER, House
from evals.debtor.sheet import Sheet
from review.desk import Blocked, Item, RejectReason
from store.aftermath import DisputeStatus
from store.proposals import Stale
from store.tables import Contact, Dispute
from store.vocabulary import ContactStatus, ProposalStatus

#: Stated in every result.
RULE = (
    "A collector approves every proposal as it stands. What the rules keep for a manager, a manager approves within the "
    "policy's limits for managers. What a rule forbids today is looked at again on the next two working days, then turned "
    "down; so is what needs a controller. Nobody edits, and nobody acknowledges a serious flag."
)
_BY_ROLE = "R-APR-01"
_LOOKS, _DAYS = 4, 3


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one proposal. `by` None: nobody could approve it, and `why` says what stood against it."""

    proposal_id: int
    by: str | None
    why: str = ""
    later: bool = False


def decide(house: House, item: Item, *, tries: int = 0) -> Decision:
    """Approve or turn down one proposal, or leave it for the next day. `tries`: on how many days it was left already."""
    number, version = item.row.id or 0, item.row.version
    actor = COLLECTOR
    why = "a controller and a second person would have to approve it"
    for _ in range(_LOOKS):
        try:
            if house.desk.approve(number, version=version, actor=actor):
                return Decision(number, actor)
            break
        except Stale as stale:
            again = house.desk.show(number)
            if again is None or again.row.status != ProposalStatus.HELD:
                return Decision(number, None, str(stale))
            version = again.row.version
        except Blocked as refused:
            why = str(refused)
            if actor == COLLECTOR and any(finding.rule == _BY_ROLE for finding in refused.findings):
                actor = MANAGER
                continue
            if tries + 1 < _DAYS:
                return Decision(number, None, why, later=True)
            break
    return _turned_down(house, number, why)


def _turned_down(house: House, number: int, why: str) -> Decision:
    item = house.desk.show(number)
    assert item is not None, "it was shown a moment ago"
    house.desk.reject(number, version=item.row.version, actor=MANAGER, reason=RejectReason.OTHER, note=why[:400])
    return Decision(number, None, why)


@dataclass
class Office:
    """What the office finds out behind the scenes."""

    house: House
    sheet: Sheet
    erp: Erp

    def day(self) -> list[str]:
        """Do what is due today; say what was done."""
        return [*self._disputes(), *self._contacts()]

    def _disputes(self) -> list[str]:
        plan = self.sheet.office
        done: list[str] = []
        if plan.dispute is None:
            return done
        for dispute in self.house.rows(Dispute):
            if dispute.status != DisputeStatus.OPEN or not self._ripe(dispute.effect_id):
                continue
            status = DisputeStatus(plan.dispute)
            most = dispute.amount if dispute.amount is not None else plan.credit
            credit = min(plan.credit, most) if plan.credit is not None and most is not None else None
            self.house.desk.end_dispute(dispute.id, status=status, actor=MANAGER, reason=plan.why, credit=credit)
            if credit is not None:
                self.erp.credit(dispute.invoice_number, credit)
            done.append(f"dispute about {dispute.invoice_number}: {status}" + (f", {credit}" if credit else ""))
        return done

    def _contacts(self) -> list[str]:
        done = []
        for contact in self.house.rows(Contact):
            waits = contact.status == ContactStatus.TO_VERIFY and contact.email in self.sheet.office.verifies
            if waits and self._age(contact.created_at) >= dt.timedelta(days=1):
                self.house.desk.verify_contact(contact.id, actor=MANAGER, note=self.sheet.office.why)
                done.append(f"{contact.email} was verified")
        return done

    def _ripe(self, effect_id: int) -> bool:
        return self._age(self.erp.applied(effect_id)) >= dt.timedelta(days=self.sheet.office.after_days)

    def _age(self, since: dt.datetime) -> dt.timedelta:
        return self.house.now - since
