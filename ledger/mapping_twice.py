"""Rows of one file that have the same number: word for word the same count once; those that contradict each other are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ledger.mapping_drafts import Applied, Draft
from ledger.mapping_fields import Kind
from store.ledger_faults import Fault
from store.ledger_rows import CustomerRow, InvoiceRow, PaymentRow


def only_once(done: Applied, *, last_wins: bool) -> None:
    """Count a row that stands twice once; rows with one number that differ are refused, all of them, unless the last counts."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    for draft in done.drafts:
        row = draft.invoice or draft.payment or (draft.customer if done.mapping.kind is Kind.CUSTOMERS else None)
        if row is not None:
            groups.setdefault((type(row).__name__, _key(row)), []).append(draft)
    dropped: set[int] = set()
    for same in (drafts for drafts in groups.values() if len(drafts) > 1):
        if all(_row(draft) == _row(same[0]) for draft in same[1:]):
            done.twice += len(same) - 1
            dropped |= {draft.line for draft in same[1:]}
        elif last_wins and _of_one_customer(same):
            done.replaced += len(same) - 1
            dropped |= {draft.line for draft in same[:-1]}
        else:
            _refuse_all(done, same)
            dropped |= {draft.line for draft in same}
    done.drafts = [draft for draft in done.drafts if draft.line not in dropped]


def _refuse_all(done: Applied, same: Sequence[Draft]) -> None:
    column = done.mapping.columns.get(_KEYS[type(_row(same[0]))], "")
    for draft in same:
        other = same[0] if draft is not same[0] else same[-1]
        differs = _different(_row(draft), _row(other))
        text = (
            f"{_key(_row(draft))!r} stands in line {other.line} too, for another customer: give one of them a number of its own"
            if not _of_one_customer(same)
            else f"{_key(_row(draft))!r} stands in line {other.line} too, with another {', '.join(differs) or 'content'}: which one counts? "
            "Leave one out, or say --duplicates last"
        )
        done.refused[draft.line] = [Fault(done.sheet.file, draft.line, column, text)]


def _of_one_customer(same: Sequence[Draft]) -> bool:
    """Say whether rows are of one customer: what another one owes is never replaced."""
    return len({_row(draft).customer_id for draft in same}) == 1


_KEYS: Mapping[type, str] = {
    InvoiceRow: "invoice_number",
    PaymentRow: "payment_id",
    CustomerRow: "customer_id",
}


def _row(draft: Draft) -> Any:
    return draft.invoice or draft.payment or draft.customer


def _key(row: BaseModel) -> str:
    return str(getattr(row, _KEYS[type(row)]))


def _different(one: BaseModel, other: BaseModel) -> list[str]:
    if type(one) is not type(other):
        return []
    return [name for name in type(one).model_fields if getattr(one, name) != getattr(other, name)]
