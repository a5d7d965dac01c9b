"""The lines of the lists beside the queue: what of each thing is shown. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from review import words
from review.listing import Kind
from store.aftermath import DisputeStatus, PlanStatus, PortalStatus, PromiseStatus
from store.matter_lists import SOON, Matter
from store.portals import LEGAL
from tools.base import listed, money
from tools.portal_sheet import MISSING_WORDS, Piece

#: The states by which each list is filtered, the first being the usual one, with their names.
STATES: Mapping[Kind, Mapping[str, str]] = {
    Kind.ESCALATIONS: {"open": "open", "closed": "closed"},
    Kind.PROMISES: {
        "open": "open",
        "soon": "due soon",
        PromiseStatus.BROKEN: "broken",
        PromiseStatus.KEPT: "kept",
        PromiseStatus.REPLACED: "replaced",
    },
    Kind.PLANS: {"open": "proposed or agreed"} | {s: str(s) for s in PlanStatus if s not in ("proposed", "agreed")},
    Kind.DISPUTES: {str(status): str(status) for status in DisputeStatus},
    Kind.PORTAL: {"open": "asks for something"}
    | {str(s): words.plain(s).lower() for s in PortalStatus}
    | {"all": "all"},
    Kind.PAYMENTS: {"open": "open", "applied": "applied", "dismissed": "dismissed", "lapsed": "lapsed"},
}
TITLES: Mapping[Kind, tuple[str, str]] = {
    Kind.ESCALATIONS: ("Handed to a person", "Matters that somebody must take over, those of today first"),
    Kind.PROMISES: ("Promises", "What customers undertook to pay, by the day on which it falls due"),
    Kind.PLANS: ("Payment plans", "Plans that were put to customers, with their instalments"),
    Kind.DISPUTES: ("Disputes", "What customers contest, the one that is due first at the top"),
    Kind.PORTAL: ("Portal items", "Invoices that a person enters in a customer's portal"),
    Kind.PAYMENTS: ("Payment searches", "Money that customers say they paid, and what was found of it"),
}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list. `pills` are pairs of a class of the style sheet and a word; `matter` is for the forms beside it."""

    id: int
    customer: str
    owner: str
    title: str
    amount: str
    pills: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    link: str
    matter: Any
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """What differs from list to list."""

    title: str
    amount: str = ""
    pills: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    link: str = ""


def list_row(kind: Kind, matter: Matter, *, today: date) -> ListRow:
    """Give the line of a thing."""
    said = _SAYS[kind](matter, today)
    return ListRow(
        id=matter.row.id,
        customer=matter.customer,
        owner=matter.owner,
        title=said.title,
        amount=said.amount,
        pills=said.pills,
        lines=tuple(line for line in said.lines if line),
        link=said.link or f"/items/{matter.proposal_id}",
        matter=matter.row,
        moves=said.moves,
    )


def _escalation(matter: Matter, _today: date) -> _Said:
    row = matter.row
    taken = f"Taken over by {row.taken_by}, {_day(row.taken_at.date())}." if row.taken_by else ""
    closed = f"Closed by {row.closed_by}, {_day(row.closed_at.date())}: {row.note}" if row.closed_by else ""
    return _Said(
        title=words.reason_words(row.reason),
        pills=(("bad" if row.urgency == "today" else "warn", row.urgency), ("", row.role)),
        lines=(row.summary, taken, closed),
    )


def _promise(matter: Matter, today: date) -> _Said:
    row = matter.row
    pills = [(_GRAVE.get(row.status, ""), row.status)]
    if row.status == PromiseStatus.OPEN and row.due <= today + SOON:
        days = (row.due - today).days
        pills.append(
            ("warn", "due today" if not days else f"due in {days} d" if days > 0 else f"{-days} d past its day")
        )
    waits = f"In time until {_day(row.wait_until)}." if row.wait_until and row.status == PromiseStatus.OPEN else ""
    return _Said(
        title=f"{_day(row.due)}: {listed(row.invoices) or 'the account'}",
        amount=_money(row.amount, row.currency) or "the open balance",
        pills=tuple(pills),
        lines=(waits,),
    )


def _plan(matter: Matter, today: date) -> _Said:
    row = matter.row
    paid = sum(part.status == "paid" for part in matter.parts)
    lines = [
        f"{part.position}. {_day(part.due)}: {money(part.amount, row.currency)}, {part.status}"
        + (" and late" if part.status == "open" and part.due < today else "")
        for part in matter.parts
    ]
    return _Said(
        title=f"{listed(row.invoices)}: {paid} of {len(matter.parts)} instalments paid",
        amount=money(row.total, row.currency),
        pills=((_GRAVE.get(row.status, ""), row.status),),
        lines=tuple(lines),
    )


def _dispute(matter: Matter, today: date) -> _Said:
    row = matter.row
    pills = [("", words.plain(row.kind).lower())]
    if row.status != DisputeStatus.OPEN:
        pills.append(("", row.status))
    elif row.due is not None:
        pills.append(("bad" if row.due < today else "warn", f"answer due {_day(row.due)}"))
    ended = f"{words.plain(row.status)} by {row.ended_by}, {_day(row.ended_on)}: {row.ending}" if row.ended_on else ""
    return _Said(
        title=row.invoice_number,
        amount=f"{row.amount:,.2f} contested" if row.amount is not None else "the whole invoice",
        pills=tuple(pills),
        lines=(
            f"“{row.statement}”" if row.statement else "",
            f"Owner: {row.owner}." if row.owner else "",
            f"Credit: {row.credit:,.2f}." if row.credit is not None else "",
            ended,
        ),
    )


def _portal(matter: Matter, _today: date) -> _Said:
    row = matter.row
    missing = [MISSING_WORDS[Piece(piece)] for piece in row.missing]
    last = row.moves[-1] if row.moves else None
    return _Said(
        title=row.invoice_number,
        pills=((_GRAVE.get(row.status, ""), words.plain(row.status).lower()), ("", words.plain(row.portal))),
        lines=(
            *(f"Missing: {text}" for text in missing),
            f"{words.plain(last['to'])} by {last['by']}, {last['at'][:10]}{': ' + last['why'] if last['why'] else ''}"
            if last
            else "",
        ),
        moves=tuple(sorted(status.value for status in LEGAL[PortalStatus(row.status)])),
        link=f"/portal-items/{row.id}",
    )


def _payment(matter: Matter, _today: date) -> _Said:
    row = matter.row
    parts = [f"Apply {part['payment']} to {part['invoice']}: {part['amount']}." for part in row.applications]
    return _Said(
        title=listed(row.invoices) or "the account",
        pills=((_GRAVE.get(row.outcome, ""), words.plain(row.outcome).lower()),),
        lines=(
            row.explanation,
            *parts,
            f"Receipts to choose from: {listed(row.payments)}." if row.payments and not parts else "",
            f"Reminders rest until {_day(row.pause_until)}." if row.pause_until and row.status == "open" else "",
        ),
    )


_GRAVE = {
    "broken": "bad",
    "rejected": "bad",
    "not_found": "bad",
    "lapsed": "warn",
    "possible": "warn",
    "kept": "good",
    "found": "good",
}
_SAYS: Mapping[Kind, Callable[[Matter, date], _Said]] = {
    Kind.ESCALATIONS: _escalation,
    Kind.PROMISES: _promise,
    Kind.PLANS: _plan,
    Kind.DISPUTES: _dispute,
    Kind.PORTAL: _portal,
    Kind.PAYMENTS: _payment,
}


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _money(amount: Decimal | None, currency: str) -> str:
    return money(amount, currency) if amount is not None else ""
