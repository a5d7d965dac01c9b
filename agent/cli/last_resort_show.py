"""Shows last steps in a terminal. Words and tables only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from agent.cli.output import console, say
from review import last_resort_words as said
from tools.base import money

if TYPE_CHECKING:
    from review.last_resort_looking import Listed, Step


def table(rows: Sequence[Listed]) -> None:
    """Show a list."""
    if not rows:
        say("nothing is proposed, and nothing stands")
        return
    shown = Table("number", "customer", "what", "standing", "sum", "invoices", "why")
    for each in rows:
        row = each.row
        amount = row.amount if row.amount is not None else row.claim
        standing = said.STANDINGS[row.status] + (
            "; its end is proposed" if row.end_proposed_at and not row.ended_at else ""
        )
        cells = (each.customer, said.KINDS[row.kind], standing, money(amount, row.currency), ", ".join(row.invoices))
        shown.add_row(str(row.id), *map(escape, cells), escape(said.GROUNDS.get(row.reason, row.reason)))
    console().print(shown)


def page(step: Step) -> None:
    """Show one step with what a decision rests on."""
    row, needed = step.row, step.needed
    say(f"{said.KINDS[row.kind]} {row.id} of {step.customer} ({row.customer_id}): {said.STANDINGS[row.status]}")
    if row.amount is not None:
        until = f", if paid by {row.pay_by}" if row.pay_by else ""
        say(f"sum: {money(row.amount, row.currency)} of {money(row.claim, row.currency)}{until}")
    say(f"open and uncontested today: {money(step.claim, row.currency)} on {', '.join(row.invoices)}")
    say(f"why: {said.GROUNDS.get(row.reason, row.reason)}{': ' + row.note if row.note else ''}")
    who = (
        f"a {needed.role.value}{' and a second person' if needed.two else ''}"
        if needed.role
        else "nobody, by the policy"
    )
    say(f"approves: {who}{' (' + '; '.join(needed.why) + ')' if needed.why else ''}")
    for one in step.packet.compared if step.packet else ():
        shown = Table("way", "may come in", "costs", "left for us", title=f"{money(one.claim, one.currency)} open")
        for way in one.ways:
            mark = " (recommended)" if way.way is one.best else ""
            sums = (money(amount, one.currency) for amount in (way.comes_in, way.costs, way.left))
            shown.add_row(said.WAYS[way.way] + mark, *sums)
        console().print(shown)
        for why in one.why:
            say(f"- {why}")
    for suggestion in step.ways:
        say(f"suggested: {said.SUGGESTED[suggestion.way]}: {suggestion.why}")
    for text in step.packet.refused if step.packet else ():
        say(f"stands against a hand-off: {text}")
    for text in step.packet.said if step.packet else ():
        say(f"to be known: {text}")
