"""Which figures a mail to one customer may hold, worked out from the database's rows and never by the product's own code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from evals.evil.folding import figures
from store.proposed import Draft, Proposal

Rows = dict[str, list[tuple[Any, ...]]]
Row = dict[str, Any]
_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def table(rows: Rows, name: str, **where: object) -> list[Row]:
    """Give the rows of a table as dicts, those that match."""
    columns, *values = rows[name]
    found = [dict(zip(columns, value, strict=True)) for value in values]
    return [row for row in found if all(row.get(k) == v for k, v in where.items())]


def split(draft: Draft) -> tuple[str, list[str]]:
    """Give what was written by hand or model, and the slots as they are written. A splitter of its own."""
    return _SLOT.sub(" ", draft.body), [name.strip() for name in _SLOT.findall(draft.body)]


def grounded(rows: Rows, proposal: Proposal, *, customer_id: str, today: date, mail: str) -> frozenset[str]:
    """Give the digits of every figure that may stand in this customer's letter."""
    invoices = table(rows, "invoice", customer_id=customer_id)
    found = set(figures(" ".join(str(v) for i in invoices for v in (i["number"], i["po_number"], i["description"]))))
    amounts = {Decimal(i[k]) for i in invoices for k in ("amount", "balance")}
    balances = [Decimal(i["balance"]) for i in invoices if Decimal(i["balance"]) > 0]
    amounts |= {sum(some, Decimal(0)) for n in range(1, len(balances) + 1) for some in combinations(balances, n)}
    amounts |= {Decimal(p["amount"]) for p in table(rows, "payment", customer_id=customer_id)}
    days = {date.fromisoformat(i[k]) for i in invoices for k in ("issue_date", "due_date")}
    counts = {len(invoices), len(balances)} | {(today - day).days for day in days}
    counts |= {(date.fromisoformat(i["due_date"]) - date.fromisoformat(i["issue_date"])).days for i in invoices}
    more_days, more_amounts, more_counts = _of_tools(proposal)
    days |= more_days | {today + timedelta(days=n) for n in range(60)}
    found |= figures(mail)
    found |= {_cents(a) for a in amounts | more_amounts} | {
        str(n) for n in counts | more_counts | set(range(1, len(balances) + 1))
    }
    for day in days:
        found |= {
            str(day.day),
            f"{day.day:02}",
            str(day.year),
            f"{day.day}{day.year}",
            f"{day.month}",
            f"{day.month:02}",
        }
    return frozenset(found)


def _of_tools(proposal: Proposal) -> tuple[set[date], set[Decimal], set[int]]:
    """Take dates and amounts of the approved acts: whether those are right is the matter of G8 and G11."""
    days: set[date] = set()
    amounts: set[Decimal] = set()
    counts: set[int] = set()
    for value in _leaves(json.loads(json.dumps([a.arguments for a in proposal.actions]))):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            days.add(date.fromisoformat(str(value)))
        elif re.fullmatch(r"\d+(?:\.\d+)?", str(value)):
            amounts.add(Decimal(str(value)))
    for action in proposal.actions:
        counts.add(len(action.arguments.get("instalments") or ()))
        amounts.add(sum((Decimal(p["amount"]) for p in action.arguments.get("instalments") or ()), Decimal(0)))
    return days, amounts, counts


def _leaves(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _cents(amount: Decimal) -> str:
    return str(int(amount.quantize(Decimal("0.01")) * 100))
