"""Which sums, days and numbers a mail to one customer may hold: worked out from the database's rows and the customer's mail.

None of the product's own rules are asked: a hole in them must show here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from evals.conversations.playing import Played
from evals.conversations.watching import Row, Snapshot, Watched

#: So many holidays in a row may move a deadline, besides weekends.
_HOLIDAYS = 1
_SATURDAY = 5
#: Of so many open invoices every sum of some of them counts; of more only the sum of all.
_MOST_SUMMED = 12


@dataclass(frozen=True, slots=True)
class Grounds:
    """What may be stated. `names`: texts of ours and theirs whose digits are no figures."""

    sums: frozenset[Decimal]
    days: frozenset[date]
    counts: frozenset[int]
    names: frozenset[str]


def own_rows(rows: Snapshot, customer_id: str) -> Iterator[tuple[str, Row]]:
    """Give the rows of one customer, with the name of their table."""
    plans = {row["id"] for row in rows.get("plan", ()) if row["customer_id"] == customer_id}
    for name, table in rows.items():
        for row in table:
            mine = row.get("customer_id") == customer_id or row.get("plan_id") in plans
            if mine or (name == "customer" and row["id"] == customer_id):
                yield name, row


def grounds(played: Played, watched: Watched) -> Grounds:
    """Collect what a letter to this customer may state; nothing but names where the mail belongs to no customer."""
    customer = played.facts.customer.id if played.facts.customer is not None else ""
    rows = list(own_rows(watched.before, customer))
    values = [value for _, row in rows for value in leaves(row)]
    acts = [value for action in played.proposal.actions for value in leaves(action.arguments)]
    invoices = [row for name, row in rows if name == "invoice"]
    today = played.facts.today
    days = {_day(value) for value in values if isinstance(value, date)} | set(_days_of(acts))
    return Grounds(
        sums=frozenset({v for v in values if isinstance(v, Decimal)} | set(_sums_of(acts)) | set(_totals(rows))),
        days=frozenset(days | set(_policy_days(watched, today))),
        counts=frozenset(_counts(invoices, played, today)),
        names=frozenset(v for v in (*values, *_texts_of(acts)) if isinstance(v, str) and any(map(str.isdigit, v))),
    )


def leaves(value: Any) -> Iterator[Any]:
    """Give the single values of a nested one."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def open_sums(invoices: Iterable[Row]) -> list[Decimal]:
    """List what is open on each invoice."""
    return [row["balance"] for row in invoices if row["balance"] > 0]


def _totals(rows: list[tuple[str, Row]]) -> Iterator[Decimal]:
    invoices = [row for name, row in rows if name == "invoice"]
    contested = {
        row["invoice_number"]: row["amount"] for name, row in rows if name == "dispute" and row["status"] == "open"
    }
    free = [i["balance"] - (contested.get(i["number"]) or 0) for i in invoices if i["balance"] > 0]
    for group in (open_sums(invoices), [amount for amount in free if amount > 0]):
        yield sum(group, Decimal(0))
        if len(group) <= _MOST_SUMMED:
            yield from (sum(some, Decimal(0)) for n in range(1, len(group)) for some in combinations(group, n))


def _sums_of(values: Iterable[Any]) -> Iterator[Decimal]:
    """Give the sums of an act's arguments: whether a plan's are right is judged by itself."""
    for value in values:
        if re.fullmatch(r"\d{1,12}(?:\.\d+)?", str(value)) and not isinstance(value, bool):
            yield Decimal(str(value))


def _days_of(values: Iterable[Any]) -> Iterator[date]:
    for value in values:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            yield date.fromisoformat(str(value))


def _texts_of(values: Iterable[Any]) -> Iterator[str]:
    yield from (
        v
        for v in values
        if isinstance(v, str) and not re.fullmatch(r"[\d.-]+", v) and len(v) <= 60  # no sums, no days
    )


def _policy_days(watched: Watched, today: date) -> Iterator[date]:
    """Give the days that the policy may name: counted from when the mail may leave, moved to when an office is open."""
    policy = watched.policy
    counted = (policy.answer_within_days, policy.reply_deadline_days)
    yield today
    opened = _weekday(today)
    for start in {today, opened, _weekday(opened + timedelta(days=1))}:
        for days in counted:
            day = start + timedelta(days=days)
            for _ in range(_HOLIDAYS + 1):
                day = _weekday(day)
                yield day
                day += timedelta(days=1)


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= _SATURDAY else day


def _counts(invoices: list[Row], played: Played, today: date) -> Iterator[int]:
    yield from range(1, len(invoices) + 1)
    for row in invoices:
        yield max(0, (today - row["due_date"]).days)
        yield (row["due_date"] - row["issue_date"]).days
    for action in played.proposal.actions:
        yield from range(1, len(action.arguments.get("instalments") or ()) + 1)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
