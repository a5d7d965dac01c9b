"""Closes confirmed parts by invoices that fell in the ledger without a receipt of theirs. Where that is not certain a person is asked.

What is in doubt is neither asked of the customer, nor given to the ERP to be booked: money is never counted twice, and none that was
seen is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import combinations, product

from sqlmodel import Session, col, select

from store import audit
from store.bank_tables import BankLine, BankPart
from store.bank_words import BankFault, LineState, PartState
from store.tables import Invoice, Payment

NOTHING = Decimal(0)
#: More parts of one invoice than this are looked at one by one and all together alone.
_MANY = 8


def close_settled(session: Session, *, actor: str, now: datetime, only: Collection[str] | None = None) -> int:
    """Close confirmed lines whose invoices fell by what was confirmed, ask about those that fell by more. Gives how many are closed.

    `only`: the invoices that are looked at, where not all are.
    """
    by_invoice: dict[str, list[BankPart]] = defaultdict(list)
    query = select(BankPart).where(BankPart.state == PartState.CONFIRMED).order_by(col(BankPart.id))
    query = query if only is None else query.where(col(BankPart.invoice_number).in_(_hanging(session, only)))
    for part in session.exec(query):
        if part.invoice_number is not None:
            by_invoice[part.invoice_number].append(part)
    spent = _spent(session, by_invoice)
    why: dict[int, str] = {}
    for number, parts in by_invoice.items():
        invoice = session.get(Invoice, number)
        if invoice is not None:
            why.update(_follow(invoice, parts, invoice.balance + spent[number]))
    session.add_all(part for parts in by_invoice.values() for part in parts)
    session.flush()
    touched = sorted({part.bank_line_id for parts in by_invoice.values() for part in parts})
    return sum(_line(session, number, why.get(number, ""), actor=actor, now=now) for number in touched)


def _hanging(session: Session, numbers: Collection[str]) -> list[str]:
    """Give these invoices with all that confirmed lines pay together with them: a line is judged by all of its parts at once."""
    found, fresh = set(numbers), set(numbers)
    confirmed = BankPart.state == PartState.CONFIRMED
    while fresh:
        lines = select(BankPart.bank_line_id).where(confirmed, col(BankPart.invoice_number).in_(fresh))
        beside = select(BankPart.invoice_number).where(confirmed, col(BankPart.bank_line_id).in_(lines)).distinct()
        fresh = {number for number in session.exec(beside) if number is not None} - found
        found |= fresh
    return sorted(found)


def begin_following(session: Session, line_id: int) -> None:
    """Note where the invoices of a line stand that was confirmed just now: what they fell by before says nothing of it."""
    parts = session.exec(
        select(BankPart).where(BankPart.bank_line_id == line_id, BankPart.state == PartState.CONFIRMED)
    ).all()
    spent = _spent(session, {part.invoice_number: [] for part in parts if part.invoice_number})
    for part in parts:
        if part.invoice_number is not None:
            part.stood_at = part.stood_last = _known(part.balance_before) + spent[part.invoice_number]
            session.add(part)
    session.flush()


def _spent(session: Session, numbers: dict[str, list[BankPart]]) -> dict[str, Decimal]:
    """Add up by invoice the receipts that are other lines' money: by them an invoice may fall, and it says nothing of these."""
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    if not numbers:
        return found
    of_lines = select(BankLine.payments).where(BankLine.state == LineState.BOOKED)
    taken = {receipt for receipts in session.exec(of_lines) for receipt in receipts}
    for receipt in session.exec(select(Payment).where(col(Payment.invoice_number).in_(list(numbers)))):
        if receipt.id in taken and receipt.invoice_number is not None:
            found[receipt.invoice_number] += receipt.amount
    return found


def _follow(invoice: Invoice, parts: Sequence[BankPart], stands: Decimal) -> dict[int, str]:
    """Book the parts that an invoice fell by; give what a person is asked of other lines whose money may be in the fall.

    `stands`: its balance without what other lines have paid. A fall since the last look goes before one since the confirmation.
    """
    if invoice.balance == 0:
        for part in parts:
            part.state = PartState.BOOKED
        return {}
    for part in parts:
        if part.stood_at is None or part.stood_last is None:
            part.stood_at = part.stood_last = part.balance_before if part.balance_before is not None else stands
    lately = min(_known(p.stood_last) for p in parts) - stands
    since = [_known(p.stood_at) - stands for p in parts]
    for fall in dict.fromkeys((lately, min(since), max(since))):
        chosen = _made_of(parts, fall) if fall > 0 else ()
        if chosen:
            for part in parts:
                part.state = PartState.BOOKED if part in chosen else part.state
                part.stood_at = max(_known(part.stood_at) - fall, stands)
                part.stood_last = stands
            break
    for part in parts:
        part.stood_last = stands
    return {
        part.bank_line_id: (
            f"{invoice.number} has fallen by {invoice.currency} {fell:,.2f} since this was confirmed, and no confirmed money comes to "
            f"exactly that: has the ERP booked the {part.amount:,.2f} of this line together with other money?"
        )
        for part in parts
        if part.state == PartState.CONFIRMED and (fell := _known(part.stood_at) - stands) >= part.amount > 0
    }


def _known(amount: Decimal | None) -> Decimal:
    return amount if amount is not None else NOTHING


def _made_of(parts: Sequence[BankPart], fall: Decimal) -> tuple[BankPart, ...]:
    """Give the parts that make up a fall exactly, with what was deducted or without; nothing where different ones could be meant."""
    sizes = range(1, len(parts) + 1) if len(parts) <= _MANY else (1, len(parts))
    found: dict[tuple[tuple[Decimal, Decimal], ...], tuple[BankPart, ...]] = {}
    for size in sizes:
        for some in combinations(parts, size):
            if fall in _sums(some):
                # Those of equal amounts are alike: the older one is taken.
                found.setdefault(tuple(sorted((p.amount, p.deducted) for p in some)), some)
    return next(iter(found.values())) if len(found) == 1 else ()


def _sums(some: Sequence[BankPart]) -> set[Decimal]:
    if len(some) > _MANY:
        return {sum((p.amount for p in some), NOTHING), sum((p.amount + p.deducted for p in some), NOTHING)}
    ways = product(*({p.amount, p.amount + p.deducted} for p in some))
    return {sum(way, NOTHING) for way in ways}


def _line(session: Session, number: int, why: str, *, actor: str, now: datetime) -> int:
    """Let a line follow its parts; give whether it is closed."""
    line = session.get_one(BankLine, number)
    open_ = session.exec(
        select(BankPart.id).where(BankPart.bank_line_id == number, BankPart.state == PartState.CONFIRMED)
    ).first()
    was = line.state
    if open_ is None:
        line.state, line.explanation = LineState.BOOKED, "the ERP's balances have fallen by it"
    elif why:
        line.state, line.explanation = LineState.MAYBE_BOOKED, why
    elif was == LineState.MAYBE_BOOKED:
        line.state, line.explanation = LineState.CONFIRMED, ""
    session.add(line)
    if line.state != was:
        event = "bank.booked" if line.state == LineState.BOOKED else "bank.doubted"
        payload = {"was": was, "now": line.state, "payments": []}
        audit.append(session, at=now, actor=actor, event=event, subject=f"bank_line:{number}", payload=payload)
    return int(line.state == LineState.BOOKED and was != line.state)


def say_booked(session: Session, line: BankLine, *, booked: bool, actor: str, now: datetime) -> None:
    """Take a person's word whether the ERP has booked a line that is in doubt. Raises BankFault where it is not."""
    if line.state != LineState.MAYBE_BOOKED:
        raise BankFault(f"line {line.id} is {line.state}: nobody asks whether it is booked")
    parts = session.exec(
        select(BankPart).where(BankPart.bank_line_id == line.id, BankPart.state == PartState.CONFIRMED)
    ).all()
    spent = _spent(session, {p.invoice_number: [] for p in parts if p.invoice_number})
    for part in parts:
        if booked:
            part.state = PartState.BOOKED
        if part.invoice_number is not None:
            stands = session.get_one(Invoice, part.invoice_number).balance + spent[part.invoice_number]
            _begin_anew(session, part, stands, booked=booked)
        session.add(part)
    line.state = LineState.BOOKED if booked else LineState.CONFIRMED
    line.explanation = f"{actor} says that the ERP has booked it" if booked else ""
    session.add(line)
    session.flush()
    payload = {"booked": booked}
    audit.append(session, at=now, actor=actor, event="bank.answered", subject=f"bank_line:{line.id}", payload=payload)


def _begin_anew(session: Session, part: BankPart, stands: Decimal, *, booked: bool) -> None:
    """Account for what an invoice fell by: it is other money; or this part's, and then no other part's."""
    if not booked:
        part.stood_at = part.stood_last = stands
        return
    others = select(BankPart).where(
        BankPart.invoice_number == part.invoice_number,
        BankPart.state == PartState.CONFIRMED,
        BankPart.bank_line_id != part.bank_line_id,
    )
    for other in session.exec(others):
        other.stood_at = max(_known(other.stood_at) - part.amount - part.deducted, stands)
        session.add(other)
