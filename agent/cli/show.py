"""Tables and pages for the terminal, and the JSON of one item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agent.cli.output import console, say
from review import woken
from review.desk import Item
from review.enclosing import file_names


def item_json(item: Item) -> dict[str, Any]:
    """Give one item as a JSON document: what `--json` prints everywhere."""
    proposal = item.proposal
    return {
        "id": item.row.id,
        "message_id": proposal.message_id,
        "followup": item.facts.followup.kind if item.facts.followup else None,
        "woke": woken.why(item.facts.followup) if item.facts.followup else None,
        "subject": item.subject,
        "from": item.message.email.from_address,
        "customer": item.facts.customer.id if item.facts.customer else None,
        "received": item.message.received_at.isoformat(),
        "verdict": proposal.verdict,
        "identity": proposal.identity,
        "claims": [claim_json(claim) for claim in proposal.claims],
        "actions": [action.model_dump(mode="json") for action in proposal.actions],
        "tone": proposal.tone.model_dump(mode="json", by_alias=True),
        "draft": proposal.draft.model_dump(mode="json") if proposal.draft else None,
        "findings": [finding.model_dump(mode="json") for finding in proposal.findings],
        "flags": list(proposal.flags),
        "needs_person": proposal.needs_person,
        "reader": proposal.reader,
        "writer": proposal.writer,
        "status": item.row.status,
        "version": item.row.version,
    }


def claim_json(claim: Any) -> dict[str, Any]:
    """Give one claim as JSON, empty slots left out."""
    return {
        "reason": claim.reason.value,
        "invoices": list(claim.invoices),
        "evidence": claim.evidence,
        "confidence": claim.confidence,
        "slots": claim.slots.model_dump(mode="json", exclude_none=True),
    }


def queue_table(items: Sequence[Item]) -> None:
    """Print a table of items."""
    if not items:
        say("nothing waits for a person")
        return
    table = Table(show_lines=False, expand=True)
    for heading, ratio in (("no.", 1), ("from", 4), ("understood", 5), ("proposed", 6), ("open", 3), ("status", 3)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    for item in items:
        table.add_row(
            str(item.row.id),
            Text(_who(item)),
            Text(_understood(item)),
            Text(_proposed(item)),
            item.open_amount if item.facts.customer else "",
            Text(_standing(item)),
        )
    console().print(table)


def _who(item: Item) -> str:
    return item.facts.customer.name if item.facts.customer else (item.message.email.from_address or "unknown")


def _understood(item: Item) -> str:
    if item.facts.followup is not None:
        return woken.KINDS[item.facts.followup.kind]
    if not item.proposal.claims:
        return str(item.proposal.verdict).replace("_", " ")
    lines = [
        f"{c.reason.value.replace('_', ' ')} {c.confidence:.0%}" + (f" ({', '.join(c.invoices)})" if c.invoices else "")
        for c in item.proposal.claims
    ]
    return "\n".join(lines)


def _proposed(item: Item) -> str:
    lines = [f"(left out) {a.preview}" if a.declined else a.preview for a in item.proposal.actions]
    return "\n".join(lines) or (item.proposal.needs_person or "")


def _standing(item: Item) -> str:
    marks = [str(item.row.status), *item.proposal.flags]
    return "\n".join([*marks, "blocked"] if item.proposal.blocked else marks)


def item_page(item: Item) -> None:
    """Print one item in full."""
    email = item.message.email
    if item.first is not None:
        _page_of_step(item)
        return
    head = (
        f"{email.from_name} <{email.from_address}>  {item.message.received_at:%Y-%m-%d %H:%M} UTC\n{email.subject}\n\n"
    )
    console().print(Panel(Text(head + email.new_text.strip()), title=f"message {item.message.id}"))
    if item.facts.followup is not None:
        say(woken.why(item.facts.followup))
    _rest(item)


def _page_of_step(item: Item) -> None:
    """Say why we write first, in place of a mail that nobody wrote."""
    if item.facts.followup is not None:
        console().print(Panel(Text(woken.why(item.facts.followup)), title="we write first"))
    _rest(item)


def _rest(item: Item) -> None:
    proposal = item.proposal
    queue_table([item])
    if proposal.needs_person:
        console().print(f"[yellow]{escape(proposal.needs_person)}[/yellow]")
    if proposal.draft is not None:
        draft = proposal.draft
        files = file_names(draft)
        along = f"Attached: {', '.join(files)}\n" if files else ""
        to = f"To: {', '.join(draft.recipients)}\nSubject: {draft.subject}\n{along}\n"
        console().print(Panel(Text(to + draft.rendered.strip()), title=f"draft by {draft.written_by}"))
    for finding in proposal.findings:
        console().print(f"[red]{finding.severity.value}[/red] {finding.rule}: {escape(finding.text)}")
