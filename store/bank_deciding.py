"""A person says what a line of the bank pays, or that it pays nothing. Every cent of it is applied, unapplied or dismissed, once.

Nothing here changes an invoice's balance: the ERP books, and its next import closes the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, delete, select

from store import audit
from store.bank_falling import begin_following
from store.bank_tables import BankLine, BankPart
from store.bank_words import ASKED, UNDECIDED, BankFault, Deduction, LineState, PartState
from store.tables import Customer, Invoice

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """What an invoice gets of a line: `amount` of its money; `deducted` was kept back by the customer, for a named reason."""

    invoice_number: str
    amount: Decimal
    deducted: Decimal = NOTHING
    deduction: Deduction | None = None
    credit_number: str = ""


def confirm(
    session: Session,
    line_id: int,
    shares: Sequence[Share],
    *,
    actor: str,
    now: datetime,
    customer_id: str | None = None,
    note: str = "",
) -> BankLine:
    """Confirm what a line pays, in the caller's transaction. What no invoice gets stays unapplied with the customer. Raises BankFault.

    `customer_id`: whose the money is, where the shares do not say, or the rest is another's.
    """
    audit.take_turn(session)
    line = _decidable(session, line_id)
    invoices = _checked(session, line, shares)
    rest = line.amount - sum((s.amount for s in shares), NOTHING)
    whose = {i.customer_id for i in invoices.values()}
    holder = _holder(session, whose, customer_id) if rest else None
    forget_suggestion(session, line)
    line.customer_id = (
        holder if not whose else next(iter(whose)) if len(whose) == 1 and holder in (None, *whose) else None
    )
    for share in shares:
        invoice = invoices[share.invoice_number]
        _part(session, line, invoice.customer_id, share, balance=invoice.balance)
    if holder is not None:
        _part(session, line, holder, Share("", rest), balance=None)
    line.state, line.decided_by, line.decided_at, line.note = LineState.CONFIRMED, actor, now, note.strip()[:300]
    session.add(line)
    session.flush()
    begin_following(session, line_id)
    payload = {
        "parts": [
            {"invoice": s.invoice_number, "amount": s.amount, "deducted": s.deducted, "deduction": s.deduction}
            for s in shares
        ],
        "unapplied": rest,
        "customers": sorted(whose | ({holder} if holder else set())),
        "by_suggestion": line.match,
        "confidence": line.confidence,
    }
    audit.append(session, at=now, actor=actor, event="bank.confirmed", subject=f"bank_line:{line_id}", payload=payload)
    return line


def dismiss(session: Session, line_id: int, *, actor: str, note: str, now: datetime) -> BankLine:
    """Say that a line is no customer's payment, with the reason. Raises BankFault."""
    audit.take_turn(session)
    line = session.get(BankLine, line_id)
    taken_back = line is not None and line.state == LineState.UNCLEAR and line.amount < 0
    if not taken_back:
        line = _decidable(session, line_id)
    assert line is not None
    if not note.strip():
        raise BankFault("say why it is no payment of a customer, in your own words")
    forget_suggestion(session, line)
    line.state, line.customer_id = LineState.DISMISSED, None
    line.decided_by, line.decided_at, line.note = actor, now, note.strip()[:300]
    session.add(line)
    session.flush()
    payload = {"amount": line.amount, "currency": line.currency, "note": line.note}
    audit.append(session, at=now, actor=actor, event="bank.dismissed", subject=f"bank_line:{line_id}", payload=payload)
    return line


def reopen(session: Session, line_id: int, *, actor: str, now: datetime) -> BankLine:
    """Take a confirmation or a dismissal back that the ERP has not booked. Raises BankFault."""
    audit.take_turn(session)
    line = session.get(BankLine, line_id)
    if line is None or line.state not in (LineState.CONFIRMED, LineState.MAYBE_BOOKED, LineState.DISMISSED):
        raise BankFault(f"line {line_id}: only what was confirmed or dismissed, and is not booked, can be opened again")
    before = line.state
    session.execute(delete(BankPart).where(col(BankPart.bank_line_id) == line_id))
    line.state = LineState.OPEN if line.amount > 0 else LineState.UNCLEAR
    if line.same_as is not None:
        line.state = LineState.MAYBE_KNOWN
    line.customer_id, line.decided_by, line.decided_at, line.note = None, None, None, ""
    session.add(line)
    session.flush()
    audit.append(
        session, at=now, actor=actor, event="bank.reopened", subject=f"bank_line:{line_id}", payload={"was": before}
    )
    return line


def asked(session: Session, line_id: int) -> BankLine:
    """Give a line of which something is asked. Raises BankFault where nothing is."""
    audit.take_turn(session)
    line = session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise BankFault(f"there is no line {line_id} of the bank")
    if line.state not in ASKED:
        raise BankFault(f"line {line_id} is {line.state} already: nothing was changed")
    return line


def settled_elsewhere(session: Session, number: str, *, but: int | None = None) -> Decimal:
    """Give what confirmed lines that are not booked take off an invoice, a line left out."""
    parts = session.exec(
        select(BankPart).where(BankPart.invoice_number == number, BankPart.state == PartState.CONFIRMED)
    ).all()
    return sum((p.amount + p.deducted for p in parts if p.bank_line_id != but), NOTHING)


def forget_suggestion(session: Session, line: BankLine) -> None:
    """Take away what was only supposed of a line."""
    session.execute(
        delete(BankPart).where(col(BankPart.bank_line_id) == line.id, col(BankPart.state) == PartState.SUGGESTED)
    )


def _decidable(session: Session, line_id: int) -> BankLine:
    line = session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise BankFault(f"there is no line {line_id} of the bank")
    if line.state not in UNDECIDED or line.amount <= 0:
        raise BankFault(f"line {line_id} is {line.state} already: nothing was changed")
    return line


def _checked(session: Session, line: BankLine, shares: Sequence[Share]) -> dict[str, Invoice]:
    invoices: dict[str, Invoice] = {}
    for share in shares:
        invoice = session.get(Invoice, share.invoice_number)
        if invoice is None:
            raise BankFault(f"{share.invoice_number!r} is no invoice of the ledger")
        if share.invoice_number in invoices:
            raise BankFault(f"{share.invoice_number} is named twice: add its amounts up")
        if invoice.currency != line.currency:
            raise BankFault(
                f"{invoice.number} is in {invoice.currency}, the money in {line.currency}: book it in the ERP"
            )
        _check_share(session, line, share, invoice)
        invoices[share.invoice_number] = invoice
    given = sum((s.amount for s in shares), NOTHING)
    if given > line.amount:
        raise BankFault(f"the parts come to {given:,.2f}, the line has {line.currency} {line.amount:,.2f}")
    return invoices


def _check_share(session: Session, line: BankLine, share: Share, invoice: Invoice) -> None:
    for amount in (share.amount, share.deducted):
        if not amount.is_finite() or amount < 0 or amount != amount.quantize(Decimal("0.01")):
            raise BankFault(f"{invoice.number}: an amount has two decimals, and is not below zero")
    if share.amount + share.deducted <= 0:
        raise BankFault(f"{invoice.number}: say how much of the line it gets")
    if share.deducted and share.deduction is None:
        raise BankFault(f"{invoice.number}: name what was deducted: {', '.join(Deduction)}")
    open_ = invoice.balance - settled_elsewhere(session, invoice.number, but=line.id)
    if share.amount + share.deducted > open_:
        raise BankFault(
            f"{invoice.number}: {share.amount + share.deducted:,.2f} is more than the {max(open_, NOTHING):,.2f} that is open on it "
            "and that no other line pays: leave the rest unapplied"
        )


def _holder(session: Session, whose: set[str], customer_id: str | None) -> str:
    holder = customer_id or (next(iter(whose)) if len(whose) == 1 else None)
    if holder is None:
        raise BankFault("say whose the rest is that no invoice gets: name the customer")
    if session.get(Customer, holder) is None:
        raise BankFault(f"there is no customer {holder!r}")
    return holder


def _part(session: Session, line: BankLine, customer: str, share: Share, *, balance: Decimal | None) -> None:
    session.add(
        BankPart(
            bank_line_id=line.id or 0,
            customer_id=customer,
            invoice_number=share.invoice_number or None,
            booked_on=line.booked_on,
            currency=line.currency,
            amount=share.amount,
            deducted=share.deducted,
            deduction=share.deduction or "",
            credit_number=share.credit_number,
            state=PartState.CONFIRMED,
            confidence=line.confidence,
            balance_before=balance,
        )
    )
