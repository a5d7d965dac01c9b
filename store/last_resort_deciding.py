"""Decides about last steps: approved by one or two persons, refused, carried out, ended. Every change is conditional on what the decider saw.

Who may decide is the caller's (`tools.last_resort_approval`); that two are two, the database holds. The ledger is never changed here:
what is written off, or settled, leaves the books by import alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from store import audit
from store.aftermath import Cause
from store.cases import customer_facts
from store.conditional import changed
from store.last_resort import claimable, claims, log, refuse_if_paid
from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED, OPEN, Ending, Receiver, Standing
from store.outreach_words import LastResort
from store.proposals import Stale

_MEANWHILE = "this was changed or decided meanwhile: look at it again"


def known(session: Session, number: int) -> LastResortRow:
    """Give a last step as it stands now. Raises ValueError where there is none of this number."""
    row = session.get(LastResortRow, number, populate_existing=True)
    if row is None:
        raise ValueError(f"there is no last step {number}")
    return row


def claim_now(session: Session, row: LastResortRow, *, now: datetime) -> Decimal:
    """Give what is open and uncontested today on its invoices, in its currency."""
    facts = customer_facts(session, row.customer_id, now=now)
    return claims(claimable(facts, row.invoices)).get(row.currency, Decimal(0))


def revise(
    session: Session,
    number: int,
    *,
    version: int,
    actor: str,
    now: datetime,
    amount: Decimal | None = None,
    pay_by: date | None = None,
    cause: Cause | None = None,
) -> int:
    """Change the sum, the day or the cause of a proposal; give the new version. A first approval counts no more. Raises Stale, ValueError."""
    audit.take_turn(session)
    row = _seen(session, number, version=version, status=Standing.PROPOSED)
    values: dict[str, Any] = {}
    if amount is not None:
        values["amount"] = amount
    if pay_by is not None:
        if row.kind != LastResort.SETTLEMENT or pay_by <= customer_facts(session, row.customer_id, now=now).today:
            raise ValueError("only a settlement has a day, and it is still to come")
        values["pay_by"] = pay_by
    if cause is not None:
        if row.kind != LastResort.WRITE_OFF:
            raise ValueError("only a write-off has a cause")
        values["cause"] = cause.value
    claim = claim_now(session, row, now=now)
    _fits(row, claim, amount if amount is not None else row.amount)
    logged = dict(values)
    _change(session, number, version=version, status=Standing.PROPOSED, **values, claim=claim, version_is=version + 1)
    log(session, number, "revised", actor=actor, now=now, payload=logged)
    return version + 1


def approve_first(session: Session, number: int, *, version: int, actor: str, now: datetime) -> None:
    """Note the first of two approvals; it stays proposed for the second person. Raises Stale, ValueError."""
    audit.take_turn(session)
    row = _seen(session, number, version=version, status=Standing.PROPOSED)
    _ground_holds(session, row, now=now)
    values: dict[str, Any] = {"approved_first_by": actor, "approved_first_version": version}
    _change(session, number, version=version, status=Standing.PROPOSED, **values)
    log(session, number, "approved_first", actor=actor, now=now, payload={"version": version})


def approve(session: Session, number: int, *, version: int, actor: str, now: datetime, second_person: bool) -> None:
    """Approve what was seen. Raises Stale, ValueError where less is open by now, IntegrityError where two had to be two."""
    audit.take_turn(session)
    row = _seen(session, number, version=version, status=Standing.PROPOSED)
    _ground_holds(session, row, now=now)
    values: dict[str, Any] = {
        "status_is": Standing.APPROVED.value,
        "approved_by": actor,
        "approved_at": now,
        "approved_version": version,
        "second_person": second_person,
        "version_is": version + 1,
    }
    _change(session, number, version=version, status=Standing.PROPOSED, **values)
    payload = {"kind": row.kind, "amount": row.amount, "currency": row.currency, "second_person": second_person}
    log(session, number, "approved", actor=actor, now=now, payload=payload)


def refuse(session: Session, number: int, *, version: int, actor: str, now: datetime, note: str) -> None:
    """Refuse a proposal, and say why in our own words. Raises Stale, ValueError."""
    audit.take_turn(session)
    if not note.strip():
        raise ValueError("say why, in your own words")
    _seen(session, number, version=version, status=Standing.PROPOSED)
    ended: dict[str, Any] = {
        "end_reason": Ending.REFUSED.value,
        "ended_by": actor,
        "ended_at": now,
        "end_note": note.strip()[:2000],
    }
    _change(session, number, version=version, status=Standing.PROPOSED, **ended, status_is=Standing.REFUSED.value)
    log(session, number, "refused", actor=actor, now=now)


def carry_out(
    session: Session,
    number: int,
    *,
    actor: str,
    now: datetime,
    receiver: Receiver | None = None,
    packet_sha256: str | None = None,
) -> None:
    """Note that an approved step took effect outside: told to the ERP, to the customer, or handed over. Raises Stale, ValueError."""
    audit.take_turn(session)
    row = _standing(session, number, {Standing.APPROVED})
    if row.kind == LastResort.HAND_OFF and (receiver is None or packet_sha256 is None):
        raise ValueError("a claim is handed over with a packet, to somebody")
    values: dict[str, Any] = {
        "carried_out_by": actor,
        "carried_out_at": now,
        "status_is": Standing.CARRIED_OUT.value,
    }
    if receiver is not None:
        values |= {"receiver": receiver.value, "packet_sha256": packet_sha256}
    _change(session, number, version=row.version, status=Standing.APPROVED, **values)
    payload = {"kind": row.kind, "receiver": receiver, "packet": packet_sha256}
    log(session, number, "carried_out", actor=actor, now=now, payload=payload)


def propose_end(session: Session, number: int, *, why: Ending, now: datetime, actor: str = "ledger") -> bool:
    """Propose that a step ends, because its reason is gone: a person ends it. False where that is proposed already."""
    audit.take_turn(session)
    row = _standing(session, number, DECIDED)
    if row.end_proposed_at is not None:
        return False
    values: dict[str, Any] = {"end_reason": why.value, "end_proposed_at": now}
    _change(session, number, version=row.version, status=Standing(row.status), **values)
    log(session, number, "end_proposed", actor=actor, now=now, payload={"why": why.value})
    return True


def end(
    session: Session, number: int, *, why: Ending, actor: str, now: datetime, note: str = "", lapsed: bool = False
) -> None:
    """End an open step: a hold is lifted, a claim called back, a settlement kept; or it `lapsed` by itself. Raises Stale."""
    audit.take_turn(session)
    row = _standing(session, number, OPEN)
    into = Standing.LAPSED if lapsed else Standing.ENDED
    if into is Standing.ENDED and row.status == Standing.PROPOSED:
        raise ValueError("nobody approved this yet: approve it or refuse it")
    values: dict[str, Any] = {
        "end_reason": why.value,
        "ended_by": actor,
        "ended_at": now,
        "end_note": note.strip()[:2000],
        "status_is": into.value,
    }
    _change(session, number, version=row.version, status=Standing(row.status), **values)
    log(session, number, into.value, actor=actor, now=now, payload={"kind": row.kind, "why": why.value})


def mark_exported(session: Session, numbers: Sequence[int], *, actor: str, now: datetime) -> None:
    """Note that the ERP was told; what was approved is carried out by that. First in its transaction: `audit.take_turn`."""
    for number in numbers:
        row = known(session, number)
        if row.status == Standing.APPROVED:
            carry_out(session, number, actor=actor, now=now)
        session.execute(update(LastResortRow).where(col(LastResortRow.id) == number).values(exported_at=now))
    if numbers:
        payload = {"numbers": list(numbers)}
        audit.append(session, at=now, actor=actor, event="last_resort.exported", subject="export", payload=payload)


def _ground_holds(session: Session, row: LastResortRow, *, now: datetime) -> None:
    claim = claim_now(session, row, now=now)
    _fits(row, claim, row.amount)
    refuse_if_paid(session, row, claim=claim)
    if row.kind == LastResort.SETTLEMENT and claim != row.claim:
        raise ValueError(f"{row.currency} {claim:,.2f} is open by now, not {row.claim:,.2f}: name the sum anew")
    if row.kind == LastResort.SETTLEMENT and row.pay_by is not None:
        today = customer_facts(session, row.customer_id, now=now).today
        if row.pay_by <= today:
            raise ValueError(f"the day by which it must be paid, {row.pay_by}, is over: choose a later one")


def _fits(row: LastResortRow, claim: Decimal, amount: Decimal | None) -> None:
    """Refuse a step about money that is not open, or that somebody contests, by now. Raises ValueError."""
    if claim <= 0:
        raise ValueError("nothing on these invoices is open and uncontested any more")
    if amount is None:
        return
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{amount} is no amount in cents")
    if not 0 < amount <= claim:
        raise ValueError(
            f"{row.currency} {claim:,.2f} is open and uncontested: {amount:,.2f} is not above 0 and within that"
        )
    if row.kind == LastResort.SETTLEMENT and amount == claim:
        raise ValueError("a settlement accepts less than what is open")


def _seen(session: Session, number: int, *, version: int, status: Standing) -> LastResortRow:
    row = known(session, number)
    if row.version != version or row.status != status:
        raise Stale(_MEANWHILE)
    return row


def _standing(session: Session, number: int, among: frozenset[Standing] | set[Standing]) -> LastResortRow:
    row = known(session, number)
    if row.status not in among:
        raise Stale(_MEANWHILE)
    return row


def _change(
    session: Session,
    number: int,
    *,
    version: int,
    status: Standing,
    version_is: int | None = None,
    status_is: str | None = None,
    **values: Any,
) -> None:
    """Change a row that is still of this version and standing. Raises Stale."""
    values |= {"version": version_is} if version_is is not None else {}
    values |= {"status": status_is} if status_is is not None else {}
    mine = (col(LastResortRow.id) == number, col(LastResortRow.version) == version)
    count = changed(
        session, update(LastResortRow).where(*mine, col(LastResortRow.status) == status.value).values(**values)
    )
    if count != 1:
        raise Stale(_MEANWHILE)
