"""Checks every connection of an installation and says what is wrong and what to do. Changes nothing anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.markup import escape

from agent.cli.doctor_proof import proof_of_senders, reply_token
from agent.cli.faults import database_opened, told
from agent.cli.home import settings_from
from agent.cli.output import CommandFailed, console, print_json
from agent.config import Settings
from mail.settings import MailboxSettings
from outreach.channels.settings import SmsSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    what: str
    good: bool
    text: str


class _Pong(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(extra="forbid")

    word: str


def examine(config: Path, *, deep: bool, as_json: bool) -> None:
    """Check all, with `deep` everything that is stored as well; print a line each; exit code 1 when something is wrong."""
    settings = settings_from(config)
    findings = []
    for finding in chain(_checks(settings, config), _deep(settings) if deep else ()):
        findings.append(finding)
        if not as_json:
            mark = "[green]ok[/green]   " if finding.good else "[red]wrong[/red]"
            console().print(f"{mark} {escape(finding.what)}: {escape(finding.text)}", soft_wrap=True)
    if as_json:
        print_json([{"what": f.what, "ok": f.good, "text": f.text} for f in findings])
    wrong = sum(not f.good for f in findings)
    if wrong:
        raise CommandFailed(f"{wrong} of {len(findings)} checks failed")


def _checks(settings: Settings, config: Path) -> Iterator[Finding]:
    yield Finding("configuration", True, f"{config} is complete ({settings.profile} profile)")
    yield _check("data folder", lambda: _data_folder(settings.data_dir))
    yield _check("database", lambda: _database(settings))
    for mailbox in settings.mailboxes:
        yield _check(f"mailbox {mailbox.name}", partial(_mailbox, mailbox))
        yield _check(f"smtp of {mailbox.name}", partial(_smtp, mailbox))
        yield _check(f"senders of {mailbox.name}", partial(proof_of_senders, settings, mailbox))
        if mailbox.drafts_folder is not None:
            yield _check(f"drafts of {mailbox.name}", partial(_drafts, mailbox))
        if mailbox.plus_addressing:
            yield Finding(f"reply token of {mailbox.name}", True, reply_token(mailbox))
    for connection in settings.connections:
        yield _check(f"connection {connection.name}", partial(_connection, settings, connection.name))
    if settings.channels.sms is not None:
        yield _check("SMS provider", partial(_texts, settings.channels.sms))
    yield _check("embedded reader", _embedded)
    if settings.model is None:
        yield Finding("model", True, "none is configured: the embedded reader reads and the templates write")
    else:
        yield _check("model", lambda: _model(settings))


def _deep(settings: Settings) -> Iterator[Finding]:
    from agent.cli.doctor_deep import CHECKS, run
    from agent.installation import Installation
    from store.engine import open_engine

    with database_opened():
        engine = open_engine(settings.store.url)
    now = Installation(settings).clock()
    for what, check in CHECKS:
        yield _check(what, partial(run, check, settings, engine, now=now))
    engine.dispose()


def _check(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except Exception as error:
        return Finding(what, False, told(error))


def _data_folder(folder: Path) -> str:
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"data_dir: {there} is not a folder that dunwell may write to: name another")
    return f"{folder} can be used"


def _database(settings: Settings) -> str:
    from sqlmodel import col, func, select

    from store.engine import migrate, open_engine, unit_of_work
    from store.scoping import why_unguarded
    from store.tables import Customer

    with database_opened():
        engine = open_engine(settings.store.url)
        migrate(engine)
        with unit_of_work(engine) as session:
            customers = session.exec(select(func.count(col(Customer.id)))).one()
            unguarded = why_unguarded(session)
        engine.dispose()
    if not customers:
        raise ValueError("no ledger is loaded: run `dunwell import DIR`")
    warning = f"; warning: {unguarded}" if unguarded else ""
    return f"{engine.dialect.name}, {customers} customers{warning}"


def _drafts(mailbox: MailboxSettings) -> str:
    from mail.open import open_drafts

    opened = open_drafts(mailbox)
    try:
        return f"{opened.probe()} is there; what waits for review is put there as well"
    finally:
        opened.close()


def _mailbox(mailbox: MailboxSettings) -> str:
    from mail.open import open_mailbox

    opened = open_mailbox(mailbox)
    try:
        return f"{mailbox.folder} can be read (UIDVALIDITY {opened.uidvalidity()})"
    finally:
        opened.close()


def _smtp(mailbox: MailboxSettings) -> str:
    from mail.smtp import transport_for

    if mailbox.smtp is None:
        raise ValueError(f"mailboxes.{mailbox.name}.smtp is missing: approved mail would wait for ever")
    return transport_for(mailbox.smtp).probe()


def _connection(settings: Settings, name: str) -> str:
    from agent.cli.connected import connections_of
    from agent.cli.home import actor
    from agent.installation import Installation
    from store.connections import Connection
    from store.engine import unit_of_work

    home = Installation(settings)
    try:
        line = connections_of(home).probe(name, actor=actor())
        with unit_of_work(home.engine) as session:
            row = session.get_one(Connection, name)
    finally:
        home.engine.dispose()
    if row.last_error:
        raise ValueError(f"{line}, but the last reading failed: {row.last_error}")
    read = f"last read {row.good_at:%Y-%m-%d %H:%M} UTC" if row.good_at is not None else "not read yet"
    return f"{line}; {read}"


def _texts(settings: SmsSettings) -> str:
    from outreach.channels.provider import NotSent, Twilio

    with Twilio(settings) as provider:
        try:
            provider.answers()
        except NotSent as refused:
            raise ValueError(f"channels.sms: {refused}: check account, sender and secret") from None
    return f"{settings.provider} accepts our sign-in; nothing was sent"


def _embedded() -> str:
    from agent.embedded.reader import EmbeddedReader

    reader = EmbeddedReader()
    reader.read("We will pay on Friday.")
    return f"{reader.name} works"


def _model(settings: Settings) -> str:
    from agent.llm import ModelClient

    assert settings.model is not None
    client = ModelClient(settings.model)
    try:
        client.ask(
            _Pong,
            purpose="doctor",
            system="You answer in JSON.",
            user='Answer with the word "pong".',
            budget=client.budget(),
        )
    finally:
        client.close()
    return f"{client.name} at {settings.model.base_url} answers with the right structure"
