"""Reads replies from a file and writes their claims: how reading is measured from outside.

Uses the input and the ledger alone: no database of an installation, no stored mail, no clock.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.progress import track
from sqlmodel import Session

from agent.cli.output import CommandFailed, errors, say
from agent.cli.show import claim_json
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.llm import ModelClient
from agent.nodes.read import read
from agent.state import Thought
from mail.quotes import split
from mail.thread import match
from store.cases import customer_facts, facts_of_numbers, invoice_numbers
from store.clock import system_clock
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.facts import CaseFacts
from store.inbound import InboundEmail, StoredMessage
from store.ledger import Ledger, LedgerFaults, import_ledger, read_ledger
from store.numbers import find_invoices
from store.proposed import Claim
from store.vocabulary import MessageKind
from tools.limits import Policy

#: Whoever sends the replies is a customer; we are nobody in particular.
_NOBODY = CompanyProfile(name="-", email="nobody@dunwell.example")


class Line(BaseModel):
    """One reply of the input."""

    model_config = ConfigDict(extra="ignore")

    id: str | int
    sender: str = Field(default="", alias="from")
    subject: str = ""
    body: str
    received: Annotated[str, Field(min_length=8)]
    customer_id: str | None = None

    def received_at(self) -> datetime:
        """Read the moment it came: ISO 8601, with a zone, without (UTC), or a day alone (noon)."""
        moment = datetime.fromisoformat(self.received.replace("Z", "+00:00"))
        if len(self.received) <= 10:
            moment = datetime.combine(moment.date(), time(12))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def classify_file(*, ledger: Path, source: Path, out: Path, reader: str, config: Path) -> None:
    """Read every line of `source` and write one line each to `out`, in the same order."""
    if reader not in ("embedded", "llm"):
        raise CommandFailed(f"--reader {reader!r} is not one of embedded, llm", code=2)
    lines = _lines(source)
    try:
        loaded = read_ledger(ledger)
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}", code=2) from None
    deps = _deps(reader, config)
    with tempfile.TemporaryDirectory(prefix="dunwell-classify-") as folder, out.open("w", encoding="utf-8") as file:
        for line, claims in _classified(lines, loaded, deps, Path(folder)):
            document = {"id": line.id, "claims": [claim_json(claim) for claim in claims]}
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
    say(f"{len(lines)} replies read, claims in {out}")


def _deps(reader: str, config: Path) -> Deps:
    client = None
    if reader == "llm":
        from agent.cli.home import settings_from

        settings = settings_from(config)
        if settings.model is None:
            raise CommandFailed(f"{config}: model: is missing, and --reader llm needs it", code=2)
        client = ModelClient(settings.model, clock=system_clock)
    return Deps(company=_NOBODY, policy=Policy(), embedded=EmbeddedReader(), client=client)


def _lines(source: Path) -> list[Line]:
    lines = []
    try:
        text = source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{source} cannot be read: {error}", code=2) from None
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            line = Line.model_validate_json(raw)
            line.received_at()
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise CommandFailed(f"{source}:{number}: {where}: {fault['msg']}", code=2) from None
        except ValueError as error:
            raise CommandFailed(f"{source}:{number}: received: {error}", code=2) from None
        lines.append(line)
    return lines


def _classified(
    lines: list[Line], ledger: Ledger, deps: Deps, folder: Path
) -> Iterator[tuple[Line, tuple[Claim, ...]]]:
    engine = open_engine(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        import_ledger(session, ledger, actor="classify", now=datetime.now(UTC))
    numbers = [invoice.invoice_number for invoice in ledger.invoices]
    with unit_of_work(engine) as session:
        for line in track(lines, "reading", console=errors(), transient=True):
            yield line, _claims(session, line, deps, numbers)
    engine.dispose()


def _claims(session: Session, line: Line, deps: Deps, numbers: list[str]) -> tuple[Claim, ...]:
    parts = split(line.body, subject=line.subject)
    email = InboundEmail(
        kind=MessageKind.REPLY,
        from_address=line.sender.rpartition("<")[2].strip("<> ").lower() or None,
        subject=line.subject,
        new_text=parts.new_text,
        quoted_text=parts.quoted_text,
        signature=parts.signature,
    )
    message = StoredMessage(id=0, mailbox="classify", received_at=line.received_at(), email=email)
    facts = _facts(session, line, email, numbers)
    thought = Thought(message=message, facts=facts, budget=deps.budget())
    claims = read(thought, deps)["claims"]
    assert isinstance(claims, tuple)
    return claims


def _facts(session: Session, line: Line, email: InboundEmail, numbers: list[str]) -> CaseFacts:
    received = line.received_at()
    customer = line.customer_id or match(session, email, company=_NOBODY, now=received).customer_id
    text = "\n".join((email.subject, email.new_text, email.quoted_text))
    try:
        facts = customer_facts(session, customer, now=received, received_at=received) if customer else None
    except LookupError:
        facts = None
    if facts is None:
        return facts_of_numbers(session, find_invoices(text, numbers), now=received)
    mentioned = find_invoices(text, invoice_numbers(session, customer or ""))
    return facts.model_copy(update={"mentioned": tuple(mentioned)})
