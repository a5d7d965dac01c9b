"""The last steps, at the desk: account hold, review, settlement, hand-off, write-off. Proposed, decided, carried out, ended by people.

Every call is a transaction of its own. Who may is asked of the policy each time; the ledger is never changed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session

from agent.approvers import approver_of
from review.last_resort_looking import LastResortLooking
from review.last_resort_rights import Rights, needed_of, standing_first
from store import audit, last_resort, last_resort_deciding
from store.aftermath import Cause
from store.cases import customer_facts
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.last_resort_keeping import cause_known
from store.last_resort_letter import wake_for_letter
from store.last_resort_words import Ending, Ground, Receiver, Standing
from store.outreach_words import LastResort
from store.proposals import Stale
from store.tables import Customer
from tools.approval import same_person
from tools.last_resort_approval import may_approve


class LastResorts(LastResortLooking):
    """The part of the desk that takes the last steps."""

    #: The mailbox from which we write to somebody who never wrote.
    writes_first_from: str = ""

    # --- proposing and deciding -----------------------------------------------------------------------------------

    def propose_last_step(
        self,
        customer_id: str,
        *,
        kind: LastResort,
        invoices: Sequence[str],
        actor: str,
        why: Ground = Ground.JUDGEMENT,
        note: str = "",
        amount: Decimal | None = None,
        pay_by: date | None = None,
        cause: Cause | None = None,
        receiver: Receiver | None = None,
    ) -> int:
        """Propose a step as a person. Raises ValueError, in words, where it may not be or there is nothing to propose."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            if session.get(Customer, customer_id) is None:
                raise ValueError(f"there is no customer {customer_id}")
            self._rights(session, actor).to_propose(kind)
            facts = customer_facts(session, customer_id, now=now)
            if (stands := last_resort.open_of(session, customer_id, kind)) is not None:
                raise ValueError(f"one of this kind stands already: number {stands.id}")
            about = last_resort.claimable(facts, invoices)
            if not about:
                raise ValueError("nothing on these invoices is open and uncontested")
            self._in_time(facts, pay_by)
            if kind is LastResort.WRITE_OFF and cause is None:
                cause = cause_known(session, customer_id, [invoice.number for invoice in about])
            number = last_resort.propose_last_resort(
                session,
                kind=kind,
                customer_id=customer_id,
                invoices=invoices,
                why=why,
                actor=actor,
                now=now,
                amount=amount,
                note=note,
                pay_by=pay_by,
                cause=cause,
                receiver=receiver,
            )
            if number is None:
                raise ValueError("one of this kind stands already")
            row = last_resort_deciding.known(session, number)
            needed = needed_of(row, self.policy)
            if needed.role is None:
                raise ValueError(f"the policy lets nobody approve this: {'; '.join(needed.why)}")
            return number

    def revise_last_step(
        self,
        number: int,
        *,
        version: int,
        actor: str,
        amount: Decimal | None = None,
        pay_by: date | None = None,
        cause: Cause | None = None,
    ) -> int:
        """Change the sum, the day or the cause of a proposal; give the new version. Raises Stale, ValueError."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            self._rights(session, actor).to_propose(LastResort(row.kind))
            self._in_time(customer_facts(session, row.customer_id, now=now), pay_by)
            changed = last_resort_deciding.revise(
                session, number, version=version, actor=actor, now=now, amount=amount, pay_by=pay_by, cause=cause
            )
            needed = needed_of(last_resort_deciding.known(session, number), self.policy)
            if needed.role is None:
                raise ValueError(f"the policy lets nobody approve this: {'; '.join(needed.why)}")
            return changed

    def approve_last_step(self, number: int, *, version: int, actor: str) -> bool:
        """Approve what was seen; False where a second person has to approve as well. Raises Stale, ValueError."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            if row.version != version or row.status != Standing.PROPOSED:
                raise Stale("this was changed or decided meanwhile: look at it again")
            needed, role = needed_of(row, self.policy), approver_of(session, actor, self.roles)
            first = standing_first(session, row, self.roles)
            other = first if first is not None and not same_person(first[0], actor) else None
            refused = may_approve(needed, role=role, first=other[1] if other else None)
            if refused:
                raise ValueError(refused)
            if row.kind == LastResort.HAND_OFF and (against := self._packet(session, row).refused):
                raise ValueError(f"it cannot be handed over: {'; '.join(against)}")
            if needed.two and other is None:
                last_resort_deciding.approve_first(session, number, version=version, actor=actor, now=now)
                return False
            last_resort_deciding.approve(
                session, number, version=version, actor=actor, now=now, second_person=needed.two
            )
            if row.kind == LastResort.SETTLEMENT:
                step = last_resort_deciding.known(session, number)
                wake_for_letter(session, step, mailbox=self.writes_first_from, now=now)
            return True

    def refuse_last_step(self, number: int, *, version: int, actor: str, note: str) -> None:
        """Refuse a proposal, and say why. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            self._rights(session, actor).to_end(LastResort(row.kind))
            last_resort_deciding.refuse(session, number, version=version, actor=actor, now=self.clock(), note=note)

    # --- carrying out and ending ----------------------------------------------------------------------------------

    def told_settlement(self, number: int, *, actor: str) -> None:
        """Note that the customer was told of a settlement by a person. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            if row.kind != LastResort.SETTLEMENT:
                raise ValueError("only a settlement is told to the customer by hand")
            self._rights(session, actor).to_end(LastResort.SETTLEMENT)
            last_resort_deciding.carry_out(session, number, actor=actor, now=self.clock())

    def hand_over_claim(self, number: int, *, actor: str, receiver: Receiver, sha256: str) -> None:
        """Note that the packet with this hash was handed over; nobody asks for these invoices from then on. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            self._rights(session, actor).to_end(LastResort.HAND_OFF)
            if row.status != Standing.APPROVED:
                raise Stale("this was changed or decided meanwhile: look at it again")
            packet = self._packet(session, row)
            if packet.refused:
                raise ValueError(f"it cannot be handed over: {'; '.join(packet.refused)}")
            if packet.sha256 != sha256:
                raise Stale("the account changed since the packet was made: save it anew, and hand that over")
            last_resort_deciding.carry_out(
                session, number, actor=actor, now=self.clock(), receiver=receiver, packet_sha256=sha256
            )

    def end_last_step(self, number: int, *, actor: str, note: str = "", why: Ending | None = None) -> None:
        """End what stands: lift a hold, call a claim back, withdraw, finish a review. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = last_resort_deciding.known(session, number)
            kind = LastResort(row.kind)
            self._rights(session, actor).to_end(kind)
            if kind is not LastResort.HOLD and not note.strip():
                raise ValueError("say why, in your own words")
            usual = {LastResort.HAND_OFF: Ending.CALLED_BACK, LastResort.REVIEW: Ending.REVIEWED}.get(
                kind, Ending.LIFTED
            )
            if why is not None and why is not usual and (kind, why) != (LastResort.HAND_OFF, Ending.GIVEN_BACK):
                raise ValueError(f"a {kind.value.replace('_', '-')} does not end like that")
            last_resort_deciding.end(session, number, why=why or usual, actor=actor, now=self.clock(), note=note)

    # --- within ---------------------------------------------------------------------------------------------------

    def _rights(self, session: Session, actor: str) -> Rights:
        return Rights(actor, approver_of(session, actor, self.roles))

    def _in_time(self, facts: CaseFacts, pay_by: date | None) -> None:
        most = self.policy.last_resort.settlement_days
        if pay_by is not None and pay_by > facts.today + timedelta(days=most):
            raise ValueError(f"the policy lets a settlement be paid within {most} days: {pay_by} is later")
