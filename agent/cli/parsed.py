"""How a parsed mail is shown: as a JSON document for programs, as a page or a line for people."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agent.cli.output import console
from store.inbound import Attachment, InboundEmail


def document(email: InboundEmail) -> dict[str, Any]:
    """Give the JSON document of `dunwell parse`: first what it promises, then what else is known."""
    return {
        "kind": str(email.kind),
        "subject": email.subject,
        "new_text": email.new_text,
        "quoted_text": email.quoted_text,
        "signature": email.signature,
        "flags": list(email.flags),
        "attachments": [attachment.model_dump(mode="json") for attachment in email.attachments],
        "bounce": email.bounce.model_dump(mode="json") if email.bounce else None,
        "auto_reply": email.auto_reply.model_dump(mode="json") if email.auto_reply else None,
        "unreadable_reason": email.unreadable_reason,
        "hidden_text": email.hidden_text,
        "message_id": email.message_id,
        "in_reply_to": email.in_reply_to,
        "references": list(email.references),
        "from": email.from_address,
        "from_name": email.from_name,
        "from_raw": email.from_raw,
        "reply_to": email.reply_to,
        "to": list(email.to),
        "sent_at": email.sent_at.isoformat() if email.sent_at else None,
        "auth": email.auth.model_dump(mode="json"),
    }


def one_line(name: str | int, email: InboundEmail) -> str:
    """Put a mail on one line: its name, what it is, its subject and its flags."""
    flags = f"  [{', '.join(email.flags)}]" if email.flags else ""
    words = email.unreadable_reason or email.subject or "(no subject)"
    return f"{name}  {email.kind}  {words[:70]}{flags}"


def show_mail(email: InboundEmail) -> None:
    """Print one mail for a person."""
    console().print(_head(email))
    for title, text in (
        ("new text", email.new_text),
        ("quoted text", email.quoted_text),
        ("signature", email.signature),
        ("hidden text, left out of what is read", email.hidden_text),
        *((f"what {file.filename} says", file.text) for file in email.attachments),
    ):
        if text:
            console().print(Panel(Text(text), title=Text(title), title_align="left"))


def _head(email: InboundEmail) -> Group:
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("kind", str(email.kind)),
        ("reason", email.unreadable_reason),
        ("from", email.from_address or email.from_raw),
        ("subject", email.subject),
        ("sent", email.sent_at.isoformat() if email.sent_at else None),
        ("flags", ", ".join(email.flags)),
        ("bounce", _pairs(email.bounce)),
        ("away", _pairs(email.auto_reply)),
        *(("attached", _file(file)) for file in email.attachments),
    ):
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    return Group(table)


def _pairs(found: Any) -> str:
    if found is None:
        return ""
    return ", ".join(f"{name} {value}" for name, value in found.model_dump(mode="json").items() if value is not None)


def _file(file: Attachment) -> str:
    note = f" ({file.note})" if file.note else ""
    return f"{file.filename}, {file.content_type}, {file.size} bytes{note}"
