"""Proposes the last steps and reads them: account hold, review, settlement, hand-off, write-off. Decided elsewhere (`store.last_resort_deciding`).

Nothing is proposed about money that is contested or not open, nor twice: one of a kind is open for a customer at a time, and the
database holds that. An account hold (no goods on credit) is not the pause of writing that the table `hold` keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import Cause
from store.balances import by_currency, free_of
from store.bank import seen_money
from store.cases import customer_facts
from store.facts import CaseFacts, InvoiceFacts
from store.last_resort_tables import LastResortRow
from store.last_resort_words import OPEN, Ground, Receiver, Standing
from store.outreach_words import LastResort
from store.scoping import narrowed

#: These give money up: they are about one sum, so about one currency.
_GIVES_UP = frozenset({LastResort.SETTLEMENT, LastResort.WRITE_OFF})


def propose_last_resort(
    session: Session,
    *,
    kind: LastResort,
    customer_id: str,
    invoices: Collection[str],
    why: Ground,
    actor: str,
    now: datetime,
    amount: Decimal | None = None,
    note: str = "",
    pay_by: date | None = None,
    cause: Cause | None = None,
    receiver: Receiver | None = None,
) -> int | None:
    """Propose a last step about these invoices (none named: all open ones) and give its number.

    None where one of that kind is open for the customer, or where nothing on the invoices is open and uncontested. `amount`: what
    a settlement accepts by `pay_by`, or what is written off; default: all of what is open and uncontested. Raises ValueError, in
    words for a person, for an invoice that is not theirs, a sum beyond what is open, and what a settlement or a write-off lacks.
    """
    why, kind = Ground(why), LastResort(kind)
    audit.take_turn(session)
    with narrowed(session, customer_id):
        facts = customer_facts(session, customer_id, now=now)
        about = claimable(facts, invoices)
        if not about or open_of(session, customer_id, kind) is not None:
            return None
        values = _values(kind, about, amount=amount, pay_by=pay_by, cause=cause, today=facts.today)
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        number = session.execute(
            insert(LastResortRow)
            .values(
                customer_id=customer_id,
                kind=kind.value,
                status=Standing.PROPOSED.value,
                version=1,
                invoices=[i.number for i in about],
                receiver=receiver.value if receiver else None,
                reason=why.value,
                note=note.strip()[:2000],
                proposed_by=actor,
                proposed_at=now,
                reported=[],
                end_note="",
                **values,
            )
            .on_conflict_do_nothing()
            .returning(col(LastResortRow.id))
        ).scalar_one_or_none()
    if number is not None:
        payload = {
            "kind": kind.value,
            "customer": customer_id,
            "invoices": [i.number for i in about],
            "reason": why.value,
            "amount": values["amount"],
            "claim": values["claim"],
            "currency": values["currency"],
        }
        log(session, number, "proposed", actor=actor, now=now, payload=payload)
    return number


def claimable(facts: CaseFacts, invoices: Collection[str] = ()) -> tuple[InvoiceFacts, ...]:
    """Give those of the named invoices (of all, where none is named) on which something is open and uncontested, oldest first.

    Raises ValueError for a number that is not one of this customer's.
    """
    for number in invoices:
        if facts.invoice(number) is None:
            raise ValueError(f"{number} is not an invoice of this customer")
    return tuple(i for i in facts.open_invoices if (not invoices or i.number in invoices) and uncontested(i) > 0)


def uncontested(invoice: InvoiceFacts) -> Decimal:
    """Give what is open of an invoice and nobody contests."""
    return free_of(invoice)


def claims(invoices: Iterable[InvoiceFacts]) -> dict[str, Decimal]:
    """Add up what is open and uncontested, each currency by itself."""
    return by_currency(invoices, uncontested)


def refuse_if_paid(session: Session, row: LastResortRow, *, claim: Decimal) -> None:
    """Refuse to give up money that the bank account shows and the books do not yet. Raises ValueError, in words for a person.

    `claim`: what is open and uncontested now. A settlement is about what is open to the cent; what is written off may be what
    the money leaves open.
    """
    seen = seen_money(session, row.customer_id) if row.kind in _GIVES_UP else {}
    shown = sum((seen.get(number, Decimal(0)) for number in row.invoices), Decimal(0))
    if not shown or (row.kind == LastResort.WRITE_OFF and (row.amount or claim) <= claim - shown):
        return
    raise ValueError(
        f"the bank account shows {row.currency} {shown:,.2f} for these invoices that is not booked yet: have it booked first, "
        "or say on the page Cash that it is not theirs"
    )


def open_of(session: Session, customer_id: str, kind: LastResort) -> LastResortRow | None:
    """Give the step of this kind that is open for a customer."""
    mine = select(LastResortRow).where(LastResortRow.customer_id == customer_id, LastResortRow.kind == kind.value)
    return session.exec(mine.where(col(LastResortRow.status).in_(sorted(OPEN)))).first()


def of_customer(session: Session, customer_id: str) -> list[LastResortRow]:
    """List all last steps of a customer, newest first."""
    mine = select(LastResortRow).where(LastResortRow.customer_id == customer_id)
    return list(session.exec(mine.order_by(col(LastResortRow.id).desc())))


def log(
    session: Session, number: int, event: str, *, actor: str, now: datetime, payload: dict[str, Any] | None = None
) -> None:
    """Write an entry about a last step: codes, sums and ids, never words."""
    subject = f"last_resort:{number}"
    audit.append(session, at=now, actor=actor, event=f"last_resort.{event}", subject=subject, payload=payload)


def _values(
    kind: LastResort,
    about: Collection[InvoiceFacts],
    *,
    amount: Decimal | None,
    pay_by: date | None,
    cause: Cause | None,
    today: date,
) -> dict[str, Any]:
    """Give the sums of a proposal, checked. Raises ValueError."""
    sums = claims(about)
    if len(sums) > 1 and (kind in _GIVES_UP or amount is not None):
        raise ValueError(f"the invoices are in {', '.join(sorted(sums))}: name those of one currency")
    currency, claim = max(sums.items(), key=lambda entry: entry[1])
    if amount is not None and not 0 < amount <= claim:
        raise ValueError(f"{amount} is not above 0 and at most {claim}, which is open and uncontested ({currency})")
    if amount is not None and amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{amount} is no amount in cents")
    if kind is LastResort.SETTLEMENT:
        if amount is None or amount == claim:
            raise ValueError("say which sum is accepted: less than what is open")
        if pay_by is None or pay_by <= today:
            raise ValueError("say by which day the sum must be paid: a day that is still to come")
    if kind is LastResort.WRITE_OFF:
        amount, cause = amount or claim, cause or Cause.UNKNOWN
    return {
        "currency": currency,
        "claim": claim,
        "amount": amount,
        "pay_by": pay_by if kind is LastResort.SETTLEMENT else None,
        "cause": cause.value if cause is not None and kind is LastResort.WRITE_OFF else None,
    }
