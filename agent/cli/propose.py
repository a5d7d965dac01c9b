"""The command `dunwell propose`: what dunwell would do about one mail, against a ledger folder, without an installation.

The mail goes the very way that it goes in the daemon, in a database that is thrown away. Nothing is kept, nothing sent.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape
from sqlalchemy import Engine

from agent.cli.mails import read_moment
from agent.cli.output import CommandFailed, console, input_refused, print_json
from agent.cli.show import item_json, item_page
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.graph import propose
from agent.llm import ModelClient
from mail.caps import MAX_BYTES
from mail.parse import date_of
from mail.sandbox import Parser
from mail.thread import assign, match
from review.desk import Desk, Item
from store import messages, proposals
from store.assigning import assign_to
from store.cases import facts_for
from store.clock import system_clock
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from store.inbound import InboundEmail
from store.ledger import LedgerFaults, import_ledger, read_ledger
from store.proposals import Stale
from store.tables import Message
from tools.limits import Policy
from tools.policy_file import read_policy

#: Signs the letters where no configuration says who we are.
SOMEBODY = CompanyProfile(
    name="Example Supply Ltd", address="1 Example Street, Exampleton", email="ar@example-supply.example"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Who we are, what we allow, and what reads and writes."""

    company: CompanyProfile
    policy: Policy
    client: ModelClient | None = None


def propose_file(
    source: Path,
    *,
    ledger: Path,
    config: Path | None,
    policy: Path | None,
    reader: str,
    received: str | None,
    customer: str | None,
    authserv_ids: list[str],
    as_json: bool,
) -> None:
    """Print what would be proposed. Raises CommandFailed with 2 where the input is wrong."""
    setting = _setting(config, policy, reader=reader)
    raw = _bytes(source)
    moment = _moment(received) or date_of(raw) or datetime.now(UTC)
    with Parser() as parser:
        email = parser.parse(raw, received_at=moment, authserv_ids=authserv_ids)
    with tempfile.TemporaryDirectory(prefix="dunwell-propose-") as folder:
        item = _item(email, raw, Path(folder), setting, ledger=ledger, moment=moment, customer=customer)
        if as_json:
            print_json(_document(item, placeholder=config is None))
        else:
            _page(item, placeholder=config is None)


def _setting(config: Path | None, policy: Path | None, *, reader: str) -> Setting:
    if reader not in ("embedded", "llm"):
        raise CommandFailed(f"--reader {reader!r} is not one of embedded, llm", code=2)
    if reader == "llm" and config is None:
        raise CommandFailed("--reader llm needs --config with a [model]", code=2)
    setting = Setting(company=SOMEBODY, policy=Policy())
    if config is not None:
        from agent.cli.home import settings_from

        settings = settings_from(config)
        if reader == "llm" and settings.model is None:
            raise CommandFailed(f"{config}: model: is missing, and --reader llm needs it", code=2)
        client = ModelClient(settings.model, clock=system_clock) if reader == "llm" and settings.model else None
        setting = Setting(company=settings.company, policy=settings.policy, client=client)
    if policy is not None:
        with input_refused(ValueError):
            setting = replace(setting, policy=read_policy(policy))
    return setting


def _bytes(source: Path) -> bytes:
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if str(source) == "-" else source.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{source} cannot be read: {error.strerror}", code=2) from None
    if not raw.strip():
        raise CommandFailed(f"{source} is empty: name a mail, as a mail program saves it (.eml)", code=2)
    return raw


def _moment(received: str | None) -> datetime | None:
    try:
        return read_moment(received) if received else None
    except ValueError as error:
        raise CommandFailed(f"--received {received!r}: {error}: write a day as 2026-03-31", code=2) from None


def _item(
    email: InboundEmail,
    raw: bytes,
    folder: Path,
    setting: Setting,
    *,
    ledger: Path,
    moment: datetime,
    customer: str | None,
) -> Item:
    engine = open_engine(f"sqlite:///{folder / 'propose.db'}")
    migrate(engine)
    try:
        with unit_of_work(engine) as session:
            import_ledger(session, read_ledger(ledger), actor="propose", now=moment)
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}", code=2) from None
    with unit_of_work(engine) as session:
        recorded = messages.record(
            session,
            mailbox="propose",
            folder="-",
            uidvalidity=1,
            uid=1,
            raw=raw,
            email=email,
            received_at=moment,
        )
        assign(session, recorded.message_id, match(session, email, company=setting.company, now=moment), moment)
    if customer is not None:
        _assign(engine, recorded.message_id, customer, moment)
    with unit_of_work(engine) as session:
        message = messages.load(session, recorded.message_id)
        facts = facts_for(session, recorded.message_id, now=moment)
    deps = Deps(company=setting.company, policy=setting.policy, embedded=EmbeddedReader(), client=setting.client)
    proposal = propose(message, facts, deps)
    with unit_of_work(engine) as session:
        held = proposals.hold(session, proposal, newest_message=facts.newest_message or recorded.message_id, now=moment)
    desk = Desk(
        engine=engine,
        company=setting.company,
        policy=setting.policy,
        clock=lambda: moment,
        key=b"\0" * 32,
        sender_of=lambda _: setting.company.email,
    )
    item = desk.show(held or 0)
    engine.dispose()
    assert item is not None, "it was held a moment ago"
    return item


def _assign(engine: Engine, message_id: int, customer: str, moment: datetime) -> None:
    try:
        with unit_of_work(engine) as session:
            if session.get_one(Message, message_id).customer_id == customer:
                return
            assign_to(session, message_id, customer_id=customer, actor="propose", now=moment)
    except (Stale, ValueError) as error:
        raise CommandFailed(f"--customer {customer}: {error}", code=2) from None


def _document(item: Item, *, placeholder: bool) -> dict[str, Any]:
    """Give the JSON of the item, without what belongs to an installation."""
    document = item_json(item)
    for name in ("id", "message_id", "status", "version"):
        document.pop(name)
    return document | {"signed_by_placeholder": placeholder}


def _page(item: Item, *, placeholder: bool) -> None:
    item_page(item)
    for action in item.proposal.actions:
        others = ", ".join(name for name in action.allowed if name != action.tool) or "nothing else"
        console().print(f"[bold]{action.tool}[/bold]  also allowed: {others}")
        if action.why:
            console().print(f"  not allowed: {escape(action.why)}")
    tone = item.proposal.tone
    console().print(f"tone: {tone.register_.value}, as {'; '.join(tone.reasons)}")
    if item.proposal.draft is not None:
        console().print("\n[bold]with its slots[/bold]")
        console().print(escape(item.proposal.draft.body.strip()), highlight=False)
    if placeholder:
        console().print("\n[dim]Signed by an example company: name yours with --config dunwell.toml.[/dim]")
