"""Prints what is open with one customer, in words: invoices, promises, plans, disputes, resubmissions, portal items, pauses.

Read only; what became of a promise or a plan is what `store.keeping` would judge now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from agent.cli.home import open_home
from agent.cli.output import CommandFailed, console, print_json, say
from store.cases import customer_facts
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.keeping_days import KeepingDays
from store.keeping_facts import Account
from store.keeping_loading import account_of
from store.keeping_plans import plan_standing
from store.keeping_promises import promise_standing
from store.tables import Customer
from tools.base import listed, money


def show_account(customer_id: str, *, config: Path, as_json: bool) -> None:
    """Print one customer's account."""
    home = open_home(config)
    with unit_of_work(home.engine) as session:
        document = account_document(session, customer_id, home.clock(), home.settings.policy.keeping_days())
    if as_json:
        print_json(document)
        return
    _print(document)


def account_document(session: Session, customer_id: str, now: datetime, days: KeepingDays) -> dict[str, Any]:
    """Give the account as one JSON document. Raises CommandFailed for an unknown customer."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise CommandFailed(f"{customer_id} is no customer in the ledger: see customer_id in customers.csv", code=2)
    account = account_of(session, customer, now=now)
    facts = customer_facts(session, customer_id, now=now)
    return {
        "customer": {
            "id": customer.id,
            "name": customer.name,
            "owner": customer.owner,
            "stopped": customer.stopped_reason,
        },
        "today": account.today,
        "ledger_of": account.ledger_of,
        "invoices": list(_invoices(facts)),
        "promises": list(_promises(account, days)),
        "plans": list(_plans(account, days)),
        "disputes": [
            d.model_dump(
                mode="json", include={"id", "invoice_number", "kind", "amount", "status", "due", "owner", "credit"}
            )
            for d in facts.disputes
        ],
        "resubmissions": [
            r.model_dump(mode="json", include={"id", "invoice_number", "kind", "status", "po_number", "sent_on"})
            for r in facts.resubmissions
        ],
        "portal": [
            p.model_dump(mode="json", include={"id", "invoice_number", "portal", "status"}) for p in facts.portal_items
        ],
        "payment_checks": [
            c.model_dump(mode="json", include={"id", "invoices", "outcome", "status", "payments", "pause_until"})
            for c in facts.checks
        ],
        "pauses": [{"invoice": h.invoice, "kind": h.kind, "until": h.until} for h in account.holds],
        "unapplied": [
            {"id": p.id, "received_on": p.received_on, "amount": p.amount, "currency": p.currency}
            for p in facts.payments
            if p.invoice_number is None
        ],
    }


def _invoices(facts: CaseFacts) -> Iterator[dict[str, Any]]:
    for invoice in facts.open_invoices:
        yield {
            "number": invoice.number,
            "due": invoice.due_date,
            "days_overdue": invoice.days_overdue(facts.today),
            "currency": invoice.currency,
            "amount": invoice.amount,
            "balance": invoice.balance,
            "disputed": invoice.disputed,
        }


def _promises(account: Account, days: KeepingDays) -> Iterator[dict[str, Any]]:
    for promise in account.promises:
        standing = promise_standing(promise, account, days)
        yield {
            "id": promise.id,
            "invoices": promise.invoices,
            "noted": promise.origin.on,
            "due": promise.due,
            "amount": promise.amount,
            "currency": promise.currency,
            "method": promise.method,
            "status": standing.status,
            "in_time_until": standing.last_day,
            "arrived": standing.arrived,
            "late": standing.late,
            "possible": standing.possible,
            "words": standing.words,
        }


def _plans(account: Account, days: KeepingDays) -> Iterator[dict[str, Any]]:
    for plan in account.plans:
        standing = plan_standing(plan, account, days)
        yield {
            "id": plan.id,
            "invoices": plan.invoices,
            "offered": plan.origin.on,
            "total": plan.total,
            "currency": plan.currency,
            "status": standing.status,
            "paid": standing.paid,
            "possible": standing.possible,
            "words": standing.words,
            "instalments": [
                {
                    "id": part.instalment.id,
                    "due": part.instalment.due,
                    "amount": part.instalment.amount,
                    "paid": part.paid,
                    "status": part.status,
                    "words": part.words,
                }
                for part in standing.instalments
            ],
        }


# --- for a person ---------------------------------------------------------------------------------------------


def _print(document: dict[str, Any]) -> None:
    customer = document["customer"]
    say(f"{customer['name']} ({customer['id']}), on {document['today']}")
    say(f"ledger of {document['ledger_of']}" if document["ledger_of"] else "the ledger was never imported")
    if customer["stopped"]:
        say(f"nothing may be written to them: {_plain(customer['stopped'])}")
    invoices = [
        (
            i["number"],
            money(i["balance"], i["currency"]),
            f"due {i['due']}",
            _overdue(i["days_overdue"])
            + (f", {money(i['disputed'], i['currency'])} disputed" if i["disputed"] else ""),
        )
        for i in document["invoices"]
    ]
    _table("open invoices", invoices, none="no invoice is open")
    _table("promises", [_promise_row(p) for p in document["promises"]])
    for plan in document["plans"]:
        about = f"plan {plan['id']} over {listed(plan['invoices'])}: {plan['words']}"
        rows = [
            (f"due {p['due']}", money(p["amount"], plan["currency"]), p["status"], p["words"])
            for p in plan["instalments"]
        ]
        _table(about + _possible(plan), rows)
    _table("disputes", [_dispute_row(d) for d in document["disputes"]])
    _table(
        "sent again",
        [(r["invoice_number"], r["kind"], r["status"], _on(r["sent_on"])) for r in document["resubmissions"]],
    )
    _table("in a portal", [(p["invoice_number"], p["portal"], _plain(p["status"])) for p in document["portal"]])
    _table("searches for money", [_check_row(c) for c in document["payment_checks"]])
    _table(
        "pauses",
        [
            (h["invoice"] or "the whole account", _plain(h["kind"]), f"until {_day(h['until'])}")
            for h in document["pauses"]
        ],
    )
    _table(
        "receipts and credit notes that are applied to no invoice",
        [(p["id"], money(p["amount"], p["currency"]), f"of {p['received_on']}") for p in document["unapplied"]],
    )


def _promise_row(promise: dict[str, Any]) -> tuple[str, ...]:
    amount = money(promise["amount"], promise["currency"]) if promise["amount"] else "the open balance"
    return (
        listed(promise["invoices"]),
        f"{amount} by {promise['due']}",
        promise["status"],
        promise["words"] + (_possible(promise) if promise["status"] == "open" else ""),
    )


def _dispute_row(dispute: dict[str, Any]) -> tuple[str, ...]:
    part = dispute["amount"] or "the whole balance"
    until = f"due {dispute['due']}" if dispute["due"] else ""
    return dispute["invoice_number"], _plain(dispute["kind"]), str(part), dispute["status"], dispute["owner"], until


def _check_row(check: dict[str, Any]) -> tuple[str, ...]:
    found = listed(check["payments"]) if check["payments"] else ""
    return listed(check["invoices"]), _plain(check["outcome"]), check["status"], found


def _possible(standing: dict[str, Any]) -> str:
    if not standing["possible"]:
        return ""
    return f"; {money(standing['possible'], standing['currency'])} more came in and was applied to no invoice"


def _overdue(days: int) -> str:
    return f"{days} days overdue" if days else "not due yet"


def _day(day: date | str | None) -> str:
    return str(day) if day else "a person ends it"


def _on(day: str | None) -> str:
    return f"on {day}" if day else ""


def _plain(code: str) -> str:
    return str(code).replace("_", " ")


def _table(title: str, rows: Sequence[tuple[str, ...]], *, none: str = "") -> None:
    """Print rows under a title; nothing, or one line, where there are none."""
    if not rows:
        if none:
            say(none)
        return
    say(f"\n{title}")
    table = Table(show_header=False, box=None, padding=(0, 3, 0, 2))
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console().print(table)
