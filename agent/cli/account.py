"""Prints what is open with one customer, in words: invoices, promises, plans, disputes, resubmissions, portal items, pauses.

Read only; what became of a promise or a plan is what `store.keeping` would judge now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.table import Table
from rich.text import Text

from agent.cli.home import open_home
from agent.cli.output import CommandFailed, console, print_json, say
from review.account_document import account_document
from review.api_accounts import AccountOut, DisputeOut, NetOut, PaymentCheckOut, PlanOut, PromiseOut
from review.api_models import InvoiceOut, Money
from store.engine import looking
from store.risks import Slipping, warning_of
from tools.base import listed, money


def show_account(customer_id: str, *, config: Path, as_json: bool) -> None:
    """Print one customer's account: the document of the JSON API, or the same in words."""
    home = open_home(config)
    days = home.settings.policy.keeping_days()
    with looking(home.engine) as session:
        account = account_document(session, customer_id, clock=home.clock, days=days)
        warning = warning_of(session, customer_id)
    if account is None:
        raise CommandFailed(f"{customer_id} is no customer in the ledger: see customer_id in customers.csv", code=2)
    if as_json:
        print_json(account.model_dump(mode="json"))
        return
    _print(account, warning)


# --- for a person ---------------------------------------------------------------------------------------------


def _print(account: AccountOut, warning: Slipping | None) -> None:
    say(f"{account.name} ({account.id}), on {account.today}")
    say(f"ledger of {account.ledger_of}" if account.ledger_of else "the ledger was never imported")
    if account.stopped:
        say(f"nothing may be written to them: {_plain(account.stopped)}")
    _table("open invoices", [_invoice_row(i) for i in account.invoices], none="no invoice is open")
    _table("open, less what is applied to no invoice", [_net_row(n) for n in account.net if n.net != n.open])
    if warning:
        say(f"early warning since {warning.since}: {'; '.join(warning.reasons)}")
    _table("promises", [_promise_row(p) for p in account.promises])
    for plan in account.plans:
        about = f"plan {plan.id} over {listed(plan.invoices)}: {plan.words}"
        rows = [(f"due {p.due}", _money(p.amount), p.status, p.words) for p in plan.instalments]
        _table(about + _possible(plan), rows)
    _table("disputes", [_dispute_row(d) for d in account.disputes])
    _table("sent again", [(r.invoice, r.kind, r.status, _on(r.sent_on)) for r in account.resubmissions])
    _table("in a portal", [(p.invoice, p.portal, _plain(p.status)) for p in account.portal])
    _table("searches for money", [_check_row(c) for c in account.payment_checks])
    _table(
        "pauses",
        [(h.invoice or "the whole account", _plain(h.kind), f"until {_day(h.until)}") for h in account.pauses],
    )
    unapplied = [p for p in account.payments if p.invoice is None]
    _table(
        "receipts and credit notes that are applied to no invoice",
        [(p.id, _money(p.amount), f"of {p.received_on}") for p in unapplied],
    )
    _table("what imports changed", [(f"{c.at:%Y-%m-%d}", c.invoice or "", c.words) for c in account.changes[:6]])


def _invoice_row(invoice: InvoiceOut) -> tuple[str, ...]:
    disputed = f", {_money(invoice.disputed)} disputed" if invoice.disputed.amount else ""
    overdue = _overdue(invoice.days_overdue) + disputed
    return invoice.number, _money(invoice.balance), f"due {invoice.due_date}", overdue


def _net_row(net: NetOut) -> tuple[str, ...]:
    parts = [f"{_money(net.open)} open"]
    parts += [f"{_money(net.credits)} credit notes"] if net.credits.amount else []
    parts += [f"{_money(net.receipts)} receipts"] if net.receipts.amount else []
    return f"net {_money(net.net)}", " - ".join(parts), net.words


def _promise_row(promise: PromiseOut) -> tuple[str, ...]:
    amount = _money(promise.amount) if promise.amount else "the open balance"
    return (
        listed(promise.invoices),
        f"{amount} by {promise.due}",
        promise.status,
        promise.words + (_possible(promise) if promise.status == "open" else ""),
    )


def _dispute_row(dispute: DisputeOut) -> tuple[str, ...]:
    part = _money(dispute.amount) if dispute.amount else "the whole balance"
    until = f"due {dispute.due}" if dispute.due else ""
    return dispute.invoice, _plain(dispute.kind), part, dispute.status, dispute.owner, until


def _check_row(check: PaymentCheckOut) -> tuple[str, ...]:
    found = listed(check.payments) if check.payments else ""
    return listed(check.invoices), _plain(check.outcome), check.status, found


def _possible(standing: PromiseOut | PlanOut) -> str:
    if not standing.possible.amount:
        return ""
    return f"; {_money(standing.possible)} more came in and was applied to no invoice"


def _money(amount: Money) -> str:
    return money(amount.amount, amount.currency)


def _overdue(days: int) -> str:
    return f"{days} days overdue" if days else "not due yet"


def _day(day: date | None) -> str:
    return str(day) if day else "a person ends it"


def _on(day: date | None) -> str:
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
