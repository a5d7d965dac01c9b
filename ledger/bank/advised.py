"""Lists the ways that a payer's own word gives: amounts beside each document in the line itself, or a remittance advice. Pure.

An advice is believed as far as it adds up: every number one of ours, the parts together exactly the money, none above what is open.
One that came by mail is believed where the payer of the line is surely that customer, too; else it is a hint for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.bank.books import NOTHING, Advice, Kind, Piece, Way, total
from ledger.bank.references import core_of
from store.bank_words import Deduction, NamedPart

if TYPE_CHECKING:
    from ledger.bank.ways import Ground

_IN_LINE, _QUOTED, _BY_TOTAL, _SHAKY = 0.98, 0.98, 0.9, 0.6
#: What a mail says: of a payer who is known; and of one who is not, never enough to be suggested.
_MAILED, _UNPROVEN = 0.9, 0.5
_MOST_UNPROVEN = 2
_SHORTEST_REFERENCE = 5


def advised(ground: Ground) -> Iterator[Way]:
    """List what the line itself, or an advice for exactly this amount, says."""
    if ground.line.named:
        way = _told(ground, ground.line.named, _IN_LINE, "the payment itself says what it pays")
        if way is not None:
            yield way
    fitting = [a for a in _fitting(ground) if not a.mailed or _tied(ground, a)]
    quoted = [a for a in fitting if _quotes(ground, a.reference)]
    chosen = quoted or [a for a in fitting if not ground.payers or a.customer_id in ground.payers]
    if ground.named.sure and not quoted:
        # What the payment names itself goes before what an advice of the same amount lists.
        chosen = [a for a in chosen if _names_some(ground, a.parts)]
    for advice in chosen:
        known = quoted or advice.customer_id in ground.payers or _names_some(ground, advice.parts)
        sure = _MAILED if advice.mailed else _QUOTED if known else _BY_TOTAL
        told = (
            "an advice in a mail of theirs lists them"
            if advice.mailed
            else "a remittance advice of this amount lists them"
        )
        way = _told(ground, advice.parts, sure if len(chosen) == 1 else _SHAKY, told)
        if way is not None and (way.customer_id == advice.customer_id):
            yield way


def unproven(ground: Ground) -> list[Way]:
    """List what advices in mails say of a payer whom nothing ties to that customer: hints, the fewer the better."""
    found = []
    for advice in _fitting(ground):
        if advice.mailed and not _tied(ground, advice) and (not ground.payers or advice.customer_id in ground.payers):
            told = "an advice in a mail lists them, and nothing else says that the money is theirs"
            way = _told(ground, advice.parts, _UNPROVEN, told)
            if way is not None and way.customer_id == advice.customer_id:
                found.append(way)
    return found[:_MOST_UNPROVEN]


def _fitting(ground: Ground) -> list[Advice]:
    return [a for a in ground.advices if a.total == ground.line.amount and a.currency == ground.line.currency]


def _tied(ground: Ground, advice: Advice) -> bool:
    """Say whether a line is surely of an advice's customer without it, and what they kept back is no more than is usual."""
    surely_named = {i.customer_id for i in ground.named.sure}
    whose = ground.payers or surely_named
    if whose != {advice.customer_id} or surely_named - whose:
        return False
    return all(_usual(ground, part) for part in advice.parts if part.deducted)


def _usual(ground: Ground, part: NamedPart) -> bool:
    item = ground.whole.names.numbered(part.number)
    if item is None or part.deducted < 0:
        return False
    limits, balance = ground.books.limits, ground.left[item.number]
    discount = (
        limits.discounted(balance, limits.discount_share) if limits.in_time(item, ground.line.booked_on) else NOTHING
    )
    return part.deducted <= max(discount, limits.charges(balance))


def _quotes(ground: Ground, reference: str) -> bool:
    core = core_of(reference)
    return len(core) >= _SHORTEST_REFERENCE and core in core_of(f"{ground.line.end_to_end} {ground.line.text}")


def _names_some(ground: Ground, parts: Sequence[NamedPart]) -> bool:
    named = {core_of(i.number) for i in (*ground.named.sure, *ground.named.bare)}
    return any(core_of(part.number) in named for part in parts)


def _told(ground: Ground, parts: Sequence[NamedPart], confidence: float, why: str) -> Way | None:
    """Make a way of what is listed; None where a number is none of ours, or it does not add up."""
    pieces: list[Piece] = []
    kept_back = NOTHING
    used: list[str] = []
    for part in parts:
        if (credit := ground.whole.credit_numbered.get(core_of(part.number))) is not None and part.paid is not None:
            kept_back += abs(part.paid)
            used.append(credit.number)
            continue
        item = ground.whole.names.numbered(part.number)
        if item is None or part.paid is None or part.paid < 0 or item.currency != ground.line.currency:
            return None
        if part.paid + part.deducted > ground.left[item.number]:
            return None
        deduction = _reason(part) if part.deducted else None
        pieces.append(Piece(item.number, item.customer_id, part.paid, part.deducted, deduction))
    if total(p.amount for p in pieces) - kept_back != ground.line.amount or len({p.number for p in pieces}) < len(
        pieces
    ):
        return None
    whose = {p.customer_id for p in pieces}
    reasons = [why]
    if kept_back:
        placed = _less(pieces, kept_back, ", ".join(used))
        if placed is None:
            return None
        pieces = placed
        reasons.append(f"less credit note {', '.join(used)}")
    if ground.accounts and not ground.accounts & whose:
        confidence, reasons = _SHAKY, [*reasons, "but the payer's account has paid for somebody else before"]
    return Way(
        Kind.ADVICE, whose.pop() if len(whose) == 1 else None, tuple(pieces), NOTHING, confidence, tuple(reasons)
    )


def _less(pieces: list[Piece], kept: Decimal, number: str) -> list[Piece] | None:
    """Take credit notes off the largest pieces that have no deduction of their own."""
    placed = {p.number: p for p in pieces}
    for piece in sorted(pieces, key=lambda p: (-p.amount, p.number)):
        if piece.deducted or not kept:
            continue
        off = min(kept, piece.amount)
        kept -= off
        placed[piece.number] = Piece(piece.number, piece.customer_id, piece.amount - off, off, Deduction.CREDIT, number)
    return [placed[p.number] for p in pieces] if not kept else None


def _reason(part: NamedPart) -> Deduction:
    why = part.why.casefold()
    if any(word in why for word in ("discount", "skonto", "escompte", "korting", "sconto", "descuento", "rabat")):
        return Deduction.DISCOUNT
    return (
        Deduction.CHARGES
        if any(word in why for word in ("charge", "fee", "gebühr", "kosten", "frais"))
        else Deduction.OTHER
    )
