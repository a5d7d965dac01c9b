"""How a decision to write first, or not to, is told in a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.cli.output import console, say

if TYPE_CHECKING:
    from outreach.deciding import Decision


def in_words(decision: Decision) -> str:
    """Say what is decided for one customer, in a line."""
    told = []
    if decision.outward is not None:
        out = decision.outward
        told.append(f"{out.step.replace('_', ' ')} by {out.channel} about {', '.join(out.invoices)}")
    if decision.internal is not None:
        told.append(f"{decision.internal.step.replace('_', ' ')} is proposed to people of ours")
    return "; ".join(told) or f"nothing: {decision.silent}"


def print_lines(decision: Decision) -> None:
    """Print an invoice a line: what comes today, or why nothing, and what comes then."""
    from rich.table import Table

    if not decision.lines:
        say("no invoice is open")
        return
    shown = Table("invoice", "due", "open", "asked", "today", "then")
    for line in decision.lines:
        shown.add_row(
            line.number,
            str(line.due),
            f"{line.currency} {line.balance:,.2f}",
            f"{line.currency} {line.asked:,.2f}" if line.asked is not None else "",
            line.today.replace("_", " ") if line.today is not None else line.why or "no step is due",
            f"{line.then.replace('_', ' ')}, from {line.then_on}" if line.then is not None else "",
        )
    console().print(shown)


def for_whom(one: Any) -> str:
    """Say whom a cadence is for."""
    told = [", ".join(one.tiers)] if one.tiers else []
    told += [f"pays {', '.join(one.history)}"] if one.history else []
    told += [f"from {one.amount_from} open"] if one.amount_from else []
    told += [f"below {one.amount_below} open"] if one.amount_below is not None else []
    return "; ".join(told) or "everybody"


def document(decision: Decision) -> dict[str, Any]:
    """Give a decision as JSON takes it."""
    out, own = decision.outward, decision.internal
    return {
        "customer": decision.customer_id,
        "day": decision.day.isoformat(),
        "cadence": decision.cadence,
        "silent": decision.silent or None,
        "outward": {"step": out.step, "channel": out.channel, "invoices": list(out.invoices), "taken": out.taken}
        if out is not None
        else None,
        "internal": {"step": own.step, "taken": own.taken} if own is not None else None,
        "invoices": [
            {
                "number": line.number,
                "due": line.due.isoformat(),
                "balance": str(line.balance),
                "asked": str(line.asked) if line.asked is not None else None,
                "currency": line.currency,
                "today": line.today,
                "why": line.why or None,
                "then": line.then,
                "then_on": line.then_on.isoformat() if line.then_on is not None else None,
            }
            for line in decision.lines
        ],
    }
