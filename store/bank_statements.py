"""Keeps statements and their lines, each once. What was there before is said; nothing is counted twice, nothing half kept.

Whose money a line is nobody says here, and the ledger is not changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from store import audit
from store.bank_knowing import Recognised, recognise
from store.bank_tables import BankAccountStatement, BankLine
from store.bank_words import BankFault, LineState, NamedPart, ReadLine, ReadStatement, keys_of
from store.scoping import whole_house

_MANY = 400


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a statement: how many lines were new, and how many were known. `again`: the very statement was there.

    `recognised`: of the known ones, those that another format brought; `doubtful`: of the new ones, those that may be known.
    """

    statement_id: int
    new: int
    known: int
    again: bool = False
    recognised: int = 0
    doubtful: int = 0


def take_statement(session: Session, read: ReadStatement, *, actor: str, now: datetime, anew: bool = False) -> Taken:
    """Keep a statement in the caller's transaction. `anew`: lines that look like known ones are others all the same. Raises BankFault."""
    whole_house(session)
    audit.take_turn(session)
    keys = keys_of(read.lines)
    digest = _digest(read, keys)
    before = session.exec(
        select(BankAccountStatement).where(
            BankAccountStatement.account == read.account, BankAccountStatement.digest == digest
        )
    ).first()
    if before is not None:
        return Taken(before.id or 0, 0, len(keys), again=True)
    known = _known(session, read.account, keys)
    fresh = [(key, line) for key, line in zip(keys, read.lines, strict=True) if key not in known]
    found = Recognised({}, {})
    if fresh and not anew:
        found = recognise(session, read, [line for _, line in fresh], keys=set(keys))
        if len(found.known) < len(fresh):
            _refuse_the_same_balances(session, read)
    statement = _row(read, digest, actor=actor, now=now)
    session.add(statement)
    session.flush()
    assert statement.id is not None
    new = [(place, key, line) for place, (key, line) in enumerate(fresh) if place not in found.known]
    session.add_all(_line(line, key, statement, maybe=found.doubtful.get(place)) for place, key, line in new)
    session.flush()
    audit.append(
        session,
        at=now,
        actor=actor,
        event="bank.statement_imported",
        subject=f"bank_statement:{statement.id}",
        payload={
            "form": read.form,
            "lines": len(keys),
            "new": len(new),
            "recognised": sorted(found.known.values()),
            "doubtful": len(found.doubtful),
            "digest": digest,
        },
    )
    return Taken(
        statement.id,
        len(new),
        len(keys) - len(new),
        recognised=len(found.known),
        doubtful=len(found.doubtful),
    )


def _digest(read: ReadStatement, keys: Sequence[str]) -> str:
    told = "\x1f".join(
        str(part)
        for part in (
            read.account,
            read.statement_id,
            read.number,
            read.closed_on,
            read.opening,
            read.closing,
            *sorted(keys),
        )
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _known(session: Session, account: str, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), _MANY):
        some = keys[start : start + _MANY]
        found.update(session.exec(select(BankLine.key).where(BankLine.account == account, col(BankLine.key).in_(some))))
    return found


def _refuse_the_same_balances(session: Session, read: ReadStatement) -> None:
    """Refuse a statement whose balances another format has brought: one spells a batch out that the other has as one line."""
    if read.opening is None or read.closing is None or read.closed_on is None:
        return
    there = select(BankAccountStatement).where(
        BankAccountStatement.account == read.account,
        BankAccountStatement.closed_on == read.closed_on,
        BankAccountStatement.form != read.form,
    )
    if any((row.opening, row.closing) == (read.opening, read.closing) for row in session.exec(there)):
        raise BankFault(
            f"a statement of {read.closed_on} with the same balances, {read.opening:,.2f} and {read.closing:,.2f}, was imported in "
            "another format: leave this file out; if it is another one all the same, say so with --anew"
        )


def _row(read: ReadStatement, digest: str, *, actor: str, now: datetime) -> BankAccountStatement:
    return BankAccountStatement(
        account=read.account,
        currency=read.currency,
        form=read.form,
        statement_ref=read.statement_id[:200],
        number=read.number[:50],
        digest=digest,
        opened_on=read.opened_on,
        closed_on=read.closed_on,
        opening=read.opening,
        closing=read.closing,
        imported_at=now,
        created_by=actor,
    )


def _line(line: ReadLine, key: str, statement: BankAccountStatement, *, maybe: int | None = None) -> BankLine:
    came = line.amount > 0 and not line.reversal
    state = LineState.OPEN if came else LineState.OUTGOING
    # What only left us asks for nothing, whether it is there twice or not.
    doubted = maybe is not None and (came or line.reversal)
    return BankLine(
        bank_statement_id=statement.id or 0,
        account=statement.account,
        key=key,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        currency=line.currency,
        reversal=line.reversal,
        bank_reference=_kept(line.bank_reference, 200),
        end_to_end=_kept(line.end_to_end, 200),
        structured=_kept(line.structured, 100),
        remittance=_kept(line.remittance, 4000),
        payer_name=_kept(line.payer_name, 300),
        payer_iban=_kept(line.payer_iban, 60),
        payer_bic=_kept(line.payer_bic, 20),
        charges=line.charges,
        named=[_part(part) for part in line.named],
        state=LineState.MAYBE_KNOWN if doubted else state,
        same_as=maybe,
        explanation=f"has the day and the amount of line {maybe}, which another file brought: is it the same?"
        if doubted
        else "",
    )


def _kept(text: str, most: int) -> str:
    """Give a text as a database keeps it: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:most]


def _part(part: NamedPart) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, Decimal) else v for k, v in asdict(part).items()}


def named_parts(rows: Iterable[dict[str, Any]]) -> tuple[NamedPart, ...]:
    """Give named parts as they were kept."""
    return tuple(
        NamedPart(
            number=str(row["number"]),
            paid=Decimal(row["paid"]) if row.get("paid") is not None else None,
            deducted=Decimal(row.get("deducted") or "0"),
            why=str(row.get("why") or ""),
        )
        for row in rows
    )


def gaps(session: Session, account: str) -> list[str]:
    """Say between which statements of an account one is missing: where no other one closes with a statement's opening balance."""
    rows = session.exec(select(BankAccountStatement).where(BankAccountStatement.account == account)).all()
    with_balances = [r for r in rows if r.opening is not None and r.closing is not None]
    with_balances.sort(key=lambda r: (_first_day(r), r.number, r.id or 0))
    told = []
    for place, row in enumerate(with_balances[1:], 1):
        before = with_balances[:place]
        if any(b.closing == row.opening for b in with_balances if b is not row):
            continue
        last = max(before, key=lambda r: (r.closed_on or date.min, r.id or 0))
        told.append(
            f"a statement is missing between {last.closed_on} (closed with {last.closing:,.2f}) and {_first_day(row)} "
            f"(opened with {row.opening:,.2f})"
        )
    return told


def _first_day(row: BankAccountStatement) -> date:
    return row.opened_on or row.closed_on or date.min
