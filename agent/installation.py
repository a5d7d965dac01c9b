"""Puts the parts of one installation together from its settings. The only place that builds engines, clients and mailboxes."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from agent.config import Settings
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.llm import DailyBudget, ModelClient
from agent.llm_failure import UNCOUNTED
from mail.mailbox import Mailbox
from mail.open import open_mailbox
from mail.outbox import Route
from mail.settings import MailboxSettings
from mail.smtp import transport_for
from store.clock import Clock, clock_from, system_clock
from store.engine import migrate, open_engine, unit_of_work
from store.lasting import make_folder, sync_names
from store.usage import used_on


class Installation:
    """Everything that one process of dunwell works with; each part is built when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; nothing is opened yet."""
        self.settings = settings

    @cached_property
    def clock(self) -> Clock:
        """The present, as this installation sees it."""
        start = self.settings.clock_starts_at
        return clock_from(start) if start is not None else system_clock

    @cached_property
    def engine(self) -> Engine:
        """The database, with its tables up to date."""
        engine = open_engine(self.settings.store.url)
        migrate(engine)
        return engine

    @cached_property
    def deps(self) -> Deps:
        """What the agent thinks with."""
        settings = self.settings
        client = None
        if settings.model is not None:
            # A restart must be no way round the day's limit.
            with unit_of_work(self.engine) as session:
                calls, tokens = used_on(session, self.clock(), without=UNCOUNTED)
            daily = DailyBudget(
                self.clock,
                max_calls=settings.model.daily_budget_calls,
                max_tokens=settings.model.daily_budget_tokens,
                used_calls=calls,
                used_tokens=tokens,
            )
            client = ModelClient(settings.model, daily=daily, clock=self.clock)
        return Deps(company=settings.company, policy=settings.policy, embedded=EmbeddedReader(), client=client)

    def open_mailboxes(self) -> dict[str, tuple[MailboxSettings, Mailbox]]:
        """Open a connection of its own to every mailbox; one may be held by one thread only."""
        return {mailbox.name: (mailbox, open_mailbox(mailbox)) for mailbox in self.settings.mailboxes}

    def routes(self) -> Mapping[str, Route]:
        """Give the ways out, with connections that belong to the sender."""
        return {
            mailbox.name: Route(
                transport=transport_for(mailbox.smtp),
                mailbox=open_mailbox(mailbox),
                files_itself=mailbox.files_sent_itself,
            )
            for mailbox in self.settings.mailboxes
            if mailbox.smtp is not None
        }

    def sender_of(self, mailbox: str) -> str:
        """Give the address that answers to mail of this mailbox go out from."""
        return next((m.address for m in self.settings.mailboxes if m.name == mailbox), self.settings.company.email)

    def has_plus_addressing(self, mailbox: str) -> bool:
        """Say whether answers to mail of this mailbox carry a reply token."""
        return any(m.plus_addressing for m in self.settings.mailboxes if m.name == mailbox)

    @cached_property
    def key(self) -> bytes:
        """The installation's own secret, made at first use and readable by its user alone.

        Raises ValueError where the file is damaged, OSError where the data directory cannot be used.
        """
        path = self.settings.data_dir / "installation.key"
        make_folder(path.parent)
        try:
            return _whole(path)
        except FileNotFoundError:
            pass
        # A name that is free for certain: a process number may come again after a crash, in a container it always does.
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where another process was first: then its key is the one.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        # The name as well: a power failure must not leave a database whose key is gone.
        sync_names(path.parent)
        return _whole(path)


def _whole(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"{path} is damaged: restore it from a backup, or delete it when no mail is in the outbox")
    return key
