"""The creditor of a simulated conversation: a whole installation in a folder that is thrown away, with a clock that is moved.

The daemon, the desk, the outbox and the mail folders are the product's own. It sends to a local folder and nowhere else.
"""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import select

from agent.cli.home import desk_of
from agent.config import Settings, build_alone
from agent.daemon import Daemon
from agent.deps import Deps
from agent.installation import Installation
from evals.conversations.world import AUTHSERV_ID, COMPANY
from mail.sandbox import Parser
from review.desk import Desk
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import migrate, open_engine, unit_of_work
from tools.limits import Policy

COLLECTOR, MANAGER = "ines", "bea"
#: What the agent under test thinks with, under a company and its policy.
Thinker = Callable[[CompanyProfile, Policy], Deps]


class _Home(Installation):
    """The real installation but for its clock, which stands until it is moved, and for what it thinks with."""

    def __init__(self, settings: Settings, *, thinker: Thinker, moment: datetime, template: Path | None) -> None:
        super().__init__(settings)
        self.moment, self._thinker, self._template = moment, thinker, template

    @cached_property
    def clock(self) -> Clock:
        return lambda: self.moment

    @cached_property
    def engine(self) -> Engine:
        path = self.settings.data_dir / "house.db"
        if self._template is not None:
            path.write_bytes(self._template.read_bytes())
        engine = open_engine(self.settings.store.url)
        event.listen(engine, "connect", _quick)
        if self._template is None:
            migrate(engine)
        return engine

    @cached_property
    def deps(self) -> Deps:
        return self._thinker(self.settings.company, self.settings.policy)


def _quick(connection: Any, _record: Any) -> None:
    # The house is thrown away: whether a disk keeps its word is another test's matter.
    connection.execute("pragma synchronous=off")


class _Daemon(Daemon):
    """The real daemon, with a parser that several of them share."""

    def __init__(self, home: _Home, parser: Parser) -> None:
        super().__init__(home, worker="debtor")
        self._parser = parser

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown()


class House:
    """The installation with its daemon and its desk."""

    def __init__(self, home: _Home, parser: Parser) -> None:
        """Take an installation. `parser`: its process outlives this house."""
        self.home = home
        self.daemon = _Daemon(home, parser)
        self.desk: Desk = desk_of(home)
        self._read: set[str] = set()
        self._mails = 0

    @property
    def now(self) -> datetime:
        """The present."""
        return self.home.moment

    def to(self, moment: datetime) -> None:
        """Move the clock; it never goes back."""
        self.home.moment = max(self.home.moment, moment)

    @property
    def policy(self) -> Policy:
        """The limits that hold."""
        return self.home.settings.policy

    def put(self, raw: bytes) -> None:
        """Lay a mail into our inbox, as it comes at this moment."""
        self._mails += 1
        name = f"{int(self.now.timestamp())}.{self._mails:04}.customer"
        path = self.home.settings.data_dir / "inbox" / "new" / name
        path.write_bytes(raw)
        os.utime(path, (self.now.timestamp(), self.now.timestamp()))

    def new_mails(self) -> list[EmailMessage]:
        """Give what went out since the last look, oldest first."""
        folder = self.home.settings.data_dir / "out" / "new"
        fresh = [path for path in folder.iterdir() if path.name not in self._read] if folder.is_dir() else []
        self._read.update(path.name for path in fresh)
        ordered = sorted(fresh, key=lambda path: (path.stat().st_mtime_ns, path.name))
        parsed = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in ordered]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    def rows(self, table: type[Any]) -> list[Any]:
        """Give all rows of a table, in their order."""
        with unit_of_work(self.home.engine) as session:
            found = list(session.exec(select(table)).all())
        return sorted(found, key=lambda row: row.id)


@contextmanager
def opened(
    folder: Path,
    *,
    start: datetime,
    thinker: Thinker,
    policy: dict[str, Any],
    parser: Parser,
    template: Path | None = None,
) -> Iterator[House]:
    """Make the installation. `template`: a migrated, empty SQLite file to start from. Raises agent.config.ConfigError."""
    for part in ("new", "cur", "tmp"):
        (folder / "inbox" / part).mkdir(parents=True)
    # A key of no secret: Message-IDs come from it, and a conversation that is played again must be the same.
    (folder / "installation.key").write_bytes(b"k" * 32)
    settings = build_alone(_settings(folder, policy), source="persona")
    home = _Home(settings, thinker=thinker, moment=start, template=template)
    house = House(home, parser)
    try:
        yield house
    finally:
        house.daemon.close()
        home.engine.dispose()


def _settings(folder: Path, policy: dict[str, Any]) -> dict[str, Any]:
    return {
        "data_dir": folder,
        "workers": 1,
        "company": COMPANY.model_dump(),
        "store": {"url": f"sqlite:///{(folder / 'house.db').resolve()}"},
        "roles": {MANAGER: "manager"},
        "policy": policy,
        "review": {"undo_seconds": 0},
        "mailboxes": [
            {
                "name": "ar",
                "kind": "maildir",
                "address": COMPANY.email,
                "path": folder / "inbox",
                "authserv_id": [AUTHSERV_ID],
                "watch_sent": False,
                "smtp": {"kind": "maildir", "path": folder / "out"},
            }
        ],
    }
