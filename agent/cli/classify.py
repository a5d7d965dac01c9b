"""Reads replies from a file and writes their claims: how reading is measured from outside.

Uses the input and the ledger alone: no database of an installation, no stored mail, no clock.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import track
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from agent.cli.output import CommandFailed, errors, fail, say
from agent.cli.replies import Line, read_replies
from agent.cli.show import claim_json
from agent.cli.writing import written_whole
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was found in one reply, and by whom: "embedded", or "model:NAME"."""

    line: Line
    claims: tuple[Claim, ...]
    reader: str
    asked: bool

    @property
    def fell_back(self) -> bool:
        """Whether a model was to read this, and the embedded reader had to."""
        return self.asked and self.reader == "embedded"

    def json(self) -> str:
        document = {
            "id": self.line.id,
            "claims": [claim_json(claim) for claim in self.claims],
            "reader": self.reader,
        }
        return json.dumps(document, ensure_ascii=False)


def classify_file(*, ledger: Path, source: Path, out: Path, reader: str, config: Path) -> None:
    """Read every line of `source` and write one line each to `out`, in the same order.

    A reply that the model could not read is read by the embedded reader, and never passes for the model's: it is marked
    and counted. Raises CommandFailed, also when that happened to all.
    """
    if reader not in ("embedded", "llm"):
        raise CommandFailed(f"--reader {reader!r} is not one of embedded, llm", code=2)
    lines = read_replies(source)
    try:
        loaded = read_ledger(ledger)
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}", code=2) from None
    deps = _deps(reader, config)
    asked = fell_back = 0
    with written_whole(out) as file, tempfile.TemporaryDirectory(prefix="dunwell-classify-") as folder:
        for reading in _readings(lines, loaded, deps, Path(folder)):
            asked += reading.asked
            fell_back += reading.fell_back
            file.write(reading.json() + "\n")
    if fell_back:
        text = f"{fell_back} of {len(lines)} replies were read by the embedded reader because the model failed"
        if fell_back == asked:
            raise CommandFailed(text)
        fail(text)
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


def _readings(lines: list[Line], ledger: Ledger, deps: Deps, folder: Path) -> Iterator[_Reading]:
    engine = open_engine(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        import_ledger(session, ledger, actor="classify", now=datetime.now(UTC))
    numbers = [invoice.invoice_number for invoice in ledger.invoices]
    with unit_of_work(engine) as session:
        for line in track(lines, "reading", console=errors(), transient=True):
            yield _reading(session, line, deps, numbers)
    engine.dispose()


def _reading(session: Session, line: Line, deps: Deps, numbers: list[str]) -> _Reading:
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
    found = read(thought, deps)
    claims, reader = found["claims"], str(found["reader"])
    assert isinstance(claims, tuple)
    return _Reading(
        line,
        claims,
        reader=reader if reader.startswith("model:") else "embedded",
        asked=deps.client is not None and bool(email.new_text.strip()),
    )


def _facts(session: Session, line: Line, email: InboundEmail, numbers: list[str]) -> CaseFacts:
    received = line.received_at()
    customer = line.customer_id or match(session, email, company=_NOBODY, now=received).customer_id
    text = "\n".join((email.subject, email.new_text, email.quoted_text))
    try:
        facts = customer_facts(session, customer, now=received, received_at=received) if customer else None
    except NoResultFound:
        # A customer that the ledger does not have: the reply is read as that of a stranger.
        facts = None
    if facts is None:
        return facts_of_numbers(session, find_invoices(text, numbers), now=received)
    mentioned = find_invoices(text, invoice_numbers(session, customer or ""))
    return facts.model_copy(update={"mentioned": tuple(mentioned)})
