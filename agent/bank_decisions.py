"""What a person decides of a line of the bank, and all that follows: other lines matched anew, promises and searches judged.

The command line, the pages and the API call this. The ledger is not changed: the ERP books what is exported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from agent.bank_again import Touched, rematch_touched
from agent.banking import rematch
from store import bank_deciding
from store.bank_deciding import Share
from store.bank_falling import say_booked
from store.bank_knowing import say_known
from store.bank_tables import BankLine, BankPart
from store.bank_words import BankFault, Deduction, LineState
from store.engine import unit_of_work
from store.keeping import keep
from tools.limits import Policy

#: From this confidence on lines are offered to be confirmed together, where the amount is exactly what is open.
TOGETHER = 0.95
_EXACT = ("exact", "advice", "payer_and_amount", "payer_and_sum", "sum")


@dataclass(frozen=True, slots=True)
class Banking:
    """Decisions on one installation; each is a transaction of its own."""

    engine: Engine
    policy: Policy

    def confirm(
        self,
        line_id: int,
        shares: Sequence[Share] | None = None,
        *,
        actor: str,
        now: datetime,
        customer_id: str | None = None,
        way: int = 0,
        note: str = "",
    ) -> None:
        """Confirm what a line pays: these shares, or the suggestion (`way`: which, from 0). Raises BankFault."""
        with unit_of_work(self.engine) as session:
            chosen, holder = (
                (list(shares), customer_id) if shares is not None else _suggested(session, line_id, way, customer_id)
            )
            touched = Touched()
            touched.see(session, line_id)
            line = bank_deciding.confirm(session, line_id, chosen, actor=actor, now=now, customer_id=holder, note=note)
            touched.see(session, line_id)
            rematch_touched(session, touched, cash=self.policy.cash, now=now)
            self._keep(session, line, now=now)

    def confirm_together(self, line_ids: Iterable[int], *, actor: str, now: datetime) -> dict[int, str]:
        """Confirm several suggestions that are exact; give why not, for those that are not any more. Each by itself."""
        refused = {}
        touched = Touched()
        for line_id in dict.fromkeys(line_ids):
            try:
                with unit_of_work(self.engine) as session:
                    line = session.get(BankLine, line_id)
                    if line is None or not is_exact(line):
                        raise BankFault("is not suggested exactly (any more): look at it by itself")
                    shares, holder = _suggested(session, line_id, 0, None)
                    touched.see(session, line_id)
                    bank_deciding.confirm(session, line_id, shares, actor=actor, now=now, customer_id=holder)
                    touched.see(session, line_id)
            except BankFault as fault:
                refused[line_id] = str(fault)
        with unit_of_work(self.engine) as session:
            rematch_touched(session, touched, cash=self.policy.cash, now=now)
        confirmed = [number for number in line_ids if number not in refused]
        with unit_of_work(self.engine) as session:
            whose = set(session.exec(select(BankPart.customer_id).where(col(BankPart.bank_line_id).in_(confirmed))))
            for customer in sorted(whose):
                keep(session, customer_id=customer, now=now, days=self.policy.keeping_days())
        return refused

    def dismiss(self, line_id: int, *, actor: str, note: str, now: datetime) -> None:
        """Say that a line is no customer's payment. Raises BankFault."""
        with unit_of_work(self.engine) as session:
            touched = Touched()
            touched.see(session, line_id)
            bank_deciding.dismiss(session, line_id, actor=actor, note=note, now=now)
            rematch_touched(session, touched, cash=self.policy.cash, now=now)

    def reopen(self, line_id: int, *, actor: str, now: datetime) -> None:
        """Take a decision back that the ERP has not booked. Raises BankFault."""
        with unit_of_work(self.engine) as session:
            bank_deciding.reopen(session, line_id, actor=actor, now=now)
            rematch(session, cash=self.policy.cash, now=now)

    def answer(self, line_id: int, *, yes: bool, actor: str, now: datetime) -> None:
        """Answer what is asked of a line: whether the ERP has booked it, or whether another file brought it. Raises BankFault."""
        with unit_of_work(self.engine) as session:
            line = bank_deciding.asked(session, line_id)
            if line.state == LineState.MAYBE_BOOKED:
                say_booked(session, line, booked=yes, actor=actor, now=now)
            else:
                say_known(session, line, known=yes, actor=actor, now=now)
            rematch(session, cash=self.policy.cash, now=now)
            self._keep(session, line, now=now)

    def _keep(self, session: Session, line: BankLine, *, now: datetime) -> None:
        whose = set(session.exec(select(BankPart.customer_id).where(BankPart.bank_line_id == line.id)))
        for customer in sorted(whose):
            keep(session, customer_id=customer, now=now, days=self.policy.keeping_days())


def is_exact(line: BankLine) -> bool:
    """Say whether a line may be confirmed together with others: suggested, sure, and every cent of it goes to an invoice."""
    if line.state != LineState.SUGGESTED or not line.ways or line.confidence < TOGETHER:
        return False
    best = line.ways[0]
    plain = all(Decimal(p["deducted"]) == 0 for p in best["pieces"])
    return line.match in _EXACT and plain and Decimal(best["unapplied"]) == 0


def shares_of(way: dict[str, Any]) -> list[Share]:
    """Give the shares of a way as it was kept."""
    return [
        Share(
            invoice_number=p["invoice"],
            amount=Decimal(p["amount"]),
            deducted=Decimal(p["deducted"]),
            deduction=Deduction(p["deduction"]) if p["deduction"] else None,
            credit_number=p["credit"],
        )
        for p in way["pieces"]
    ]


def _suggested(session: Session, line_id: int, way: int, customer_id: str | None) -> tuple[list[Share], str | None]:
    line = session.get(BankLine, line_id)
    if line is None:
        raise BankFault(f"there is no line {line_id} of the bank")
    if not 0 <= way < len(line.ways):
        raise BankFault(f"line {line_id} has no suggestion {way + 1}: say what it pays")
    chosen = line.ways[way]
    return shares_of(chosen), customer_id or chosen["customer_id"]
