"""The last steps as the desk shows them: listed, and one with all that a decision rests on. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from outreach.handing_off import Packet, packet_of
from outreach.suggesting import Suggestion, suggestions
from review.last_resort_rights import needed_of, standing_first
from store import last_resort, last_resort_deciding
from store.bank import seen_money
from store.cases import customer_facts
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking
from store.facts import CaseFacts
from store.last_resort_loading import gather, strangers
from store.last_resort_tables import LastResortRow
from store.last_resort_words import OPEN, Standing
from store.outreach_words import LastResort
from store.risks import of_customer as risks_of
from store.tables import AuditEntry, Customer
from tools.approval import Approver
from tools.last_resort_approval import Needed
from tools.limits import Policy

#: So many stand on a page of the list.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A last step as a line of a list."""

    row: LastResortRow
    customer: str


@dataclass(frozen=True, slots=True)
class Step:
    """A last step with all that a person needs to decide. `claim`: open and uncontested today. `first`: of two, who approved."""

    row: LastResortRow
    customer: str
    facts: CaseFacts
    claim: Decimal
    needed: Needed
    first: str | None
    log: tuple[AuditEntry, ...]
    packet: Packet | None = None
    ways: tuple[Suggestion, ...] = ()


class LastResortLooking:
    """The part of the desk that shows last steps."""

    engine: Engine
    clock: Clock
    company: CompanyProfile
    policy: Policy
    roles: Mapping[str, Approver]

    def last_steps(
        self,
        *,
        kind: LastResort | None = None,
        state: str = "open",
        words: str = "",
        page: int = 1,
        limit: int | None = PAGE,
    ) -> tuple[list[Listed], int]:
        """List last steps, the newest first, and how many there are. `state`: open, all, or a standing."""
        query = select(LastResortRow, Customer.name).join(Customer, col(Customer.id) == col(LastResortRow.customer_id))
        if kind is not None:
            query = query.where(LastResortRow.kind == kind.value)
        if state == "open":
            query = query.where(col(LastResortRow.status).in_(sorted(OPEN)))
        elif state != "all":
            query = query.where(LastResortRow.status == Standing(state).value)
        if words:
            like = f"%{words.replace('%', '').replace('_', '')}%"
            query = query.where(col(Customer.name).ilike(like) | col(Customer.id).ilike(like))
        with looking(self.engine) as session:
            total = session.exec(select(func.count()).select_from(query.subquery())).one()
            ordered = query.order_by(col(LastResortRow.id).desc())
            if limit is not None:
                ordered = ordered.limit(limit).offset((page - 1) * limit)
            return [Listed(row, name) for row, name in session.exec(ordered)], total

    def last_step(self, number: int) -> Step | None:
        """Give one last step; None where there is none of this number."""
        with looking(self.engine) as session:
            row = session.get(LastResortRow, number)
            return self._step(session, row) if row is not None else None

    def last_steps_of(self, customer_id: str) -> list[LastResortRow]:
        """List all last steps of a customer, newest first."""
        with looking(self.engine) as session:
            return last_resort.of_customer(session, customer_id)

    def account_for_last_step(self, customer_id: str) -> CaseFacts | None:
        """Give a customer's account, to propose a step on; None where there is no such customer."""
        with looking(self.engine) as session:
            if session.get(Customer, customer_id) is None:
                return None
            return customer_facts(session, customer_id, now=self.clock())

    def _step(self, session: Session, row: LastResortRow) -> Step:
        now, number = self.clock(), row.id or 0
        facts = customer_facts(session, row.customer_id, now=now)
        entries = select(AuditEntry).where(AuditEntry.subject == f"last_resort:{number}").order_by(col(AuditEntry.seq))
        first = standing_first(session, row, self.roles)
        needs_figures = row.status in OPEN and row.kind in (LastResort.HAND_OFF, LastResort.REVIEW)
        packet = self._packet(session, row) if needs_figures else None
        kinds = frozenset(r.kind for r in last_resort.of_customer(session, row.customer_id) if r.status in OPEN)
        ways: tuple[Suggestion, ...] = ()
        if packet is not None and row.kind == LastResort.REVIEW:
            ways = suggestions(facts, packet.compared, refused=packet.refused, open_kinds=kinds)
        return Step(
            row=row,
            customer=facts.customer.name if facts.customer else row.customer_id,
            facts=facts,
            claim=last_resort_deciding.claim_now(session, row, now=now),
            needed=needed_of(row, self.policy),
            first=first[0] if first is not None else None,
            log=tuple(session.exec(entries)),
            packet=packet,
            ways=ways,
        )

    def packet_of_step(self, number: int) -> Packet:
        """Put the packet of a hand-off together, as it would be handed over today. Raises ValueError."""
        with looking(self.engine) as session:
            return self._packet(session, last_resort_deciding.known(session, number))

    def _packet(self, session: Session, row: LastResortRow) -> Packet:
        facts = customer_facts(session, row.customer_id, now=self.clock())
        return packet_of(
            facts,
            number=row.id or 0,
            invoices=row.invoices,
            gathered=gather(session, facts, row.invoices),
            strangers=strangers(session, row.customer_id),
            company=self.company,
            policy=self.policy,
            seen=seen_money(session, row.customer_id),
            risks=_risks(session, row),
        )


def _risks(session: Session, row: LastResortRow) -> list[str]:
    """Say what the risk model says of the invoices of a step, where one has looked at them."""
    return [
        f"{risk.invoice_number}: paid {risk.expected_days_late:.0f} days after its due day, as expected on {risk.as_of}"
        + (f" ({'; '.join(risk.reasons[:2])})" if risk.reasons else "")
        for risk in risks_of(session, row.customer_id)
        if risk.invoice_number in row.invoices
    ]
