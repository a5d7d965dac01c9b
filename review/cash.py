"""Lines of the bank at the desk: what each may pay, and a person's decision. Accounts of customers leave here masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from agent.bank_decisions import Banking
from review.cash_shown import CashLine, CashSheet, seen_of, shown_line, shown_sheet
from store import bank_lists
from store.bank_deciding import Share
from store.bank_lists import PAGE
from store.bank_tables import BankLine
from store.bank_words import UNDECIDED, BankFault
from store.clock import Clock
from store.engine import looking
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class CashPage:
    """A page of lines, with how many there are of each state."""

    lines: tuple[CashLine, ...]
    total: int
    pages: int
    counts: dict[str, int]


class Cash:
    """The part of the desk for money on the bank account."""

    engine: Engine
    clock: Clock
    policy: Policy

    def cash_lines(self, *, state: str = "", words: str = "", exact: bool = False, page: int = 1) -> CashPage:
        """List lines: those that ask for a person, or of one state."""
        with looking(self.engine) as session:
            found = bank_lists.lines(session, state=state, words=words, exact=exact, page=page)
            counted = bank_lists.counts(session)
        return CashPage(tuple(map(shown_line, found.rows)), found.total, max(1, -(-found.total // PAGE)), counted)

    def cash_line(self, number: int) -> CashSheet | None:
        """Give one line; None where there is none of this number."""
        with looking(self.engine) as session:
            found = bank_lists.one_line(session, number)
        return shown_sheet(found) if found is not None else None

    def confirm_cash(
        self,
        number: int,
        shares: Sequence[Share] | None,
        *,
        actor: str,
        customer_id: str | None = None,
        way: int = 0,
        seen: str = "",
        note: str = "",
    ) -> None:
        """Confirm a line: the way that was looked at, or these shares. Raises BankFault, also where the way is another by now."""
        if shares is None:
            self._still(number, way, seen)
        banking = Banking(self.engine, self.policy)
        banking.confirm(number, shares, actor=actor, now=self.clock(), customer_id=customer_id, way=way, note=note)

    def confirm_cash_together(self, chosen: Sequence[tuple[int, str]], *, actor: str) -> dict[int, str]:
        """Confirm lines with exact suggestions, as they were looked at; give why not for the others."""
        refused: dict[int, str] = {}
        for number, seen in chosen:
            try:
                self._still(number, 0, seen)
            except BankFault as fault:
                refused[number] = str(fault)
        going = [number for number, _ in chosen if number not in refused]
        return refused | Banking(self.engine, self.policy).confirm_together(going, actor=actor, now=self.clock())

    def dismiss_cash(self, number: int, *, actor: str, note: str) -> None:
        """Say that a line is no customer's payment. Raises BankFault."""
        Banking(self.engine, self.policy).dismiss(number, actor=actor, note=note, now=self.clock())

    def reopen_cash(self, number: int, *, actor: str) -> None:
        """Take a decision back that the ERP has not booked. Raises BankFault."""
        Banking(self.engine, self.policy).reopen(number, actor=actor, now=self.clock())

    def answer_cash(self, number: int, *, yes: bool, actor: str) -> None:
        """Answer what is asked of a line: is it booked, is it known? Raises BankFault where nothing is asked."""
        Banking(self.engine, self.policy).answer(number, yes=yes, actor=actor, now=self.clock())

    def _still(self, number: int, way: int, seen: str) -> None:
        with looking(self.engine) as session:
            line = session.get(BankLine, number)
            ways = line.ways if line is not None else []
        if line is None:
            raise BankFault(f"there is no line {number} of the bank")
        if line.state not in UNDECIDED:
            raise BankFault(f"line {number} is {line.state} already: nothing was changed")
        if not 0 <= way < len(ways) or seen_of(ways[way]) != seen:
            raise BankFault(f"line {number}: the suggestion is another one by now: look at it again")
