"""Matches anew what one decision can touch: lines of the same customers, the same payer or the same sums, and what hangs on those.

It comes to the same as matching all lines (`agent.banking.rematch`); where that is not certain, all are matched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from agent.bank_books import load, receipts_near
from agent.banking import rematch, suggest_all
from ledger.bank.booked import sums_of_receipts
from ledger.bank.books import Kind
from ledger.bank.matching import Matcher
from ledger.bank.naming import name_key
from store import audit
from store.bank_falling import close_settled
from store.bank_tables import BankLine, BankPart
from store.bank_words import UNDECIDED, LineState, PartState
from store.scoping import whole_house
from store.tables import Invoice
from tools.limits import CashLimits

#: So many customers at once are as many as all.
_MANY = 400
_UNKNOWN = "*"
#: How lines were matched that may fit what has their amount.
_NAMELESS = frozenset({"", Kind.AMOUNT_ONLY, Kind.ADVICE})


@dataclass(slots=True)
class Touched:
    """What decisions touch: gathered before and after each, in its transaction."""

    customers: set[str] = field(default_factory=set)
    invoices: set[str] = field(default_factory=set)
    amounts: set[Decimal] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)

    def see(self, session: Session, line_id: int) -> None:
        """Gather what a line touches as it stands now."""
        line = session.get(BankLine, line_id)
        if line is None:
            return
        self.lines.add(line_id)
        self.customers |= {*line.touches, *([line.customer_id] if line.customer_id else [])}
        self.accounts |= {line.payer_iban} - {""}
        self.names |= {name_key(line.payer_name)} - {""}
        parts = session.exec(select(BankPart).where(BankPart.bank_line_id == line_id)).all()
        self.customers |= {part.customer_id for part in parts}
        self.invoices |= {part.invoice_number for part in parts if part.invoice_number}
        self._see_amounts(session)

    def _see_amounts(self, session: Session) -> None:
        """Gather what is left on the invoices, by confirmed lines: a line without a name fits exactly that."""
        for invoice in session.exec(select(Invoice).where(col(Invoice.number).in_(list(self.invoices)))):
            parts = session.exec(
                select(BankPart).where(BankPart.invoice_number == invoice.number, BankPart.state == PartState.CONFIRMED)
            )
            taken = sum((part.amount + part.deducted for part in parts), Decimal(0))
            self.amounts.add(max(invoice.balance - taken, Decimal(0)))


def rematch_touched(session: Session, touched: Touched, *, cash: CashLimits, now: datetime) -> int:
    """Match anew what was touched; give how many lines were looked at."""
    whole_house(session)
    session.flush()
    audit.take_turn(session)
    close_settled(session, actor="code", now=now, only=touched.invoices)
    waiting = _waiting(session)
    open_ = _open(session)
    chosen, customers = _reach(waiting, touched, open_)
    alike = {w.id for w in waiting if w.account in touched.accounts or w.name in touched.names}
    of_payer = _of_payer(session, touched)
    if _UNKNOWN in customers or len(customers) > _MANY or _may_be_booked(session, touched.lines | alike | of_payer):
        rematch(session, cash=cash, now=now)
        return len(waiting)
    if not chosen:
        return 0
    query = select(BankLine).where(col(BankLine.id).in_(chosen))
    rows = session.exec(query.order_by(col(BankLine.booked_on), BankLine.key)).all()
    amounts = {row.amount for row in rows}
    also = [item.number for item in open_ if item.left in amounts and item.customer_id not in customers]
    loaded = load(session, rows, cash=cash, customers=customers, also=also)
    matcher = Matcher(loaded.books, taken=loaded.taken, given=_given(session, also))
    suggest_all(session, rows, matcher, actor="code", now=now)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Waits:
    id: int
    customers: frozenset[str]
    account: str
    name: str
    amount: Decimal
    nameless: bool


@dataclass(frozen=True, slots=True)
class _Open:
    number: str
    customer_id: str
    left: Decimal


def _open(session: Session) -> list[_Open]:
    """Give what is open on each invoice that no confirmed line pays."""
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for part in session.exec(select(BankPart).where(BankPart.state == PartState.CONFIRMED)):
        taken[part.invoice_number or ""] += part.amount + part.deducted
    columns = (col(Invoice.number), col(Invoice.customer_id), col(Invoice.balance))
    rows = session.exec(select(*columns)).all()
    return [_Open(n, c, balance - taken.get(n, Decimal(0))) for n, c, balance in rows if balance > 0]


def _given(session: Session, numbers: list[str]) -> dict[str, Decimal]:
    """Give what is suggested of invoices by lines that nothing touched."""
    given: dict[str, Decimal] = defaultdict(Decimal)
    query = select(BankPart).where(col(BankPart.invoice_number).in_(numbers), BankPart.state == PartState.SUGGESTED)
    for part in session.exec(query):
        given[part.invoice_number or ""] += part.amount + part.deducted
    return given


def _waiting(session: Session) -> list[_Waits]:
    columns = (
        BankLine.id,
        BankLine.touches,
        BankLine.payer_iban,
        BankLine.payer_name,
        BankLine.amount,
        BankLine.match,
    )
    query = select(*columns)  # type: ignore[call-overload]  # more columns than the overloads know
    query = query.where(col(BankLine.state).in_([s.value for s in UNDECIDED]), col(BankLine.reversal).is_(False))
    return [
        _Waits(number, frozenset(touches), account, name_key(name), amount, match in _NAMELESS)
        for number, touches, account, name, amount, match in session.execute(query)
        if amount > 0
    ]


def _reach(waiting: Iterable[_Waits], touched: Touched, open_: Sequence[_Open]) -> tuple[set[int], set[str]]:
    """Give all lines that hang together with what was touched, and the customers of all of them."""
    customers, amounts = set(touched.customers), set(touched.amounts)
    chosen: set[int] = set()
    rest = list(waiting)
    while True:
        amounts |= {item.left for item in open_ if item.customer_id in customers}
        hit = [
            w
            for w in rest
            if w.customers & customers
            or (w.nameless and w.amount in amounts)
            or w.account in touched.accounts
            or w.name in touched.names
        ]
        if not hit:
            return chosen, customers
        chosen |= {w.id for w in hit}
        customers |= {customer for w in hit for customer in w.customers}
        rest = [w for w in rest if w.id not in chosen]


def _of_payer(session: Session, touched: Touched) -> set[int]:
    """Give the lines of the same payer that are decided or that code closed: whose the payer is may tie receipts to them."""
    settled = (LineState.CONFIRMED, LineState.MAYBE_BOOKED, LineState.BOOKED)
    query = select(BankLine.id, BankLine.payer_iban, BankLine.payer_name).where(col(BankLine.state).in_(settled))
    return {
        number
        for number, account, name in session.exec(query)
        if number and (account in touched.accounts or name_key(name) in touched.names)
    }


def _may_be_booked(session: Session, lines: Iterable[int]) -> bool:
    """Say whether the ledger has receipts that could be these lines' money, alone or several together: then all lines vie for them."""
    for number in lines:
        line = session.get_one(BankLine, number)
        near = receipts_near(session, line)
        if (line.currency, line.amount) in sums_of_receipts(near):
            return True
    return False
