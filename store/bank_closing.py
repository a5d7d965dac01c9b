"""Closes lines by what the ERP has booked and by what the bank took back. The ERP and the bank say so; nobody else.

A line that is closed counts for nothing any more: the ledger has its money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, delete, select

from store import audit
from store.bank_deciding import forget_suggestion
from store.bank_tables import BankLine, BankPart
from store.bank_words import LineState, PartState
from store.tables import Invoice, Payment

#: So long after a payment the bank takes it back (SEPA direct debits without a mandate: 13 months).
_TAKEN_BACK = timedelta(days=400)
#: So much more than the payment may be taken back with it.
_RETURN_CHARGES = Decimal(25)


def close_booked(session: Session, booked: Mapping[int, Sequence[str]], *, actor: str, now: datetime) -> int:
    """Close lines whose receipts were found in the ledger, and their parts. Gives how many."""
    for number, receipts in sorted(booked.items()):
        line = session.get_one(BankLine, number)
        forget_suggestion(session, line)
        for part in _confirmed(session, number):
            part.state = PartState.BOOKED
            session.add(part)
        customers = {p.customer_id for r in receipts if (p := session.get(Payment, r)) is not None}
        was, line.state, line.payments = line.state, LineState.BOOKED, list(receipts)
        line.customer_id = next(iter(customers)) if len(customers) == 1 else line.customer_id
        if line.decided_by is None:
            line.ways, line.match, line.confidence = [], "", 0.0
        line.explanation = f"the ERP has booked it: {', '.join(list(receipts)[:10])}"
        session.add(line)
        _logged(session, line, was, actor=actor, now=now, receipts=list(receipts))
    session.flush()
    return len(booked)


def unbook(session: Session, lines: Iterable[BankLine], *, actor: str, now: datetime) -> None:
    """Open lines again whose receipts the ledger has no more, or which are another line's."""
    for line in lines:
        was, line.state, line.payments, line.customer_id, line.explanation = line.state, LineState.OPEN, [], None, ""
        session.add(line)
        _logged(session, line, was, actor=actor, now=now, receipts=[], event="bank.unbooked")
    session.flush()


def follow_invoices(session: Session) -> None:
    """Let confirmed parts go with their invoices where the ERP gave an invoice to another customer, as when two were merged."""
    rows = session.exec(
        select(BankPart, Invoice.customer_id)
        .join(Invoice, col(Invoice.number) == BankPart.invoice_number)
        .where(BankPart.state == PartState.CONFIRMED, col(Invoice.customer_id) != col(BankPart.customer_id))
    ).all()
    for part, customer in rows:
        line = session.get_one(BankLine, part.bank_line_id)
        if line.customer_id == part.customer_id:
            line.customer_id = customer
            session.add(line)
        part.customer_id = customer
        session.add(part)
    session.flush()


def pair_reversals(session: Session, *, actor: str, now: datetime) -> int:
    """Find for each line with which the bank took money back the payment that it takes back, and end that one. Gives how many.

    The same whichever of the two was imported first. What the ERP has booked already is a person's: it must be taken back there.
    """
    # SQLite keeps amounts as text: what is below zero is seen here.
    unpaired = select(BankLine).where(col(BankLine.reversal).is_(True), col(BankLine.reverses).is_(None))
    lines = [line for line in session.exec(unpaired) if line.amount < 0 and line.state != LineState.MAYBE_KNOWN]
    paired = 0
    for line in sorted(lines, key=lambda x: (x.booked_on, x.key)):
        if line.state == LineState.DISMISSED:
            continue
        original = _original(session, line)
        if original is None:
            line.state, line.explanation = (
                LineState.UNCLEAR,
                "the bank took money back whose payment is not among the lines here",
            )
        else:
            _take_back(session, line, original, actor=actor, now=now)
            paired += 1
        session.add(line)
        session.flush()
    return paired


def _original(session: Session, line: BankLine) -> BankLine | None:
    there = session.exec(
        select(BankLine).where(
            BankLine.account == line.account,
            BankLine.currency == line.currency,
            BankLine.booked_on <= line.booked_on,
            BankLine.booked_on >= line.booked_on - _TAKEN_BACK,
            col(BankLine.state).not_in([LineState.REVERSED, LineState.MAYBE_KNOWN]),
            col(BankLine.reversal).is_(False),
        )
    )
    taken = set(session.exec(select(BankLine.reverses).where(col(BankLine.reverses).is_not(None))))
    ranked = [
        (_alike(each, line), each.booked_on, each.key, each)
        for each in there
        if _takes(line, each)
        and each.id not in taken
        and not (each.state == LineState.DISMISSED and each.same_as is not None)
    ]
    likely = [entry for entry in ranked if entry[0] > 0]
    return max(likely, key=lambda entry: entry[:3])[3] if likely else None


def _takes(line: BankLine, original: BankLine) -> bool:
    """Say whether the sums fit: the same, or with what banks charge for a return, where the payer's own reference is the same."""
    more = -line.amount - original.amount
    same = bool(original.end_to_end) and original.end_to_end == line.end_to_end
    return original.amount > 0 and (more == 0 or (same and 0 < more <= _RETURN_CHARGES))


def _alike(original: BankLine, line: BankLine) -> int:
    same = (
        (original.end_to_end, line.end_to_end, 4),
        (original.bank_reference, line.bank_reference, 4),
        (original.payer_iban, line.payer_iban, 2),
        (original.payer_name.casefold(), line.payer_name.casefold(), 1),
    )
    return sum(weight for one, other, weight in same if one and one == other)


def _take_back(session: Session, line: BankLine, original: BankLine, *, actor: str, now: datetime) -> None:
    line.reverses = original.id
    if original.state == LineState.BOOKED:
        line.state = LineState.UNCLEAR
        line.explanation = f"the bank took back line {original.id}, which the ERP has booked: take it back there too, then dismiss this line"
        return
    was, original.state = original.state, LineState.REVERSED
    doubted = was in (LineState.CONFIRMED, LineState.MAYBE_BOOKED)
    original.ways, original.match, original.confidence, original.customer_id = [], "", 0.0, None
    original.explanation = f"the bank took it back on {line.booked_on}"
    session.execute(delete(BankPart).where(col(BankPart.bank_line_id) == original.id))
    session.add(original)
    more = -line.amount - original.amount
    charged = f", with {more:,.2f} of charges" if more else ""
    line.state, line.explanation = LineState.OUTGOING, f"takes back line {original.id}{charged}"
    if doubted:
        line.state = LineState.UNCLEAR
        line.explanation += (
            ", which was confirmed: see that the ERP does not book it, or takes it back; then dismiss this line"
        )
    audit.append(
        session,
        at=now,
        actor=actor,
        event="bank.reversed",
        subject=f"bank_line:{original.id}",
        payload={"by": line.id, "was": was, "amount": original.amount},
    )


def _confirmed(session: Session, line_id: int) -> Sequence[BankPart]:
    return session.exec(
        select(BankPart).where(BankPart.bank_line_id == line_id, BankPart.state == PartState.CONFIRMED)
    ).all()


def _logged(
    session: Session,
    line: BankLine,
    was: str,
    *,
    actor: str,
    now: datetime,
    receipts: list[str],
    event: str = "bank.booked",
) -> None:
    payload = {"was": was, "payments": receipts}
    audit.append(session, at=now, actor=actor, event=event, subject=f"bank_line:{line.id}", payload=payload)
