"""What follows of a statement or of a new ledger: lines that the ERP has booked are closed, the others matched anew. Books nothing.

All within one transaction of the caller. It comes to the same in whatever order statements and ledgers came in, and a second time
to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from agent.bank_books import Loaded, incoming, load, undecided
from ledger.bank.booked import DAYS, Tied, booked_lines, sums_of_receipts
from ledger.bank.books import Found, Way
from ledger.bank.matching import Matcher, explained
from ledger.bank.naming import Names, Payers
from store import audit
from store.bank_closing import close_booked, follow_invoices, pair_reversals, unbook
from store.bank_deciding import forget_suggestion
from store.bank_falling import close_settled
from store.bank_statements import Taken, gaps, take_statement
from store.bank_tables import BankLine, BankPart
from store.bank_words import BankFault, LineState, PartState, ReadStatement
from store.scoping import whole_house
from tools.limits import CashLimits

CODE = "code"


@dataclass(frozen=True, slots=True)
class Matched:
    """How many lines were found booked, taken back, and how many stand where now among those of which nobody has decided."""

    booked: int = 0
    reversed: int = 0
    states: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BankImport:
    """What became of a file: each statement, what is missing between statements, and what the lines came to."""

    taken: tuple[Taken, ...]
    gaps: tuple[str, ...]
    matched: Matched


def take_statements(
    session: Session, read: Sequence[ReadStatement], *, cash: CashLimits, actor: str, now: datetime, anew: bool = False
) -> BankImport:
    """Keep the statements of a file and match all that is undecided, in the caller's transaction. Raises BankFault: then none is kept."""
    taken = []
    for statement in read:
        try:
            taken.append(take_statement(session, statement, actor=actor, now=now, anew=anew))
        except BankFault as fault:
            which = statement.number or statement.statement_id or str(statement.closed_on or "")
            raise BankFault(f"statement {which}: {fault}" if which else str(fault)) from None
    missing = [told for account in dict.fromkeys(s.account for s in read) for told in gaps(session, account)]
    return BankImport(tuple(taken), tuple(missing), rematch(session, cash=cash, actor=actor, now=now))


def rematch(session: Session, *, cash: CashLimits, actor: str = CODE, now: datetime) -> Matched:
    """Close what the ERP has booked or the bank took back, and make all suggestions anew. Idempotent."""
    whole_house(session)
    if session.exec(select(BankLine.id).limit(1)).first() is None:
        return Matched()
    audit.take_turn(session)
    follow_invoices(session)
    reversed_ = pair_reversals(session, actor=actor, now=now)
    waiting = [*undecided(session), *_confirmed(session)]
    waiting += _booked_since(session, waiting)
    loaded = load(session, waiting, cash=cash)
    booked = _close(session, waiting, loaded, actor=actor, now=now)
    lines = undecided(session)
    # What was closed or taken back gave its invoices free, and told whose an account is: the ledger is loaded as it is now.
    loaded = load(session, lines, cash=cash) if booked or reversed_ else loaded
    matcher = Matcher(loaded.books, taken=loaded.taken)
    states = suggest_all(session, lines, matcher, actor=actor, now=now)
    return Matched(booked=booked, reversed=reversed_, states=states)


def suggest_all(
    session: Session, lines: Sequence[BankLine], matcher: Matcher, *, actor: str, now: datetime
) -> dict[str, int]:
    """Write what each of these lines came to, and what could change it; give how many stand where."""
    read = {line.id: incoming(line) for line in lines}
    touches = {number: sorted(matcher.touches(line)) for number, line in read.items()}
    found = matcher.match(read.values())
    changed = Counter(_suggest(session, line, found[read[line.id].key]) for line in lines)
    for line in lines:
        if line.touches != touches[line.id]:
            line.touches = touches[line.id]
            session.add(line)
    session.flush()
    states = Counter(line.state for line in lines)
    if changed[True]:
        payload = {"changed": changed[True], **{str(state): count for state, count in sorted(states.items())}}
        audit.append(session, at=now, actor=actor, event="bank.matched", subject="bank", payload=payload)
    return dict(states)


def _confirmed(session: Session) -> list[BankLine]:
    held = (LineState.CONFIRMED, LineState.MAYBE_BOOKED)
    return list(session.exec(select(BankLine).where(col(BankLine.state).in_(held)).order_by(BankLine.key)))


def _booked_since(session: Session, waiting: Sequence[BankLine]) -> list[BankLine]:
    """List the lines of the same time that were closed by code alone: their receipts are given out anew with those of the others.

    So the order in which statements came in says nothing of who got which receipt.
    """
    if not waiting:
        return []
    since = min(line.booked_on for line in waiting) - timedelta(days=2 * DAYS)
    closed = select(BankLine).where(
        BankLine.state == LineState.BOOKED, col(BankLine.decided_by).is_(None), BankLine.booked_on >= since
    )
    return [line for line in session.exec(closed.order_by(BankLine.key)) if line.payments]


def _close(session: Session, lines: Sequence[BankLine], loaded: Loaded, *, actor: str, now: datetime) -> int:
    given_anew = {line.id for line in lines}
    closed = session.exec(select(BankLine).where(BankLine.state == LineState.BOOKED)).all()
    spent = {receipt for line in closed if line.id not in given_anew for receipt in line.payments}
    names, payers = Names(loaded.books.items), Payers(loaded.sworn)
    parts: dict[int, list[BankPart]] = {}
    for part in session.exec(select(BankPart).where(col(BankPart.state) == PartState.CONFIRMED)):
        parts.setdefault(part.bank_line_id, []).append(part)
    # What no receipt has the sum of is booked by none: its words need not be read.
    sums = sums_of_receipts(loaded.receipts)
    may = [line for line in lines if (line.currency, line.amount) in sums]
    tied = [_tied(line, parts.get(line.id or 0, []), names, payers) for line in may]
    found = booked_lines(tied, loaded.receipts, spent=spent)
    booked = {line.id or 0: found[incoming(line).key] for line in lines if incoming(line).key in found}
    lost = [line for line in lines if line.state == LineState.BOOKED and line.id not in booked]
    unbook(session, lost, actor=actor, now=now)
    news = {
        line.id or 0: booked[line.id] for line in lines if line.id in booked and line.payments != list(booked[line.id])
    }
    done = close_booked(session, news, actor=actor, now=now)
    return done + close_settled(session, actor=actor, now=now)


def _tied(line: BankLine, parts: Sequence[BankPart], names: Names, payers: Payers) -> Tied:
    read = incoming(line)
    named = names.of(read)
    numbers = {i.number for i in (*named.sure, *named.bare)} | {p.invoice_number for p in parts if p.invoice_number}
    whose = payers.by_account(read) or payers.by_name(read)
    return Tied(read, frozenset(numbers), frozenset(whose | {p.customer_id for p in parts}))


def _suggest(session: Session, line: BankLine, found: Found) -> bool:
    """Write what a line came to; give whether that is news."""
    ways = [_written(way) for way in found.ways]
    best = found.best
    state = LineState.SUGGESTED if best is not None else LineState.UNCLEAR if ways else LineState.OPEN
    if (line.state, line.ways, line.explanation) == (state, ways, explained(found)):
        return False
    forget_suggestion(session, line)
    line.state, line.ways, line.explanation = state, ways, explained(found)
    line.match, line.confidence = (found.ways[0].kind.value, found.ways[0].confidence) if found.ways else ("", 0.0)
    session.add(line)
    if best is not None:
        session.add_all(_part(line, way=best))
    return True


def _part(line: BankLine, *, way: Way) -> list[BankPart]:
    return [
        BankPart(
            bank_line_id=line.id or 0,
            customer_id=piece.customer_id,
            invoice_number=piece.number,
            booked_on=line.booked_on,
            currency=line.currency,
            amount=piece.amount,
            deducted=piece.deducted,
            deduction=piece.deduction or "",
            credit_number=piece.credit_number,
            state=PartState.SUGGESTED,
            confidence=way.confidence,
        )
        for piece in way.pieces
    ]


def _written(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind.value,
        "customer_id": way.customer_id,
        "confidence": round(way.confidence, 3),
        "unapplied": f"{way.unapplied:.2f}",
        "reasons": list(way.reasons),
        "pieces": [
            {
                "invoice": p.number,
                "customer_id": p.customer_id,
                "amount": f"{p.amount:.2f}",
                "deducted": f"{p.deducted:.2f}",
                "deduction": p.deduction.value if p.deduction else "",
                "credit": p.credit_number,
            }
            for p in way.pieces
        ],
    }
